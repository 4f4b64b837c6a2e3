import assert from 'node:assert/strict';
import type { Finding } from '../../../src/lint/finding';
import type { LintOptions } from '../../../src/lint/linter';
import { findings, fixed, marked } from '../../support/sql';

const V2: LintOptions = { engine: 'v2_shared' };
const V1: LintOptions = { engine: 'v1_dedicated' };

async function of(rule: string, sql: string | string[], options: LintOptions = V2): Promise<Finding[]> {
  return (await findings(sql, options)).filter(finding => finding.rule === rule);
}

/** SQL, as one file or several, what is marked in it, and the engine when it is not v2. */
type Case = readonly [sql: string | string[], marks: readonly string[], options?: LintOptions];

function cases(rule: string, list: readonly Case[]): void {
  describe(rule, () => {
    for (const [sql, marks, options = V2] of list) {
      const texts = [sql].flat();
      const where = options === V1 ? ' on v1' : '';
      it(`${marks.join(', ') || 'nothing'} in ${texts.join(' | ').replace(/\s+/g, ' ')}${where}`, async () => {
        const seen = (await of(rule, texts, options)).map(finding =>
          marked(texts[Number.parseInt(finding.at.file, 10) - 1] ?? '', finding),
        );
        assert.deepEqual(seen, marks);
      });
    }
  });
}

const T = 'create table t (id int primary key, owner_id text not null);';
const ON = 'alter table t enable row level security;';
const P = 'create policy p on t for select to authenticated using (owner_id = auth.uid());';
const ROOT = `create table log (id int, owner_id text not null) partition by range (id); alter table log enable row level security;
  create policy p on log for select to authenticated using (owner_id = auth.uid());`;
const CHILD = 'create table log_1 partition of log for values from (1) to (2);';

cases('rls-not-enabled', [
  [T, ['t']],
  [[`${T} ${ON} ${P}`, 'drop table t; create table t (id int);'], ['t']],
  [[`${T} ${ON} ${P}`, 'alter table t rename to old; create table t (id int);'], ['t']],
  [[`${T} ${ON} ${P}`, 'alter table t rename to old; create table t (like old including all);'], ['t']],
  [[`${T} ${ON} ${P}`, 'alter table t rename to new;'], []],
  [[T, 'alter table t rename to new; alter table new enable row level security;'], []],
  [[T, `${ON} ${P} drop policy p on t; alter table t disable row level security;`], ['t']],
  ['create table if not exists t (owner_id text); create table if not exists t (id int);', ['t']],
  ['create unlogged table "My Table" (owner_id text);', ['"My Table"']],
  // The gate of a v1 push counts TRUNCATE, too.
  [`${T} revoke select, insert, update, delete on t from anon, authenticated;`, ['t'], V1],
  [`${T} revoke all on t from anon, authenticated;`, [], V1],
  [`${T} revoke select on t from authenticated;`, []],
  [`${T} revoke select on t from authenticated; grant select on t to public;`, ['t']],
  [`${T} alter table t set schema private;`, []],
  [`${T} drop table t;`, []],
  ['alter table elsewhere add column x int;', []],
  // Children have a rule of their own.
  [`${ROOT} ${CHILD}`, []],
  [`${T} ${ON} ${P} create table s () inherits (t);`, []],
  [`${ROOT} ${CHILD} alter table log detach partition log_1;`, ['log_1']],
]);

cases('rls-policy-without-rls', [
  [`${T} ${P}`, ['p']],
  [[`${T} ${ON} ${P}`, 'alter table t disable row level security;'], ['p']],
  [[`${T} ${P}`, ON], []],
  [[`${T} ${P}`, 'drop policy p on t;'], []],
  [[`${T} ${P}`, 'drop table t;'], []],
  [[`${T} ${ON} ${P}`, 'alter table t rename to s; alter table s disable row level security;'], ['p']],
  ['create policy p on elsewhere using (owner_id = auth.uid());', []],
  [
    'create policy p on elsewhere using (owner_id = auth.uid()); alter table elsewhere disable row level security;',
    ['p'],
  ],
]);

