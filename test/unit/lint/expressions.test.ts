import assert from 'node:assert/strict';
import type { Engine } from '../../../src/flux/engine';
import { CLAIMS, CLAIMSB, policy, TABLES } from '../../support/claim-sql';
import { findings, marked } from '../../support/sql';

function sqlFunction(body: string, options = 'stable'): string {
  return `create function f() returns boolean language sql ${options} as $$ ${body} $$;`;
}

/** Findings of the claim family, each as `severity rule: marked text`. */
async function found(sql: string, engine: Engine, rules: readonly string[] = FAMILY): Promise<string[]> {
  const all = (await findings(sql, { engine })).filter(({ rule }) => rules.includes(rule));
  return all.map(
    finding => `${finding.severity} ${finding.rule.replace('policy-', '')}: ${marked(sql, finding)}`,
  );
}

/** All that judge claims and settings but the advice on NULLIF. */
const FAMILY = [
  'policy-role-claim',
  'policy-supabase-function',
  'policy-legacy-claim-setting',
  'policy-custom-setting',
  'policy-claim-not-forwarded',
  'policy-tenant-id-claim',
  'policy-claims-missing-ok',
  'policy-json-arrow',
  'policy-editable-claim',
  'policy-client-setting',
];

type Case = readonly [predicate: string, v1: readonly string[], v2?: readonly string[]];

function cases(title: string, sqlOf: (text: string) => string, table: readonly Case[]): void {
  describe(title, () => {
    for (const [text, v1, v2 = v1] of table) {
      it(text, async () => {
        assert.deepEqual(await found(sqlOf(text), 'v1_dedicated'), v1);
        assert.deepEqual(await found(sqlOf(text), 'v2_shared'), v2);
      });
    }
  });
}

cases('claims that are as they should be', policy, [
  ['owner_id = auth.uid()', []],
  ['owner_id = (select auth.uid())', []],
  [`owner_id = ${CLAIMS} ->> 'sub'`, []],
  [`owner_id = (select ${CLAIMSB} ->> 'sub')`, []],
  [`owner_id = "pg_catalog".current_setting('request.jwt.claims', true)::jsonb ->> 'sub'`, []],
  [`email = ${CLAIMS} ->> 'email'`, []],
  [`to_timestamp((${CLAIMS} ->> 'exp')::int) > now()`, []],
  ["state = 'authenticated'", []],
  ["owner_id = current_setting('request.jwt.claims', state = 'x')::json ->> 'sub'", []],
  [`doc = ${CLAIMSB} -> 'sub'`, []],
  [`(${CLAIMSB} -> 'iat')::int > level`, []],
  [`(${CLAIMSB} ->> 'iat')::int > level`, []],
  [`${CLAIMSB} -> 'email' = '"ann@example.com"'`, []],
  [`${CLAIMSB} ? 'email'`, []],
  ["current_setting('server_version_num')::int > 1", []],
  ["current_setting('TimeZone') = 'UTC'", []],
  ["current_setting('request.method', true) = 'GET'", []],
  [`owner_id = coalesce(current_setting('request.jwt.claim.sub', true), ${CLAIMS} ->> 'sub')`, []],
]);

