import assert from 'node:assert/strict';
import { findings } from '../../support/sql';

const TABLE = `create table notes (id uuid primary key, owner_id text not null, a int not null);
alter table notes enable row level security; grant select on notes to authenticated;
`;
const policy = (predicate: string, name = 'p'): string =>
  `create policy ${name} on notes for select to authenticated using (${predicate});\n`;
const times = (count: number, text: string, separator = ''): string =>
  Array(count).fill(text).join(separator);

/** What is long or deep, and a rule that has something to say about it; a rule that went back and forth would not end. */
const CASES: Readonly<Record<string, readonly [sql: string, rule: string]>> = {
  '10 000 terms of an OR': [policy(times(10_000, 'a = 1', ' or ')), 'policy-no-subject'],
  '10 000 terms that end in true': [
    policy(`${times(10_000, 'a = 1', ' or ')} or true`),
    'policy-always-true',
  ],
  '10 000 values of an IN': [policy(`a in (${times(10_000, '1', ', ')})`), 'policy-no-subject'],
  '10 000 columns': [
    `create table wide (id text primary key, ${Array.from({ length: 10_000 }, (_, index) => `c${index} text`).join(', ')});
grant select on wide to authenticated;`,
    'rls-not-enabled',
  ],
  '2 000 policies of a table': [
    Array.from({ length: 2_000 }, (_, index) => policy('owner_id = auth.uid() or true', `p${index}`)).join(
      '',
    ),
    'policy-always-true',
  ],
  '400 times NOT': [policy(`${times(400, 'not ')} true`), 'policy-always-true'],
  '150 nested CASE': [
    policy(`${times(150, 'case when true then ')}true${times(150, ' end')}`),
    'policy-always-true',
  ],
  '60 nested EXISTS': [
    policy(`${times(60, 'exists (select 1 from notes n where ')}true${times(60, ')')}`),
    'policy-recursion',
  ],
};

describe('what is long or deep', () => {
  for (const [what, [sql, rule]] of Object.entries(CASES)) {
    it(`is judged all the same: ${what}`, async () => {
      const found = await findings(TABLE + sql);
      assert.ok(
        found.some(finding => finding.rule === rule),
        [...new Set(found.map(finding => finding.rule))].join(),
      );
    });
  }
});
