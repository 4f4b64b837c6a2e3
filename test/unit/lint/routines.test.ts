import assert from 'node:assert/strict';
import { NOTES, READS, routine } from '../../support/routine-sql';
import { ruleCases } from '../../support/rule-cases';
import { findings, fixed } from '../../support/sql';

const PATH = 'function-definer-search-path';
ruleCases(PATH, [
  ['is about SECURITY DEFINER', routine('select 1', 'security definer'), ['warning f']],
  [
    'by ALTER FUNCTION, too',
    `${routine('select 1', 'stable')} alter function f() security definer;`,
    ['warning f'],
  ],
  ['is silent with any search path', routine('select 1', "security definer set search_path = ''"), []],
  [
    'given later as well',
    `${routine('select 1', 'security definer')} alter function f() set search_path from current;`,
    [],
  ],
  ['on SECURITY INVOKER', routine('select 1', 'security invoker'), []],
  [
    'on bodies that are bound when they are made',
    'create function f() returns int language sql security definer begin atomic select 1; end;',
    [],
  ],
  ['and on a dropped one', `${routine('select 1', 'security definer')} drop function f();`, []],
]);

describe(PATH, () => {
  it('writes the option in the case of its neighbor', async () => {
    for (const [before, after] of [
      ['security definer', 'security definer set search_path from current'],
      ['SECURITY DEFINER STABLE', 'SECURITY DEFINER SET search_path FROM CURRENT STABLE'],
    ] as const) {
      const finding = (await findings(routine('select 1', before))).find(({ rule }) => rule === PATH);
      assert.equal(fixed(routine('select 1', before), finding), routine('select 1', after));
    }
  });
});

const SET_PUBLIC = 'set search_path = public';
ruleCases('function-search-path-public', [
  [
    'is about tables that are not in public',
    `${NOTES}${routine(READS, SET_PUBLIC)}`,
    [`error ${SET_PUBLIC}`],
  ],
  [
    'and about nothing at all',
    `${NOTES}${routine(READS, "set search_path to ''")}`,
    ["error set search_path to ''"],
  ],
  [
    'by ALTER FUNCTION, too',
    `${NOTES}${routine(READS, '')} alter function f() ${SET_PUBLIC};`,
    [`error ${SET_PUBLIC}`],
  ],
  ['in writes', `${NOTES}${routine('delete from notes returning *', SET_PUBLIC)}`, [`error ${SET_PUBLIC}`]],
  [
    'in PL/pgSQL',
    `${NOTES}create function f() returns void language plpgsql set search_path = pg_catalog, public as $$ begin update notes set body = ''; end $$;`,
    ['error set search_path = pg_catalog, public'],
  ],
  [
    'knows that v2 has nothing else',
    `create function f() returns setof t language sql ${SET_PUBLIC} as $$ select * from t $$;`,
    [],
    [`error ${SET_PUBLIC}`],
  ],
  [
    'takes public.x for wrong on v2',
    routine('select * from public.notes', "set search_path = ''"),
    [],
    ["error set search_path = ''"],
  ],
  [
    'is silent on tables made in public',
    `create table public.notes (id int); ${routine(READS, SET_PUBLIC)}`,
    [],
  ],
  [
    'on names with their schema',
    `${NOTES}${routine('select * from t_1a2b3c4d5e6f_api.notes', "set search_path = ''")}`,
    [],
  ],
  ['on the API schema', `${NOTES}${routine(READS, 'set search_path = t_1a2b3c4d5e6f_api, public')}`, []],
  ['on FROM CURRENT', `${NOTES}${routine(READS, 'set search_path from current')}`, []],
  [
    'on bodies that read nothing',
    'create function f() returns text language sql set search_path = public as $$ select auth.uid() $$;',
    [],
  ],
  ['on catalogs and WITH', routine('with w as (select * from pg_class) select * from w', SET_PUBLIC), []],
]);

ruleCases('function-shadows-auth', [
  [
    'is about the schema auth',
    'create function auth.f() returns text language sql as $$ select 1 $$;',
    ['warning f'],
    ['error f'],
  ],
  [
    'replaced as well',
    "create or replace function auth.uid() returns text language sql as $$ select 'ann' $$;",
    ['warning uid'],
    ['error uid'],
  ],
  [
    'is silent on all else',
    "create function uid() returns text language sql as $$ select auth.uid() $$; create function private.f() returns text language sql as $$ select '' $$;",
    [],
  ],
]);

describe('function-shadows-auth', () => {
  const mend = async (sql: string): Promise<string | undefined> => {
    const finding = (await findings(sql)).find(({ rule }) => rule === 'function-shadows-auth');
    return finding?.fix && fixed(sql, finding);
  };
  const made = 'create function auth.f() returns text language sql as $$ select 1 $$;';

  it('changes the calls with the name', async () => {
    assert.equal(
      await mend(
        `${made} create function g() returns text language sql as $$ select lower( "auth".f() ) $$; ${NOTES}create policy p on notes using (owner_id = auth.f());`,
      ),
      `create function f() returns text language sql as $$ select 1 $$; create function g() returns text language sql as $$ select lower( f() ) $$; ${NOTES}create policy p on notes using (owner_id = f());`,
    );
  });

  it('leaves to the author what is named elsewhere, taken or out of sight', async () => {
    for (const more of [
      'grant execute on function auth.f() to authenticated;',
      'create function f() returns text language sql as $$ select 1 $$;',
      "create function g() returns text language sql as 'select auth.f() || ''x''';",
    ])
      assert.equal(await mend(`${made} ${more}`), undefined, more);
  });
});

ruleCases('function-leakproof', [
  ['is about the word', routine('select 1', 'LEAKPROOF'), [], ['error LEAKPROOF']],
  [
    'in ALTER FUNCTION, too',
    `${routine('select 1', '')} alter function f() stable leakproof;`,
    [],
    ['error leakproof'],
  ],
  ['whatever comes later', `${routine('select 1', 'leakproof')} drop function f();`, [], ['error leakproof']],
  ['and not about NOT LEAKPROOF', routine('select 1', 'not leakproof'), []],
]);

const overload = (...lists: string[]): string =>
  lists.map(list => `create function f(${list}) returns int language sql as $$ select 1 $$;`).join('\n');
ruleCases('function-overload', [
  ['is about arguments of the same names', overload('a int', 'a text'), ['info f']],
  ['and about defaults', overload('a int', 'a int, b int default 1'), ['info f']],
  ['of both', overload('a int, b int default 1', 'a int, c text default 1'), ['info f']],
  ['without arguments', overload('', 'a int default 1'), ['info f']],
  ['reports a third one once', overload('a int', 'a text', 'a uuid'), ['info f', 'info f']],
  ['is silent where names differ', overload('a int', 'b int'), []],
  ['or one asks for more', overload('a int', 'a int, b int'), []],
  ['on arguments without names', overload('int', 'text'), []],
  [
    'on one that is replaced',
    overload('a int', 'a int').replaceAll('create function', 'create or replace function'),
    [],
  ],
  ['on other schemas', overload('a int', 'a text').replaceAll('f(', 'private.f('), []],
]);
