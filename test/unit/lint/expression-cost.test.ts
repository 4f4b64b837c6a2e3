import assert from 'node:assert/strict';
import { findings, fixed, marked } from '../../support/sql';

const NOTES = `create table notes (id int primary key, owner_id text not null, org text, email varchar, day timestamptz, state text);
alter table notes enable row level security;
create function who() returns text language plpgsql stable as $$ begin return auth.uid(); end $$;
create function shout(t text) returns text language sql stable as $$ select upper(t) $$;
`;

function policy(predicate: string, verb = 'select'): string {
  return `${NOTES}create policy p on notes for ${verb} to authenticated using (${predicate});`;
}

async function found(sql: string, rule: string): Promise<string[]> {
  const all = (await findings(sql, { engine: 'v2_shared' })).filter(finding => finding.rule === rule);
  return all.map(finding => `${finding.severity} ${marked(sql, finding)}`);
}

describe('policy-initplan', () => {
  for (const [predicate, at, after] of [
    ['owner_id = auth.uid()', 'auth.uid()', 'owner_id = (select auth.uid())'],
    ['owner_id = (auth.uid())::text', '(auth.uid())::text', 'owner_id = (select (auth.uid())::text)'],
    [
      "owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub' or org = auth.uid()",
      "current_setting('request.jwt.claims', true)::json ->> 'sub'",
      "owner_id = (select current_setting('request.jwt.claims', true)::json ->> 'sub') or org = (select auth.uid())",
    ],
    ['owner_id = who()', 'who()', 'owner_id = (select who())'],
    ['lower(owner_id) = lower(auth.uid())', 'auth.uid()', 'lower(owner_id) = lower((select auth.uid()))'],
    ['owner_id = (select auth.uid())', undefined],
    ['owner_id = (select auth.uid()::text)', undefined],
    ['owner_id = (select auth.uid())::text', undefined],
    ["owner_id = (select current_setting('request.jwt.claims', true)::json ->> 'sub')", undefined],
    ['org in (select m.org from members m where m.who = auth.uid())', undefined],
    ['shout(state) = owner_id', undefined],
    ["state = 'x'", undefined],
  ] as const) {
    it(`${predicate}: ${at ?? 'nothing'}`, async () => {
      assert.deepEqual(
        await found(policy(predicate), 'policy-initplan'),
        at === undefined ? [] : [`info ${at}`],
      );
      if (after === undefined) return;
      const finding = (await findings(policy(predicate))).find(({ rule }) => rule === 'policy-initplan');
      assert.equal(fixed(policy(predicate), finding), policy(after));
    });
  }

  it('is silent where an index on the owner column is searched for one value', async () => {
    const rule = 'policy-initplan';
    const sql = policy('owner_id = auth.uid()');
    assert.deepEqual(await found(`${sql} create index on notes (owner_id, state);`, rule), []);
    assert.deepEqual(await found(`${sql} create index on notes (state, owner_id);`, rule), [
      'info auth.uid()',
    ]);
    assert.deepEqual(await found(`${sql} alter table notes add unique (owner_id);`, rule), []);
    const either = policy("owner_id = auth.uid() or state = 'x'");
    assert.deepEqual(await found(`${either} create index on notes (owner_id);`, rule), ['info auth.uid()']);
  });

  it('leaves checks of new rows and tables made elsewhere alone', async () => {
    const insert = `${NOTES}create policy p on notes for insert to authenticated with check (owner_id = auth.uid());`;
    assert.deepEqual(await found(insert, 'policy-initplan'), []);
    const elsewhere = 'create policy p on others to authenticated using (owner_id = auth.uid());';
    assert.deepEqual(await found(elsewhere, 'policy-initplan'), []);
  });
});

