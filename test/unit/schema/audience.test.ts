import assert from 'node:assert/strict';
import type { Audience } from '../../../src/schema/audience';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { Predicate } from '../../../src/schema/predicate';
import { parseAll } from '../../support/sql';

const AROUND = `
create table orgs (id int primary key, owner_id text not null, public boolean not null);
create table members (org_id int not null, user_sub text not null, role text);
create table open_list (org_id int);
alter table orgs enable row level security;
alter table members enable row level security;
create policy own_orgs on orgs for select to authenticated using (owner_id = auth.uid());
create function is_member(org int) returns boolean language sql stable as
  $$ select exists (select 1 from members m where m.org_id = org and m.user_sub = auth.uid()) $$;
create function is_admin() returns boolean language plpgsql stable as
  $$ begin return exists (select 1 from members where user_sub = auth.uid() and role = 'admin'); end $$;
create table docs (id int primary key, org_id int references orgs, owner_id text not null, author text, email text, state text, flag boolean);
`;

async function using(predicate: string): Promise<Predicate> {
  const files = await parseAll(
    `${AROUND} create policy p on docs for select to authenticated using (${predicate});`,
  );
  assert.deepEqual(files[0]!.errors, [], predicate);
  const model = modelFromStatements(files, { engine: 'v2_shared' });
  const policy = model.tableNamed('docs')!.policies[0]!;
  return policy.using!;
}

const CASES: Readonly<Record<string, Audience>> = {
  'owner_id = auth.uid()': 'owner',
  'auth.uid() = owner_id': 'owner',
  'docs.owner_id = (select auth.uid())': 'owner',
  "owner_id = current_setting('request.jwt.claims', true)::jsonb ->> 'sub'": 'owner',
  "owner_id = nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub'": 'owner',
  'owner_id in (auth.uid())': 'owner',
  'owner_id is not distinct from auth.uid()': 'owner',
  'not (owner_id <> auth.uid())': 'owner',
  '(owner_id = auth.uid()) is true': 'owner',
  'coalesce(owner_id = auth.uid(), false)': 'owner',
  'lower(owner_id) = lower(auth.uid())': 'members',
  "owner_id = auth.uid() and state = 'x'": 'owner',
  'owner_id = auth.uid() or author = auth.uid()': 'owner',
  "case when state = 'public' then false else owner_id = auth.uid() end": 'owner',
  "owner_id = auth.uid() or state = 'public'": 'row-decides',
  "case when state = 'public' then true else owner_id = auth.uid() end": 'row-decides',
  'flag or owner_id = auth.uid()': 'row-decides',
  'owner_id = auth.uid() or true': 'everybody',
  true: 'everybody',
  'id = id': 'everybody',
  'not false': 'everybody',
  false: 'nobody',
  'owner_id = null': 'nobody',
  'auth.uid() is not null': 'signed-in',
  "auth.uid() <> ''": 'signed-in',
  'not (auth.uid() is null)': 'signed-in',
  'owner_id = auth.uid() or auth.uid() is not null': 'signed-in',
  'auth.uid() is null': 'signed-out',
  'owner_id <> auth.uid()': 'others',
  'not (owner_id = auth.uid())': 'others',
  'owner_id = current_user': 'signed-in',
  "auth.uid() = 'ann'": 'certain-users',
  "owner_id = 'ann'": 'row-decides',
  "email = current_setting('request.jwt.claims', true)::json ->> 'email'": 'members',
  'exists (select 1 from members m where m.org_id = docs.org_id and m.user_sub = auth.uid())': 'members',
  'org_id in (select org_id from members where user_sub = auth.uid())': 'members',
  // The subquery takes org_id for its own: nothing ties it to the row.
  'exists (select 1 from members m where m.org_id = org_id and m.user_sub = auth.uid())': 'certain-users',
  // The parent's own row security is the proof.
  'exists (select 1 from orgs o where o.id = docs.org_id)': 'members',
  'exists (select 1 from open_list l where l.org_id = docs.org_id)': 'row-decides',
  'exists (select 1 from elsewhere e where e.id = docs.org_id)': 'unknown',
  'is_member(org_id)': 'members',
  'is_admin()': 'certain-users',
  'is_admin() and owner_id = auth.uid()': 'owner',
  'somebody_elses(org_id)': 'unknown',
  'owner_id = auth.uid() or somebody_elses(org_id)': 'unknown',
  'not exists (select 1 from members)': 'unknown',
  "state in ('a', 'b')": 'row-decides',
};

describe('who gets a row past a predicate', () => {
  for (const [predicate, audience] of Object.entries(CASES)) {
    it(`${predicate}: ${audience}`, async () => {
      assert.equal((await using(predicate)).audience, audience);
    });
  }
});

describe('columns of a predicate', () => {
  const uses = async (predicate: string): Promise<string[]> =>
    (await using(predicate)).columns.map(
      ({ column, of, captured }) =>
        `${column} of ${of === undefined ? '?' : of === 'own' ? 'own' : of.relation}${captured ? ', captured' : ''}`,
    );

  it('belong to the innermost query that has the name', async () => {
    assert.deepEqual(
      await uses('exists (select 1 from members m where m.org_id = org_id and m.user_sub = owner_id)'),
      ['org_id of .members', 'org_id of .members, captured', 'user_sub of .members', 'owner_id of own'],
    );
    assert.deepEqual(await uses('exists (select 1 from members m where m.org_id = docs.org_id)'), [
      'org_id of .members',
      'org_id of own',
    ]);
    assert.deepEqual(await uses('org_id in (select org_id from members)'), [
      'org_id of own',
      'org_id of .members, captured',
    ]);
  });

  it('cannot be told where a query reads a table of which the files do not speak', async () => {
    assert.deepEqual(await uses('exists (select 1 from elsewhere where id = org_id)'), [
      'id of ?',
      'org_id of ?',
    ]);
    assert.deepEqual(await uses('exists (select 1 from elsewhere e where e.id = docs.org_id)'), [
      'id of .elsewhere',
      'org_id of own',
    ]);
    assert.deepEqual(await uses('exists (with m as (select 1) select 1 from m where id = 1)'), ['id of ?']);
  });
});

describe('ranges of parts of a predicate', () => {
  for (const [predicate, part] of [
    ['owner_id = auth.uid() and true', 'owner_id = auth.uid()'],
    ['(owner_id) = ((auth.uid())) or flag', '(owner_id) = ((auth.uid()))'],
    ["lower(trim(owner_id)) = 'x' or flag", "lower(trim(owner_id)) = 'x'"],
    ['auth.uid() is not null or flag', 'auth.uid() is not null'],
    ['exists (select 1 from members where (true)) or flag', 'exists (select 1 from members where (true))'],
  ] as const) {
    it(part, async () => {
      const read = await using(predicate);
      const { start, end } = read.spanOf(read.atoms[0]!.node);
      assert.equal(read.statement.textOf({ ...read.at, start, end }), part);
    });
  }
});
