import assert from 'node:assert/strict';
import { ENGINES, type Engine } from '../../../src/flux/engine';
import type { Finding } from '../../../src/lint/rule';
import { RULES } from '../../../src/lint/rules';
import { findings, fixed, marked } from '../../support/sql';

/** The rules about what policies ask for. */
const IDS: ReadonlySet<string> = new Set([
  'policy-always-false',
  'policy-always-true',
  'policy-and-or-mixed',
  'policy-any-authenticated',
  'policy-captured-column',
  'policy-check-weaker',
  'policy-definer-helper-forced',
  'policy-helper-unknown',
  'policy-insert-unchecked-owner',
  'policy-inverted-subject',
  'policy-like-subject',
  'policy-no-subject',
  'policy-not-in-null',
  'policy-null-subject',
  'policy-parent-not-checked',
  'policy-reads-open-table',
  'policy-recursion',
  'policy-self-escalation',
  'policy-widened',
]);
const OWN_RULES = RULES.filter(({ id }) => IDS.has(id));

async function found(sql: string | string[], engine: Engine | undefined): Promise<Finding[]> {
  return findings(typeof sql === 'string' ? [sql] : sql, { engine, rules: OWN_RULES });
}

/** `error policy-…` for every finding; the same on both engines, unless one is given. */
async function told(sql: string | string[], engine?: Engine): Promise<string[]> {
  const [first, ...others] = await Promise.all(
    (engine ? [engine] : ENGINES).map(async each =>
      (await found(sql, each)).map(({ rule, severity }) => `${severity} ${rule}`),
    ),
  );
  for (const other of others) assert.deepEqual(other, first, 'the engines differ');
  return first ?? [];
}

