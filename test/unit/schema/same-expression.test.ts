import assert from 'node:assert/strict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import {
  compareExpressions,
  type ResolvedExpression,
  type Sameness,
} from '../../../src/schema/same-expression';
import { parseAll } from '../../support/sql';

const SCHEMA = 't_1a2b3c4d5e6f_api';
const TABLES = `create table members (org_id text, user_sub text, level int);
create table notes (id int, owner_id text, org_id text, state text, code varchar(9), level int, done boolean, at timestamptz);
`;

async function using(predicate: string): Promise<ResolvedExpression> {
  const files = await parseAll(`${TABLES}create policy p on notes using (${predicate});`);
  const model = modelFromStatements(files, { engine: 'v2_shared', apiSchema: SCHEMA });
  const clause = model.policies[0]?.using;
  assert.ok(clause, predicate);
  return { node: clause.node, uses: clause.columns };
}

async function compare(files: string, live: string): Promise<Sameness> {
  return compareExpressions(await using(files), await using(live), SCHEMA);
}

/** What files say, what the catalog says, and whether that is the same. */
const CASES: readonly (readonly [files: string, live: string, Sameness])[] = [
  ['owner_id = auth.uid()', '(owner_id = auth.uid())', 'same'],
  ['owner_id = (select auth.uid())', '(owner_id = ( SELECT auth.uid() AS uid))', 'same'],
  ['owner_id = auth.uid()::text', '(owner_id = auth.uid())', 'same'],
  ["code = 'x'", "((code)::text = 'x'::text)", 'same'],
  ["state in ('a', 'b')", "(state = ANY (ARRAY['a'::text, 'b'::text]))", 'same'],
  ["state not in ('a', 'b')", "(state <> ALL (ARRAY['a'::text, 'b'::text]))", 'same'],
  ["state in ('a')", "(state = 'a'::text)", 'same'],
  ['level in (1, id)', '((level = 1) OR (level = id))', 'same'],
  ['level between 1 and 3 and done', '(((level >= 1) AND (level <= 3)) AND done)', 'same'],
  ['level not between 1 and 3', '((level < 1) OR (level > 3))', 'same'],
  ["state like 'a%' and state != 'b'", "((state ~~ 'a%'::text) AND (state <> 'b'::text))", 'same'],
  [`${SCHEMA}.is_mine(owner_id)`, 'is_mine(owner_id)', 'same'],
  ['notes.owner_id = auth.uid()', '(owner_id = auth.uid())', 'same'],
  [
    'exists (select * from members where members.org_id = notes.org_id and user_sub = auth.uid())',
    `(EXISTS ( SELECT members.org_id, members.user_sub FROM members WHERE ((members.org_id = notes.org_id) AND (members.user_sub = auth.uid()))))`,
    'same',
  ],
  [
    'org_id in (select org_id from members m where m.user_sub = auth.uid())',
    '(org_id IN ( SELECT m.org_id FROM members m WHERE (m.user_sub = auth.uid())))',
    'same',
  ],
  ['owner_id = auth.uid()', 'true', 'differs'],
  ['owner_id = auth.uid()', '(owner_id <> auth.uid())', 'differs'],
  ['owner_id = auth.uid()', '(org_id = auth.uid())', 'differs'],
  ['owner_id = auth.uid() and done', '((owner_id = auth.uid()) OR done)', 'differs'],
  ['owner_id = auth.uid() and done', '(owner_id = auth.uid())', 'differs'],
  ["state = 'open'", "(state = 'closed'::text)", 'differs'],
  ["state in ('a', 'b')", "(state = ANY (ARRAY['a'::text, 'c'::text]))", 'differs'],
  ['not done', 'done', 'differs'],
  ['done is true', '(done IS NOT TRUE)', 'may-differ'],
  [
    // The subquery compares its own column with itself: every member sees every row.
    'exists (select 1 from members m where m.org_id = notes.org_id and m.user_sub = auth.uid())',
    '(EXISTS ( SELECT 1 FROM members m WHERE ((m.org_id = m.org_id) AND (m.user_sub = auth.uid()))))',
    'differs',
  ],
  ['id = auth.uid()::int', '(id = auth.uid())', 'may-differ'],
  ["at > now() - interval '1 hour'", "(at > (now() - '01:00:00'::interval))", 'may-differ'],
  [
    'done and (owner_id = auth.uid() or level = 1)',
    '((done AND (owner_id = auth.uid())) OR (level = 1))',
    'may-differ',
  ],
];

describe('a predicate of the files and that of the catalog', () => {
  for (const [files, live, expected] of CASES) {
    it(`${expected}: ${files} | ${live}`, async () => {
      assert.equal(await compare(files, live), expected);
    });
  }
});
