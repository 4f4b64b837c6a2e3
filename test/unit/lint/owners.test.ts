import assert from 'node:assert/strict';
import type { Finding } from '../../../src/lint/finding';
import type { LintOptions } from '../../../src/lint/linter';
import { findings, fixed, marked } from '../../support/sql';

const V2: LintOptions = { engine: 'v2_shared' };

/** Findings of one rule. */
async function of(rule: string, sql: string | string[], options: LintOptions = V2): Promise<Finding[]> {
  return (await findings(sql, options)).filter(finding => finding.rule === rule);
}

/** A table with row security, a policy that the predicate goes into, and whatever comes after. */
const table = (columns: string, predicate: string, rest = '', verb = 'select'): string =>
  `create table t (${columns}); alter table t enable row level security;
   create policy p on t for ${verb} to authenticated ${verb === 'insert' ? 'with check' : 'using'} (${predicate});
   grant select, insert, update, delete on t to authenticated; ${rest}`;

/** Cases of one rule: SQL and what is marked, with `error` or the like before it where the severity depends. */
function cases(
  rule: string,
  list: readonly (readonly [sql: string | string[], marks: readonly string[]])[],
): void {
  describe(rule, () => {
    for (const [sql, marks] of list) {
      it(`${marks.join(', ') || 'nothing'} in ${[sql].flat().join(' | ').replace(/\s+/g, ' ')}`, async () => {
        const texts = [sql].flat();
        const seen = (await of(rule, texts)).map(finding =>
          marked(texts[Number.parseInt(finding.at.file, 10) - 1] ?? '', finding),
        );
        assert.deepEqual(seen, marks);
      });
    }
  });
}

const MEMBERS = 'create table members (org_id int, user_id uuid not null); ';
const IN_MEMBERS = (comparison: string): string =>
  `exists (select 1 from members m where m.org_id = t.org_id and ${comparison})`;

cases('owner-uuid', [
  // In a subquery the comparison is refused as well.
  [`${MEMBERS}${table('org_id int', IN_MEMBERS('m.user_id = auth.uid()'))}`, ['uuid']],
  [`${MEMBERS}${table('org_id int', IN_MEMBERS('m.user_id::text = auth.uid()'))}`, []],
  [table('owner_id uuid, x int', 'not (owner_id <> auth.uid())'), ['uuid']],
  [table('"Owner" uuid', '"Owner" = (select auth.uid())'), ['uuid']],
  [table('a uuid, b text', 'auth.uid() in (b, a)'), ['uuid']],
  [[table('owner_id uuid', 'owner_id::text = auth.uid()'), 'alter table t alter owner_id type text;'], []],
  [
    [
      'create table t (owner_id uuid); alter table t rename owner_id to holder;',
      'create policy p on t using (holder = auth.uid());',
    ],
    ['uuid'],
  ],
  // Renamed before the policy: the policy speaks of another column.
  [
    table('owner_id text, holder uuid', 'owner_id = auth.uid()', 'alter table t rename holder to keeper;'),
    [],
  ],
  ['create policy p on elsewhere using (owner_id = auth.uid());', []],
]);

cases('owner-uuid-cast', [
  [`${MEMBERS}${table('org_id int', IN_MEMBERS('m.user_id = auth.uid()::uuid'))}`, ['::uuid']],
  [
    table('owner_id uuid', "owner_id = (current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid"),
    ['::uuid'],
  ],
  [table('owner_id text', 'owner_id = auth.uid()::text'), []],
  [`${table('owner_id uuid', 'owner_id = auth.uid()::uuid')} drop policy p on t;`, []],
]);

cases('owner-uuid-as-text', [
  [table('owner_id uuid not null', 't.owner_id::text = (select auth.uid())'), ['t.owner_id::text']],
  [table('owner_id uuid not null', 'auth.uid() = cast(owner_id as text)'), ['cast(owner_id as text)']],
  [table('owner_id uuid not null', 'owner_id::varchar in (auth.uid())'), ['owner_id::varchar']],
  [`${MEMBERS}${table('org_id int', IN_MEMBERS('m.user_id::text = auth.uid()'))}`, ['m.user_id::text']],
  [table('owner_id text not null', 'owner_id::text = auth.uid()'), []],
  [table('owner_id uuid not null', 'owner_id = auth.uid()::uuid'), []],
  [table('owner_id uuid not null, body text', "owner_id::text = 'x' or body = auth.uid()"), []],
  [table('id uuid, owner_id text', 'id::text = owner_id'), []],
  ['create policy p on elsewhere using (owner_id::text = auth.uid());', []],
]);