const NOTES = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text, state text not null, is_public boolean not null default false, archived_at timestamptz, shared_with text[]);
alter table notes enable row level security;
grant select, insert, update, delete on notes to authenticated;
`;
const OWN = 'create policy own on notes for select to authenticated using (owner_id = auth.uid());';
const policy = (rest: string, name = 'p'): string => `create policy ${name} on notes ${rest};`;
const read = (predicate: string): string => policy(`for select to authenticated using (${predicate})`);

describe('policies that are too wide', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    // Right as they are.
    ['own rows', read('owner_id = auth.uid()'), []],
    ['published or own', read("owner_id = auth.uid() or state = 'published'"), []],
    ['published or own, in two policies', OWN + read("state = 'published'"), []],
    ['public rows alone', read('is_public'), []],
    ['published and not deleted', OWN + read('is_public and archived_at is null'), []],
    ['own or shared', read('owner_id = auth.uid() or auth.uid() = any (shared_with)'), []],
    ['own or archived', read('owner_id = auth.uid() or archived_at is null'), []],
    ['administrators', OWN + read("auth.uid() = 'ann'"), []],
    ['USING alone on UPDATE', OWN + policy('for update to authenticated using (owner_id = auth.uid())'), []],
    ['USING alone FOR ALL', policy('to authenticated using (owner_id = auth.uid())'), []],
    [
      'the same twice',
      policy(
        'for update to authenticated using (owner_id = auth.uid()) with check ((select auth.uid()) = owner_id)',
      ),
      [],
    ],
    [
      'a narrower check',
      policy(
        "for update to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid() and state <> 'locked')",
      ),
      [],
    ],
    [
      'an admin may set anything',
      policy("for update to authenticated using (auth.uid() = 'ann') with check (true)"),
      [],
    ],
    [
      'for a role no request has',
      `create role editors; ${policy('to editors using (true) with check (true)')}`,
      [],
    ],
    ['helper nobody knows, at warning', read('can_see(id)'), ['info policy-helper-unknown']],
    [
      'floored by a restrictive one',
      policy('to authenticated using (true)') +
        policy('as restrictive to authenticated using (owner_id = auth.uid())', 'floor'),
      [],
    ],
    [
      'a restrictive condition',
      OWN + policy('as restrictive for select to authenticated using (archived_at is null)', 'r'),
      [],
    ],
    ['case without else', read('case when owner_id = auth.uid() then true end'), []],

    // Always true comes first, and alone.
    ['true', read('true'), ['error policy-always-true']],
    ['true beside the owner policy', OWN + read('true'), ['error policy-always-true']],
    [
      'true in both clauses',
      policy('for update to authenticated using (true) with check (true)'),
      ['error policy-always-true'],
    ],
    ['or true', read('auth.uid() is not null or 1 = 1'), ['error policy-always-true']],
    ['the table’s own name', read('notes.owner_id = owner_id'), ['error policy-always-true']],
    ['null or not', read('body is null or body is not null'), ['error policy-always-true']],
    [
      'insert anything',
      policy('for insert to authenticated with check (true)'),
      ['error policy-always-true'],
    ],
    ['count in exists', read('exists (select count(*) from notes_log)'), ['error policy-always-true']],
    [
      'admins read, everybody inserts',
      policy("to authenticated using (auth.uid() = 'ann') with check (true)"),
      ['error policy-always-true'],
    ],
    [
      'a floor for another verb',
      policy('to authenticated using (true)') +
        policy('as restrictive for select to authenticated using (owner_id = auth.uid())', 'floor'),
      ['error policy-always-true'],
    ],
    [
      'a floor that asks only for the row',
      read('true') +
        policy('as restrictive for select to authenticated using (archived_at is null)', 'floor') +
        OWN.replace('own on', 'o on'),
      ['warning policy-widened'],
    ],

    // Any user.
    ['a subject', read('auth.uid() is not null'), ['error policy-any-authenticated']],
    ['a subject, in words', read("(select auth.uid()) <> ''"), ['error policy-any-authenticated']],
    [
      'a subject, as alternative',
      read('owner_id = auth.uid() or auth.uid() is not null'),
      ['error policy-any-authenticated'],
    ],
    [
      'a subject for INSERT',
      OWN + policy('for insert to authenticated with check (auth.uid() is not null)'),
      ['error policy-any-authenticated'],
    ],
    [
      'a subject in both clauses',
      policy('to authenticated using (auth.uid() is not null) with check (auth.uid() is not null)'),
      ['error policy-any-authenticated'],
    ],
    [
      'a subject by a function',
      `create function me() returns text language sql stable as 'select auth.uid()'; ${read('me() is not null')}`,
      ['error policy-any-authenticated'],
    ],

    // What is written must be the caller's.
    [
      'check (true)',
      policy('for update to authenticated using (owner_id = auth.uid()) with check (true)'),
      ['error policy-check-weaker'],
    ],
    [
      'check for any subject',
      policy('for update to authenticated using (owner_id = auth.uid()) with check (auth.uid() is not null)'),
      ['error policy-check-weaker'],
    ],
    [
      'check of the row alone',
      policy("to authenticated using (owner_id = auth.uid()) with check (state <> 'x')"),
      ['error policy-check-weaker'],
    ],
    [
      'check of a shared list',
      policy(
        'for update to authenticated using (owner_id = auth.uid()) with check (auth.uid() = any (shared_with))',
      ),
      ['warning policy-check-weaker'],
    ],
    [
      'weaker check with a floor',
      policy('for update to authenticated using (owner_id = auth.uid()) with check (true)') +
        policy('as restrictive for update to authenticated using (owner_id = auth.uid())', 'floor'),
      [],
    ],
    [
      'insert of the row alone',
      OWN + policy("for insert to authenticated with check (body <> '')"),
      ['error policy-insert-unchecked-owner'],
    ],
    [
      'insert, own or draft',
      OWN + policy("for insert to authenticated with check (owner_id = auth.uid() or state = 'draft')"),
      ['error policy-insert-unchecked-owner'],
    ],
    [
      'insert into a shared list',
      OWN + policy('for insert to authenticated with check (auth.uid() = any (shared_with))'),
      ['info policy-insert-unchecked-owner'],
    ],
    [
      'insert, owner set by a trigger',
      `create function own() returns trigger language plpgsql as 'begin new.owner_id := auth.uid(); return new; end';
      create trigger t before insert on notes for each row execute function own(); ${OWN}${policy("for insert to authenticated with check (body <> '')")}`,
      [],
    ],
    [
      'insert of other columns only',
      `revoke insert on notes from authenticated; grant insert (body) on notes to authenticated; ${OWN}${policy("for insert to authenticated with check (body <> '')")}`,
      [],
    ],
    [
      'insert of own or templates',
      OWN + policy("for insert to authenticated with check (owner_id in (auth.uid(), 'template'))"),
      [],
    ],

    // The row alone.
    ['not archived', read('archived_at is null'), ['warning policy-no-subject']],
    ['not archived, beside the owner', OWN + read('archived_at is null'), ['warning policy-widened']],
    [
      'update what is open',
      OWN + policy("for update to authenticated using (state = 'open')"),
      ['warning policy-no-subject'],
    ],
    [
      'update own or public',
      OWN + policy('for update to authenticated using (owner_id = auth.uid() or is_public)'),
      ['warning policy-no-subject'],
    ],
    [
      'delete what is old, beside the owner',
      policy('to authenticated using (owner_id = auth.uid())', 'own') +
        policy('for delete to authenticated using (archived_at is not null)'),
      ['warning policy-widened'],
    ],
    ['all of what is public', policy('to authenticated using (is_public)'), ['warning policy-no-subject']],

    // Upside down, by pattern, without a subject.
    ['not the owner', read('owner_id <> auth.uid()'), ['error policy-inverted-subject']],
    ['not (the owner)', read('not (owner_id = auth.uid())'), ['error policy-inverted-subject']],
    [
      'not the owner, in both clauses',
      policy('to authenticated using (owner_id != auth.uid()) with check (owner_id != auth.uid())'),
      ['error policy-inverted-subject'],
    ],
    ['others’ public notes', read('owner_id <> auth.uid() and is_public'), []],
    [
      'not to oneself',
      OWN + policy('for insert to authenticated with check (owner_id = auth.uid() and state <> auth.uid())'),
      [],
    ],
    [
      'never the own, restrictive',
      OWN + policy('as restrictive for delete to authenticated using (owner_id <> auth.uid())', 'r'),
      [],
    ],
    ['like', read('owner_id like auth.uid()'), ['warning policy-like-subject']],
    ['prefix', read("owner_id like auth.uid() || '%'"), ['warning policy-like-subject']],
    ['regular expression', read("owner_id ~ ('^' || auth.uid())"), ['warning policy-like-subject']],
    ['lower on both sides', read('lower(owner_id) = lower(auth.uid())'), ['warning policy-like-subject']],
    ['starts_with', read('starts_with(owner_id, (select auth.uid()))'), ['warning policy-like-subject']],
    ['a folder', read("starts_with(body, auth.uid() || '/')"), []],
    ['a part of a path', read("split_part(body, '/', 1) = auth.uid()"), []],
    ['a pattern for something else', read("owner_id = auth.uid() and body like 'a%'"), []],
    [
      'null or own',
      policy('for select using (auth.uid() is null or owner_id = auth.uid())'),
      ['error policy-null-subject'],
    ],
    [
      'coalesce of the subject',
      policy('for select using (owner_id = coalesce(auth.uid(), owner_id))'),
      ['error policy-null-subject'],
    ],
    ['is not distinct, not null', policy('for select using (owner_id is not distinct from auth.uid())'), []],
    [
      'is not distinct, nullable',
      policy('for select using (body is not distinct from auth.uid())'),
      ['error policy-null-subject'],
    ],
    [
      'not false, not null',
      policy('for select using ((owner_id = auth.uid()) is not false)'),
      ['error policy-null-subject'],
    ],
    [
      'weaker check, turned round',
      policy('for update to authenticated using (owner_id = auth.uid()) with check (owner_id <> auth.uid())'),
      ['error policy-inverted-subject'],
    ],
    ['unowned or own', read('body is null or body = auth.uid()'), []],
    ['null and own', read('auth.uid() is not null and owner_id = auth.uid()'), []],
  ];
  for (const [name, sql, expected] of cases) {
    it(`${name}: ${expected.join(', ') || 'nothing'}`, async () => {
      assert.deepEqual(await told(`create table notes_log (id int); ${NOTES}${sql}`), expected);
    });
  }

  const LINES = `create table notes_log (id int); ${NOTES}${OWN} create table lines (id int primary key, note_id uuid references notes (id), owner_id text); alter table lines enable row level security; grant select on lines to authenticated;
    create table profiles (id text primary key); alter table profiles enable row level security; create policy o on profiles for select to authenticated using (id = auth.uid());
    create table admins (id text primary key); alter table admins enable row level security; create policy o on admins for select to authenticated using (id = auth.uid());
    create function allow() returns boolean language sql stable as 'select true';`;
  for (const [predicate, expected] of [
    ['exists (select 1 from notes n where n.owner_id = auth.uid())', ['warning policy-any-authenticated']],
    ['exists (select 1 from profiles where profiles.id = auth.uid())', ['info policy-any-authenticated']],
    ['auth.uid() in (select p.id from profiles p)', ['info policy-any-authenticated']],
    ['exists (select 1 from admins where admins.id = auth.uid())', []],
    ['exists (select 1 from notes n where n.id = lines.note_id)', []],
    ['allow()', ['error policy-always-true']],
    ['owner_id = auth.uid() or allow()', ['error policy-always-true']],
  ] as const)
    it(`lines of notes, ${predicate}: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(
        await told(`${LINES} create policy p on lines for select to authenticated using (${predicate});`),
        expected,
      );
    });

  it('are reference data on tables without owners', async () => {
    const countries = `create table countries (code text primary key); alter table countries enable row level security; grant select on countries to authenticated;`;
    const all = (predicate: string, verb = 'select'): string =>
      `${countries} create policy p on countries for ${verb} to authenticated using (${predicate});`;
    assert.deepEqual(await told(all('true')), ['info policy-always-true']);
    assert.deepEqual(await told(all('auth.uid() is not null')), []);
    assert.deepEqual(await told(all("code <> ''")), []);
    assert.deepEqual(await told(all('true', 'update')), ['error policy-always-true']);
  });

  it('are judged as they stand at the end of the push', async () => {
    const files = (...later: string[]): string[] => [NOTES + read('true'), ...later];
    assert.deepEqual(await told(files('alter policy p on notes using (owner_id = auth.uid());')), []);
    assert.deepEqual(await told(files('drop policy p on notes;')), []);
    assert.deepEqual(await told(files('drop table notes;')), []);
    assert.deepEqual(await told(files('alter policy p on notes using (auth.uid() is not null);')), [
      'error policy-any-authenticated',
    ]);
    assert.deepEqual(
      await told([
        NOTES + read('owner_id = auth.uid()'),
        'alter table notes rename column owner_id to author; create policy w on notes for update to authenticated using (author = auth.uid()) with check (state is not null);',
      ]),
      ['error policy-check-weaker'],
    );
  });

  it('are found under other names', async () => {
    const sql = `create table t_1a2b3c4d5e6f_api."My Notes" (id int primary key, "Owner" text not null);
      alter table t_1a2b3c4d5e6f_api."My Notes" enable row level security;
      create policy r on t_1a2b3c4d5e6f_api."My Notes" for select to authenticated using ("My Notes"."Owner" = auth.uid());
      create policy w on t_1a2b3c4d5e6f_api."My Notes" for insert to t_1a2b3c4d5e6f_role with check (id > 0);`;
    assert.deepEqual(await told(sql, 'v2_shared'), ['error policy-insert-unchecked-owner']);
    const [finding] = await found(sql, 'v2_shared');
    assert.ok(fixed(sql, finding).endsWith('with check ("Owner" = auth.uid() and id > 0);'));
  });

  it('are not guessed of tables made elsewhere', async () => {
    for (const predicate of ['archived_at is null', 'auth.uid() is not null', "state = 'open'"])
      assert.deepEqual(
        await told(`create policy p on elsewhere for select to authenticated using (${predicate});`),
        [],
      );
  });

  it('know on v1 who the role of a token is, and on v2 that it tells nothing', async () => {
    const sql =
      NOTES + read("current_setting('request.jwt.claims', true)::json ->> 'role' = 'authenticated'");
    assert.deepEqual(await told(sql, 'v1_dedicated'), ['error policy-any-authenticated']);
    assert.deepEqual(await told(sql, 'v2_shared'), []);
    assert.deepEqual(
      await told(`${NOTES} create policy p on notes to service_role using (true);`, 'v1_dedicated'),
      [],
    );
    const anon = `${NOTES} create policy p on notes for select to anon using (true);`;
    assert.deepEqual(await told(anon, 'v1_dedicated'), ['error policy-always-true']);
    assert.deepEqual(await told(anon, 'v2_shared'), []);
    // policy-anon-write reports these.
    const written = `${NOTES} create policy p on notes for insert to anon with check (true);`;
    assert.deepEqual(await told(written, 'v1_dedicated'), []);
  });
});

