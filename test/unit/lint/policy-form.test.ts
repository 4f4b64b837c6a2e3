import assert from 'node:assert/strict';
import type { Finding } from '../../../src/lint/finding';
import type { LintOptions } from '../../../src/lint/linter';
import { findings, fixed, marked } from '../../support/sql';

const V1: LintOptions = { engine: 'v1_dedicated' };
const V2: LintOptions = { engine: 'v2_shared' };

const TABLE = `create table notes (id uuid primary key, owner_id text not null, body text, shared boolean not null default false);
alter table notes enable row level security;`;
const READ = 'create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());';

async function of(rule: string, sql: string | string[], options: LintOptions = V2): Promise<Finding[]> {
  const found = await findings(sql, options);
  assert.deepEqual(
    found.filter(({ rule: id }) => id === 'sql-syntax'),
    [],
    'the case itself parses',
  );
  return found.filter(({ rule: id }) => id === rule);
}

/** Asserts how often a rule speaks of each text, after a table of notes. */
function cases(rule: string, texts: Readonly<Record<string, number>>, options: LintOptions = V2): void {
  for (const [sql, count] of Object.entries(texts)) {
    it(`${count === 0 ? 'lets be' : 'finds'} ${sql}`, async () => {
      const found = await of(rule, `${TABLE}\n${sql}`, options);
      assert.equal(found.length, count, JSON.stringify(found.map(({ message }) => message)));
    });
  }
}

describe('policy-unknown-role', () => {
  const to = (role: string): string =>
    `create policy p on notes for select to ${role} using (owner_id = auth.uid())`;

  cases('policy-unknown-role', {
    [to('authenticated, anon, public, current_user, session_user')]: 0,
    [to('service_role')]: 1,
    [to('"Authenticated"')]: 1,
    [to('authenticated, editors')]: 1,
    [`create role editors; ${to('editors')}`]: 0,
    [`${to('editors')}; drop policy p on notes`]: 1,
    [`${to('authenticated')}; alter policy p on notes to editors`]: 1,
    [`${READ} alter policy notes_read on notes to editors; alter policy notes_read on notes to anon`]: 1,
    // Roles of projects have a rule of their own; a schema is no role.
    [to('t_1a2b3c4d5e6f_role')]: 0,
    [to('t_1a2b3c4d5e6f_ddl')]: 0,
    [to('t_1a2b3c4d5e6f_api')]: 1,
    'drop policy if exists p on notes': 0,
  });
  cases('policy-unknown-role', { [to('service_role')]: 0, [to('t_1a2b3c4d5e6f_role')]: 0 }, V1);

  it('offers the nearest name, and nothing where none is near', async () => {
    const [typo] = await of('policy-unknown-role', `${TABLE} ${to('authentcated')}`);
    assert.equal(typo?.fix?.title, 'Change to authenticated');
    const [far] = await of('policy-unknown-role', `${TABLE} ${to('editors')}`);
    assert.equal(far?.fix, undefined);
  });
});

describe('policy-other-tenant-role', () => {
  const own = 't_1a2b3c4d5e6f_role';
  const other = 't_0f9e8d7c6b5a_role';
  const policy = (role: string, table = 'notes'): string =>
    `create table ${table} (owner_id text); create policy p on ${table} for select to ${role} using (owner_id = auth.uid());`;
  const named: LintOptions = { ...V2, apiSchema: 't_1a2b3c4d5e6f_api' };

  it('knows the project by the settings, or by the schema of the table', async () => {
    assert.equal((await of('policy-other-tenant-role', policy(own), named)).length, 0);
    assert.equal((await of('policy-other-tenant-role', policy(other), named)).length, 1);
    assert.equal((await of('policy-other-tenant-role', policy(own, 't_1a2b3c4d5e6f_api.notes'))).length, 0);
    assert.equal((await of('policy-other-tenant-role', policy(other, 't_1a2b3c4d5e6f_api.notes'))).length, 1);
    assert.equal((await of('policy-other-tenant-role', policy('authenticated'), named)).length, 0);
  });

  it('says nothing where nothing tells whose project it is', async () => {
    assert.equal((await of('policy-other-tenant-role', policy(other))).length, 0);
  });

  it('leaves the documentation’s role to the rule for examples', async () => {
    const sample = policy('t_5ecfa3ab72d1_role');
    assert.equal((await of('policy-other-tenant-role', sample, named)).length, 0);
    assert.equal((await of('schema-doc-placeholder', sample, named)).length, 1);
  });

  it('finds every such role on v1', async () => {
    assert.equal((await of('policy-other-tenant-role', policy(own), V1)).length, 1);
  });

  it('writes the real name where a push replaces nothing', async () => {
    const sql = `${policy('authenticated')} alter policy p on notes to ${other};`;
    const [finding] = await of('policy-other-tenant-role', sql, named);
    assert.ok(fixed(sql, finding).endsWith(`alter policy p on notes to ${own};`));
  });
});

