import assert from 'node:assert/strict';
import type { LintOptions } from '../../src/lint/linter';
import type { Example } from '../../src/lint/rule';
import { exampleFiles } from '../../src/lint/docs';
import { findings } from './sql';

/** What one rule says of a push: the severity and the marked text of each finding. */
export async function saidBy(rule: string, example: Example, options: LintOptions): Promise<string[]> {
  const files = new Map(exampleFiles(example).map(({ name, text }) => [name, text]));
  return (await findings(example, options))
    .filter(finding => finding.rule === rule)
    .map(({ severity, at }) => `${severity} ${files.get(at.file)?.slice(at.start, at.end) ?? ''}`);
}

/** One test for each push of a table: what the rule says of it, put behind `before`. */
export function itSays(
  rule: string,
  options: LintOptions,
  before: string,
  cases: Readonly<Record<string, readonly string[]>>,
): void {
  for (const [sql, expected] of Object.entries(cases)) {
    const where = options.engine ?? 'an unknown engine';
    it(`${rule} on ${where}: ${expected.length === 0 ? 'silent' : expected.join(', ')}: ${sql.replace(/\s+/g, ' ')}`, async () => {
      assert.deepEqual(await saidBy(rule, `${before}\n${sql}`, options), expected);
    });
  }
}
