import assert from 'node:assert/strict';
import { ENGINES } from '../../src/flux/engine';
import type { LocalFlux } from '../../src/stack/local-flux';
import { GUIDE_SQL } from '../support/guide-sql';
import { audit, differences, freshSchema, pushExample, runInSchema } from '../support/live';
import { LIVE_SCHEMAS } from '../support/live-schemas';
import { localFlux } from '../support/local-flux';

/** What is done to the guide's schema by a superuser, and all that differs then. */
const CHANGES: Readonly<Record<string, (flux: LocalFlux) => string[]>> = {
  'alter table notes disable row level security': () => ['dangerous row-security notes'],
  'drop policy notes_owner_read on notes': () => ['harmless policy-missing policy notes_owner_read on notes'],
  'create policy extra on notes for select using (true)': () => [
    'dangerous policy-extra policy extra on notes',
  ],
  'create policy narrow on notes as restrictive for select using (false)': () => [
    'harmless policy-extra policy narrow on notes',
  ],
  'alter policy notes_owner_read on notes using (true)': () => [
    'dangerous policy-using policy notes_owner_read on notes',
  ],
  'alter policy notes_owner_read on notes using (false)': () => [
    'harmless policy-using policy notes_owner_read on notes',
  ],
  'alter policy notes_owner_read on notes using (owner_id <> auth.uid())': () => [
    'dangerous policy-using policy notes_owner_read on notes',
  ],
  'alter policy notes_owner_read on notes using (body = auth.uid())': () => [
    'dangerous policy-using policy notes_owner_read on notes',
  ],
  'alter policy notes_owner_read on notes using ((select auth.uid()) = owner_id)': () => [
    'harmless may policy-using policy notes_owner_read on notes',
  ],
  'alter policy notes_owner_read on notes using (owner_id = (select auth.uid()))': () => [],
  'alter policy notes_owner_update on notes with check (true)': () => [
    'dangerous policy-check policy notes_owner_update on notes',
  ],
  'drop policy notes_owner_read on notes; create policy notes_owner_read on notes using (owner_id = auth.uid())':
    () => ['dangerous policy-verb policy notes_owner_read on notes'],
  'drop policy notes_owner_read on notes; create policy notes_owner_read on notes as restrictive for select using (owner_id = auth.uid())':
    () => ['harmless policy-permissive policy notes_owner_read on notes'],
  'alter policy notes_owner_read on notes to ROLE': () => [
    'harmless policy-roles policy notes_owner_read on notes',
  ],
  'alter table notes add column secret text': () => ['harmless column-extra notes.secret'],
  'alter table notes drop column body': () => ['harmless column-missing notes.body'],
  'alter table notes alter column body type varchar(9)': () => ['harmless column-type notes.body'],
  'alter table notes alter column body drop not null': () => ['harmless column-not-null notes.body'],
  'alter table notes alter column created_at drop default': () => [
    'harmless column-default notes.created_at',
  ],
  "alter table notes alter column body set default 'x'": () => ['harmless column-default notes.body'],
  'alter table notes rename to memos': () => ['harmless table-missing notes', 'harmless table-extra memos'],
  'create table open (id int); grant select on open to ROLE': () => ['dangerous table-extra open'],
  'create table closed (id int); alter table closed enable row level security': () => [
    'harmless table-extra closed',
  ],
  'revoke delete on notes from ROLE': () => ['harmless privileges notes'],
  'revoke usage on schema SCHEMA from ROLE': () => ['harmless privileges schema SCHEMA'],
  'grant update on notes to anon': ({ engine }) =>
    engine === 'v2_shared' ? ['dangerous privileges notes'] : [],
  'grant truncate on notes to ROLE': ({ engine }) =>
    engine === 'v2_shared' ? ['dangerous privileges notes'] : [],
  'create view all_notes as select * from notes': () => ['dangerous view-extra all_notes'],
  'create view mine with (security_invoker) as select * from notes': () => ['harmless view-extra mine'],
  'create function peek() returns setof notes language sql security definer as $$ select * from notes $$':
    () => ['dangerous function-extra function peek()'],
  'create function add(a int, b int) returns int language sql as $$ select a + b $$': () => [
    'harmless function-extra function add(int4, int4)',
  ],
};