cases('rls-partition-child-open', [
  [`${ROOT} ${CHILD}`, ['log_1']],
  [`${ROOT} ${CHILD}`, ['log_1'], V1],
  [
    `${ROOT} create table log_1 (like log); alter table log attach partition log_1 for values from (1) to (2);`,
    ['log_1'],
  ],
  [`${T} ${ON} ${P} create table s () inherits (t);`, ['s']],
  ['create table s () inherits (elsewhere);', ['s']],
  [`${ROOT} ${CHILD} alter table log rename to logs;`, ['log_1']],
  [`${ROOT} ${CHILD} alter table log_1 enable row level security;`, []],
  [`${ROOT} ${CHILD} revoke all on log_1 from authenticated;`, []],
  [`${ROOT} ${CHILD} drop table log_1;`, []],
  [`${ROOT} ${CHILD} alter table log detach partition log_1;`, []],
  // With policies of its own it is rls-policy-without-rls.
  [`${ROOT} ${CHILD} create policy q on log_1 using (owner_id = auth.uid());`, []],
]);

describe('a table whose row security is off', () => {
  const rules = [
    'rls-not-enabled',
    'rls-policy-without-rls',
    'rls-partition-child-open',
    'rls-weakened-later',
  ];
  for (const sql of [
    T,
    `${T} ${P}`,
    `${ROOT} ${CHILD}`,
    `${ROOT} ${CHILD} create policy q on log_1 using (owner_id = auth.uid());`,
    `${T} ${ON} alter table t disable row level security;`,
    `${T} ${ON} ${P} alter table t disable row level security;`,
    'alter table elsewhere disable row level security;',
    'create policy p on elsewhere using (owner_id = auth.uid()); alter table elsewhere disable row level security;',
  ])
    it(`is told once: ${sql.replace(/\s+/g, ' ')}`, async () => {
      for (const options of [V1, V2]) {
        const found = (await findings(sql, options)).filter(({ rule }) => rules.includes(rule));
        assert.equal(found.length, 1, found.map(({ rule }) => rule).join());
      }
    });
});

cases('rls-enabled-no-policy', [
  [`${T} ${ON}`, ['t']],
  [[`${T} ${ON} ${P}`, 'drop policy p on t;'], ['t']],
  [[`${T} ${ON}`, P], []],
  [`${T} ${ON} create policy none on t using (false);`, []],
  [`${T} ${ON} comment on table t is 'Deny all: only jobs read it';`, []],
  [`${T} ${ON} revoke all on t from authenticated;`, []],
  [`${T} ${ON} revoke select on t from authenticated;`, ['t'], V1],
  [T, []],
  [`${ROOT} ${CHILD} alter table log_1 enable row level security;`, []],
  ['alter table elsewhere enable row level security;', []],
  ['create table private.t (id int); alter table private.t enable row level security;', []],
]);

