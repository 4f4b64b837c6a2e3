import assert from 'node:assert/strict';
import type { CheckId } from '../../../src/checklist/check-ids';
import type { Cause } from '../../../src/checklist/diagnose';
import { causeInSql } from '../../../src/checklist/explain-place';
import { CHECK_FACTS, type CheckResult, type Evidence } from '../../../src/checklist/verdict';
import type { Engine } from '../../../src/flux/engine';
import { lint } from '../../../src/lint/linter';
import { findRule } from '../../../src/lint/rules';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { GUIDE_SQL } from '../../support/guide-sql';
import { parseAll } from '../../support/sql';

const TABLE = GUIDE_SQL.slice(0, GUIDE_SQL.indexOf('alter table'));

function result(
  check: CheckId,
  verdict: CheckResult['verdict'],
  cause: Cause | null,
  more: Partial<CheckResult> = {},
): CheckResult {
  const { verb, actor } = CHECK_FACTS[check];
  return {
    table: 'notes',
    check,
    verb,
    actor,
    verdict,
    cause,
    message: '',
    advice: '',
    evidence: [],
    ...more,
  };
}

/** The marked text of each place, the text of its statement’s first line, and its rules. */
async function places(
  sql: string,
  of: CheckResult,
  engine: Engine = 'v2_shared',
): Promise<{ text: string; line: string; rules: readonly string[] }[]> {
  const model = modelFromStatements(await parseAll(sql), { engine });
  return causeInSql(of, model).map(({ place, rules }) => ({
    text: sql.slice(place.start, place.end),
    line: sql.slice(place.statement.start, place.statement.end).split('\n')[0] ?? '',
    rules,
  }));
}

/** Asserts that the first place is `text`, and that the linter finds one of the rules in its statement. */
async function assertFirst(
  sql: string,
  of: CheckResult,
  text: string,
  rule?: string,
  engine: Engine = 'v2_shared',
): Promise<void> {
  const files = await parseAll(sql);
  const [first] = causeInSql(of, modelFromStatements(files, { engine }));
  assert.equal(first && sql.slice(first.place.start, first.place.end), text);
  if (rule === undefined) return;
  assert.ok(first, 'a place');
  assert.ok(first.rules.includes(rule), `rules are ${first.rules.join()}`);
  const { statement } = first.place;
  const there = lint(files, { engine }).filter(
    ({ at }) => at.start >= statement.start && at.end <= statement.end,
  );
  assert.ok(
    there.some(finding => finding.rule === rule),
    `the linter finds there ${there.map(finding => finding.rule).join()}`,
  );
}

const asked = (method: string, status: number): Evidence => ({
  method,
  path: '/notes',
  as: 'ann',
  body: '',
  headers: [],
  expected: '',
  status,
  code: '42501',
  answer: '',
  control: true,
  milliseconds: 1,
});