cases('owner-not-text', [
  [table('owner_id bigint', 'owner_id = auth.uid()'), ['bigint']],
  [table('owner_id serial', 'owner_id = auth.uid()'), ['serial']],
  [table('owner_id jsonb', 'owner_id = auth.uid()'), ['jsonb']],
  [table('owner_id integer default auth.uid(), author text', 'author = auth.uid()'), ['integer']],
  [table('owner_id char(36)', 'owner_id = auth.uid()'), ['char(36)']],
  [table('owner_id character varying(36)', 'owner_id = auth.uid()'), ['character varying(36)']],
  [table('owner_id name', 'owner_id = auth.uid()'), ['name']],
  [table('owner_id citext', 'owner_id = auth.uid()'), ['citext']],
  [table('user_id integer', 'false'), ['integer']],
  // Long enough, compared as text, somebody's key, not the owner, an owner elsewhere.
  [table('owner_id varchar(64)', 'owner_id = auth.uid()'), []],
  [table('owner_id varchar', 'owner_id = auth.uid()'), []],
  [table('owner_id bpchar', 'owner_id = auth.uid()'), []],
  [table('owner_id int', 'owner_id::text = auth.uid()'), []],
  [table('owner_id int', 'owner_id = auth.uid()::int'), []],
  [table('owner_id subject_name', 'owner_id = auth.uid()'), []],
  [table('user_id int references people (id)', 'false'), []],
  [table('user_id int, member text', 'member = auth.uid()'), []],
  ['create table private.t (user_id int);', []],
  ['create policy p on elsewhere using (owner_id = auth.uid());', []],
  [
    [
      table('owner_id int', 'true'),
      'alter table t alter owner_id type text; create policy q on t using (owner_id = auth.uid());',
    ],
    [],
  ],
]);

cases('owner-nullable', [
  [table('owner_id text', 'owner_id = auth.uid()'), ['owner_id']],
  [[table('owner_id text', 'owner_id = auth.uid()'), 'alter table t alter owner_id set not null;'], []],
  [
    [table('owner_id text not null', 'owner_id = auth.uid()'), 'alter table t alter owner_id drop not null;'],
    ['owner_id'],
  ],
  [table('owner_id text primary key', 'owner_id = auth.uid()'), []],
  [
    [table('owner_id text', 'owner_id = auth.uid()'), 'alter table t rename owner_id to holder;'],
    ['owner_id'],
  ],
  [table('owner_id text, check (owner_id is not null)', 'owner_id = auth.uid()'), []],
  [table('owner_id text, x int, primary key (owner_id, x)', 'owner_id = auth.uid()'), []],
]);

cases('owner-no-default', [
  [table('owner_id text', 'owner_id = auth.uid()', '', 'insert'), ['owner_id']],
  [table('owner_id text', 'owner_id = auth.uid()', '', 'all'), ['owner_id']],
  [table('a text, b text', 'a = auth.uid() or b = auth.uid()', '', 'insert'), []],
  [table('owner_id text default auth.uid()', 'owner_id = auth.uid()', '', 'insert'), []],
  [
    [
      table('owner_id text', 'owner_id = auth.uid()', '', 'insert'),
      'alter table t alter owner_id set default auth.uid();',
    ],
    [],
  ],
  [table('owner_id text', 'owner_id = auth.uid()', '', 'select'), []],
  [
    table(
      'owner_id text',
      'owner_id = auth.uid()',
      'create trigger fill before insert on t for each row execute function f();',
      'insert',
    ),
    [],
  ],
  [
    table(
      'owner_id text',
      'owner_id = auth.uid()',
      'create trigger told after insert on t for each row execute function f();',
      'insert',
    ),
    ['owner_id'],
  ],
]);