describe('policy-hard-coded-tenant', () => {
  const schema = 't_1a2b3c4d5e6f_api';

  it('speaks once of a name in a file, and tells how often it is there', async () => {
    const sql = `create table ${schema}.notes (owner_id text); grant select on ${schema}.notes to t_1a2b3c4d5e6f_role;`;
    const found = await of('policy-hard-coded-tenant', [sql, `grant insert on ${schema}.notes to anon;`]);
    assert.deepEqual(
      found.map(({ at }) => at.file),
      ['1.sql', '1.sql', '2.sql'],
    );
    assert.match(found[0]!.message, /2 places/);
  });

  it('leaves other projects’ names, examples and texts to others', async () => {
    const named: LintOptions = { ...V2, apiSchema: schema };
    assert.deepEqual(
      await of(
        'policy-hard-coded-tenant',
        `grant usage on schema t_0f9e8d7c6b5a_api to authenticated; create table t_5ecfa3ab72d1_api.notes ();
         comment on schema public is '${schema}'; -- ${schema}`,
        named,
      ),
      [],
    );
  });

  it('lets be the schema that the settings name, and finds the role beside it', async () => {
    const sql = `create table ${schema}.notes (); grant select on ${schema}.notes to t_1a2b3c4d5e6f_role;`;
    const found = await of('policy-hard-coded-tenant', sql, { ...V2, apiSchema: schema });
    assert.deepEqual(
      found.map(finding => marked(sql, finding)),
      ['t_1a2b3c4d5e6f_role'],
    );
  });

  it('leaves examples to their own rule also where no settings tell the schema', async () => {
    assert.deepEqual(await of('policy-hard-coded-tenant', 'create table t_5ecfa3ab72d1_api.notes ();'), []);
  });

  it('leaves the role to another rule on v1', async () => {
    assert.deepEqual(
      await of('policy-hard-coded-tenant', 'grant select on notes to t_1a2b3c4d5e6f_role', V1),
      [],
    );
  });
});

describe('policy-not-adapted', () => {
  cases('policy-not-adapted', {
    'create policy p on notes to "authenticated" using (owner_id = auth.uid())': 1,
    'create policy p on notes to anon, "authenticated" using (owner_id = auth.uid())': 1,
    'create policy p on notes to AUTHENTICATED using (owner_id = auth.uid())': 0,
    'create policy "authenticated" on notes to authenticated using (owner_id = auth.uid())': 0,
    [`${READ} alter policy notes_read on notes to authenticated`]: 1,
    [`${READ} alter policy notes_read on notes to anon using (owner_id = auth.uid())`]: 0,
    [`${READ} alter policy notes_read on notes rename to own_notes`]: 0,
    'do $$ begin create policy p on notes to authenticated using (owner_id = auth.uid()); end $$': 1,
    "do $$ begin execute 'grant select on notes to authenticated'; end $$": 1,
    "do $$ begin execute format('create policy %I on notes to anon, authenticated using (true)', 'p'); end $$": 1,
    'do $$ begin revoke all on notes from "authenticated"; end $$': 1,
    "create function open_up() returns void language plpgsql as 'begin grant select on notes to authenticated; end'": 1,
    // A branch that never runs on v2 does nothing there, unless another one does the same.
    "do $$ begin if exists (select from pg_roles where rolname = 'authenticated') then grant select on notes to authenticated; end if; end $$": 1,
    "do $$ begin if exists (select from pg_roles where rolname = 'authenticated') then grant select on notes to authenticated; else execute format('grant select on notes to %I', replace(current_schema(), '_api', '_role')); end if; end $$": 0,
    "do $$ begin execute format('grant select on %I.notes to authenticated', current_schema()); end $$": 1,
    "do $$ begin if current_schema() = 'api' then grant select on notes to authenticated; else perform own_grants(); end if; end $$": 0,
    'do $$ begin -- grant select on notes to authenticated\n perform 1; end $$': 0,
    "do $$ begin raise notice 'grants go to authenticated users'; end $$": 0,
    "create function is_in() returns boolean language sql as $$ select current_setting('x') = 'authenticated' $$": 0,
  });
  cases('policy-not-adapted', { 'create policy p on notes to "authenticated" using (true)': 0 }, V1);

  it('replaces ALTER POLICY by DROP and CREATE with all that it leaves as it is', async () => {
    const sql = `${TABLE}
create policy "Own notes" on notes as restrictive for update to anon using (owner_id = auth.uid()) with check (shared);
alter policy "Own notes" on notes to authenticated with check (not shared);`;
    const [finding] = await of('policy-not-adapted', sql);
    assert.equal(marked(sql, finding), 'authenticated');
    const text = fixed(sql, finding);
    assert.ok(
      text.endsWith(
        'drop policy "Own notes" on notes;\ncreate policy "Own notes" on notes as restrictive for update to authenticated using (owner_id = auth.uid()) with check (not shared);',
      ),
      text,
    );
    assert.deepEqual(await of('policy-not-adapted', text), []);
  });

  it('offers nothing for a policy that is made elsewhere', async () => {
    const [finding] = await of('policy-not-adapted', 'alter policy p on notes to authenticated');
    assert.ok(finding && !finding.fix);
  });

  it('points into the body', async () => {
    const sql = 'do $$ begin grant select on notes to "authenticated"; end $$';
    const [finding] = await of('policy-not-adapted', sql);
    assert.equal(marked(sql, finding), 'authenticated');
  });
});