const FLOOR = 'create policy f on t as restrictive for select to authenticated using (id > 0);';
cases('rls-weakened-later', [
  [[`${T} ${ON} ${P} ${FLOOR}`, 'drop policy f on t;'], ['drop policy f on t']],
  [
    [
      `${T} ${ON} ${P} ${FLOOR}`,
      'drop policy if exists f on t; create policy f on t as restrictive using (id > 1);',
    ],
    [],
  ],
  [
    [
      `${T} ${ON} ${P} ${FLOOR}`,
      'drop policy f on t; create policy g on t as restrictive for update using (id > 1);',
    ],
    ['drop policy f on t'],
  ],
  [[`${T} ${ON} ${P} ${FLOOR}`, 'drop policy p on t; drop policy f on t;'], []],
  [
    [`${T} ${ON} ${P} ${FLOOR}`, 'alter table t drop column id cascade;'],
    ['alter table t drop column id cascade'],
  ],
  [[`${T} ${ON} ${P} ${FLOOR}`, 'drop table t;'], []],
  // A permissive policy less lets nobody in.
  [[`${T} ${ON} ${P} create policy q on t for update using (true);`, 'drop policy q on t;'], []],
  [[`${T} ${ON} ${P}`, 'drop policy p on t;'], []],
  ['alter table elsewhere disable row level security;', ['alter table elsewhere disable row level security']],
  [
    'alter table elsewhere disable row level security; update elsewhere set x = 1; alter table elsewhere enable row level security;',
    [],
  ],
  ['alter table private.elsewhere disable row level security;', []],
  // The usual way to change data on a forced table, and the sweep that follows.
  [
    'alter table elsewhere no force row level security; update elsewhere set x = 1; alter table elsewhere force row level security;',
    [],
  ],
  [`${T} ${ON} ${P} alter table t force row level security; alter table t no force row level security;`, []],
  [
    `${ROOT} alter table log force row level security; alter table log no force row level security;`,
    ['alter table log no force row level security'],
  ],
  [
    `${T} ${ON} ${P} alter table t owner to admin; alter table t force row level security; alter table t no force row level security;`,
    ['alter table t no force row level security'],
    V1,
  ],
  [
    `${T} ${ON} ${P} alter table t force row level security; alter table t no force row level security;`,
    [],
    V1,
  ],
]);

cases('rls-not-forced', [
  [`${T} ${ON} ${P} alter table t owner to admin;`, ['admin'], V1],
  [`${T} ${ON} ${P}`, [], V1],
  [`${T} ${ON} ${P} alter table t owner to postgres;`, [], V1],
  [`${T} ${ON} ${P} alter table t owner to current_user;`, [], V1],
  [`${T} ${ON} ${P} alter table t owner to admin; alter table t force row level security;`, [], V1],
  [`${T} ${ON} ${P} alter table t owner to admin; alter table t owner to postgres;`, [], V1],
  // rls-bypass-role says more.
  [`${T} ${ON} ${P} alter table t owner to authenticated;`, [], V1],
  [`${T} alter table t owner to admin;`, [], V1],
  [`${T} ${ON} ${P} alter table t owner to admin;`, []],
]);

cases('rls-partition-root-not-forced', [
  [ROOT, ['log']],
  [ROOT, [], V1],
  [`${ROOT} alter table log force row level security;`, []],
  ['create table log (id int) partition by range (id);', []],
  [`${T} ${ON} ${P}`, []],
]);

const SAYS = (text: string): string => `comment on table t is '${text}';`;
cases('rls-force-exemption', [
  [`${T} ${ON} ${P} ${SAYS('flux:no-force-rls')}`, ["'flux:no-force-rls'"]],
  [`${T} ${ON} ${P} ${SAYS('All notes. flux:no-force-rls - ?')}`, ["'All notes. flux:no-force-rls - ?'"]],
  [`${T} ${ON} ${P} comment on table t is $$flux:no-force-rls$$;`, ['$$flux:no-force-rls$$']],
  [SAYS('flux:no-force-rls'), ["'flux:no-force-rls'"]],
  [`${T} ${ON} ${P} ${SAYS('flux:no-force-rls: the view v reads it')}`, []],
  [`${T} ${ON} ${P} ${SAYS('flux:no-force-rls — für den Bericht')}`, []],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls')}`, SAYS('flux:no-force-rls: for v')], []],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls')}`, 'comment on table t is null;'], []],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls')}`, 'drop table t;'], []],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls')}`, `drop table t; ${T} ${ON} ${P}`], []],
  [`${T} ${SAYS('flux:no-force-rls')}`, []],
  [`${T} ${ON} ${P} ${SAYS('flux:no-force-rls')}`, [], V1],
]);

