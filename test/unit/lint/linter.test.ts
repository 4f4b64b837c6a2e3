import assert from 'node:assert/strict';
import { ENGINES } from '../../../src/flux/engine';
import type { LintOptions } from '../../../src/lint/linter';
import { defineRule, type Finding, type Rule } from '../../../src/lint/rule';
import { isAtLeast } from '../../../src/lint/severity';
import { GUIDE_SQL } from '../../support/guide-sql';
import { BASIC_RULES } from '../../support/rules';
import { findings, fixed, marked } from '../../support/sql';

const V2: LintOptions = { engine: 'v2_shared', rules: BASIC_RULES };
const V1: LintOptions = { engine: 'v1_dedicated', rules: BASIC_RULES };
const UNKNOWN: LintOptions = { rules: BASIC_RULES };

async function rules(sql: string | string[], options: LintOptions = V2): Promise<string[]> {
  return (await findings(sql, options)).map(({ rule, severity }) => `${severity} ${rule}`);
}

const TABLE = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;`;
const READ = 'create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());';

describe('the linter', () => {
  it('has nothing above information to say about the guide', async () => {
    for (const engine of [...ENGINES, undefined]) {
      const worse = (await findings(GUIDE_SQL, { engine })).filter(({ severity }) =>
        isAtLeast(severity, 'warning'),
      );
      assert.deepEqual(worse, []);
    }
    assert.deepEqual([...new Set(await rules(GUIDE_SQL, UNKNOWN))], ['info policy-to-public']);
  });

  it('takes a GRANT of a later file into account', async () => {
    const insert =
      'create policy notes_insert on notes for insert to authenticated with check (owner_id = auth.uid());';
    assert.deepEqual(await rules([`${TABLE}${insert}`]), ['error grant-missing-table']);
    assert.deepEqual(await rules([`${TABLE}${insert}`, 'grant insert on notes to authenticated;']), []);
    assert.deepEqual(
      await rules([
        `${TABLE}${insert}`,
        'grant insert on notes to authenticated;',
        'revoke insert on notes from authenticated;',
      ]),
      ['error grant-missing-table'],
    );
  });

  it('grants exactly the missing verbs, after the last word on them, in the case of the file', async () => {
    const sql = `CREATE TABLE Notes (id uuid PRIMARY KEY, owner_id text NOT NULL);