describe('policy-wrong-clause', () => {
  const insert = 'create policy i on notes for insert to authenticated with check (owner_id = auth.uid());';
  cases('policy-wrong-clause', {
    'create policy p on notes for update using (true) with check (true)': 0,
    'create policy p on notes using (true) with check (true)': 0,
    'create policy p on notes for insert using (true)': 1,
    'create policy p on notes for insert using (true); drop policy p on notes': 1,
    [`${insert} alter policy i on notes using (shared)`]: 1,
    [`${READ} alter policy notes_read on notes with check (shared)`]: 1,
    [`${READ} alter policy notes_read on notes using (shared)`]: 0,
  });

  it('changes the clause where it was altered', async () => {
    const sql = `${TABLE} ${insert} ALTER POLICY i ON notes USING (shared);`;
    const [finding] = await of('policy-wrong-clause', sql);
    assert.ok(fixed(sql, finding).endsWith('ALTER POLICY i ON notes WITH CHECK (shared);'));
  });
});

describe('policy-clauseless', () => {
  const update = 'create policy u on notes for update to authenticated';
  cases('policy-clauseless', {
    'create policy p on notes for select to authenticated': 1,
    'create policy p on notes for insert to authenticated': 1,
    'create policy p on notes': 1,
    [`create policy p on notes; alter policy p on notes using (owner_id = auth.uid())`]: 0,
    [`create policy p on notes; drop policy p on notes`]: 0,
    'create policy p on notes as restrictive': 0,
    'create policy p on notes for insert using (true)': 0,
    'create policy p on notes for select with check (true)': 0,
    // Without USING nothing that is there can be changed, unless another policy brings it.
    [`${update} with check (shared)`]: 1,
    [`${update} with check (shared); create policy v on notes for update to authenticated using (shared)`]: 0,
    [`${update} with check (shared); create policy v on notes for update to anon using (shared)`]: 1,
    [`${update} using (shared)`]: 0,
    'create policy p on notes to authenticated with check (shared)': 1,
    'create policy p on elsewhere for update with check (true)': 0,
    'create policy p on elsewhere for update': 1,
  });

  it('adds the clause in its place, in the file’s case', async () => {
    for (const [before, after] of [
      [
        'CREATE POLICY p ON notes FOR INSERT',
        'CREATE POLICY p ON notes FOR INSERT WITH CHECK (owner_id = auth.uid())',
      ],
      [
        'create policy p on notes for update with check (shared)',
        'create policy p on notes for update using (owner_id = auth.uid()) with check (shared)',
      ],
    ] as const) {
      const sql = `${TABLE} ${before};`;
      assert.ok(fixed(sql, (await of('policy-clauseless', sql))[0]).endsWith(`${after};`));
    }
  });

  it('does not guess the owner', async () => {
    for (const columns of ['id int', 'owner_id uuid', 'owner_id text, user_id text']) {
      const [finding] = await of('policy-clauseless', `create table t (${columns}); create policy p on t;`);
      assert.ok(finding && !finding.fix, columns);
    }
  });
});