cases('rls-force-exemption-ineffective', [
  [`${T} ${ON} ${P} ${SAYS('no-force-rls: for v')}`, ['no-force-rls']],
  [`${T} ${ON} ${P} ${SAYS('FLUX:NO-FORCE-RLS: for v')}`, ['FLUX:NO-FORCE-RLS']],
  [`${T} ${ON} ${P} ${SAYS('flux: no-force-rls')}`, ['flux: no-force-rls']],
  [`${T} ${ON} ${P} ${SAYS('flux:no_force_rls for v')}`, ['flux:no_force_rls']],
  [`${T} ${ON} ${P} ${SAYS('flux:noforce')}`, ['flux:noforce']],
  [
    `${T} ${ON} ${P} comment on column t.owner_id is 'flux:no-force-rls: for v';`,
    ["'flux:no-force-rls: for v'"],
  ],
  [
    `${T} ${ON} ${P} create view v as select * from t; comment on view v is 'flux:no-force-rls: for v';`,
    ["'flux:no-force-rls: for v'"],
  ],
  [`${T} ${ON} ${P} comment on policy p on t is 'flux:no-force-rls: for v';`, ["'flux:no-force-rls: for v'"]],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls: for v')}`, SAYS('Notes')], ["'Notes'"]],
  // Forced by the sweep of the first file.
  [[`${T} ${ON} ${P}`, SAYS('flux:no-force-rls: for v')], ["'flux:no-force-rls: for v'"]],
  [
    [`${T} ${ON} ${P} alter table t no force row level security;`, SAYS('flux:no-force-rls: for v')],
    ["'flux:no-force-rls: for v'"],
  ],
  [[`${T} ${ON} ${P}`, `${SAYS('flux:no-force-rls: for v')} alter table t no force row level security;`], []],
  [[T, `${SAYS('flux:no-force-rls: for v')} ${ON} ${P}`], []],
  [[`${T} ${SAYS('flux:no-force-rls: for v')}`, `${ON} ${P}`], []],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls: for v')}`, SAYS('flux:no-force-rls: for v and w')], []],
  [[`${T} ${ON} ${P} ${SAYS('flux:no-force-rls: for v')}`, 'comment on table t is null;'], []],
  [`${T} ${ON} ${P} ${SAYS('flux:no-force-rls: for v')}`, []],
  [`${T} ${ON} ${P} ${SAYS('There is no force here')}`, []],
  [
    `${T} ${ON} ${P} ${SAYS('flux:no-force-rls: for v')} create view v as select * from t; comment on view v is 'Why t says flux:no-force-rls';`,
    [],
  ],
  [`${T} ${SAYS('no-force-rls')}`, []],
  [`${T} ${ON} ${P} ${SAYS('no-force-rls')}`, [], V1],
  [SAYS('flux:no-force-rls: for v'), []],
]);

const V = 'create view v as select * from t;';
cases('rls-on-view', [
  [`${T} ${V} alter table v enable row level security;`, ['v']],
  [`${T} ${V} alter view v force row level security;`, ['v']],
  [`${T} ${V} create policy q on v using (true);`, ['v']],
  [
    `${T} create materialized view "M v" as select * from t; alter table "M v" enable row level security;`,
    ['"M v"'],
  ],
  [
    'create view t_1a2b3c4d5e6f_api.v as select 1; alter table t_1a2b3c4d5e6f_api.v enable row level security;',
    ['t_1a2b3c4d5e6f_api.v'],
  ],
  [`${T} ${V} alter view v set (security_invoker = true);`, []],
  [`${T} ${ON} alter table t rename to t_data; create view t as select * from t_data;`, []],
  [`${T} ${V} drop view v; create table v (id int); alter table v enable row level security;`, []],
  ['alter table elsewhere enable row level security;', []],
]);