ALTER TABLE Notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON Notes TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, DELETE ON Notes TO authenticated`;
    const [finding] = await findings(sql, V2);
    assert.equal(marked(sql, finding), 'p');
    assert.ok(
      fixed(sql, finding).endsWith('TO authenticated;\nGRANT INSERT, UPDATE ON Notes TO authenticated;'),
    );
  });

  it('calls what only the platform grants information', async () => {
    assert.deepEqual(await rules(`${TABLE}${READ}`, V2), ['info grant-missing-table']);
    const all = `${TABLE} create policy p on notes to authenticated using (owner_id = auth.uid());`;
    assert.deepEqual(await rules(all, V1), ['info grant-missing-table']);
    assert.deepEqual(await rules(all, V2), ['error grant-missing-table']);
    // Nothing tells the engine: the worse severity counts.
    assert.deepEqual(await rules(all, UNKNOWN), ['error grant-missing-table']);
  });

  it('says nothing about privileges on tables made elsewhere', async () => {
    assert.deepEqual(await rules(READ), []);
    assert.deepEqual(await rules('grant select on elsewhere to authenticated;'), []);
  });

  it('knows who is who', async () => {
    const to = (role: string): string => `${TABLE}${READ} grant select on notes to ${role};`;
    assert.deepEqual(await rules(to('authenticated, anon, public, current_user, t_1a2b3c4d5e6f_role')), []);
    assert.deepEqual(await rules(`create role editors; ${to('authenticated, editors')}`), []);
    assert.deepEqual(await rules(to('authenticated, service_role'), V1), []);
    assert.deepEqual(await rules(to('authenticated, service_role'), V2), ['error grant-unknown-role']);
    assert.deepEqual(await rules(to('authenticated, t_1a2b3c4d5e6f_role'), V1), ['error grant-unknown-role']);
    const [typo] = await findings(to('authenticated, authentcated'), V2);
    assert.equal(typo?.fix?.title, 'Change to authenticated');
  });

  it('finds tables without row security, however they came to be', async () => {
    const granted = 'grant select on notes to authenticated;';
    assert.deepEqual(await rules(`${TABLE}${READ}${granted} create table copy (like notes);`), [
      'error rls-not-enabled',
    ]);
    assert.deepEqual(await rules(`${TABLE}${READ}${granted} create table copy as select * from notes;`), [
      'error rls-not-enabled',
    ]);
    assert.deepEqual(
      await rules(
        `${TABLE}${READ}${granted} drop table notes; create table notes (id int, owner_id text not null);`,
      ),
      ['error rls-not-enabled'],
    );
    assert.deepEqual(await rules(`${TABLE}${READ}${granted} alter table notes disable row level security;`), [
      'error rls-policy-without-rls',
    ]);
  });

  it('lets tables be that no request can reach', async () => {
    assert.deepEqual(
      await rules('create table jobs (id int); revoke select on jobs from authenticated;'),
      [],
    );
    assert.deepEqual(
      await rules('create table jobs (id int); revoke all on jobs from anon, authenticated;', V1),
      [],
    );
    assert.deepEqual(await rules('create temp table scratch (id int);'), []);
    assert.deepEqual(await rules('create table private.jobs (id int);', V1), []);
  });

  it('enables row security again after the statement that switched it off', async () => {
    const sql = `${TABLE}${READ} grant select on notes to authenticated; alter table notes disable row level security;`;
    const [finding] = await findings(sql, V2);
    assert.ok(
      fixed(sql, finding).endsWith(
        'alter table notes disable row level security;\nalter table notes enable row level security;',
      ),
    );
  });

  it('follows owner columns, not names, where policies speak', async () => {
    const grants = 'grant select on t to authenticated;';
    const table = (columns: string): string =>
      `create table t (${columns}); alter table t enable row level security;`;
    const policy = (predicate: string): string =>
      `create policy p on t for select to authenticated using (${predicate});`;
    assert.deepEqual(
      await rules(`${table('user_id uuid, member text not null')}${policy('member = auth.uid()')}${grants}`),
      [],
    );
    assert.deepEqual(
      await rules(`${table('user_id uuid not null')}${policy('user_id = auth.uid()')}${grants}`),
      ['error owner-uuid'],
    );
    assert.deepEqual(
      await rules(`${table('user_id uuid not null')}${policy('user_id::text = auth.uid()')}${grants}`),
      [],
    );
    assert.deepEqual(
      await rules(
        `${table('user_id uuid not null default auth.uid()')}${policy('user_id::text = auth.uid()')}${grants}`,
      ),
      ['error owner-uuid'],
    );
    // A child of a table of one's own: the policy asks the parent, and user_id is somebody's key.
    assert.deepEqual(
      await rules(
        `create table people (id uuid primary key, sub text not null); alter table people enable row level security;
         create policy own on people for select to authenticated using (sub = auth.uid()); grant select on people to authenticated;
         create table t (user_id uuid not null references people (id)); alter table t enable row level security; ${grants}`,
      ),
      [],
    );
  });

  it('takes the cast and the column’s type away together', async () => {
    const sql = `create table t (owner uuid not null default (auth.uid())::uuid, x int); alter table t enable row level security;
