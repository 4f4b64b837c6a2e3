import assert from 'node:assert/strict';
import ts from 'typescript';
import { ENGINES } from '../../../src/flux/engine';
import { readFluxProject } from '../../../src/flux/project';
import { applyScaffold, CannotWrite } from '../../../src/scaffold/apply';
import { planScaffold, type ScaffoldPlan } from '../../../src/scaffold/plan';
import { findings } from '../../support/sql';

const SCHEMA = 't_1a2b3c4d5e6f_api';
const FILES = [
  'src/auth.ts',
  'src/app/api/auth/[...nextauth]/route.ts',
  'src/lib/flux.ts',
  'src/lib/flux-token.ts',
  'src/app/api/my-notes/route.ts',
  'flux-rls.sql',
  '.env.local',
];

/** A folder in memory. */
class Folder {
  constructor(readonly files: Record<string, string> = {}) {}

  readonly read = (path: string): Promise<string | undefined> => Promise.resolve(this.files[path]);
  readonly write = (path: string, text: string): Promise<void> => {
    this.files[path] = text;
    return Promise.resolve();
  };
  readonly remove = (path: string): Promise<void> => {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete this.files[path];
    return Promise.resolve();
  };

  /** Without an argument for a project whose schema is known; undefined is one whose schema nothing tells. */
  plan(...given: [] | [schema: string | undefined]): Promise<ScaffoldPlan> {
    const schema = given.length === 0 ? SCHEMA : given[0];
    return planScaffold({ provider: 'github', schema }, this.read);
  }
}

const states = ({ files }: ScaffoldPlan): Record<string, string> =>
  Object.fromEntries(files.map(({ path, state }) => [path, state]));