cases('one finding for one mistake', policy, [
  // The role.
  [
    `${CLAIMS} ->> 'role' = 'authenticated'`,
    [],
    [`error role-claim: ${CLAIMS} ->> 'role' = 'authenticated'`],
  ],
  [
    `'authenticated' = (select ${CLAIMS} ->> 'role')`,
    [],
    [`error role-claim: 'authenticated' = (select ${CLAIMS} ->> 'role')`],
  ],
  [
    `coalesce(${CLAIMS} ->> 'role', 'anon') in ('authenticated', 'admin')`,
    [],
    [`error role-claim: coalesce(${CLAIMS} ->> 'role', 'anon') in ('authenticated', 'admin')`],
  ],
  ["current_role = 'authenticated'", [], ["error role-claim: current_role = 'authenticated'"]],
  [
    "current_setting('role') = 'authenticated'",
    [],
    ["error role-claim: current_setting('role') = 'authenticated'"],
  ],
  ["current_user <> 'anon'", [], ["warning role-claim: current_user <> 'anon'"]],
  ["current_user = 'postgres'", []],
  ["current_user = 't_1a2b3c4d5e6f_role'", []],
  [`${CLAIMS} ->> 'role' = 't_1a2b3c4d5e6f_role'`, []],
  ['state = current_user', []],
  // A role inside of app_metadata is no role claim.
  [`${CLAIMS} -> 'app_metadata' ->> 'role' = 'admin'`, [], ["error claim-not-forwarded: 'app_metadata'"]],
  [`${CLAIMS} #>> '{app_metadata,role}' = 'admin'`, [], ["error claim-not-forwarded: '{app_metadata,role}'"]],
  // What other platforms have.
  ["owner_id = auth.jwt() ->> 'sub'", ['error supabase-function: auth.jwt()']],
  ["org_id = (select auth.jwt() ->> 'org_id')", ['error supabase-function: auth.jwt()']],
  ["(auth.jwt() -> 'user_metadata' ->> 'org') = org_id", ['error supabase-function: auth.jwt()']],
  ["auth.jwt() ->> 'role' = 'authenticated'", ['error supabase-function: auth.jwt()']],
  ["auth.role() = 'authenticated'", ['error supabase-function: auth.role()']],
  ['email = auth.email()', ['error supabase-function: auth.email()']],
  ['app.jwt() is not null', []],
  // Settings.
  [
    "owner_id = current_setting('request.jwt.claim.sub', true)",
    ["error legacy-claim-setting: 'request.jwt.claim.sub'"],
  ],
  [
    "owner_id = current_setting('request.jwt.claim.sub')",
    ["error legacy-claim-setting: 'request.jwt.claim.sub'"],
  ],
  [
    "current_setting('request.jwt.claim.role', true) = 'authenticated'",
    ["error legacy-claim-setting: 'request.jwt.claim.role'"],
  ],
  ["owner_id = current_setting('app.user_id', true)", ["error custom-setting: 'app.user_id'"]],
  ["owner_id = current_setting('app.user_id')", ["error custom-setting: 'app.user_id'"]],
  ["owner_id = current_setting('request.user_id', true)", ["error custom-setting: 'request.user_id'"]],
  ["owner_id = current_setting('jwt.claims.user_id', true)", ["error custom-setting: 'jwt.claims.user_id'"]],
  [
    "owner_id = auth.uid() or current_setting('app.maintenance', true) = 'on'",
    ["warning custom-setting: 'app.maintenance'"],
  ],
  [
    "owner_id = current_setting('request.jwt.claims')::json ->> 'sub'",
    ["warning claims-missing-ok: current_setting('request.jwt.claims')"],
  ],
  [
    "owner_id = current_setting('request.headers')::json ->> 'x-user-id'",
    ["error client-setting: 'request.headers'"],
  ],
  [
    "org_id = current_setting('request.headers', true)::json ->> 'x-share-token'",
    ["info client-setting: 'request.headers'"],
  ],
  [
    "owner_id = current_setting('request.cookies', true)::json ->> 'user'",
    ["error client-setting: 'request.cookies'"],
  ],
  [
    "owner_id = current_setting('request.header.x-user', true)",
    ["error client-setting: 'request.header.x-user'"],
  ],
  // Claims that v2 drops, and those that users write.
  [`org_id = ${CLAIMS} ->> 'org_id'`, [], ["error claim-not-forwarded: 'org_id'"]],
  [`owner_id = ${CLAIMS} ->> 'Sub'`, [], ["error claim-not-forwarded: 'Sub'"]],
  [
    `org_id = ${CLAIMS} -> 'user_metadata' ->> 'org'`,
    ["error editable-claim: 'user_metadata'"],
    ["error claim-not-forwarded: 'user_metadata'"],
  ],
  [
    `owner_id = ${CLAIMS} ->> 'preferred_username'`,
    ["error editable-claim: 'preferred_username'"],
    ["error claim-not-forwarded: 'preferred_username'"],
  ],
  [`org_id = ${CLAIMS} ->> 'tenant_id'`, [], ["error tenant-id-claim: 'tenant_id'"]],
  // JSON where text is meant.
  [`owner_id = ${CLAIMS} -> 'sub'`, ['error json-arrow: ->']],
  [`(${CLAIMSB} -> 'sub') = owner_id`, ['error json-arrow: ->']],
  [`owner_id = (${CLAIMSB} -> 'sub')::text`, ['error json-arrow: ->']],
  [`owner_id = ${CLAIMSB} #> '{sub}'`, ['error json-arrow: #>']],
  [`${CLAIMSB} -> 'email' = 'ann@example.com'`, ['error json-arrow: ->']],
  [`exists (select 1 from members m where m.member_sub = ${CLAIMSB} -> 'sub')`, ['error json-arrow: ->']],
  [`exists (select 1 from elsewhere e where e.whatever = ${CLAIMSB} -> 'sub')`, []],
]);