describe('fixes of what policies ask for', () => {
  const cases: [before: string, after: string][] = [
    [
      'for select to authenticated using (auth.uid() is not null)',
      'for select to authenticated using (owner_id = auth.uid())',
    ],
    [
      'to authenticated using (auth.uid() is not null) with check (auth.uid() is not null)',
      'to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid())',
    ],
    [
      'for select to authenticated using (archived_at is null)',
      'for select to authenticated using (owner_id = auth.uid() and archived_at is null)',
    ],
    [
      "for delete to authenticated using (archived_at is null or state = 'x')",
      "for delete to authenticated using (owner_id = auth.uid() and (archived_at is null or state = 'x'))",
    ],
    [
      'for update to authenticated using (owner_id = auth.uid()) with check (true)',
      'for update to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid())',
    ],
    [
      'to authenticated using (owner_id <> auth.uid()) with check (owner_id is distinct from auth.uid())',
      'to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid())',
    ],
    [
      "for select to authenticated using (state = 'x' and owner_id ilike ((select auth.uid()) || '%'))",
      "for select to authenticated using (state = 'x' and owner_id = (select auth.uid()))",
    ],
    [
      'for select using (auth.uid() is null or (owner_id = auth.uid()))',
      'for select using (owner_id = auth.uid())',
    ],
    [
      'for select using (owner_id = auth.uid() or (select auth.uid()) is null)',
      'for select using (owner_id = auth.uid())',
    ],
    ['for select using (body is not distinct from auth.uid())', 'for select using (body = auth.uid())'],
    [
      "for select using (owner_id = auth.uid() and is_public or state between 'a' and 'b' and id is not null)",
      "for select using ((owner_id = auth.uid() and is_public) or (state between 'a' and 'b' and id is not null))",
    ],
    [
      'for select using (owner_id = auth.uid() and id not in (select n.note_id from hidden n where n.a or n.b))',
      'for select using (owner_id = auth.uid() and id not in (select n.note_id from hidden n where n.note_id is not null and ( n.a or n.b)))',
    ],
  ];
  const HIDDEN = 'create table hidden (note_id uuid, a boolean, b boolean); ';
  for (const [before, after] of cases) {
    it(before, async () => {
      const owner =
        before.includes('owner_id') || before.includes('body is not')
          ? ''
          : OWN.replace('select', 'insert').replace('using', 'with check');
      const sql = `${HIDDEN}${NOTES}${owner}create policy p on notes ${before};`;
      const mendable = (await found(sql, 'v1_dedicated')).find(({ fix }) => fix);
      assert.ok(fixed(sql, mendable).endsWith(`create policy p on notes ${after};`), fixed(sql, mendable));
    });
  }

  it('are not offered where they would be a guess', async () => {
    const two = `${NOTES}${read('owner_id = auth.uid() or body = auth.uid()')} create policy i on notes for insert to authenticated with check (state <> '');`;
    const [finding] = await found(two, 'v2_shared');
    assert.equal(finding?.rule, 'policy-insert-unchecked-owner');
    assert.equal(finding.fix, undefined);
    const [not] = await found(NOTES + read('not (owner_id = auth.uid())'), 'v2_shared');
    assert.equal(not?.fix, undefined);
  });
});