create policy r on t for select to authenticated using (owner = cast(auth.uid() as uuid));
create policy w on t for update to authenticated using (owner = (select auth.uid())::uuid) with check (owner = auth.uid()::uuid);
grant select, update on t to authenticated;`;
    const found = await findings(sql, V2);
    assert.deepEqual([...new Set(found.map(({ rule }) => rule))], ['owner-uuid-cast']);
    assert.equal(found.length, 4);
    const text = fixed(sql, found[0]);
    assert.match(text, /owner text not null default \(auth\.uid\(\)\)/);
    assert.match(text, /owner = auth\.uid\(\)\)/);
    assert.doesNotMatch(text, /uuid/);
    assert.deepEqual(await rules(text), []);
  });

  it('points at the smallest wrong thing', async () => {
    const places: [sql: string, rule: string, text: string][] = [
      [
        `${TABLE} create policy "my policy" on notes for select to public using (owner_id = auth.uid());`,
        'policy-to-public',
        'public',
      ],
      [
        `${TABLE} create policy "my policy" on notes for select using (owner_id = auth.uid());`,
        'policy-to-public',
        '"my policy"',
      ],
      [
        `${TABLE} create policy p on notes for delete to authenticated with check (true);`,
        'policy-wrong-clause',
        'with check',
      ],
      [
        `${TABLE} create policy p on notes to authenticated using ( (1 = 1) );`,
        'policy-always-true',
        '(1 = 1)',
      ],
      ['create table "Odd Name" (owner_id text)', 'rls-not-enabled', '"Odd Name"'],
      ['create table t_1a2b3c4d5e6f_api.notes (owner_id varchar(36))', 'rls-not-enabled', 'notes'],
    ];
    for (const [sql, rule, text] of places) {
      const finding = (await findings(sql, V2)).find(candidate => candidate.rule === rule);
      assert.equal(marked(sql, finding), text, rule);
    }
  });

  it('puts clauses right', async () => {
    const mended: [policy: string, result: string][] = [
      [
        'for insert to authenticated using (owner_id = auth.uid())',
        'for insert to authenticated with check (owner_id = auth.uid())',
      ],
      [
        'for insert to authenticated using (true) with check (owner_id = auth.uid())',
        'for insert to authenticated with check (owner_id = auth.uid())',
      ],
      [
        'for delete to authenticated using (owner_id = auth.uid()) with check (true)',
        'for delete to authenticated using (owner_id = auth.uid())',
      ],
      [
        'for select to authenticated with check (owner_id = auth.uid())',
        'for select to authenticated using (owner_id = auth.uid())',
      ],
    ];
    for (const [policy, result] of mended) {
      const sql = `${TABLE} create policy p on notes ${policy};`;
      const finding = (await findings(sql, V2)).find(({ rule }) => rule === 'policy-wrong-clause');
      assert.ok(fixed(sql, finding).endsWith(`create policy p on notes ${result};`), policy);
    }
  });

  it('adds the role where the grammar wants it', async () => {
    for (const [before, after] of [
      ['on notes using (owner_id = auth.uid())', 'on notes to authenticated using (owner_id = auth.uid())'],
      [
        'on notes as permissive for all\n  using (owner_id = auth.uid())',
        'on notes as permissive for all to authenticated\n  using (owner_id = auth.uid())',
      ],
      [
        'on notes for insert with check (owner_id = auth.uid())',
        'on notes for insert to authenticated with check (owner_id = auth.uid())',
      ],
      [
        'on notes for select to anon, public using (owner_id = auth.uid())',
        'on notes for select to anon, authenticated using (owner_id = auth.uid())',
      ],
    ] as const) {
      const sql = `${TABLE} create policy p ${before};`;
      const finding = (await findings(sql, V2)).find(({ rule }) => rule === 'policy-to-public');
      assert.ok(fixed(sql, finding).endsWith(`create policy p ${after};`), before);
    }
  });

  it('warns of a policy for everybody that holds without a subject', async () => {
    const policy = (predicate: string): string =>
      `${TABLE} create policy p on notes for select using (${predicate}); grant select on notes to authenticated;`;
    assert.deepEqual(await rules(policy('owner_id = auth.uid() or is_public')), ['warning policy-to-public']);
    assert.deepEqual(await rules(policy('auth.uid() is null or owner_id = auth.uid()')), [
      'warning policy-to-public',
    ]);
    assert.deepEqual(await rules(policy('owner_id = auth.uid()')), ['info policy-to-public']);
  });

  it('knows when an open policy is meant, or is floored', async () => {
    const reference = `create table countries (code text primary key, name text); alter table countries enable row level security;
      create policy read on countries for select to authenticated using (true); grant select on countries to authenticated;`;
    assert.deepEqual(await rules(reference), ['info policy-always-true']);
    const open = `${TABLE} create policy open on notes to authenticated using (true) with check (true); grant select, insert, update, delete on notes to authenticated;`;
    assert.deepEqual(await rules(open), ['error policy-always-true']);
    assert.deepEqual(
      await rules(
        `${open} create policy floor on notes as restrictive to authenticated using (owner_id = auth.uid());`,
      ),
      [],
    );
    const child = `${TABLE}${READ} grant select on notes to authenticated;
      create table lines (note_id uuid references notes (id)); alter table lines enable row level security;
      create policy read on lines for select to authenticated using (true); grant select on lines to authenticated;`;
    assert.deepEqual(await rules(child), ['error policy-always-true']);
  });

  it('sees what an update policy checks', async () => {
    const update = (rest: string): string =>
      `${TABLE}${READ} create policy u on notes for update to authenticated ${rest}; grant select, update on notes to authenticated;`;
    // Without WITH CHECK PostgreSQL uses USING for the new row as well.
    assert.deepEqual(await rules(update('using (owner_id = auth.uid())')), []);
    // That it is weaker than USING is what policy-check-weaker says.
    assert.deepEqual(await rules(update('using (owner_id = auth.uid()) with check (true)')), []);
    assert.deepEqual(await rules(update('using (true) with check (true)')), ['error policy-always-true']);
    assert.deepEqual(await rules(update('using (1 = 1) with check (owner_id = auth.uid())')), [
      'error policy-always-true',
    ]);
  });

  it('looks through views of views', async () => {
    const base = `${TABLE}${READ} grant select on notes to authenticated;`;
    const inner = 'create view inner_view with (security_invoker) as select * from notes;';
    assert.deepEqual(
      await rules(
        `${base}${inner} create view outer_view as with x as (select * from inner_view) select * from x;`,
      ),
      ['warning view-not-invoker'],
    );
    assert.deepEqual(await rules(`${base} create view v as select 1;`), []);
    assert.deepEqual(
      await rules(`${base} create view v as select * from notes; alter view v set (security_invoker = on);`),
      [],
    );
    const sql = `${base} create view v with (security_barrier) as select * from notes;`;
    assert.ok(
      fixed(sql, (await findings(sql, V2))[0]).endsWith(
        'with (security_invoker = true, security_barrier) as select * from notes;',
      ),
    );
    const off = `${base} create view v (a, b, c) with (security_invoker = false) as select * from notes;`;
    assert.ok(
      fixed(off, (await findings(off, V2))[0]).endsWith(
        '(a, b, c) with (security_invoker = true) as select * from notes;',
      ),
    );
  });
});

/** A rule that finds what it is given, on each engine. */
function given(
  of: Record<'v1_dedicated' | 'v2_shared', [start: number, severity: Finding['severity'], message: string][]>,
): Rule {
  return defineRule({
    id: 'given',
    title: 'Given',
    severity: 'info',
    fixable: false,
    sources: [],
    docs: { what: '', why: '', how: '', falseAlarm: '', bad: '', good: '' },
    check({ engine }, report) {
      for (const [start, severity, message] of of[engine]) {
        report({ at: { file: '1.sql', start, end: start + 1 }, severity, message });
      }
    },
  });
}

async function messages(rule: Rule, options: LintOptions = {}): Promise<string[]> {
  return (await findings('select 1;', { ...options, rules: [rule] })).map(
    ({ at, severity, message }) => `${at.start} ${severity} ${message}`,
  );
}

describe('an unknown engine', () => {
  it('counts what both engines have once, with the worse severity', async () => {
    const rule = given({
      v1_dedicated: [
        [0, 'warning', 'a'],
        [3, 'error', 'b'],
      ],
      v2_shared: [
        [0, 'error', 'a'],
        [3, 'hint', 'b'],
      ],
    });
    assert.deepEqual(await messages(rule), ['0 error a', '3 error b']);
  });

  it('counts what one of them has', async () => {
    const rule = given({ v1_dedicated: [[0, 'warning', 'a']], v2_shared: [[3, 'hint', 'b']] });
    assert.deepEqual(await messages(rule), ['0 warning a', '3 hint b']);
  });

  it('keeps several findings of one rule at one place, and one that is worded for its engine once', async () => {
    const rule = given({
      v1_dedicated: [
        [0, 'error', 'a'],
        [0, 'hint', 'b on v1'],
      ],
      v2_shared: [
        [0, 'hint', 'c on v2'],
        [0, 'hint', 'b on v2'],
        [0, 'info', 'a'],
      ],
    });
    assert.deepEqual((await messages(rule)).sort(), ['0 error a', '0 hint b on v2', '0 hint c on v2']);
    assert.deepEqual(await messages(rule, V1), ['0 error a', '0 hint b on v1']);
    const worded = given({ v1_dedicated: [[0, 'hint', 'on v1']], v2_shared: [[0, 'error', 'on v2']] });
    assert.deepEqual(await messages(worded), ['0 error on v2']);
  });

  it('takes the same finding twice for one', async () => {
    const twice = given({
      v1_dedicated: [
        [0, 'hint', 'a'],
        [0, 'error', 'a'],
        [0, 'hint', 'a'],
      ],
      v2_shared: [],
    });
    assert.deepEqual(await messages(twice, V1), ['0 error a']);
  });
});

describe('another severity', () => {
  const rule = given({ v1_dedicated: [[0, 'warning', 'a']], v2_shared: [[0, 'error', 'a']] });

  it('is that of every finding of its rule', async () => {
    for (const severity of ['error', 'warning', 'info', 'hint'] as const) {
      assert.deepEqual(await messages(rule, { severities: new Map([['given', severity]]) }), [
        `0 ${severity} a`,
      ]);
    }
    assert.deepEqual(await messages(rule, { severities: new Map([['other', 'hint']]) }), ['0 error a']);
  });

  it('can be none', async () => {
    assert.deepEqual(await messages(rule, { severities: new Map([['given', 'off']]) }), []);
  });

  it('does not bring a rule to an engine that it is not for', async () => {
    const onV1 = { ...rule, severity: { v1_dedicated: 'error', v2_shared: 'off' } } as const;
    const severities = new Map([['given', 'hint'] as const]);
    assert.deepEqual(await messages(onV1, { ...V2, severities }), []);
    assert.deepEqual(await messages(onV1, { ...V1, severities }), ['0 hint a']);
  });

  it('is taken by the rules about suppressions too', async () => {
    const sql = '-- flux-rls-disable-file nonsense: r';
    assert.deepEqual(await rules(sql), ['warning suppress-unknown']);
    assert.deepEqual(await rules(sql, { ...V2, severities: new Map([['suppress-unknown', 'error']]) }), [
      'error suppress-unknown',
    ]);
    assert.deepEqual(await rules(sql, { ...V2, severities: new Map([['suppress-unknown', 'off']]) }), []);
  });
});

describe('the context of a rule', () => {
  it('has the text that is committed', async () => {
    const edited: Rule = {
      ...given({ v1_dedicated: [], v2_shared: [] }),
      check(_model, report, files, { committed }) {
        for (const { name, text } of files) {
          const before = committed?.(name);
          if (before !== undefined && before !== text)
            report({ at: { file: name, start: 0, end: 1 }, message: before });
        }
      },
    };
    const texts = new Map([
      ['1.sql', 'select 1;'],
      ['2.sql', 'select 0;'],
    ]);
    const found = await findings(['select 1;', 'select 2;', 'select 3;'], {
      rules: [edited],
      committed: file => texts.get(file),
    });
    assert.deepEqual(
      found.map(({ at, message }) => [at.file, message]),
      [['2.sql', 'select 0;']],
    );
    assert.deepEqual(await findings('select 2;', { rules: [edited] }), []);
  });

  it('says of what it cannot judge that it cannot, and of what a push refuses that it will fail', async () => {
    const deep = `select ${'not '.repeat(3_000)} true;`;
    assert.deepEqual(await rules(`${deep} create tabel x (a int);`), ['info sql-syntax', 'error sql-syntax']);
    const [judged] = await findings(deep, V2);
    assert.match(judged!.message, /^Nested too deeply to be judged\.$/);
  });

  it('quotes a reserved name that a fix writes', async () => {
    const sql = `create table members ("group" text not null, user_sub text not null);
alter table members enable row level security;
create policy own on members for select to authenticated using (user_sub = auth.uid());
create table "order" (id uuid primary key, "group" text not null);
alter table "order" enable row level security;
create policy p on "order" for select to authenticated
  using (exists (select 1 from members m where m."group" = "group" and m.user_sub = auth.uid()));`;
    const found = await findings(sql, { engine: 'v2_shared' });
    const captured = found.find(({ rule }) => rule === 'policy-captured-column');
    assert.match(fixed(sql, captured), /m\."group" = "order"\."group"/);
  });
});
