import { randomBytes } from 'node:crypto';
import { ENV_FILES } from '../flux/env-file';
import type { ScaffoldAnswers } from './answers';
import { keysOf, mergeEnvLocal, wantedLines } from './env-local';
import { TEMPLATES } from './templates';

/**
 * What becomes of one file: `create` writes a new one, `merge` adds lines to the one that is there, `same` leaves it,
 * and `differs` has another text than the guide's, so that only the person can decide.
 */
export type FileState = 'create' | 'merge' | 'same' | 'differs';

export interface PlannedFile {
  /** Posix path relative to the app's folder. */
  readonly path: string;
  readonly state: FileState;
  /** The text that is there; undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

export interface ScaffoldPlan {
  readonly files: readonly PlannedFile[];
  /** npm packages the files need, at versions that were tried together. */
  readonly packages: readonly string[];
  /** What the person should know before saying yes. */
  readonly notes: readonly string[];
}

/** Text of a file of the app, or undefined when there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>;

export const ENV_LOCAL = '.env.local';

/** npm's `latest` of next-auth is v4; the files are for v5, whose betas before 32 let a broken session pass. */
const PACKAGES = { 'next-auth': '5.0.0-beta.32', jose: '6.2.17' } as const;

/** Decides what to write; writes nothing. */
export async function planScaffold(answers: ScaffoldAnswers, readFile: ReadFile): Promise<ScaffoldPlan> {
  const generated = await Promise.all(
    TEMPLATES.map(async ({ path, render }) => planned(path, await readFile(path), render(answers))),
  );
  const manifest = await readManifest(readFile);
  return {
    files: [...generated, await plannedEnv(answers, readFile)],
    packages: Object.entries(PACKAGES)
      .filter(([name]) => !(name in manifest))
      .map(([name, version]) => `${name}@${version}`),
    notes: notesOn(manifest),
  };
}

function planned(path: string, before: string | undefined, after: string): PlannedFile {
  const state = before === undefined ? 'create' : sameText(before, after) ? 'same' : 'differs';
  return { path, state, before, after };
}

async function plannedEnv({ schema }: ScaffoldAnswers, readFile: ReadFile): Promise<PlannedFile> {
  const texts = await Promise.all(ENV_FILES.map(readFile));
  const before = texts[ENV_FILES.indexOf(ENV_LOCAL)];
  const lines = wantedLines({ authSecret: randomBytes(32).toString('base64url'), schema });
  const after = mergeEnvLocal(before, lines, keysOf(texts));
  return {
    path: ENV_LOCAL,
    state: before === undefined ? 'create' : before === after ? 'same' : 'merge',
    before,
    after,
  };
}

async function readManifest(readFile: ReadFile): Promise<Record<string, string>> {
  try {
    const { dependencies, devDependencies } = JSON.parse((await readFile('package.json')) ?? '{}') as Record<
      string,
      Record<string, string> | undefined
    >;
    return { ...devDependencies, ...dependencies };
  } catch {
    return {};
  }
}

function notesOn(dependencies: Record<string, string>): string[] {
  const nextAuth = dependencies['next-auth'];
  return [
    ...('next' in dependencies
      ? []
      : ['package.json names no "next": these files are for a Next.js app with the App Router.']),
    ...(nextAuth !== undefined && /^[~^]?[0-4]\./.test(nextAuth)
      ? [
          `next-auth ${nextAuth} is installed, and these files are for v5: install next-auth@${PACKAGES['next-auth']}.`,
        ]
      : []),
  ];
}

/** Line ends are the checkout's business. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
}
