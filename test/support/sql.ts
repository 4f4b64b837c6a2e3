import { lint, type LintOptions } from '../../src/lint/linter';
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

/** Lints texts as one push. */
export async function findings(texts: string | string[], options: LintOptions = {}): Promise<Finding[]> {
  return lint(await parseAll(...[texts].flat()), options);
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
