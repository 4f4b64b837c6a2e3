import assert from 'node:assert/strict';
import type { LintOptions } from '../../../src/lint/linter';
import { itSays } from '../../support/cases';
import { findings, fixed } from '../../support/sql';

const V1: LintOptions = { engine: 'v1_dedicated' };
const V2: LintOptions = { engine: 'v2_shared' };

const TABLE = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, reader_id text,
  state text not null default 'draft', published boolean not null default false, deleted_at timestamptz, archived boolean not null default false);
alter table notes enable row level security;`;
const policy = (verb: string, predicate = 'owner_id = auth.uid()', to = 'to authenticated'): string =>
  `create policy notes_${verb} on notes for ${verb} ${to} ${verb === 'insert' ? 'with check' : 'using'} (${predicate});`;
const READ = policy('select');
const INSERT = policy('insert');
const UPDATE = policy('update');
const DELETE = policy('delete');
const ALL = policy('all');

describe('writes that need to read', () => {
  itSays('policy-write-needs-select', V2, TABLE, {
    [UPDATE]: ['error notes_update'],
    [DELETE]: ['error notes_delete'],
    [`${UPDATE}${DELETE}`]: ['error notes_update'],
    [`${READ}${UPDATE}`]: [],
    [`${policy('select', 'owner_id = auth.uid()', '')}${UPDATE}`]: [],
    [`${policy('select', 'owner_id = auth.uid()', 'to t_1a2b3c4d5e6f_role')}${UPDATE}`]: [],
    [ALL]: [],
    [INSERT]: [],
    // A policy that shows nothing, one for others, a restrictive one: nothing to be found.
    [`${policy('select', 'false')}${UPDATE}`]: ['error notes_update'],
    [`${policy('select', 'true', 'to anon')}${UPDATE}`]: ['error notes_update'],
    [`create policy r on notes as restrictive for select to authenticated using (true); ${UPDATE}`]: [
      'error notes_update',
    ],
    'create policy u on notes as restrictive for update to authenticated using (true);': [],
    // Without USING nothing is shown either: policy-clauseless.
    [`create policy r on notes for select to authenticated; ${UPDATE}`]: [],
    [`${READ}${UPDATE} drop policy notes_select on notes;`]: ['error notes_update'],
    [`${UPDATE} alter policy notes_update on notes to anon;`]: [],
    [`${UPDATE} alter table notes disable row level security;`]: [],
    [`${UPDATE} drop table notes;`]: [],
    'create policy u on elsewhere for update to authenticated using (owner_id = auth.uid());': [],
  });
  itSays('policy-write-needs-select', V1, TABLE, {
    [policy('update', 'true', 'to anon')]: ['error notes_update'],
    [`${READ}${policy('update', 'true', 'to anon')}`]: ['error notes_update'],
    [policy('update', 'true', 'to service_role')]: [],
  });

  itSays('policy-returning-needs-select', V2, TABLE, {
    [INSERT]: ['warning notes_insert'],
    [policy('insert', 'owner_id = auth.uid()', '')]: ['warning notes_insert'],
    [`${READ}${INSERT}`]: [],
    [ALL]: [],
    // The error is about those.
    [`${INSERT}${UPDATE}`]: [],
    // Nobody reads, and the files say so.
    [`${INSERT}${policy('select', 'false')}`]: [],
    [`${INSERT} create policy r on notes as restrictive for select to authenticated using (false);`]: [],
    'create policy i on notes as restrictive for insert to authenticated with check (true);': [],
    [`${INSERT} alter table notes disable row level security;`]: [],
    'create policy i on elsewhere for insert to authenticated with check (true);': [],
  });

  itSays('policy-upsert-needs', V2, TABLE, {
    [`${READ}${INSERT}`]: ['info notes_insert'],
    [`${READ}${INSERT}${UPDATE}`]: [],
    [`${READ}${INSERT} create policy u on notes as restrictive for update to authenticated using (true);`]:
      [],
    [ALL]: [],
    [`${INSERT}${DELETE}`]: [],
    [`${READ}${DELETE}`]: [],
    [`${READ}${INSERT} alter table notes disable row level security;`]: [],
    // UPDATE is granted: grant-without-policy.
    [`${READ}${INSERT} grant select, insert, update on notes to authenticated;`]: [],
  });
  itSays('policy-upsert-needs', V2, '', {
    // Nobody sends a number that PostgreSQL gives.
    [`create table t (id serial primary key, owner_id text); alter table t enable row level security;
      create policy r on t for select to authenticated using (owner_id = auth.uid()); create policy i on t for insert to authenticated with check (owner_id = auth.uid());`]:
      [],
    [`create table t (id int generated always as identity primary key, slug text unique, owner_id text); alter table t enable row level security;
      create policy r on t for select to authenticated using (owner_id = auth.uid()); create policy i on t for insert to authenticated with check (owner_id = auth.uid());`]:
      ['info i'],
    [`create table t (owner_id text); alter table t enable row level security;
      create policy r on t for select to authenticated using (owner_id = auth.uid()); create policy i on t for insert to authenticated with check (owner_id = auth.uid());`]:
      [],
  });

  it('offers to read what may be written, with the same roles and the same predicate', async () => {
    const read = async (rule: string, sql: string): Promise<string | undefined> => {
      const finding = (await findings(sql, V2)).find(candidate => candidate.rule === rule);
      return finding?.fix && fixed(sql, finding).slice(sql.length).trim();
    };
    assert.equal(
      await read('policy-write-needs-select', `${TABLE}${UPDATE}`),
      'create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());',
    );
    assert.equal(
      await read(
        'policy-returning-needs-select',
        `${TABLE}${policy('insert', 'owner_id = auth.uid()', 'to public')}`,
      ),
      'create policy notes_read on notes for select to public using (owner_id = auth.uid());',
    );
    assert.equal(
      await read('policy-returning-needs-select', `${TABLE}${policy('insert', 'owner_id = auth.uid()', '')}`),
      'create policy notes_read on notes for select using (owner_id = auth.uid());',
    );
    // What everybody may write is not for everybody to read.
    assert.equal(
      await read('policy-returning-needs-select', `${TABLE}${policy('insert', 'true')}`),
      undefined,
    );
    assert.equal(
      await read('policy-write-needs-select', `${TABLE}${policy('update', 'published')}`),
      undefined,
    );
    assert.equal(
      await read(
        'policy-write-needs-select',
        `${TABLE}${UPDATE} create policy notes_read on notes for select to anon using (true);`,
      ),
      undefined,
    );
  });
});

describe('rows that vanish as they are written', () => {
  const GRANTS = 'grant select, insert, update on notes to authenticated;';
  const hidden = (predicate: string): string => `${policy('select', predicate)}${UPDATE}${GRANTS}`;
  itSays('policy-soft-delete-hidden', V2, TABLE, {
    [hidden('owner_id = auth.uid() and deleted_at is null')]: ['warning deleted_at is null'],
    [hidden('notes.deleted_at is null')]: ['warning notes.deleted_at is null'],
    [hidden('not archived and owner_id = auth.uid()')]: ['warning archived'],
    [hidden('owner_id = auth.uid() and archived = false')]: ['warning archived = false'],
    [hidden('archived is false')]: ['warning archived'],
    [hidden('owner_id = auth.uid() and not (deleted_at is not null)')]: ['warning deleted_at is not null'],
    [hidden('owner_id = auth.uid() or (published and deleted_at is null)')]: [],
    [hidden('deleted_at is null or archived = false')]: [],
    [hidden('owner_id = auth.uid()')]: [],
    [hidden('deleted_at is not null')]: [],
    [hidden('archived')]: [],
    [hidden('archived <> false')]: [],
    [hidden('archived = published')]: [],
    [hidden('reader_id is null')]: [],
    // Another policy shows the row to its owner.
    [`${hidden('deleted_at is null')} create policy mine on notes for select to authenticated using (owner_id = auth.uid());`]:
      [],
    [`${hidden('deleted_at is null')} create policy mine on notes for select to authenticated using (owner_id = auth.uid() and deleted_at is null);`]:
      ['warning deleted_at is null'],
    // USING of a policy for everything is asked twice.
    [`${policy('all', 'owner_id = auth.uid() and deleted_at is null')} ${GRANTS}`]: [
      'warning deleted_at is null',
    ],
    // Nobody may set it.
    [`${policy('select', 'deleted_at is null')} ${GRANTS}`]: [],
    [`${policy('select', 'deleted_at is null')}${UPDATE}`]: [],
    [`${policy('select', 'deleted_at is null')}${UPDATE} grant update (state) on notes to authenticated;`]:
      [],
    [`${policy('select', 'deleted_at is null')}${UPDATE} grant update (state, deleted_at) on notes to authenticated;`]:
      ['warning deleted_at is null'],
    [`${hidden('deleted_at is null')} alter table notes disable row level security;`]: [],
    [`${hidden('deleted_at is null')} alter policy notes_select on notes using (owner_id = auth.uid());`]: [],
  });
  itSays('policy-soft-delete-hidden', V1, TABLE, {
    [`${policy('select', 'deleted_at is null')}${UPDATE}`]: ['warning deleted_at is null'],
  });

  const inserted = (read: string, check = 'owner_id = auth.uid()'): string =>
    `${policy('select', read)}${policy('insert', check)}`;
  itSays('policy-insert-not-visible', V2, TABLE, {
    [inserted('owner_id = auth.uid()')]: [],
    [inserted('owner_id = auth.uid() and published')]: ['info notes_insert'],
    [inserted('published is true')]: ['info notes_insert'],
    [inserted("state = 'public'")]: ['info notes_insert'],
    [inserted('deleted_at is not null')]: ['info notes_insert'],
    [inserted('reader_id = auth.uid()')]: ['info notes_insert'],
    // A new row is as these want it.
    [inserted('not published')]: [],
    [inserted("state = 'draft'")]: [],
    [inserted('deleted_at is null')]: [],
    [inserted('owner_id = auth.uid() or published')]: [],
    [inserted('true')]: [],
    // The check speaks of it, too.
    [inserted('published', 'owner_id = auth.uid() and published')]: [],
    [inserted('reader_id = auth.uid()', 'reader_id = auth.uid()')]: [],
    [inserted('reader_id = auth.uid()', 'coalesce(reader_id, owner_id) = auth.uid()')]: [],
    // Cannot tell.
    [inserted('may_read(id)')]: [],
    [`${inserted("state = 'public'")} alter table notes alter column state set default initial_state();`]: [],
    [`${inserted("state = 'public'")} alter table notes alter column state drop default;`]: [],
    [`${inserted('deleted_at is not null')} alter table notes alter column deleted_at set default now();`]:
      [],
    [`${inserted('published')} create policy more on notes for select to authenticated;`]: [],
    [inserted('state = reader_id')]: [],
    [`${inserted('published')} create policy more on notes for select to authenticated using (owner_id = auth.uid());`]:
      [],
    [`${inserted('published')} create policy more on notes for select to authenticated using (reader_id = auth.uid());`]:
      ['info notes_insert'],
    [`${inserted('published')} create function f() returns trigger language plpgsql as $$ begin new.published := true; return new; end $$;
      create trigger t before insert on notes for each row execute function f();`]: [],
    [`${inserted('published')} create function f() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger t after insert on notes for each row execute function f();`]: ['info notes_insert'],
    [`${inserted('published')} alter table notes alter column published set default true;`]: [],
    [`${inserted('reader_id = auth.uid()')} alter table notes alter column reader_id set default auth.uid();`]:
      [],
    [`${inserted('published')} alter table notes disable row level security;`]: [],
    [ALL]: [],
    [policy('all', 'published')]: [],
    [INSERT]: [],
  });

  const TEAMS = `create table teams (id uuid primary key default gen_random_uuid(), created_by text not null);
    alter table teams enable row level security;
    create table members (team_id uuid not null references teams (id), user_sub text not null);
    create policy teams_insert on teams for insert to authenticated with check (created_by = auth.uid());`;
  const member = 'exists (select 1 from members m where m.team_id = teams.id and m.user_sub = auth.uid())';
  const see = (predicate: string): string =>
    `create policy teams_read on teams for select to authenticated using (${predicate});`;
  itSays('policy-insert-not-visible', V2, TEAMS, {
    [see(member)]: ['info teams_insert'],
    [see('id in (select team_id from members where user_sub = auth.uid())')]: ['info teams_insert'],
    [see(`${member} or created_by = auth.uid()`)]: [],
    [see('exists (select 1 from members m where m.user_sub = teams.created_by)')]: [],
    [see('exists (select 1 from invitations i where i.team_id = teams.id)')]: [],
  });
});
