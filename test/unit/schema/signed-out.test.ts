import assert from 'node:assert/strict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { Policy } from '../../../src/schema/model';
import { letsSignedOutPast } from '../../../src/schema/signed-out';
import { parseAll } from '../../support/sql';

const AROUND = `
create table members (org_id int not null, user_sub text not null);
alter table members enable row level security;
create table open_list (org_id int);
create function is_member(org int) returns boolean language sql stable as
  $$ select exists (select 1 from members m where m.org_id = org and m.user_sub = auth.uid()) $$;
create table docs (id int primary key, org_id int, owner_id text not null, author text, state text, flag boolean);
`;

async function policy(rest: string): Promise<Policy> {
  const files = await parseAll(`${AROUND} create policy p on docs ${rest};`);
  assert.deepEqual(files[0]!.errors, [], rest);
  return modelFromStatements(files, { engine: 'v1_dedicated' }).tableNamed('docs')!.policies[0]!;
}

const PREDICATES: Readonly<Record<string, boolean>> = {
  true: true,
  'flag or owner_id = auth.uid()': true,
  "state = 'public'": true,
  'auth.uid() is null': true,
  'auth.uid() is null or owner_id = auth.uid()': true,
  "state = 'public' and deleted_at is null": true,
  'owner_id is distinct from auth.uid()': true,
  'author is not distinct from auth.uid()': true,
  'exists (select 1 from open_list l where l.org_id = docs.org_id)': true,
  false: false,
  'owner_id = auth.uid()': false,
  'owner_id <> auth.uid()': false,
  'owner_id not in (auth.uid())': false,
  'owner_id in (auth.uid())': false,
  'owner_id is not distinct from auth.uid()': false,
  "flag and owner_id = (current_setting('request.jwt.claims', true)::json ->> 'sub')": false,
  'auth.uid() is not null': false,
  'auth.uid() is not null or owner_id = auth.uid()': false,
  'auth.uid() in (owner_id, author)': false,
  'org_id in (select org_id from members where user_sub = auth.uid())': false,
  'exists (select 1 from members m where m.org_id = docs.org_id and m.user_sub = auth.uid())': false,
  'is_member(org_id)': false,
  // What an unknown helper does nobody can tell.
  'somebody_elses(org_id)': false,
  'not somebody_elses(org_id)': false,
  '(select count(*) from elsewhere) = 0': false,
};

describe('requests without a subject', () => {
  for (const [predicate, past] of Object.entries(PREDICATES)) {
    it(`${past ? 'get past' : 'are not sure to get past'} ${predicate}`, async () => {
      assert.equal(letsSignedOutPast(await policy(`for select using (${predicate})`)), past);
    });
  }

  it('need every clause that the verb runs', async () => {
    const own = 'owner_id = auth.uid()';
    assert.equal(letsSignedOutPast(await policy('for insert with check (true)')), true);
    assert.equal(letsSignedOutPast(await policy('for update using (true)')), true);
    assert.equal(letsSignedOutPast(await policy(`for update using (${own}) with check (true)`)), false);
    assert.equal(letsSignedOutPast(await policy(`for update using (true) with check (${own})`)), false);
    // A policy FOR ALL lets rows in by its check alone.
    assert.equal(letsSignedOutPast(await policy(`using (${own}) with check (true)`)), true);
    assert.equal(letsSignedOutPast(await policy('for select')), false);
  });
});
