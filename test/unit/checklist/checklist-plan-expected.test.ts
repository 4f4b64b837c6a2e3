import assert from 'node:assert/strict';
import type { Engine } from '../../../src/flux/engine';
import { VERBS } from '../../../src/checklist/check-ids';
import { guarded, tablePlanOf } from '../../support/checklist-plans';

const NOTES = `create table notes (
  id uuid primary key, owner_id text not null, body text not null, state text not null default 'draft', deleted_at timestamptz, stars int);
  alter table notes enable row level security;`;
const GRANTS = 'grant select, insert, update, delete on notes to authenticated;';

/** A letter for read, insert, update and delete each: yes, no, or a question mark. */
async function expectedOf(sql: string, table = 'notes', engine: Engine = 'v2_shared'): Promise<string> {
  const { expected } = await tablePlanOf(sql, table, { engine, choices: { owners: { notes: 'owner_id' } } });
  return VERBS.map(verb => ({ allowed: 'y', refused: 'n', unknown: '?' })[expected[verb]]).join('');
}

const all = (predicate: string, more = ''): string =>
  `${NOTES} ${GRANTS} create policy p on notes to authenticated using (${predicate}); ${more}`;
const OWN = 'owner_id = auth.uid()';

describe('what a plan expects for own rows', () => {
  const CASES: Readonly<Record<string, readonly [sql: string, expected: string]>> = {
    'all that the owner may do': [all(OWN), 'yyyy'],
    'nothing without policies': [`${NOTES} ${GRANTS}`, 'nnnn'],
    'reading alone where v2 grants no more': [
      `${NOTES} create policy p on notes to authenticated using (${OWN});`,
      'ynnn',
    ],
    'nothing for policies of another role': [
      `${NOTES} ${GRANTS} create policy p on notes to service_role using (${OWN});`,
      'nnnn',
    ],
    'everything where RLS is off': [
      `${NOTES} alter table notes disable row level security; ${GRANTS}`,
      'yyyy',
    ],
    'everything for whoever has a token': [all('auth.uid() is not null'), 'yyyy'],
    'nothing that a policy for everybody else gives': [all('owner_id <> auth.uid()'), 'nnnn'],
    'nothing that the signed-out may do': [all('auth.uid() is null'), 'nnnn'],
    'a row that is not deleted': [all(`${OWN} and deleted_at is null`), 'yyyy'],
    'a row whose default fits': [all(`${OWN} and state = 'draft'`), 'yyyy'],
    'no row whose default does not fit': [all(`${OWN} and state = 'sent'`), 'nnnn'],
    'no row without a number': [all(`${OWN} and stars > 3`), 'nnnn'],
    'nothing of a text that is not known before': [all(`${OWN} and body = 'x'`), '????'],
    'nothing of a claim': [all("(current_setting('request.jwt.claims')::json ->> 'email') = 'a@b'"), '????'],
    'nothing of a function': [all('may_read(id)'), '????'],
    'nothing of another column': [all('body = auth.uid()'), '????'],
    'one of two ways': [all(`${OWN} or may_read(id)`), 'yyyy'],
    'both of two conditions': [all(`${OWN} and may_read(id)`), '????'],
    'what a restrictive policy leaves': [
      all(OWN, 'create policy r on notes as restrictive for delete to authenticated using (false);'),
      'yyyn',
    ],
    'what a restrictive policy may take': [
      all(OWN, 'create policy r on notes as restrictive to authenticated using (may_read(id));'),
      '????',
    ],
    'no change of what cannot be found': [
      `${NOTES} ${GRANTS} create policy p on notes for update to authenticated using (${OWN});
       create policy i on notes for insert to authenticated with check (${OWN});
       create policy d on notes for delete to authenticated using (${OWN});`,
      'nynn',
    ],
    'no change into what WITH CHECK refuses': [
      `${NOTES} ${GRANTS} create policy s on notes for select to authenticated using (${OWN});
       create policy p on notes for update to authenticated using (${OWN}) with check (false);`,
      'ynnn',
    ],
    'no insert where a required column may not be sent': [
      `${NOTES} grant select, update, delete on notes to authenticated; grant insert (id, owner_id) on notes to authenticated;
       create policy p on notes to authenticated using (${OWN});`,
      'ynyy',
    ],
    'nothing that a DO block may have done': [
      all(OWN, "do $$ begin execute 'revoke all on notes from x'; end $$;"),
      '????',
    ],
    'nothing of a verb that a trigger refuses': [
      all(
        OWN,
        `create function stop() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
         create trigger t before update or delete on notes for each row execute function stop();`,
      ),
      'yy??',
    ],
    'everything under a trigger that only fills in': [
      all(
        OWN,
        `create function fill() returns trigger language plpgsql as $$ begin raise notice 'x'; new.stars := 1; return new; end $$;
         create trigger t before insert on notes for each row execute function fill();`,
      ),
      'yyyy',
    ],
  };
  for (const [name, [sql, expected]] of Object.entries(CASES)) {
    it(`is ${name}`, async () => {
      assert.equal(await expectedOf(sql), expected);
    });
  }

  it('knows what v1 grants by itself', async () => {
    const sql = `${NOTES} create policy p on notes to authenticated using (${OWN});`;
    assert.equal(await expectedOf(sql, 'notes', 'v1_dedicated'), 'yyyy');
  });
});

describe('what a plan expects for rows under an own parent', () => {
  const CHILD = `${all(OWN)} create table tags (id int primary key, note_id uuid not null references notes (id), name text not null);`;
  const proven = (proof: string): string => `${CHILD} ${guarded('tags', proof)}`;
  const CASES: Readonly<Record<string, readonly [sql: string, expected: string]>> = {
    EXISTS: [
      proven('exists (select 1 from notes n where n.id = note_id and n.owner_id = auth.uid())'),
      'yyyy',
    ],
    'EXISTS that leaves the owner to the parent’s policies': [
      proven('exists (select 1 from notes n where n.id = note_id)'),
      'yyyy',
    ],
    IN: [proven('note_id in (select id from notes where owner_id = auth.uid())'), 'yyyy'],
    'a condition of the parent': [
      proven(
        "exists (select 1 from notes n where n.id = note_id and n.owner_id = auth.uid() and n.state = 'x')",
      ),
      '????',
    ],
    'a key to another column': [
      proven('exists (select 1 from notes n where n.body = name and n.owner_id = auth.uid())'),
      '????',
    ],
    'any row of the subject': [
      proven('exists (select 1 from notes n where n.owner_id = auth.uid())'),
      '????',
    ],
    'a parent that nobody reads': [
      `${proven('exists (select 1 from notes n where n.id = note_id)')} drop policy p on notes;
       create policy w on notes for insert to authenticated with check (${OWN});`,
      '????',
    ],
    'no parent': [proven('not exists (select 1 from notes n where n.id = note_id)'), '????'],
  };
  for (const [name, [sql, expected]] of Object.entries(CASES)) {
    it(`is told of ${name}`, async () => {
      assert.equal(await expectedOf(sql, 'tags'), expected);
    });
  }

  it('is told two levels deep, by a join', async () => {
    const sql = `${proven('exists (select 1 from notes n where n.id = note_id and n.owner_id = auth.uid())')}
      create table marks (id int primary key, tag_id int not null references tags);
      ${guarded('marks', 'tag_id in (select t.id from tags t join notes n on n.id = t.note_id where n.owner_id = auth.uid())')}`;
    assert.equal(await expectedOf(sql, 'marks'), 'yyyy');
    assert.equal(await expectedOf(sql.replace('join notes', 'left join notes'), 'marks'), '????');
  });
});
