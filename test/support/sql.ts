import { exampleFiles } from '../../src/lint/docs';
import { lint, type LintOptions } from '../../src/lint/linter';
import { MAX_PUSH_FILE_BYTES, type Example, type Rule } from '../../src/lint/rule';
import type { Finding } from '../../src/lint/finding';
import { applyEdits } from '../../src/lint/apply-fix';
import { SqlParser } from '../../src/sql/parser';
import { parseSource, type SourceFile } from '../../src/sql/source-file';

let parser: Promise<SqlParser> | undefined;

/** Parses texts as the files of one push, in the given order. */
export async function parseAll(...texts: string[]): Promise<SourceFile[]> {
  const loaded = await (parser ??= SqlParser.load());
  return texts.map((text, index) => parseSource(loaded, `${index + 1}.sql`, text));
}

/** Parses the files of an example under their own names. */
export async function parseExample(example: Example): Promise<SourceFile[]> {
  const loaded = await (parser ??= SqlParser.load());
  return exampleFiles(example).map(({ name, text }) => parseSource(loaded, name, text));
}

/** Lints texts, or the files of an example, as one push. */
export async function findings(texts: string[] | Example, options: LintOptions = {}): Promise<Finding[]> {
  return lint(Array.isArray(texts) ? await parseAll(...texts) : await parseExample(texts), options);
}

/** The bad example of a rule; what a file must be too large for is not written out in the docs. */
export function badExample({ id, docs }: Rule): Example {
  if (id !== 'push-too-large' || typeof docs.bad !== 'string') return docs.bad;
  return `${'-- filler\n'.repeat(MAX_PUSH_FILE_BYTES / 10)}${docs.bad}`;
}

/** Options under which a rule's examples are judged. */
export function exampleOptions({ docs: { committed } }: Rule, engine: LintOptions['engine']): LintOptions {
  return { engine, ...(committed && { committed: file => committed[file] }) };
}

/** An example after a finding's fix. */
export function fixedExample(example: Example, finding: Finding | undefined): Example {
  if (!finding?.fix) throw new Error('the finding has no fix');
  const { edits } = finding.fix;
  const mended = exampleFiles(example).map(
    ({ name, text }) =>
      [
        name,
        applyEdits(
          text,
          edits.filter(({ at }) => at.file === name),
        ),
      ] as const,
  );
  return typeof example === 'string' ? (mended[0]?.[1] ?? '') : Object.fromEntries(mended);
}

/** The text after a finding's fix; the push has one file. */
export function fixed(text: string, finding: Finding | undefined): string {
  if (!finding?.fix) throw new Error('the finding has no fix');
  return applyEdits(text, finding.fix.edits);
}

/** The marked text of a finding. */
export function marked(text: string, finding: Finding | undefined): string | undefined {
  return finding && text.slice(finding.at.start, finding.at.end);
}