/** The same for a schema with views and functions. */
const CODE_CHANGES: Readonly<Record<string, string[]>> = {
  'alter view open_notes reset (security_invoker)': ['dangerous view-invoker open_notes'],
  'create or replace view open_notes with (security_invoker) as select * from notes': [
    'dangerous view-query open_notes',
  ],
  'drop view note_counts': ['harmless view-missing note_counts'],
  'drop procedure purge(int)': ['harmless function-missing procedure purge(int4)'],
  'alter function is_mine(text, boolean) security definer': [
    'dangerous function-definer function is_mine(text, bool)',
  ],
  'alter function touch() reset search_path': ['dangerous function-search-path function touch()'],
  'create or replace function is_mine(owner text, strict boolean default false) returns boolean language sql stable as $$ select true $$':
    ['harmless function-body function is_mine(text, bool)'],
  'grant execute on function touch() to public': [
    'dangerous privileges function touch',
    'dangerous privileges function touch',
  ],
  'drop trigger stamp on notes': ['dangerous trigger-missing trigger stamp'],
};

async function said(flux: LocalFlux, sql: string): Promise<string[]> {
  return (await differences(flux, sql)).map(
    ({ severity, certain, kind, object }) => `${severity}${certain ? '' : ' may'} ${kind} ${object}`,
  );
}

for (const engine of ENGINES) {
  describe(`differences between the files and the database on ${engine}`, () => {
    let flux: LocalFlux;
    const named = (text: string): string =>
      text.replaceAll('ROLE', flux.role).replaceAll('SCHEMA', flux.schema);
    const push = async (sql: string): Promise<void> => {
      assert.equal(await pushExample(flux, sql), undefined);
    };
    before(async () => {
      flux = await localFlux(engine);
    });
    after(async () => {
      await freshSchema(flux);
    });

    for (const [name, sql] of Object.entries(LIVE_SCHEMAS)) {
      it(`are none after a push: ${name}`, async () => {
        await push(sql);
        const { file, unread } = await audit(flux);
        assert.equal(unread, 0, file.text);
        const found = (await differences(flux, sql)).map(({ message }) => message);
        assert.deepEqual(found, [], file.text);
      });
    }

    for (const [change, expected] of Object.entries(CHANGES)) {
      it(`after: ${change}`, async () => {
        await push(GUIDE_SQL);
        await runInSchema(flux, named(change));
        assert.deepEqual(await said(flux, GUIDE_SQL), expected(flux).map(named));
      });
    }

    for (const [change, expected] of Object.entries(CODE_CHANGES)) {
      it(`after: ${change}`, async () => {
        const sql = LIVE_SCHEMAS['views and functions']!;
        await push(sql);
        await runInSchema(flux, change);
        assert.deepEqual(await said(flux, sql), expected);
      });
    }
  });
}

describe('what is forced differs', () => {
  it('on v2 where a table is not forced any more', async () => {
    const flux = await localFlux('v2_shared');
    assert.equal(await pushExample(flux, GUIDE_SQL), undefined);
    await runInSchema(flux, 'alter table notes no force row level security');
    assert.deepEqual(await said(flux, GUIDE_SQL), ['dangerous forced notes']);
    await freshSchema(flux);
  });

  it('on v1 where somebody forced it', async () => {
    const flux = await localFlux('v1_dedicated');
    assert.equal(await pushExample(flux, GUIDE_SQL), undefined);
    await runInSchema(flux, 'alter table notes force row level security');
    assert.deepEqual(await said(flux, GUIDE_SQL), ['harmless forced notes']);
    await freshSchema(flux);
  });
});