describe('policy-restrictive-only', () => {
  const floor = 'create policy f on notes as restrictive to authenticated using (shared);';
  cases('policy-restrictive-only', {
    [floor]: 1,
    [`${floor} ${READ}`]: 0,
    [`${READ} create policy f on notes as restrictive for update using (shared)`]: 1,
    [`${READ} create policy f on notes as restrictive for select to anon using (shared)`]: 1,
    [`${floor} create policy g on notes as restrictive for select using (shared)`]: 1,
    'create policy f on notes as restrictive for select using (shared); create policy g on notes as restrictive for insert with check (shared)': 2,
    // Closed on purpose.
    'create policy f on notes as restrictive for delete using (false)': 0,
    // Who is a member of a role made in the files nobody can tell.
    [`create role editors; ${floor} create policy e on notes to editors using (true)`]: 0,
    'create policy f on elsewhere as restrictive using (true)': 0,
  });
});

describe('policy-restrictive-true', () => {
  const restrictive = (rest: string): string => `${READ} create policy f on notes as restrictive ${rest}`;
  cases('policy-restrictive-true', {
    [restrictive('using (true)')]: 1,
    [restrictive('for insert with check (1 = 1)')]: 1,
    [restrictive('using (owner_id = owner_id)')]: 1,
    [restrictive('for select')]: 1,
    // NULL is kept out.
    [restrictive('using (body = body)')]: 0,
    [restrictive('for update using (true) with check (shared)')]: 0,
    [restrictive('for update using (shared) with check (true)')]: 0,
    [restrictive('using (shared)')]: 0,
    [restrictive('using (true); alter policy f on notes using (shared)')]: 0,
    'create policy p on notes using (true)': 0,
  });

  it('keeps a policy that a later statement needs', async () => {
    for (const later of ["comment on policy f on notes is 'x'", 'alter policy f on notes to anon']) {
      const [finding] = await of(
        'policy-restrictive-true',
        `${TABLE} ${restrictive('using (true)')}; ${later};`,
      );
      assert.ok(finding && !finding.fix, later);
    }
  });
});

describe('policy-duplicate-name', () => {
  const again = 'create policy notes_read on notes for insert with check (owner_id = auth.uid());';
  const long = 'a'.repeat(63);
  cases('policy-duplicate-name', {
    [`${READ} ${again}`]: 1,
    [`${READ} ${again.replace('notes_read', '"notes_read"')}`]: 1,
    [`${READ} ${again.replace('notes_read', 'NOTES_READ')}`]: 1,
    [`${READ} ${again.replace('notes_read', '"Notes_Read"')}`]: 0,
    [`${READ} drop policy if exists notes_read on notes; ${again}`]: 0,
    [`${READ} alter policy notes_read on notes rename to other; ${again}`]: 0,
    [`${READ} create table lines (); ${again.replace('on notes', 'on lines').replace('owner_id = auth.uid()', 'true')}`]: 0,
    [`${READ} drop table notes; create table notes (owner_id text); ${READ}`]: 0,
    [`create policy ${long}b on notes using (shared); create policy ${long}c on notes using (shared)`]: 1,
    [`create policy p on elsewhere using (true); create policy p on elsewhere using (true)`]: 1,
    // What such a block leaves nobody can tell.
    [`${READ} do $$ begin drop policy if exists notes_read on notes; end $$; ${again}`]: 0,
    [`${READ} do $$ declare p text; begin for p in select policyname from pg_policies loop execute format('drop policy %I on notes', p); end loop; end $$; ${again}`]: 0,
    [`${READ} do $$ begin perform 1; end $$; ${again}`]: 1,
  });

  it('sees the other file, and drops the policy before it is made again', async () => {
    const [finding] = await of('policy-duplicate-name', [`${TABLE} ${READ}`, again]);
    assert.equal(finding?.at.file, '2.sql');
    assert.equal(finding.related[0]?.at.file, '1.sql');
    const sql = `${TABLE}\nCREATE POLICY "My Notes" ON notes USING (shared);\nCREATE POLICY "My Notes" ON notes USING (shared);`;
    const [loud] = await of('policy-duplicate-name', sql);
    assert.ok(
      fixed(sql, loud).endsWith(
        'DROP POLICY IF EXISTS "My Notes" ON notes;\nCREATE POLICY "My Notes" ON notes USING (shared);',
      ),
    );
  });
});