cases('rls-bypass-role', [
  [`${T} alter table t owner to authenticated;`, ['authenticated'], V1],
  [`${T} alter table t owner to t_1a2b3c4d5e6f_role;`, ['t_1a2b3c4d5e6f_role']],
  [`${T} alter table t owner to anon, enable row level security;`, ['anon']],
  ['alter view v owner to authenticated;', ['authenticated']],
  ['alter function f() owner to authenticated;', ['authenticated'], V1],
  ['alter schema t_1a2b3c4d5e6f_api owner to authenticated;', ['authenticated'], V1],
  ['create role reports nologin bypassrls;', ['bypassrls']],
  ['create user reports superuser bypassrls;', ['superuser', 'bypassrls'], V1],
  ['alter role reports with bypassrls;', ['bypassrls'], V1],
  ['create role reports nobypassrls nosuperuser;', []],
  [`${T} alter table t owner to postgres;`, [], V1],
  [`${T} alter table t owner to current_user;`, []],
  [`${T} alter table t force row level security; alter table t owner to authenticated;`, [], V1],
]);

const IF_MISSING = (sql: string): string =>
  `do $$ begin ${sql} exception when duplicate_object then null; end $$;`;
const EVERYWHERE = (sql: string): string =>
  `do $$ declare n text; begin for n in select relname from pg_class loop execute format('${sql}', n); end loop; end $$;`;
describe('what code may have done', () => {
  for (const [rule, sql, marks] of [
    ['rls-not-enabled', `${T} ${IF_MISSING('alter table t enable row level security;')}`, 0],
    ['rls-not-enabled', `${T} ${EVERYWHERE('alter table %I enable row level security')}`, 0],
    ['rls-not-enabled', `${T} ${IF_MISSING('alter table other enable row level security;')}`, 1],
    ['rls-not-enabled', `${T} ${EVERYWHERE('comment on table %I is null')}`, 1],
    ['rls-policy-without-rls', `${T} ${P} ${EVERYWHERE('alter table %I enable row level security')}`, 0],
    [
      'rls-partition-child-open',
      `${ROOT} ${CHILD} ${EVERYWHERE('alter table %I enable row level security')}`,
      0,
    ],
    ['rls-enabled-no-policy', `${T} ${ON} ${IF_MISSING(P)}`, 0],
    [
      'rls-enabled-no-policy',
      `${T} ${ON} ${EVERYWHERE('create policy own on %I using (owner_id = auth.uid())')}`,
      0,
    ],
    ['rls-enabled-no-policy', `${T} ${ON} ${IF_MISSING('create policy p on other using (true);')}`, 1],
  ] as const)
    it(`${rule} finds ${marks} in ${sql.replace(/\s+/g, ' ')}`, async () => {
      assert.equal((await of(rule, sql)).length, marks);
    });
});