describe('policy-function-on-column', () => {
  const email = "(select nullif(current_setting('request.jwt.claims', true), '')::json ->> 'email')";
  for (const [predicate, ...expected] of [
    [`lower(email) = ${email}`, 'info lower(email)'],
    [`${email} = lower(email)`, 'info lower(email)'],
    ["date_trunc('day', day) = now()"],
    ['day::date = current_date', 'info day::date'],
    [`org = ${email} and day::date > current_date`, 'info day::date'],
    [`email::text = ${email}`],
    [`email = ${email}`],
    [`lower(email) = lower(state)`],
    // How the subject is compared is for other rules to say.
    ['lower(owner_id) = lower(auth.uid())'],
    ['id::text = auth.uid()'],
    ['owner_id = auth.uid() and day::date = current_date'],
    [`email = lower(${email})`],
    [`not (lower(email) = ${email})`],
  ] as const) {
    it(`${predicate}: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(await found(policy(predicate), 'policy-function-on-column'), expected);
    });
  }

  it('is silent where an index has the expression', async () => {
    const sql = policy(`lower(email) = ${email}`);
    assert.deepEqual(
      await found(`${sql} create index on notes (lower(email));`, 'policy-function-on-column'),
      [],
    );
    assert.equal(
      (await found(`${sql} create index on notes (email);`, 'policy-function-on-column')).length,
      1,
    );
  });
});

describe('policy-volatile-function', () => {
  const rule = 'policy-volatile-function';
  const using = (routine: string, predicate = 'mine(owner_id)'): string =>
    `${NOTES}${routine} create policy p on notes for select to authenticated using (${predicate});`;
  const body = '$$ begin return owner = auth.uid(); end $$';

  for (const [routine, expected, mended] of [
    [
      `create function mine(owner text) returns boolean language plpgsql as ${body};`,
      ['warning mine'],
      'language plpgsql stable as',
    ],
    [
      `create function mine(owner text) returns boolean volatile language plpgsql as ${body};`,
      ['warning mine'],
      'boolean stable language',
    ],
    [
      `create function mine(owner text) returns boolean language plpgsql immutable as ${body};`,
      ['error mine'],
      'plpgsql stable as',
    ],
    [`create function mine(owner text) returns boolean language plpgsql stable as ${body};`, []],
    [
      `create function mine(owner text) returns boolean language plpgsql as ${body}; alter function mine stable;`,
      [],
    ],
    // PostgreSQL writes it into the query.
    ['create function mine(owner text) returns boolean language sql as $$ select owner = auth.uid() $$;', []],
    [
      'create function mine(owner text) returns boolean language sql as $$ select exists (select 1 from notes) $$;',
      ['warning mine'],
      'sql stable as',
    ],
    [
      'create function mine(owner text) returns boolean language sql immutable as $$ select owner is not null $$;',
      [],
    ],
    [
      'create function mine(owner text) returns boolean language sql immutable as $$ select owner = auth.uid() $$;',
      ['error mine'],
      'sql stable as',
    ],
    // What writes cannot be stable.
    [
      'create function mine(owner text) returns boolean language plpgsql as $$ begin insert into reads values (owner); return true; end $$;',
      ['warning mine'],
    ],
    [
      "create function mine(owner text) returns boolean language plpgsql as $$ begin execute 'select 1'; return true; end $$;",
      ['warning mine'],
    ],
  ] as const) {
    it(`${routine.slice(0, 110)}…: ${expected.join() || 'nothing'}`, async () => {
      const sql = using(routine);
      assert.deepEqual(await found(sql, rule), expected);
      const finding = (await findings(sql)).find(candidate => candidate.rule === rule);
      if (mended === undefined) assert.equal(finding?.fix, undefined);
      else assert.ok(fixed(sql, finding).includes(mended), fixed(sql, finding));
    });
  }

  it('counts one function once, helpers of helpers too, and none that no policy calls', async () => {
    const inner = `create function inner_f() returns text language plpgsql as $$ begin return auth.uid(); end $$;`;
    const outer = `create function mine(owner text) returns boolean language sql stable as $$ select owner = inner_f() $$;`;
    assert.deepEqual(await found(`${NOTES}${inner}${outer}`, rule), []);
    const twice = `${using(inner + outer)} create policy q on notes for delete to authenticated using (mine(owner_id));`;
    assert.deepEqual(await found(twice, rule), ['warning inner_f']);
  });

  it('knows the volatile functions of PostgreSQL', async () => {
    assert.deepEqual(await found(policy('random() < 0.5'), rule), ['warning random()']);
    assert.deepEqual(await found(policy('now() > day'), rule), []);
    assert.deepEqual(await found(policy('mine.random() < 0.5'), rule), []);
  });
});

describe('policy-existence-oracle', () => {
  const rule = 'policy-existence-oracle';
  const table = (columns: string, more = ''): string =>
    `create table t (owner_id text not null, ${columns}); alter table t enable row level security;
create policy r on t to authenticated using (owner_id = auth.uid()); ${more}`;

  for (const [sql, expected, mended] of [
    [table('slug text, unique (slug)'), ['hint unique'], 'unique (owner_id, slug)'],
    [
      table('slug text, constraint k unique nulls not distinct (slug)'),
      ['hint constraint'],
      'distinct (owner_id, slug)',
    ],
    [table('slug text unique'), ['hint unique']],
    [table('slug text unique, unique (owner_id)'), ['hint unique']],
    [table('slug text', 'create unique index on t (slug);'), ['hint t'], 'on t (owner_id, slug)'],
    [
      table('slug text', 'create unique index on t using btree (slug);'),
      ['hint t'],
      'btree (owner_id, slug)',
    ],
    [table('slug text', 'create unique index on t (slug) where slug is not null;'), []],
    [table('slug text', 'create index on t (slug);'), []],
    [table('slug text, unique (owner_id, slug)'), []],
    [table('slug text primary key'), ['hint primary']],
    [table('id uuid primary key default gen_random_uuid()'), []],
    [table('id int generated always as identity primary key'), []],
    [table('id bigserial primary key'), []],
    // Nobody but the server makes rows.
    [
      `create table t (owner_id text, slug text unique); alter table t enable row level security;
create policy r on t for select to authenticated using (owner_id = auth.uid());`,
      [],
    ],
    // Nobody's rows: nothing to hide.
    [
      'create table t (slug text unique); alter table t enable row level security; create policy r on t to authenticated using (true);',
      [],
    ],
    // Another table points at the key.
    [table('slug text, unique (slug)', 'create table u (slug text references t (slug));'), ['hint unique']],
  ] as const) {
    it(`${sql.slice(0, 80)}…: ${expected.join() || 'nothing'}`, async () => {
      assert.deepEqual(await found(sql, rule), expected);
      const finding = (await findings(sql)).find(candidate => candidate.rule === rule);
      if (mended === undefined) assert.equal(finding?.fix, undefined);
      else assert.ok(fixed(sql, finding).includes(mended), fixed(sql, finding));
    });
  }

  it('asks of a foreign key whether the check asks for the parent first', async () => {
    const parent = (
      key: string,
    ): string => `create table rooms (code ${key}); alter table rooms enable row level security;
create policy r on rooms for select to authenticated using (exists (select 1 from guests g where g.code = rooms.code and g.who = auth.uid()));`;
    const child = (check: string): string =>
      `create table t (owner_id text not null, id uuid primary key, code text references rooms (code)); alter table t enable row level security;
create policy w on t for insert to authenticated with check (${check});`;
    const own = 'owner_id = auth.uid()';
    assert.deepEqual(await found(`${parent('text primary key')}${child(own)}`, rule), ['hint rooms']);
    assert.deepEqual(await found(`${parent('uuid primary key')}${child(own)}`, rule), []);
    assert.deepEqual(
      await found(
        `${parent('text primary key')}${child(`${own} and exists (select 1 from rooms r where r.code = t.code)`)}`,
        rule,
      ),
      [],
    );
  });
});