describe('policy-duplicate-body', () => {
  const own = (rest: string): string => `${READ} create policy q on notes ${rest}`;
  cases('policy-duplicate-body', {
    [own('for select to authenticated using (auth.uid() = owner_id)')]: 1,
    [own(
      "for select to authenticated using (owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub')",
    )]: 1,
    [own('to authenticated using (owner_id = auth.uid())')]: 1,
    [own('for select to t_1a2b3c4d5e6f_role using (owner_id = auth.uid())')]: 1,
    [own('for select to anon using (owner_id = auth.uid())')]: 0,
    [own('for select using (owner_id = auth.uid())')]: 0,
    [own('for update to authenticated using (owner_id = auth.uid())')]: 0,
    [own('as restrictive for select to authenticated using (owner_id = auth.uid())')]: 0,
    [own('for select to authenticated using (owner_id = auth.uid() and shared)')]: 0,
    [own('for select to authenticated using (owner_id is not distinct from auth.uid())')]: 0,
    'create policy a on notes for select using (shared); create policy b on notes for select to public using ( "shared" /* twice */ )': 1,
    // Without WITH CHECK the new row is judged by USING.
    'create policy a on notes for update using (shared); create policy b on notes for update using (shared) with check (shared)': 1,
    'create policy a on notes for update using (shared); create policy b on notes for update using (shared) with check (not shared)': 0,
    "create policy a on notes for select using (body = 'a'); create policy b on notes for select using (body = 'A')": 0,
    'create policy a on notes for select; create policy b on notes for select': 0,
  });

  it('takes the one away that says less', async () => {
    const sql = `${TABLE}\n${READ}\ncreate policy notes_all on notes to authenticated using (owner_id = auth.uid());`;
    const [finding] = await of('policy-duplicate-body', sql);
    assert.equal(marked(sql, finding), 'notes_read');
    assert.doesNotMatch(fixed(sql, finding), /notes_read/);
  });
});

describe('policy-for-all-read-intent', () => {
  const policy = (name: string, rest: string): string => `create policy ${name} on notes ${rest}`;
  cases('policy-for-all-read-intent', {
    [policy('p', 'using (shared)')]: 1,
    [policy('p', 'for all to authenticated using (auth.uid() is not null)')]: 1,
    [policy('notes_read', 'using (owner_id = auth.uid())')]: 1,
    [policy('"Users can view their notes"', 'for all using (owner_id = auth.uid())')]: 1,
    [policy('"Users can view and edit their notes"', 'using (owner_id = auth.uid())')]: 0,
    [policy('notes_owner', 'using (owner_id = auth.uid())')]: 0,
    [policy('p', 'using (shared) with check (owner_id = auth.uid())')]: 0,
    [policy('p', 'for select using (shared)')]: 0,
    [policy('p', 'as restrictive using (shared)')]: 0,
    [policy('p', 'using (can_see(id))')]: 0,
    [`${policy('p', 'using (shared)')}; create policy f on notes as restrictive for insert with check (owner_id = auth.uid())`]: 0,
    'create table list (owner_id text); create policy list_owner on list using (owner_id = auth.uid())': 0,
  });

  it('says FOR SELECT where the grammar wants it', async () => {
    for (const [before, after] of [
      ['FOR ALL TO authenticated USING (shared)', 'FOR SELECT TO authenticated USING (shared)'],
      ['AS PERMISSIVE USING (shared)', 'AS PERMISSIVE FOR SELECT USING (shared)'],
    ] as const) {
      const sql = `${TABLE} CREATE POLICY p ON notes ${before}`;
      assert.ok(fixed(sql, (await of('policy-for-all-read-intent', sql))[0]).endsWith(`ON notes ${after}`));
    }
  });
});

describe('policy-anon-write', () => {
  const insert = 'create policy p on notes for insert';
  cases(
    'policy-anon-write',
    {
      [`${insert} to anon with check (true)`]: 1,
      [`${insert} to public with check (shared)`]: 1,
      [`${insert} with check (auth.uid() is null or owner_id = auth.uid())`]: 1,
      'create policy p on notes for delete using (shared or owner_id = auth.uid())': 1,
      'create policy p on notes using (shared)': 1,
      [`${insert} to anon with check (owner_id = auth.uid())`]: 0,
      [`${insert} to authenticated with check (true)`]: 0,
      [`${insert} with check (auth.uid() is not null)`]: 0,
      [`${insert} with check (may_write(id))`]: 0,
      'create policy p on notes for select to anon using (true)': 0,
      'create policy p on notes for update using (owner_id = auth.uid()) with check (true)': 0,
      [`${insert} to anon with check (true); revoke all on notes from anon`]: 0,
      [`${insert} to anon with check (true); revoke insert on notes from anon, authenticated`]: 0,
      'create policy p on notes as restrictive for insert to anon with check (true)': 0,
      'create policy p on elsewhere for insert to anon with check (true)': 1,
    },
    V1,
  );
});