const TEAMS = `create table orgs (id int primary key, owner_id text not null); alter table orgs enable row level security;
create policy own on orgs for select to authenticated using (owner_id = auth.uid());
create table members (org_id int not null, user_sub text not null, rank text, team text, primary key (org_id, user_sub)); alter table members enable row level security;
create policy own on members for select to authenticated using (user_sub = auth.uid());
grant select on orgs, members to authenticated;
create table docs (id int primary key, org_id int not null, team text, owner_id text not null, user_sub text); alter table docs enable row level security;
grant select, insert, update on docs to authenticated;
`;
const docs = (predicate: string): string =>
  `${TEAMS} create policy p on docs for select to authenticated using (${predicate});`;

describe('columns that a subquery takes for its own', () => {
  const captured: [predicate: string, column: string][] = [
    ['exists (select 1 from members m where m.org_id = org_id and m.user_sub = auth.uid())', 'org_id'],
    ['exists (select 1 from members where org_id = org_id and user_sub = auth.uid())', 'org_id'],
    ['exists (select 1 from members m where org_id = m.org_id and m.user_sub = auth.uid())', 'org_id'],
    ['org_id in (select org_id from members m where m.team = team and m.user_sub = auth.uid())', 'team'],
    [
      'exists (select 1 from orgs o where o.owner_id = auth.uid() and exists (select 1 from members m where m.org_id = org_id))',
      'org_id',
    ],
    [
      'exists (select 1 from orgs o join members m on m.org_id = o.id where m.org_id = id and m.user_sub = auth.uid())',
      'id',
    ],
  ];
  for (const [predicate, column] of captured) {
    it(predicate, async () => {
      const sql = docs(predicate);
      assert.deepEqual(await told(sql), ['error policy-captured-column']);
      const [finding] = await found(sql, 'v2_shared');
      assert.equal(marked(sql, finding), column);
      const mended = fixed(sql, finding);
      assert.match(mended, new RegExp(`docs\\.${column}\\b`));
      assert.deepEqual(await told(mended), []);
    });
  }

  for (const right of [
    'exists (select 1 from members m where m.org_id = docs.org_id and m.user_sub = auth.uid())',
    'org_id in (select org_id from members where user_sub = auth.uid())',
    'exists (select 1 from members where org_id = docs.org_id and user_sub = auth.uid())',
    'exists (select 1 from members m where m.org_id = docs.org_id and m.team = user_sub and m.user_sub = auth.uid())',
    'exists (select 1 from members m join orgs on m.org_id = id where m.org_id = docs.org_id and m.user_sub = auth.uid())',
    'exists (select 1 from elsewhere e where e.org_id = org_id)',
  ])
    it(`${right}: nothing`, async () => {
      assert.deepEqual(await told(docs(right)), []);
    });

  it('are those that hide an argument of a function, too', async () => {
    const helper = (body: string): string =>
      `${TEAMS} create function is_member(org_id int) returns boolean language sql stable as $$ select exists (select 1 from members m where ${body} and m.user_sub = auth.uid()) $$;
       create policy p on docs for select to authenticated using (is_member(org_id));`;
    const sql = helper('m.org_id = org_id');
    assert.deepEqual(await told(sql), ['error policy-captured-column']);
    assert.equal(marked(sql, (await found(sql, 'v2_shared'))[0]), 'is_member');
    assert.deepEqual(await told(helper('m.org_id = is_member.org_id')), []);
    assert.deepEqual(await told(helper('m.org_id = $1')), []);
  });
});