describe('fixes of row security rules', () => {
  const mend = async (rule: string, sql: string, options?: LintOptions): Promise<string> =>
    fixed(sql, (await of(rule, sql, options))[0]);

  it('come after the last word on the table, under its last name', async () => {
    const sql = `${T}\nalter table t rename to "T s";\nalter table "T s" disable row level security;`;
    const mended = await mend('rls-not-enabled', sql);
    assert.ok(mended.endsWith('disable row level security;\nalter table "T s" enable row level security;'));
    assert.deepEqual(await of('rls-not-enabled', mended), []);
    const shouting = `CREATE TABLE T (id int); CREATE TABLE S () INHERITS (T)`;
    assert.ok(
      (await mend('rls-partition-child-open', shouting)).endsWith(
        ';\nALTER TABLE S ENABLE ROW LEVEL SECURITY;',
      ),
    );
  });

  it('make policies for the owner and the verbs that are granted', async () => {
    const sql = `${T} ${ON} grant insert, update on t to authenticated;`;
    const mended = await mend('rls-enabled-no-policy', sql);
    for (const policy of [
      'create policy t_owner_read on t for select to authenticated using (owner_id = auth.uid());',
      'create policy t_owner_insert on t for insert to authenticated with check (owner_id = auth.uid());',
      'create policy t_owner_update on t for update to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());',
    ])
      assert.ok(mended.includes(policy), policy);
    assert.doesNotMatch(mended, /for delete/);
    const warnings = (await findings(mended, V2)).filter(
      ({ severity }) => severity === 'error' || severity === 'warning',
    );
    assert.deepEqual(warnings, []);
  });

  it('deny everything where nothing tells the owner', async () => {
    for (const columns of ['id int', 'owner_id uuid', 'owner_id text, user_id text']) {
      const sql = `create table "My t" (${columns}); alter table "My t" enable row level security;`;
      assert.ok(
        (await mend('rls-enabled-no-policy', sql)).endsWith(
          '\ncreate policy "My t_deny_all" on "My t" for all to authenticated using (false) with check (false);',
        ),
      );
    }
  });

  it('write down what an exemption does', async () => {
    const marked = `${T} ${ON} ${P} comment on table t is 'flux:no-force-rls';`;
    assert.match(
      await mend('rls-force-exemption', marked),
      /'flux:no-force-rls: what runs as the owner reads every row'/,
    );
    assert.match(
      await mend('rls-force-exemption', `${marked} ${V}`),
      /'flux:no-force-rls: the view v reads every row'/,
    );
    const helper = `create function f() returns bigint language sql security definer as 'select count(*) from t';`;
    assert.match(
      await mend('rls-force-exemption', `${marked} ${helper}`),
      /'flux:no-force-rls: the function f reads every row'/,
    );
  });

  it('remove FORCE where the exemption comes too late', async () => {
    const later = SAYS('flux:no-force-rls: for v');
    const [finding] = await of('rls-force-exemption-ineffective', [`${T} ${ON} ${P}`, later]);
    assert.equal(fixed(later, finding), `${later}\nalter table t no force row level security;`);
  });

  it('give views what they can have', async () => {
    const sql = `${T}\n${V}\nalter table v enable row level security;`;
    assert.ok((await mend('rls-on-view', sql)).endsWith('alter view v set (security_invoker = true);'));
    const invoker = `${T}\ncreate view v with (security_invoker) as select * from t;\ncreate policy q on v using (true);\n`;
    assert.ok((await mend('rls-on-view', invoker)).endsWith('select * from t;\n'));
    const stored = `${T} create materialized view v as select * from t; create policy q on v using (true);`;
    assert.equal((await of('rls-on-view', stored))[0]?.fix, undefined);
  });

  it('take only the option away that puts a role past policies', async () => {
    assert.equal(
      await mend('rls-bypass-role', 'create role r login bypassrls password null;'),
      'create role r login password null;',
    );
    assert.equal(await mend('rls-bypass-role', 'alter role r bypassrls;\nselect 1;'), 'select 1;');
    const both = `${T} alter table t owner to anon, enable row level security;`;
    assert.equal((await of('rls-bypass-role', both))[0]?.fix, undefined);
  });
});

describe('what row security rules tell besides', () => {
  it('is where protection went', async () => {
    const sql = `${T} ${ON} ${P} drop table t; create table t (id int);`;
    const [dropped] = await of('rls-not-enabled', sql);
    assert.deepEqual(
      dropped?.related.map(({ at }) => sql.slice(at.start, at.end)),
      ['drop table t'],
    );
    const off = `${T} ${ON} ${P} alter table t disable row level security;`;
    const [disabled] = await of('rls-policy-without-rls', off);
    assert.deepEqual(
      disabled?.related.map(({ at }) => off.slice(at.start, at.end)),
      ['alter table t disable row level security'],
    );
  });

  it('is whether a v1 push is refused', async () => {
    assert.match((await of('rls-not-enabled', T, V1))[0]!.message, /refused/);
    const reading = `${T} revoke insert, update, delete, truncate on t from anon, authenticated;`;
    assert.match((await of('rls-not-enabled', reading, V1))[0]!.message, /every token/);
  });
});