describe('the place of a cause in the SQL', () => {
  it('is nowhere for what passed, was skipped, or is no matter of SQL', async () => {
    for (const of of [
      result('cross-read', 'pass', null),
      result('cross-read', 'skipped', 'policy'),
      result('cross-read', 'unknown', 'wrong-secret'),
      result('cross-read', 'fail', 'policy', { table: 'elsewhere' }),
    ])
      assert.deepEqual(await places(GUIDE_SQL, of), []);
  });

  it('is the policy that lets others read', async () => {
    const sql = `${GUIDE_SQL}create policy notes_all on notes for select using (true);`;
    await assertFirst(sql, result('cross-read', 'fail', 'policy'), 'notes_all', 'policy-always-true');
  });

  it('is the clause that an ALTER POLICY wrote', async () => {
    const sql = `${GUIDE_SQL}alter policy notes_owner_insert on notes with check (auth.uid() is not null);`;
    const of = result('forged-insert', 'fail', 'policy');
    await assertFirst(sql, of, 'auth.uid() is not null', 'policy-any-authenticated');
    assert.match((await places(sql, of))[0]?.line ?? '', /^alter policy/);
  });

  it('is every policy of the verb where none is visibly too wide', async () => {
    const found = await places(GUIDE_SQL, result('delete-other', 'fail', 'policy'));
    assert.deepEqual(
      found.map(({ text }) => text),
      ['notes_owner_delete'],
    );
  });

  it('is the policy that anon passes, for a request without a token', async () => {
    const sql = `${TABLE}alter table notes enable row level security;
create policy mine on notes for select to authenticated using (true);
create policy open on notes for select using (body <> '');`;
    const found = await places(sql, result('signed-out', 'fail', 'policy'), 'v1_dedicated');
    assert.deepEqual(
      found.map(({ text }) => text),
      ['open'],
    );
  });

  it('is where row security is switched off, else where the table is made', async () => {
    const of = result('cross-read', 'fail', 'rls-off');
    const never = `${TABLE}grant select on notes to authenticated;`;
    await assertFirst(never, of, 'notes', 'rls-not-enabled');
    const off = 'alter table notes disable row level security';
    await assertFirst(`${GUIDE_SQL}${off};`, of, off);
    // The linter's fix is at the policies that wait for it.
    const waiting = (await places(`${GUIDE_SQL}${off};`, of)).map(({ text }) => text);
    assert.deepEqual(waiting, [off, 'notes_owner_read']);
  });

  it('is the policy without its GRANT, or the REVOKE that took it', async () => {
    const of = result('insert-own', 'fail', 'missing-grant');
    const less = GUIDE_SQL.replace('select, insert, update', 'select, update');
    const bare = less
      .replace('create policy notes_owner_read', 'create policy first_of_all')
      .replace(/create policy first_of_all.*\n/, '');
    await assertFirst(bare, of, 'notes_owner_insert', 'grant-missing-table');
    const revoke = 'revoke insert on notes from authenticated';
    await assertFirst(`${GUIDE_SQL}${revoke};`, of, revoke);
  });

  it('is about the verb of the control that was refused', async () => {
    const of = result('cross-read', 'unknown', 'policy', {
      evidence: [asked('GET', 200), asked('POST', 403)],
    });
    const found = await places(GUIDE_SQL, of);
    assert.deepEqual(
      found.map(({ text }) => text),
      ['notes_owner_insert'],
    );
  });

  it('is the table where the verb has no policy', async () => {
    const sql = GUIDE_SQL.replace(/create policy notes_owner_insert.*\n/, '');
    const found = await places(sql, result('insert-own', 'fail', 'policy'));
    assert.deepEqual(found[0]?.text, 'notes');
    const none = `${TABLE}alter table notes enable row level security;`;
    await assertFirst(none, result('insert-own', 'unknown', 'policy'), 'notes', 'rls-enabled-no-policy');
  });

  it('is the cast of the subject, or the owner column that is no text', async () => {
    const cast = `create table notes (id uuid primary key, owner_id uuid not null);
alter table notes enable row level security;
create policy p on notes using (owner_id = auth.uid()::uuid);`;
    const of = result('read-own', 'fail', 'owner-type');
    await assertFirst(cast, of, '::uuid', 'owner-uuid-cast');
  });

  it('is the subquery that leads a policy back to its table', async () => {
    const sql = `${TABLE}alter table notes enable row level security;
create policy p on notes for select using (owner_id in (select owner_id from notes));`;
    await assertFirst(sql, result('read-own', 'fail', 'policy-recursion'), 'notes', 'policy-recursion');
  });

  it('is the serial column whose sequence is closed', async () => {
    const sql = `create table notes (id serial primary key, owner_id text not null);
revoke all on sequence notes_id_seq from authenticated;
alter table notes enable row level security;
create policy p on notes using (owner_id = auth.uid());
grant select, insert on notes to authenticated;`;
    await assertFirst(
      sql,
      result('insert-own', 'fail', 'missing-sequence-grant'),
      'id',
      'grant-missing-sequence',
    );
  });

  it('is the function that a policy may not call', async () => {
    const sql = `${TABLE}create function mine(o text) returns boolean language sql stable as 'select o = auth.uid()';
revoke execute on function mine from public, authenticated;
alter table notes enable row level security;
create policy p on notes for select using (mine(owner_id));
grant select on notes to authenticated;`;
    await assertFirst(
      sql,
      result('read-own', 'fail', 'missing-function-grant'),
      'p',
      'grant-missing-function',
    );
  });

  it('is the owner column without a default', async () => {
    await assertFirst(
      GUIDE_SQL,
      result('insert-without-owner', 'fail', 'owner-default'),
      'owner_id',
      'owner-no-default',
    );
  });

  it('is the view or the function through which the rows are seen', async () => {
    const view = `${GUIDE_SQL}create view all_notes as select * from notes;
grant select on all_notes to authenticated;`;
    const of = result('view-read', 'fail', 'bypassing-door', { through: 'all_notes' });
    await assertFirst(view, of, 'all_notes', 'view-not-invoker', 'v1_dedicated');
    const routine = `${GUIDE_SQL}create function every_note() returns setof notes language sql security definer set search_path = '' as 'select * from notes';`;
    await assertFirst(
      routine,
      result('function-read', 'fail', 'bypassing-door', { through: 'every_note' }),
      'every_note',
      'function-definer-exposed',
      'v1_dedicated',
    );
  });

  it('names rules that there are', async () => {
    const causes: Cause[] = [
      'policy',
      'rls-off',
      'missing-grant',
      'missing-schema-usage',
      'missing-function-grant',
      'owner-type',
      'policy-recursion',
      'owner-default',
      'parent-not-checked',
      'differs-from-sql',
    ];
    for (const cause of causes)
      for (const check of ['cross-read', 'forged-insert', 'update-own', 'signed-out'] as const)
        for (const verdict of ['fail', 'unknown'] as const)
          for (const { rules } of await places(GUIDE_SQL, result(check, verdict, cause)))
            for (const rule of rules) assert.ok(findRule(rule), rule);
  });
});