cases('owner-no-index', [
  [table('owner_id text', 'owner_id = auth.uid()'), ['owner_id']],
  [table('owner_id text', 'owner_id = auth.uid()', 'create index on t (x, owner_id);'), ['owner_id']],
  [
    table('owner_id text', 'owner_id = auth.uid()', 'create index gone on t (owner_id); drop index gone;'),
    ['owner_id'],
  ],
  [[table('owner_id text', 'owner_id = auth.uid()'), 'create index on t (owner_id, x);'], []],
  [table('owner_id text primary key', 'owner_id = auth.uid()'), []],
  [table('owner_id text, x int, unique (owner_id, x)', 'owner_id = auth.uid()'), []],
  [table('owner_id text', 'owner_id = auth.uid()', '', 'insert'), []],
  [
    table(
      'owner_id text',
      'owner_id = auth.uid()',
      'create index on t (owner_id); alter table t rename owner_id to holder;',
    ),
    [],
  ],
  [
    'create table a (owner_id text, x int, unique (owner_id, x)); create table t (like a including all); alter table t enable row level security; create policy p on t using (owner_id = auth.uid());',
    [],
  ],
  [
    'create table a (owner_id text, x int, unique (owner_id, x)); create table t (like a); alter table t enable row level security; create policy p on t using (owner_id = auth.uid());',
    ['owner_id'],
  ],
]);

const FOREIGN = (columns: string): string => `create table t (${columns});`;
cases('owner-foreign-auth-users', [
  [FOREIGN('owner_id uuid references auth.users'), ['auth.users']],
  [FOREIGN('owner_id uuid, foreign key (owner_id) references "auth"."users" (id)'), ['"auth"."users"']],
  [
    'alter table t add constraint fk foreign key (owner_id) references AUTH.Users (id) not valid;',
    ['AUTH.Users'],
  ],
  ['create view v as select * from notes n join auth.users u on u.id = n.owner_id;', ['auth.users']],
  ['create trigger made after insert on auth.users for each row execute function f();', ['auth.users']],
  ['create policy p on t using (exists (select 1 from auth.users u where u.id = owner_id));', ['auth.users']],
  [
    'create function f() returns bigint language sql as $$ select count(*) from auth.users $$;',
    ['auth.users'],
  ],
  [
    "create function f() returns int language plpgsql as 'begin return (select 1 from auth.users limit 1); end';",
    ['auth.users'],
  ],
  ['alter table auth.users enable row level security;', ['auth.users']],
  [FOREIGN('owner_id text references users (id)'), []],
  [FOREIGN("owner_id text default 'auth.users'"), []],
  ['comment on table t is $$ no reference to auth.users $$; -- auth.users', []],
  ["do $$ begin if to_regclass('auth.users') is not null then null; end if; end $$;", []],
  [
    'create table auth.users (id text primary key); create table t (owner_id text references auth.users (id));',
    [],
  ],
]);

