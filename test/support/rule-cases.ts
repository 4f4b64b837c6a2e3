import assert from 'node:assert/strict';
import type { Engine } from '../../src/flux/engine';
import { findings, marked } from './sql';

/** What is tried, its SQL, and what the rule says on v1 and, where that differs, on v2: `error <marked text>`. */
export type RuleCase = readonly [what: string, sql: string, v1: readonly string[], v2?: readonly string[]];

/** What one rule says of a file: severities and marked texts. */
export async function saidBy(rule: string, sql: string, engine: Engine): Promise<string[]> {
  const all = (await findings(sql, { engine })).filter(finding => finding.rule === rule);
  return all.map(finding => `${finding.severity} ${marked(sql, finding)}`);
}

/** Tries every case on both engines. */
export function ruleCases(rule: string, table: readonly RuleCase[]): void {
  describe(rule, () => {
    for (const [what, sql, v1, v2 = v1] of table) {
      it(what, async () => {
        assert.deepEqual(await saidBy(rule, sql, 'v1_dedicated'), v1, 'v1');
        assert.deepEqual(await saidBy(rule, sql, 'v2_shared'), v2, 'v2');
      });
    }
  });
}
