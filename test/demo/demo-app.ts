import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnvFile } from '../../src/flux/env-file';
import { Secret } from '../../src/flux/secret';
import { applyScaffold } from '../../src/scaffold/apply';
import { planScaffold } from '../../src/scaffold/plan';
import type { LocalFlux } from '../../src/stack/local-flux';

/** API schema of the demo's project. */
export const DEMO_SCHEMA = 't_de0000000001_api';

const SQL = 'flux-rls.sql';
const ENV = '.env.local';

const FILES: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'notes-app', private: true, dependencies: { next: '16.4.5' } }, null, 2)}\n`,
  'flux.json': `${JSON.stringify({ slug: 'notes-app', hash: 'REPLACE_AFTER_FLUX_INIT', mode: 'v2_shared' }, null, 2)}\n`,
  'drafts/tasks.sql': `-- A draft with four mistakes. Hover over each, and press Ctrl+. for its fix.
create table tasks (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  title text not null
);

create policy tasks_owner_read on tasks
  for select to authenticated
  using (owner_id = auth.uid());

create policy tasks_owner_insert on tasks
  for insert to authenticated
  using (owner_id = auth.uid());
`,
};

/** The scaffolded Next.js app that the demo is shown on. What is there is never overwritten. */
export class DemoApp {
  constructor(readonly folder: string) {}

  /** Writes what is missing, the files of the guide through the scaffold itself. */
  async prepare(): Promise<void> {
    for (const [name, text] of Object.entries(FILES)) {
      if (!existsSync(this.#path(name))) await this.#write(name, text);
    }
    const plan = await planScaffold({ provider: 'github', schema: DEMO_SCHEMA }, name =>
      Promise.resolve(this.#read(name)),
    );
    await applyScaffold(plan.files, {
      write: (name, text) => this.#write(name, text),
      remove: name => rm(this.#path(name), { force: true }),
    });
  }

  /** The SQL that is pushed, as it stands now. */
  get sql(): { name: string; text: string } {
    return { name: SQL, text: this.#read(SQL) ?? '' };
  }

  /** The secret of an earlier start, so that tokens and notes of it stay good. */
  get secret(): Secret | undefined {
    const { FLUX_JWT_SECRET: secret } = parseEnvFile(this.#read(ENV) ?? '');
    return secret ? new Secret(secret) : undefined;
  }

  /** Points the app at a running local Flux. */
  async connect(flux: LocalFlux): Promise<void> {
    const text = (this.#read(ENV) ?? '')
      .replace(/^FLUX_URL=.*$/m, `FLUX_URL=${flux.url}`)
      .replace(/^FLUX_JWT_SECRET=.*$/m, `FLUX_JWT_SECRET=${flux.jwtSecret.reveal()}`);
    await writeFile(this.#path(ENV), text, { mode: 0o600 });
  }

  #path(name: string): string {
    return path.join(this.folder, name);
  }

  #read(name: string): string | undefined {
    return existsSync(this.#path(name)) ? readFileSync(this.#path(name), 'utf8') : undefined;
  }

  async #write(name: string, text: string): Promise<void> {
    await mkdir(path.dirname(this.#path(name)), { recursive: true });
    await writeFile(this.#path(name), text);
  }
}