cases('the same inside of functions', sqlFunction, [
  [
    "select owner_id = current_setting('request.jwt.claim.sub', true) from notes",
    ["error legacy-claim-setting: 'request.jwt.claim.sub'"],
  ],
  ["select auth.role() = 'authenticated'", ['error supabase-function: auth.role()']],
  [
    `select ${CLAIMS} ->> 'role' = 'authenticated'`,
    [],
    [`error role-claim: ${CLAIMS} ->> 'role' = 'authenticated'`],
  ],
  [
    `select true; select exists (select 1 from members where org_id = ${CLAIMS} ->> 'org_id')`,
    [],
    ["error claim-not-forwarded: 'org_id'"],
  ],
  // A function that no policy calls may show what it decides nothing by.
  [
    `select (${CLAIMS} -> 'user_metadata' ->> 'name') is not null`,
    [],
    ["error claim-not-forwarded: 'user_metadata'"],
  ],
  ["select current_setting('request.headers', true)::json ->> 'user-agent' is not null", []],
  ["select current_setting('app.audit_off', true) = 'on'", ["info custom-setting: 'app.audit_off'"]],
  [
    "select current_setting('request.jwt.claims')::json ->> 'sub' = 'ann'",
    ["warning claims-missing-ok: current_setting('request.jwt.claims')"],
  ],
]);

describe('claims and settings', () => {
  it('count in PL/pgSQL, defaults and views as they do in policies', async () => {
    const plpgsql = `create function f() returns text language plpgsql stable as $$
declare me text := current_setting('request.jwt.claim.sub', true);
begin
  if auth.role() <> 'anon' then return me; end if;
  return (select current_setting('request.jwt.claims')::json ->> 'sub');
end $$;`;
    assert.deepEqual(await found(plpgsql, 'v1_dedicated'), [
      "error legacy-claim-setting: 'request.jwt.claim.sub'",
      'error supabase-function: auth.role()',
      "warning claims-missing-ok: current_setting('request.jwt.claims')",
    ]);
    const column =
      "create table t (owner_id text default current_setting('request.headers', true)::json ->> 'x-user');";
    assert.deepEqual(await found(column, 'v1_dedicated'), ["error client-setting: 'request.headers'"]);
    const view = `${TABLES}create view v as select * from notes where org_id = ${CLAIMS} ->> 'org_id';`;
    assert.deepEqual(await found(view, 'v2_shared'), ["error claim-not-forwarded: 'org_id'"]);
    assert.deepEqual(await found(view, 'v1_dedicated'), []);
  });

  it('of a helper decide where a policy calls it, through other helpers as well', async () => {
    const helper = `${TABLES}
create function who() returns text language sql stable as $$ select current_setting('request.headers', true)::json ->> 'x-user' $$;
create function mine(owner text) returns boolean language sql stable as $$ select owner = who() $$;`;
    assert.deepEqual(await found(helper, 'v1_dedicated'), []);
    const used = `${helper} create policy p on notes for select to authenticated using (mine(owner_id));`;
    assert.deepEqual(await found(used, 'v1_dedicated'), ["error client-setting: 'request.headers'"]);
  });

  it('are not reported any more after the policy is dropped or altered', async () => {
    const sql = policy("owner_id = current_setting('app.user_id', true)");
    assert.deepEqual(await found(`${sql} drop policy p on notes;`, 'v2_shared'), []);
    assert.deepEqual(
      await found(`${sql} alter policy p on notes using (owner_id = auth.uid());`, 'v2_shared'),
      [],
    );
    const altered = `${policy('owner_id = auth.uid()')} alter policy p on notes using (owner_id = auth.jwt() ->> 'sub');`;
    assert.deepEqual(await found(altered, 'v2_shared'), ['error supabase-function: auth.jwt()']);
  });

  it('are fine where the files set the setting or make the function', async () => {
    const sql = policy("org_id = current_setting('app.org_id', true)");
    for (const made of [
      "alter role authenticated set app.org_id = 'acme';",
      "set app.org_id = 'acme';",
      "create function pick(org text) returns void language sql as $$ select set_config('app.org_id', org, true) $$;",
      "create function pick() returns void language plpgsql as $$ begin perform set_config('App.org_id', 'acme', true); end $$;",
    ])
      assert.deepEqual(await found(`${sql} ${made}`, 'v1_dedicated'), [], made);
    const jwt = `create function auth.jwt() returns jsonb language sql stable as $$ select ${CLAIMSB} $$;`;
    const used = policy("org_id = auth.jwt() ->> 'org_id'");
    assert.deepEqual(await found(`${jwt} ${used}`, 'v1_dedicated'), []);
    assert.deepEqual(await found(`${jwt} ${used}`, 'v2_shared'), ["error claim-not-forwarded: 'org_id'"]);
  });
});