describe('parents of rows', () => {
  const CHILD = `${NOTES}${policy('to authenticated using (owner_id = auth.uid())', 'own')}`;
  const lines = (columns: string, rest: string): string =>
    `${CHILD} create table lines (id int primary key, ${columns}); alter table lines enable row level security; grant select, insert, update, delete on lines to authenticated; ${rest}`;
  const KEY = 'owner_id text not null, note_id uuid not null references notes (id)';
  const insert = (check: string, columns = KEY): string =>
    lines(columns, `create policy p on lines for insert to authenticated with check (${check});`);

  const missing: [name: string, sql: string][] = [
    ['insert', insert('owner_id = auth.uid()')],
    [
      'update',
      lines(KEY, 'create policy p on lines for update to authenticated using (owner_id = auth.uid());'),
    ],
    ['all', lines(KEY, 'create policy p on lines to authenticated using (owner_id = auth.uid());')],
    [
      'an alternative without it',
      insert(
        'exists (select 1 from notes n where n.id = note_id) and owner_id = auth.uid() or owner_id = auth.uid()',
      ),
    ],
    [
      'a constraint of its own',
      insert(
        'owner_id = auth.uid()',
        'owner_id text not null, note_id uuid, foreign key (note_id) references notes',
      ),
    ],
  ];
  for (const [name, sql] of missing)
    it(`are asked for: ${name}`, async () => {
      const own = (await found(sql, 'v2_shared')).filter(({ rule }) => rule === 'policy-parent-not-checked');
      assert.equal(own.length, 1);
      assert.deepEqual(
        (await found(fixed(sql, own[0]), 'v2_shared')).filter(
          ({ rule }) => rule === 'policy-parent-not-checked',
        ),
        [],
      );
    });

  const proven: [name: string, sql: string][] = [
    ['exists', insert('owner_id = auth.uid() and exists (select 1 from notes n where n.id = note_id)')],
    [
      'exists alone',
      insert(
        'exists (select 1 from notes n where n.id = note_id and n.owner_id = auth.uid())',
        'note_id uuid not null references notes (id)',
      ),
    ],
    ['in', insert('owner_id = auth.uid() and note_id in (select id from notes)')],
    [
      'scalar',
      insert('owner_id = auth.uid() and (select n.owner_id from notes n where n.id = note_id) = auth.uid()'),
    ],
    ['a helper that is not here', insert('owner_id = auth.uid() and can_write(note_id)')],
    [
      'NULL, or asked',
      insert(
        'owner_id = auth.uid() and (note_id is null or exists (select 1 from notes n where n.id = note_id))',
      ),
    ],
    [
      'the owner in the key',
      insert(
        'owner_id = auth.uid()',
        'owner_id text not null, note_id uuid, foreign key (note_id, owner_id) references notes (id, owner_id)',
      ),
    ],
    [
      'delete',
      lines(KEY, 'create policy p on lines for delete to authenticated using (owner_id = auth.uid());'),
    ],
    [
      'a trigger',
      `${insert('owner_id = auth.uid()')} create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger t before insert on lines for each row execute function f();`,
    ],
    [
      'columns that may not be set',
      `${lines(KEY, 'create policy p on lines for update to authenticated using (owner_id = auth.uid());')} revoke update on lines from authenticated; grant update (id) on lines to authenticated;`,
    ],
    [
      'reference data',
      `create table kinds (id int primary key); alter table kinds enable row level security; create policy r on kinds for select to authenticated using (true); ${insert('owner_id = auth.uid()', 'owner_id text not null, kind int references kinds')}`,
    ],
    [
      'posts that everybody comments on',
      insert('owner_id = auth.uid()').replace(
        'to authenticated using (owner_id = auth.uid())',
        'to authenticated using (owner_id = auth.uid() or is_public) with check (owner_id = auth.uid())',
      ),
    ],
    [
      'a parent made elsewhere',
      `create table lines (id int primary key, owner_id text not null, note_id uuid references elsewhere (id)); alter table lines enable row level security; create policy p on lines for insert to authenticated with check (owner_id = auth.uid());`,
    ],
    [
      'a person’s own row',
      `create table people (sub text primary key); alter table people enable row level security; create policy r on people for select to authenticated using (sub = auth.uid()); ${insert('owner_id = auth.uid()', 'owner_id text not null references people (sub)')}`,
    ],
  ];
  for (const [name, sql] of proven)
    it(`are proven, or cannot be told: ${name}`, async () => {
      const own = (await found(sql, 'v2_shared')).filter(({ rule }) => rule === 'policy-parent-not-checked');
      assert.deepEqual(own, []);
    });
});