describe('owner-foreign-auth-users', () => {
  for (const [before, after] of [
    [
      'owner_id uuid references auth.users (id) on delete set null on update cascade not null, x int',
      'owner_id uuid not null, x int',
    ],
    [
      'owner_id uuid constraint fk references auth.users not deferrable default null',
      'owner_id uuid default null',
    ],
    [
      'owner_id uuid, constraint fk foreign key (owner_id) references auth.users (id) match full, x int',
      'owner_id uuid, x int',
    ],
    ['foreign key (owner_id) references auth.users (id) on delete no action, owner_id uuid', 'owner_id uuid'],
    ['owner_id varchar(36) references auth.users (id)', 'owner_id varchar(36)'],
  ] as const)
    it(`leaves ${after}`, async () => {
      const [finding] = await of('owner-foreign-auth-users', FOREIGN(before));
      assert.equal(fixed(FOREIGN(before), finding).replace(/\( +/, '('), FOREIGN(after));
    });

  it('takes a statement away that does nothing else', async () => {
    const sql = 'select 1;\nalter table t add foreign key (owner_id) references auth.users (id);\nselect 2;';
    assert.equal(fixed(sql, (await of('owner-foreign-auth-users', sql))[0]), 'select 1;\nselect 2;');
  });
});

cases('owner-current-user', [
  [table('owner_id text', 'owner_id = current_user'), ['current_user']],
  [table('owner_id text', '(select session_user)::text = owner_id'), ['session_user']],
  [table('owner_id text', 'owner_id in (user)'), ['user']],
  [table('owner_id text default current_role', 'owner_id = auth.uid()'), ['current_role']],
  [
    `create table members (org_id int, user_id text not null); ${table('org_id int', IN_MEMBERS('m.user_id = current_user'))}`,
    ['current_user'],
  ],
  [table('owner_id text', "current_user = 'reports'"), []],
  [table('owner_id text, changed_by text default current_user', 'owner_id = auth.uid()'), []],
  [table('owner_id text', 'owner_id = auth.uid() and current_user is not null'), []],
]);

const two = (read: string, other: string): string =>
  `create table t (a text, b text, c text); alter table t enable row level security;
   create policy r on t for select to authenticated using (${read}); create policy o on t ${other};`;
cases('owner-inconsistent', [
  [two('a = auth.uid()', 'for insert with check (b = auth.uid())'), ['b = auth.uid()']],
  [
    two('a = auth.uid()', 'for update using (c = true::text and (select auth.uid()) = b)'),
    ['(select auth.uid()) = b'],
  ],
  [two('a = auth.uid()', 'for delete using (b = auth.uid() or c = auth.uid())'), ['b = auth.uid()']],
  // Sender and recipient, public reading, a floor, a membership: nothing contradicts.
  [two('a = auth.uid() or b = auth.uid()', 'for insert with check (a = auth.uid())'), []],
  [two('a = auth.uid()', 'for select using (b = auth.uid())'), []],
  [
    `${two('a = auth.uid()', 'for select using (b = auth.uid())')} create policy i on t for insert with check (b = auth.uid());`,
    [],
  ],
  [two('true', 'for insert with check (b = auth.uid())'), []],
  [two('a = auth.uid()', 'as restrictive for update using (b = auth.uid())'), []],
  [
    two('a = auth.uid()', 'for update using (a = auth.uid()) with check (b = auth.uid() and a = auth.uid())'),
    [],
  ],
  [two('a = auth.uid()', 'for insert with check (exists (select 1 from m where m.b = auth.uid()))'), []],
  [`${two('a = auth.uid()', 'for insert with check (b = auth.uid())')} drop policy o on t;`, []],
  [
    two(
      'a = auth.uid()',
      'for insert with check (b = auth.uid()); alter policy o on t with check (a = auth.uid())',
    ),
    [],
  ],
]);

cases('owner-literal', [
  [table('owner_id text', "owner_id = 'ann'"), ["owner_id = 'ann'"]],
  [table('owner_id text', "owner_id = auth.uid() or owner_id = 'ann'::text"), ["owner_id = 'ann'::text"]],
  [table('owner_id text', "'ann' = owner_id", '', 'insert'), ["'ann' = owner_id"]],
  [table('owner_id text', "owner_id in ('ann', 'bob')"), ["owner_id in ('ann', 'bob')"]],
  [
    table('owner_id uuid', "owner_id = '00000000-0000-0000-0000-000000000000'"),
    ["owner_id = '00000000-0000-0000-0000-000000000000'"],
  ],
  [table('owner_id text', "owner_id <> 'ann'"), []],
  [table('owner_id text', "not (owner_id = 'ann')"), []],
  [table('owner_id text, state text', "owner_id = auth.uid() and state = 'open'"), []],
  [table('owner_id text, state text', "owner_id = auth.uid() or state in ('open', 'public')"), []],
  [table('member text, user_id text', "member = auth.uid() or user_id = 'x'"), []],
  [
    table(
      'owner_id text',
      'owner_id = auth.uid()',
      "create policy f on t as restrictive using (owner_id = 'x');",
    ),
    [],
  ],
]);

const EMAIL = "current_setting('request.jwt.claims', true)::json ->> 'email'";
cases('owner-email-key', [
  [table('email text', `email = (${EMAIL})`), [EMAIL]],
  [table('email text', `lower(email) = lower(${EMAIL})`), [EMAIL]],
  [table('id int, email text', `${EMAIL} = email and id > 0`), [EMAIL]],
  [table('owner_id text', `owner_id = auth.uid() and (${EMAIL}) is not null`), []],
  [table('owner_id text', `owner_id = auth.uid() or (${EMAIL}) = 'boss@example.com'`), []],
  [table('email text', "email = current_setting('request.jwt.claims', true)::json ->> 'sub'"), []],
]);

cases('column-missing', [
  [table('owner_id text', 'owner = auth.uid()'), ['owner']],
  [table('owner_id text', 't.ownerid = auth.uid()'), ['ownerid']],
  [table('"ownerId" text', 'ownerId = auth.uid()'), ['ownerId']],
  [`${MEMBERS}${table('org_id int', IN_MEMBERS('m.user = auth.uid()'))}`, ['user']],
  [table('id int', 'true', 'create index owner on t (lower(owner), owner);'), ['owner']],
  [table('id int', 'true', 'grant update (id, titel) on t to authenticated;'), ['titel']],
  [[table('id int', 'added > 0'), 'alter table t add column added int;'], ['added']],
  [[table('id int, gone int', 'gone > 0'), 'alter table t drop column gone;'], ['gone']],
  [[table('id int, gone int', 'gone > 0'), 'alter table t drop column gone cascade;'], []],
  [
    [
      'create table t (id int); alter table t add column added int;',
      'create policy p on t using (added > 0);',
    ],
    [],
  ],
  [
    [
      table('id int', 'id > 0'),
      'alter table t rename id to number; create policy q on t using (number > 0);',
    ],
    [],
  ],
  [
    [table('id int', 'id > 0'), 'alter table t rename id to number; create policy q on t using (id > 0);'],
    ['id'],
  ],
  [
    [
      table('id int', 'id > 0', 'grant update (id) on t to authenticated;'),
      'alter table t drop policy; alter table t rename id to number;',
    ],
    [],
  ],
  [
    'create table t (id int, gone int); grant update (gone) on t to authenticated; create index on t (gone); alter table t drop column gone;',
    [],
  ],
  [
    'create table t (gone int); grant update (gone) on t to authenticated; drop table t; create table t (id int);',
    [],
  ],
  [
    'create table t (gone int); grant update (gone) on t to authenticated; alter table t rename to old; create table t (id int);',
    [],
  ],
  ['create policy p on elsewhere using (anything = auth.uid()); create index on elsewhere (anything);', []],
  [
    'create table t as select 1 as one; alter table t add two int; create policy p on t using (one = two);',
    [],
  ],
  ['create table t (like elsewhere, x int); create policy p on t using (y = auth.uid());', []],
  [
    'create table base (y text); create table t (x int) inherits (base); create policy p on t using (y = auth.uid());',
    [],
  ],
  [table('id int', 'full_name(t) is not null and tableoid is not null'), []],
  [
    'create table t (id int); create function label(t) returns text language sql as $$ select $1.id::text $$; create policy p on t using (t.label = auth.uid());',
    [],
  ],
  [table('owner_id text', 'exists (select 1 from elsewhere where owner = auth.uid())'), []],
]);

describe('fixes of owner rules', () => {
  const mend = async (rule: string, sql: string): Promise<string> => fixed(sql, (await of(rule, sql))[0]);

  it('make the column text, and the comparison plain', async () => {
    assert.equal(
      (
        await mend(
          'owner-uuid-as-text',
          table('owner_id uuid not null', 'cast(t.owner_id as text) = auth.uid()'),
        )
      ).slice(0, 180),
      table('owner_id text not null', 't.owner_id = auth.uid()').slice(0, 180),
    );
    assert.match(
      await mend('owner-not-text', table('owner_id character varying(36) not null', 'owner_id = auth.uid()')),
      /owner_id text not null/,
    );
  });

  it('leave columns to their author that a foreign key or a sequence binds', async () => {
    for (const column of ['owner_id int references people (id)', 'owner_id serial'])
      assert.equal((await of('owner-not-text', table(column, 'owner_id = auth.uid()')))[0]?.fix, undefined);
  });

  it('index the column under its last name, after it has it', async () => {
    const sql = `CREATE TABLE t (owner_id text); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (owner_id = auth.uid());
ALTER TABLE t RENAME TO "T s"; ALTER TABLE "T s" ADD x int;`;
    assert.match(await mend('owner-no-index', sql), /RENAME TO "T s";\nCREATE INDEX ON "T s" \(owner_id\);/);
    const reserved = table('"user" text', '"user" = auth.uid()');
    assert.match(await mend('owner-no-index', reserved), /create index on t \("user"\);/);
  });

  it('spell the nearest column with the quotes it needs', async () => {
    assert.match(
      await mend('column-missing', table('"ownerId" text', 'ownerId = auth.uid()')),
      /using \("ownerId" = /,
    );
    assert.equal((await of('column-missing', table('id int', 'quite_another > 0')))[0]?.fix, undefined);
  });

  it('take the database role for the subject', async () => {
    assert.match(
      await mend('owner-current-user', table('owner_id text', 'owner_id = (select current_user)::text')),
      /owner_id = \(select auth\.uid\(\)\)::text/,
    );
  });
});

describe('severities of owner rules', () => {
  it('tell what fails from what may', async () => {
    const severity = async (rule: string, sql: string): Promise<string | undefined> =>
      (await of(rule, sql))[0]?.severity;
    assert.equal(await severity('owner-not-text', table('owner_id int', 'owner_id = auth.uid()')), 'error');
    assert.equal(
      await severity('owner-not-text', table('owner_id varchar(8)', 'owner_id = auth.uid()')),
      'warning',
    );
    assert.equal(await severity('owner-not-text', table('user_id int', 'false')), 'warning');
  });
});
