import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isApiSchema } from '../../flux/names';
import { isProvider, PROVIDERS } from '../../scaffold/answers';
import { applyScaffold, CannotWrite } from '../../scaffold/apply';
import { planScaffold, type PlannedFile, type ScaffoldPlan } from '../../scaffold/plan';
import { parse } from '../arguments';
import { readOptional } from '../files';
import { EXIT, UsageError, type Command, type Terminal } from '../io';

const SIGNS = { create: '+', merge: '~', same: '=', differs: '!' } as const;

export const scaffoldCommand: Command = {
  name: 'scaffold',
  summary: 'write the Auth.js and Flux files of the guide into a Next.js app',
  usage: `flux-rls scaffold <dir> [--provider ${PROVIDERS.join('|')}] [--schema S] [--yes]

Shows every file first and asks; --yes does not ask. A file that is there with another text is
never overwritten, and .env.local only gets the lines it lacks.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      provider: { type: 'string' },
      schema: { type: 'string' },
      yes: { type: 'boolean' },
    });
    const [dir, ...rest] = positionals;
    if (dir === undefined || rest.length > 0) throw new UsageError('scaffold takes one folder, the app’s.');
    const provider = values.provider ?? 'github';
    if (!isProvider(provider))
      throw new UsageError(`--provider is ${PROVIDERS.join(' or ')}, not "${provider}".`);
    if (values.schema !== undefined && !isApiSchema(values.schema)) {
      throw new UsageError(`--schema is "api" or t_<12 hex digits>_api, not "${values.schema}".`);
    }
    const folder = path.resolve(terminal.cwd, dir);
    if (!(await stat(folder).catch(() => undefined))?.isDirectory())
      throw new UsageError(`${dir} is not a folder.`);

    const plan = await planScaffold({ provider, schema: values.schema }, file =>
      readOptional(path.join(folder, file)),
    );
    showPlan(plan, terminal);
    const pending = plan.files.filter(({ state }) => state === 'create' || state === 'merge');
    if (pending.length === 0) {
      terminal.out('Nothing to write.');
      return EXIT.clean;
    }
    if (values.yes !== true && !(await agreed(pending, terminal))) {
      terminal.out('Nothing was written.');
      return EXIT.clean;
    }
    return write(folder, plan, terminal);
  },
};

function showPlan({ files, notes }: ScaffoldPlan, terminal: Terminal): void {
  for (const { path: file, state } of files) {
    const remark = {
      create: '',
      merge: ' (lines added)',
      same: ' (as it should be)',
      differs: ' (there with another text: kept)',
    }[state];
    terminal.out(`${SIGNS[state]} ${file}${remark}`);
  }
  for (const note of notes) terminal.out(`! ${note}`);
}

async function agreed(pending: readonly PlannedFile[], terminal: Terminal): Promise<boolean> {
  if (!terminal.ask) throw new UsageError('Nobody can be asked here: say --yes to write these files.');
  const answer = await terminal.ask(`Write ${pending.length} file${pending.length === 1 ? '' : 's'}? [y/N] `);
  return /^y(?:es)?$/i.test(answer.trim());
}

async function write(
  folder: string,
  { files, packages }: ScaffoldPlan,
  terminal: Terminal,
): Promise<typeof EXIT.clean> {
  try {
    const written = await applyScaffold(files, {
      write: async (file, text) => {
        const target = path.join(folder, file);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, text);
      },
      remove: file => rm(path.join(folder, file), { force: true }),
    });
    terminal.out(`Wrote ${written.length} file${written.length === 1 ? '' : 's'}.`);
  } catch (error) {
    throw error instanceof CannotWrite ? new UsageError(error.message) : error;
  }
  if (packages.length > 0) terminal.out(`Now install what they need: npm install ${packages.join(' ')}`);
  return EXIT.clean;
}