describe('functions that policies rely on', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['not here', docs('is_member(org_id)'), ['info policy-helper-unknown']],
    ['not here, for a value', docs('org_id = my_org()'), ['info policy-helper-unknown']],
    ['not here, in another schema', docs('private.is_member(org_id)'), ['info policy-helper-unknown']],
    ['not here, beside the owner', docs('owner_id = auth.uid() and is_member(org_id)'), []],
    [
      'not here, as alternative',
      docs('owner_id = auth.uid() or is_member(org_id)'),
      ['info policy-helper-unknown'],
    ],
    [
      'dynamic',
      `create function is_member(o int) returns boolean language plpgsql stable as $$ declare r boolean; begin execute 'select true' into r; return r; end $$; ${docs('is_member(org_id)')}`,
      ['info policy-helper-unknown'],
    ],
    [
      'here',
      `${TEAMS} create function is_member(o int) returns boolean language sql stable as $$ select exists (select 1 from members m where m.org_id = o and m.user_sub = auth.uid()) $$; create policy p on docs for select to authenticated using (is_member(org_id));`,
      [],
    ],
    [
      'here, in a later file',
      docs('is_member(org_id)') +
        `create function is_member(o int) returns boolean language sql stable as $$ select exists (select 1 from members m where m.org_id = o and m.user_sub = auth.uid()) $$;`,
      [],
    ],
    ['PostgreSQL’s own', docs("jsonb_array_length(to_jsonb(team)) > 0 and pg_has_role('x', 'member')"), []],
    ['of other platforms', docs("auth.role() = 'x'"), []],
  ];
  for (const [name, sql, expected] of cases)
    it(`${name}: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(await told(sql), expected);
    });

  const DEFINER = (
    rest: string,
    to = 'to authenticated',
  ): string => `create table members (org_id int not null, user_sub text not null); alter table members enable row level security;
    create function is_member(o int) returns boolean language sql stable security definer as $$ select exists (select 1 from members m where m.org_id = o and m.user_sub = auth.uid()) $$;
    create policy p on members for select ${to} using (is_member(org_id)); ${rest}`;
  const forced: [name: string, sql: string, expected: string[]][] = [
    ['forced', DEFINER(''), ['error policy-definer-helper-forced']],
    [
      'forced by hand',
      DEFINER('alter table members force row level security;'),
      ['error policy-definer-helper-forced'],
    ],
    ['called by a policy for PUBLIC', DEFINER('', ''), ['error policy-definer-helper-forced']],
    ['exempt', DEFINER("comment on table members is 'flux:no-force-rls: read by is_member';"), []],
    [
      'open to its owner',
      DEFINER('create policy own on members for select using (user_sub = auth.uid());').replace(
        /create policy p on members for select to authenticated using \(is_member\(org_id\)\);/,
        'create table docs (org_id int); alter table docs enable row level security; create policy p on docs for select to authenticated using (is_member(org_id));',
      ),
      [],
    ],
    ['without row security', DEFINER('alter table members disable row level security;'), []],
    ['invoker', DEFINER('').replace('security definer', ''), ['error policy-recursion']],
  ];
  for (const [name, sql, expected] of forced)
    it(`as definer, the table ${name}: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(await told(sql, 'v2_shared'), expected);
    });

  it('as definer are the platform owner’s on v1', async () => {
    assert.deepEqual(await told(DEFINER(''), 'v1_dedicated'), []);
  });

  it('keep what the comment says when their table is taken out of the sweep', async () => {
    const sql = DEFINER("comment on table members is 'Who''s in';");
    const [finding] = await found(sql, 'v2_shared');
    const mended = fixed(sql, finding);
    assert.match(mended, /comment on table members is 'Who''s in flux:no-force-rls: is_member reads it';/);
    assert.deepEqual(await told(mended, 'v2_shared'), []);
  });
});