describe('policy-multiple-permissive', () => {
  const second = (rest: string): string => `${READ} create policy q on notes ${rest}`;
  cases('policy-multiple-permissive', {
    [second('for select to authenticated using (shared)')]: 1,
    [second('to authenticated using (shared)')]: 1,
    [second('for select using (shared)')]: 1,
    [second('for select to anon using (shared)')]: 0,
    [second('for insert to authenticated with check (shared)')]: 0,
    [second('as restrictive for select to authenticated using (shared)')]: 0,
    'create policy a on notes using (shared); create policy b on notes using (shared); create policy c on notes using (shared)': 2,
  });
});

describe('policy-placeholder-name', () => {
  const named = (name: string): string => `create policy ${name} on notes using (owner_id = auth.uid())`;
  cases('policy-placeholder-name', {
    [named('policy1')]: 1,
    [named('"My policy"')]: 1,
    [named('test_policy')]: 1,
    [named('"Test 2"')]: 1,
    [named('"policy_name"')]: 1,
    [named('notes_policy')]: 0,
    [named('owner_policy')]: 0,
    [named('own')]: 0,
    [named('"Enable read access for all users"')]: 0,
    [named('testers_read')]: 0,
    [`${named('policy1')}; alter policy policy1 on notes rename to notes_owner`]: 0,
  });
});

describe('policy-missing-verb', () => {
  const insert = 'create policy i on notes for insert to authenticated with check (owner_id = auth.uid());';
  const grant = 'grant select, insert on notes to authenticated;';
  cases('policy-missing-verb', {
    [`${READ} ${insert} ${grant}`]: 1,
    [`${READ} ${grant}`]: 0,
    [`${insert} ${grant}`]: 0,
    [`${READ} ${insert} grant all on notes to authenticated`]: 0,
    [`${READ} ${insert} grant update, delete on notes to authenticated`]: 0,
    [`${READ} ${insert} create policy d on notes for delete using (false); create policy u on notes for update using (false)`]: 0,
    // Nobody's rows.
    'create policy r on notes for select using (shared); create policy i on notes for insert with check (shared)': 0,
  });
  cases('policy-missing-verb', { [`${READ} ${insert}`]: 1 }, V1);
});

describe('identifier-too-long', () => {
  const name = (letters: number): string => 'n'.repeat(letters);
  cases('identifier-too-long', {
    [`create index ${name(63)} on notes (body)`]: 0,
    [`create index ${name(64)} on notes (body)`]: 1,
    [`create index "${'ü'.repeat(31)}" on notes (body)`]: 0,
    [`create index "${'ü'.repeat(32)}" on notes (body)`]: 1,
    [`create policy ${name(64)} on notes using (shared); drop policy ${name(64)} on notes`]: 1,
    [`comment on table notes is '${name(80)}'; -- ${name(80)}`]: 0,
  });

  it('tells which names become one', async () => {
    const sql = `${TABLE} create table ${name(63)}a (); create table ${name(63)}b ();`;
    const [, second] = await of('identifier-too-long', sql);
    assert.match(second!.message, /Another name is cut to the same/);
    assert.equal(second!.related.length, 1);
  });
});

describe('policy-to-public', () => {
  const severity = async (rest: string): Promise<string[]> =>
    (await of('policy-to-public', `${TABLE} create policy p on notes ${rest};`)).map(
      finding => finding.severity,
    );

  it('warns only where a request without a subject surely passes', async () => {
    assert.deepEqual(await severity('for select using (shared)'), ['warning']);
    assert.deepEqual(await severity('for select using (id in (select note_id from elsewhere))'), ['info']);
    assert.deepEqual(await severity('for select using (can_see(id))'), ['info']);
    assert.deepEqual(await severity('for update using (owner_id = auth.uid()) with check (true)'), ['info']);
    assert.deepEqual(await severity('using (owner_id = auth.uid()) with check (true)'), ['warning']);
    assert.deepEqual(await severity('as restrictive using (shared)'), []);
  });

  it('offers no change of ALTER POLICY, which a push does not adapt', async () => {
    const [finding] = await of(
      'policy-to-public',
      `${TABLE} ${READ} alter policy notes_read on notes to public;`,
    );
    assert.ok(finding && !finding.fix);
  });
});
