import assert from 'node:assert/strict';
import type { Finding } from '../../../src/lint/finding';
import { CLAIMS, CLAIMSB, policy, TABLES } from '../../support/claim-sql';
import { findings, fixed, marked } from '../../support/sql';

describe('fixes of claims and settings', () => {
  const firstOf = async (sql: string, rule: string): Promise<Finding | undefined> =>
    (await findings(sql, { engine: 'v2_shared' })).find(finding => finding.rule === rule);

  for (const [rule, before, after] of [
    [
      'policy-supabase-function',
      "auth.jwt() ->> 'email' = email",
      "nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email' = email",
    ],
    [
      'policy-supabase-function',
      'auth.email() = email',
      "(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email') = email",
    ],
    ['policy-supabase-function', "auth.role() = 'authenticated'", undefined],
    [
      'policy-legacy-claim-setting',
      "owner_id = nullif(current_setting('request.jwt.claim.sub', true), '')::text",
      "owner_id = nullif(auth.uid(), '')::text",
    ],
    [
      'policy-legacy-claim-setting',
      "email = current_setting('request.jwt.claim.email')",
      "email = (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'email')",
    ],
    [
      'policy-claims-missing-ok',
      "owner_id = (current_setting( 'request.jwt.claims' ))::json ->> 'sub'",
      "owner_id = (current_setting( 'request.jwt.claims' , true))::json ->> 'sub'",
    ],
    [
      'policy-claims-empty-cast',
      `owner_id = ${CLAIMS} ->> 'sub'`,
      "owner_id = nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub'",
    ],
    [
      'policy-claims-empty-cast',
      `owner_id = cast(current_setting('request.jwt.claims', true) as json) ->> 'sub'`,
      "owner_id = cast(nullif(current_setting('request.jwt.claims', true), '') as json) ->> 'sub'",
    ],
    ['policy-json-arrow', `owner_id = (${CLAIMSB}->'sub')`, `owner_id = (${CLAIMSB}->>'sub')`],
    [
      'policy-role-claim',
      "owner_id = auth.uid() AND auth.uid() <> '' AND current_role = 'authenticated'",
      "owner_id = auth.uid() AND auth.uid() <> ''",
    ],
    [
      'policy-role-claim',
      "current_role = 'authenticated' and owner_id = auth.uid()",
      'owner_id = auth.uid()',
    ],
    ['policy-role-claim', "(current_role = 'authenticated') and owner_id = auth.uid()", undefined],
    ['policy-role-claim', "current_role = 'authenticated'", undefined],
    // The test asks for more than a TO clause could say.
    ['policy-role-claim', `${CLAIMS} ->> 'role' = 'admin' and owner_id = auth.uid()`, undefined],
    ['policy-role-claim', "current_role = 'authenticated' or owner_id = auth.uid()", undefined],
  ] as const) {
    it(`${rule} makes ${after ?? 'nothing'} of ${before}`, async () => {
      const finding = await firstOf(policy(before), rule);
      assert.ok(finding);
      if (after === undefined) assert.equal(finding.fix, undefined);
      else assert.equal(fixed(policy(before), finding), policy(after));
    });
  }

  it('policy-role-claim says TO authenticated where nothing said it', async () => {
    const sql = `${TABLES}create policy p on notes using (current_role = 'authenticated' and owner_id = auth.uid());`;
    assert.equal(
      fixed(sql, await firstOf(sql, 'policy-role-claim')),
      `${TABLES}create policy p on notes to authenticated using (owner_id = auth.uid());`,
    );
  });

  it('policy-role-claim leaves a policy alone that is for every role by its own words', async () => {
    const sql = `${TABLES}create policy p on notes to public using (current_role = 'authenticated' and owner_id = auth.uid());`;
    assert.equal((await firstOf(sql, 'policy-role-claim'))?.fix, undefined);
  });

  it('mends the inside of a function, too', async () => {
    const sql =
      "create function f() returns text language plpgsql stable as $$ begin return current_setting('request.jwt.claim.sub', true); end $$;";
    assert.equal(
      fixed(sql, await firstOf(sql, 'policy-legacy-claim-setting')),
      'create function f() returns text language plpgsql stable as $$ begin return auth.uid(); end $$;',
    );
    const quoted =
      "create function f() returns text language sql stable as 'select current_setting(''request.jwt.claim.sub'', true)';";
    const finding = await firstOf(quoted, 'policy-legacy-claim-setting');
    assert.equal(marked(quoted, finding), 'f');
    assert.equal(finding?.fix, undefined);
  });
});