describe('recursion', () => {
  const M =
    'create table members (org_id int, user_sub text); alter table members enable row level security; create table orgs (id int, owner_id text); alter table orgs enable row level security;';
  const on = (table: string, rest: string, name = 'p'): string =>
    `create policy ${name} on ${table} ${rest};`;
  const OWN_MEMBERS = on('members', 'for select to authenticated using (user_sub = auth.uid())', 'own');
  const SELF = 'exists (select 1 from members m where m.org_id = members.org_id)';
  const cases: [name: string, sql: string, count: number][] = [
    ['own table', on('members', `for select to authenticated using (${SELF})`), 1],
    [
      'own table, for all',
      on('members', `to authenticated using (user_sub = auth.uid()) with check (${SELF})`),
      1,
    ],
    [
      'own table, restrictive',
      OWN_MEMBERS + on('members', `as restrictive for select to authenticated using (${SELF})`),
      1,
    ],
    [
      'own table in INSERT, plain SELECT',
      OWN_MEMBERS + on('members', `for insert to authenticated with check (${SELF})`),
      0,
    ],
    [
      'own table in INSERT, SELECT with a subquery',
      OWN_MEMBERS.replace('auth.uid()', '(select auth.uid())') +
        on('members', `for insert to authenticated with check (${SELF})`),
      1,
    ],
    [
      'own table in UPDATE, plain SELECT',
      OWN_MEMBERS + on('members', `for update to authenticated using (${SELF})`),
      0,
    ],
    [
      'two tables',
      on('members', 'for select to authenticated using (exists (select 1 from orgs o where o.id = org_id))') +
        on(
          'orgs',
          'for select to authenticated using (exists (select 1 from members m where m.org_id = id))',
        ),
      1,
    ],
    [
      'two tables, one way',
      OWN_MEMBERS +
        on(
          'orgs',
          'for select to authenticated using (exists (select 1 from members m where m.org_id = id))',
        ),
      0,
    ],
    [
      'the other way for another role',
      `create role editors; ${on('members', 'for select to editors using (exists (select 1 from orgs o where o.id = org_id))')}` +
        on(
          'orgs',
          'for select to authenticated using (exists (select 1 from members m where m.org_id = id))',
        ),
      0,
    ],
    [
      'row security off',
      on('members', `for select to authenticated using (${SELF})`) +
        'alter table members disable row level security;',
      0,
    ],
    [
      'its own name before a column',
      on('members', 'for select to authenticated using (members.user_sub = auth.uid())'),
      0,
    ],
    [
      'a view of the caller',
      `create view v with (security_invoker) as select * from members; ${on('members', 'for select to authenticated using (exists (select 1 from v where v.org_id = members.org_id))')}`,
      1,
    ],
    [
      'a view of its owner',
      `create view v as select * from members; ${on('members', 'for select to authenticated using (exists (select 1 from v where v.org_id = members.org_id))')}`,
      0,
    ],
    [
      'a function',
      `create function f(o int) returns boolean language sql stable as $$ select exists (select 1 from members where org_id = o) $$; ${on('members', 'for select to authenticated using (f(org_id))')}`,
      1,
    ],
    [
      'a function in INSERT',
      `create function f(o int) returns boolean language sql stable as $$ select exists (select 1 from members where org_id = o) $$; ${OWN_MEMBERS}${on('members', 'for insert to authenticated with check (f(org_id))')}`,
      0,
    ],
    [
      'a name that WITH takes',
      on(
        'members',
        'for select to authenticated using (exists (with members as (select 1 as n) select 1 from members))',
      ),
      0,
    ],
  ];
  for (const [name, sql, count] of cases)
    it(`${name}: ${count}`, async () => {
      for (const engine of ENGINES) {
        const all = (await found(M + sql, engine)).filter(({ rule }) => rule === 'policy-recursion');
        assert.equal(all.length, count, engine);
      }
    });
});

