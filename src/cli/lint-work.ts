import type { Finding } from '../lint/finding';
import { fixPush } from '../lint/fix-push';
import { judge, lint, type LintOptions } from '../lint/linter';
import type { LintRun } from '../lint/report/lint-run';
import type { SqlParser } from '../sql/parser';
import { parseSource, type SourceFile } from '../sql/source-file';
import { pushAt, pushOfInput, readPush, type PushFile } from './files';
import { UsageError, type Terminal } from './io';
import type { Replacement } from './replace-files';

/** A push of the command line with its texts. */
export interface AskedPush {
  readonly files: readonly PushFile[];
  /** Names of the files that findings are asked for and that may be fixed. */
  readonly asked: ReadonlySet<string>;
}

/** Reads the pushes that paths stand for; what two of them hold is asked for once. */
export async function readPushes(cwd: string, paths: readonly string[]): Promise<AskedPush[]> {
  const pushes: AskedPush[] = [];
  const seen = new Set<string>();
  for (const name of paths.length > 0 ? paths : [undefined]) {
    const push = await pushAt(cwd, name);
    const files = await readPush(cwd, push);
    const asked = files.filter(file => push.asked.has(file.path) && !seen.has(file.name));
    for (const file of asked) seen.add(file.name);
    pushes.push({ files, asked: new Set(asked.map(file => file.name)) });
  }
  return pushes;
}

/** Reads standard input as the file of that name, among the files of its push. */
export async function readInput(terminal: Terminal, name?: string): Promise<AskedPush> {
  const push = await pushOfInput(terminal.cwd, name);
  const files = await readPush(terminal.cwd, push, decoded(await terminal.input()));
  return {
    files,
    asked: new Set(files.filter(file => push.asked.has(file.path)).map(file => file.name)),
  };
}

function decoded(input: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    throw new UsageError('Standard input is not UTF-8 text.');
  }
}

/** The files of one command line while they are judged and fixed; pushes that share a file share its text. */
export class LintWork {
  readonly #files = new Map<string, SourceFile>();

  constructor(
    private readonly pushes: readonly AskedPush[],
    private readonly parser: SqlParser,
    private readonly options: LintOptions,
  ) {
    for (const { name, text } of this.#read()) this.#files.set(name, parseSource(parser, name, text));
  }

  /** Applies the fixes of all findings asked for; tells how many, and which other files some would change. */
  fix(): { readonly applied: number; readonly offLimits: readonly string[] } {
    const mayChange = (name: string): boolean => this.pushes.some(({ asked }) => asked.has(name));
    const results = this.pushes.map(push => {
      const result = fixPush(this.#filesOf(push), {
        judge: files =>
          lint(files, this.options).filter(finding => push.asked.has(finding.at.file) && isFixed(finding)),
        parse: (name, text) => parseSource(this.parser, name, text),
        mayChange,
      });
      for (const file of result.files) this.#files.set(file.name, file);
      return result;
    });
    return {
      applied: results.reduce((sum, { applied }) => sum + applied, 0),
      offLimits: [...new Set(results.flatMap(({ offLimits }) => offLimits))],
    };
  }

  /** The files that have another text than they were read with. */
  changed(): Replacement[] {
    const read = new Map(this.#read().map(file => [file.name, file]));
    return [...read.values()]
      .map(({ name, path, text }) => ({ name, path, before: text, after: this.text(name) }))
      .filter(({ before, after }) => before !== after);
  }

  text(name: string): string {
    return this.#files.get(name)?.text ?? '';
  }

  judge(): LintRun {
    const judged = this.pushes.map(push => ({ push, ...judge(this.#filesOf(push), this.options) }));
    return {
      findings: judged.flatMap(({ push, findings }) => findings.filter(({ at }) => push.asked.has(at.file))),
      suppressed: judged.flatMap(({ push, suppressed }) =>
        suppressed.filter(({ finding }) => push.asked.has(finding.at.file)),
      ),
      asked: this.pushes.flatMap(({ asked }) => [...asked]),
      files: [...this.#files.values()],
    };
  }

  #read(): PushFile[] {
    return this.pushes.flatMap(({ files }) => files);
  }

  #filesOf({ files }: AskedPush): SourceFile[] {
    return files.flatMap(({ name }) => this.#files.get(name) ?? []);
  }
}

/** The nearest name in a suppression is a guess, and a guess must not hide a finding unseen. */
function isFixed({ rule }: Finding): boolean {
  return rule !== 'suppress-unknown';
}