describe('the scaffold', () => {
  it('writes the guide’s files into an empty app, and then has nothing to write', async () => {
    const folder = new Folder({ 'package.json': '{"dependencies":{"next":"16.4.5"}}' });
    const plan = await folder.plan();
    assert.deepEqual(
      plan.files.map(({ path }) => path),
      FILES,
    );
    assert.deepEqual(plan.packages, ['next-auth@5.0.0-beta.32', 'jose@6.2.17']);
    assert.deepEqual(plan.notes, []);
    assert.deepEqual(await applyScaffold(plan.files, folder), FILES);
    const again = await folder.plan();
    assert.deepEqual([...new Set(Object.values(states(again)))], ['same']);
    assert.deepEqual(await applyScaffold(again.files, folder), []);
  });

  it('leaves a file alone that has another text, unless it is told', async () => {
    const folder = new Folder({ 'src/auth.ts': 'mine', 'src/lib/flux.ts': 'mine too' });
    const plan = await folder.plan();
    assert.equal(states(plan)['src/auth.ts'], 'differs');
    await applyScaffold(plan.files, folder, new Set(['src/lib/flux.ts']));
    assert.equal(folder.files['src/auth.ts'], 'mine');
    assert.match(folder.files['src/lib/flux.ts'] ?? '', /fluxFetch/);
  });

  it('does not care for line ends', async () => {
    const folder = new Folder();
    const { files } = await folder.plan();
    const crlf = new Folder(
      Object.fromEntries(files.map(({ path, after }) => [path, after.replaceAll('\n', '\r\n')])),
    );
    assert.deepEqual([...new Set(Object.values(states(await crlf.plan())))], ['same']);
  });

  it('takes everything back when a file cannot be written', async () => {
    const folder = new Folder({ '.env.local': 'MINE=1\n' });
    const before = structuredClone(folder.files);
    const { files } = await folder.plan();
    // The last file is the one that fails, so all others are there already.
    const reordered = [
      ...files.filter(({ path }) => path === '.env.local'),
      ...files.filter(({ path }) => path !== '.env.local'),
    ];
    const writer = {
      remove: folder.remove,
      write: (path: string, text: string) =>
        path === 'flux-rls.sql'
          ? Promise.reject(Object.assign(new Error('read-only'), { code: 'EACCES' }))
          : folder.write(path, text),
    };
    await assert.rejects(applyScaffold(reordered, writer), (error: unknown) => {
      assert.ok(error instanceof CannotWrite);
      assert.equal(error.message, 'flux-rls.sql cannot be written (EACCES). Nothing was changed.');
      return true;
    });
    assert.deepEqual(folder.files, before);
  });

  it('says what will not work', async () => {
    const old = new Folder({ 'package.json': '{"dependencies":{"next":"16","next-auth":"^4.24.15"}}' });
    const plan = await old.plan();
    assert.match(plan.notes[0] ?? '', /next-auth \^4\.24\.15 is installed, and these files are for v5/);
    const bare = await new Folder({ 'package.json': 'not json' }).plan();
    assert.match(bare.notes[0] ?? '', /names no "next"/);
  });

  it('makes TypeScript that parses', async () => {
    const { files } = await new Folder().plan();
    for (const { path, after } of files.filter(({ path: name }) => name.endsWith('.ts'))) {
      const { diagnostics } = ts.transpileModule(after, {
        reportDiagnostics: true,
        compilerOptions: { strict: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      assert.deepEqual(
        diagnostics?.map(({ messageText }) => messageText),
        [],
        path,
      );
    }
  });

  for (const schema of [SCHEMA, undefined]) {
    for (const engine of [...ENGINES, undefined]) {
      it(`makes SQL without a finding (${schema ?? 'no schema'}, ${engine ?? 'any engine'})`, async () => {
        const sql = (await new Folder().plan(schema)).files.find(
          ({ path }) => path === 'flux-rls.sql',
        )!.after;
        assert.deepEqual(await findings(sql, { engine, apiSchema: schema }), []);
      });
    }
  }
});

describe('.env.local', () => {
  const lines = async (files: Record<string, string>): Promise<string> =>
    (await new Folder(files).plan()).files.find(({ path }) => path === '.env.local')!.after;

  it('gets a fresh AUTH_SECRET of 32 random bytes', async () => {
    const secret = /^AUTH_SECRET=(.+)$/m.exec(await lines({}))?.[1] ?? '';
    assert.equal(Buffer.from(secret, 'base64url').length, 32);
    assert.notEqual(secret, /^AUTH_SECRET=(.+)$/m.exec(await lines({}))?.[1]);
  });

  it('keeps every line that is there, empty values and line ends included', async () => {
    const mine = '# mine\r\nAUTH_SECRET=kept\r\nFLUX_URL=\r\nOTHER="a b"';
    const merged = await lines({ '.env.local': mine });
    assert.ok(merged.startsWith(`${mine}\r\n`));
    assert.equal(merged.match(/AUTH_SECRET=/g)?.length, 1);
    assert.equal(merged.match(/FLUX_URL=/g)?.length, 1);
    assert.ok(!/[^\r]\n/.test(merged));
  });

  it('adds no key that another dotenv file has: it would hide that one', async () => {
    const merged = await lines({ '.env': 'FLUX_JWT_SECRET=there\nAUTH_SECRET=there' });
    assert.doesNotMatch(merged, /FLUX_JWT_SECRET|AUTH_SECRET/);
    assert.match(merged, /^AUTH_TRUST_HOST=true$/m);
  });

  it('follows the other convention of names where the app has it', async () => {
    const merged = await lines({
      '.env.local': 'NEXT_PUBLIC_FLUX_URL=http://a\nFLUX_GATEWAY_JWT_SECRET=b\n',
    });
    assert.doesNotMatch(merged, /^FLUX_URL=|^FLUX_JWT_SECRET=/m);
  });

  it('is read again as project settings', async () => {
    const text = (await lines({})).replace('FLUX_URL=', 'FLUX_URL=http://127.0.0.1:1');
    const project = await readFluxProject({
      folder: '/app',
      readFile: name => Promise.resolve(name === '.env.local' ? text : undefined),
    });
    assert.equal(project.gatewayUrl?.value, 'http://127.0.0.1:1');
    assert.equal(project.schema?.value, SCHEMA);
    assert.ok(project.authSecret);
    assert.deepEqual(project.problems, []);
  });
});