describe('tables that policies trust', () => {
  const ASKING =
    'create policy p on docs for select to authenticated using (team in (select m.team from members m where m.user_sub = auth.uid()));';
  const let_in = (check: string, grant = 'grant insert on members to authenticated;'): string =>
    `${TEAMS}${grant} revoke update on members from authenticated; create policy join_in on members for insert to authenticated with check (${check}); ${ASKING}`;
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['any team', let_in('user_sub = auth.uid()'), ['warning policy-reads-open-table']],
    ['a certain team', let_in("user_sub = auth.uid() and team = 'open'"), []],
    ['a function decides', let_in('user_sub = auth.uid() and may_join(team)'), []],
    [
      'without the privilege',
      let_in('user_sub = auth.uid()', 'revoke insert on members from authenticated;'),
      [],
    ],
    [
      'without the column',
      let_in(
        'user_sub = auth.uid()',
        'revoke insert on members from authenticated; grant insert (user_sub, org_id) on members to authenticated;',
      ),
      [],
    ],
    [
      'row security off',
      `${TEAMS}${ASKING} grant insert on members to authenticated; alter table members disable row level security;`,
      ['info policy-reads-open-table'],
    ],
  ];
  for (const [name, sql, expected] of cases)
    it(`${name}: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(await told(sql), expected);
    });

  it('through a function, and once for all that trust them', async () => {
    const sql = `${TEAMS} grant insert on members to authenticated; create policy join_in on members for insert to authenticated with check (user_sub = auth.uid());
      create function in_team(t text) returns boolean language sql stable as $$ select exists (select 1 from members m where m.team = t and m.user_sub = auth.uid()) $$;
      create policy r on docs for select to authenticated using (in_team(team)); create policy d on docs for delete to authenticated using (in_team(team));`;
    assert.deepEqual(await told(sql), ['warning policy-reads-open-table']);
  });
});

describe('what users may change of themselves', () => {
  const people = (
    columns: string,
    rest = 'grant update on profiles to authenticated;',
    table = 'profiles',
  ): string =>
    `create table ${table} (user_id text primary key, name text, ${columns}); alter table ${table} enable row level security;
     create policy u on ${table} for update to authenticated using (user_id = auth.uid()); ${rest}`;
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['is_admin', people('is_admin boolean not null default false'), ['warning policy-self-escalation']],
    ['role', people('role text'), ['warning policy-self-escalation']],
    [
      'only made by oneself',
      people('is_admin boolean')
        .replace('for update to authenticated using', 'for insert to authenticated with check')
        .replace('grant update', 'grant insert'),
      ['warning policy-self-escalation'],
    ],
    ['nothing of the kind', people('bio text'), []],
    [
      'checked',
      people('role text').replace(
        'using (user_id = auth.uid())',
        "using (user_id = auth.uid()) with check (user_id = auth.uid() and role = 'user')",
      ),
      [],
    ],
    [
      'guarded by a trigger',
      `${people('role text')} create function f() returns trigger language plpgsql as 'begin new.role := old.role; return new; end'; create trigger t before update on profiles for each row execute function f();`,
      [],
    ],
    [
      'other columns granted',
      people(
        'role text',
        'revoke update on profiles from authenticated; grant update (name) on profiles to authenticated;',
      ),
      [],
    ],
    [
      'the column granted',
      people(
        'role text',
        'revoke update on profiles from authenticated; grant update (role) on profiles to authenticated;',
      ),
      ['warning policy-self-escalation'],
    ],
    [
      'messages of a chat',
      `create table messages (id int primary key, owner_id text not null, role text, content text); alter table messages enable row level security;
      create policy u on messages for update to authenticated using (owner_id = auth.uid()); grant update on messages to authenticated;`,
      [],
    ],
    ['set by administrators', people('role text').replace('user_id = auth.uid()', "auth.uid() = 'ann'"), []],
  ];
  for (const [name, sql, expected] of cases)
    it(`${name}: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(await told(sql), expected);
    });
});

describe('predicates that are never true', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['= null', OWN + read('owner_id = null'), ['info policy-always-false']],
    ['false', OWN + read('false'), ['info policy-always-false']],
    ['denied by name', OWN + policy('for update to authenticated using (false)', 'deny_update'), []],
    ['nobody deletes', OWN + policy('for delete to authenticated using (false)', 'no_delete'), []],
    [
      'only without a subject',
      read('auth.uid() is null and owner_id is not null'),
      ['info policy-always-false'],
    ],
  ];
  for (const [name, sql, expected] of cases)
    it(`${name}: ${expected.join() || 'nothing'}`, async () => {
      const own = (await told(NOTES + sql)).filter(each => each.endsWith('always-false'));
      assert.deepEqual(own, expected);
    });

  const NULLABLE = 'create table hidden (note_id uuid, sure uuid not null); ';
  const notIn: [predicate: string, count: number][] = [
    ['id not in (select note_id from hidden)', 1],
    ['not (id in (select note_id from hidden))', 1],
    ['id <> all (select h.note_id from hidden h)', 1],
    ['id not in (select sure from hidden)', 0],
    ['id not in (select note_id from hidden where note_id is not null)', 0],
    ['id not in (select h.note_id from hidden h where h.note_id > h.sure)', 0],
    ['id in (select note_id from hidden)', 0],
    ['id not in (select note_id from elsewhere)', 0],
    ['not exists (select 1 from hidden where note_id = notes.id)', 0],
  ];
  for (const [predicate, count] of notIn)
    it(`${predicate}: ${count}`, async () => {
      const all = await told(`${NULLABLE}${NOTES}${read(`owner_id = auth.uid() and ${predicate}`)}`);
      assert.equal(all.filter(each => each === 'warning policy-not-in-null').length, count, all.join());
    });
});

describe('AND and OR', () => {
  const mixed: [predicate: string, count: number][] = [
    ['is_public or owner_id = auth.uid() and archived_at is null', 1],
    ['owner_id = auth.uid() and is_public or archived_at is null', 1],
    ['exists (select 1 from notes_log l where l.a and l.b or l.c)', 1],
    ['(is_public or owner_id = auth.uid()) and archived_at is null', 0],
    ['is_public or (owner_id = auth.uid() and archived_at is null)', 0],
    ["is_public or state between 'a' and 'b'", 0],
    ['case when is_public and true then owner_id = auth.uid() or is_public else false end', 0],
    ['owner_id = auth.uid() and (select a or b from notes_log)', 0],
    ['exists (select 1 from a join b on a.x = b.x and a.y = b.y where a.z or b.z)', 0],
  ];
  for (const [predicate, count] of mixed)
    it(`${predicate}: ${count}`, async () => {
      const all = (await told(NOTES + read(predicate))).filter(each => each === 'info policy-and-or-mixed');
      assert.equal(all.length, count);
    });
});
