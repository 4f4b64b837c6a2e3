import assert from 'node:assert/strict';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { tenantOf } from '../../src/flux/names';
import { LIVE_RULES, NOT_LIVE } from '../../src/lint/live-rules';
import { severityOn, type Rule } from '../../src/lint/rule';
import { RULES } from '../../src/lint/rules';
import { isAtLeast } from '../../src/lint/severity';
import type { LocalFlux } from '../../src/stack/local-flux';
import { GUIDE_SQL } from '../support/guide-sql';
import { audit, freshSchema, pushExample, runInSchema } from '../support/live';
import { localFlux, runSql, TEST_SCHEMA } from '../support/local-flux';

const TENANT_ROLE = tenantOf(TEST_SCHEMA)?.role ?? '';
const FOREIGN_TABLE =
  'create foreign data wrapper nowhere; create server elsewhere foreign data wrapper nowhere; create foreign table prices (id int) server elsewhere';
/** What {@link BY_SUPERUSER} leaves outside of the schema. */
const AFTERWARDS = 'drop foreign data wrapper if exists nowhere cascade';

/** Bad examples that PostgreSQL refuses on either engine, by the SQLSTATE: no database can hold them as they are. */
const REFUSED: Readonly<Record<string, string>> = {
  'column-missing': '42703',
  'function-search-path-public': '42P01',
  'owner-foreign-auth-users': '42P01',
  'owner-not-text': '42883',
  'owner-uuid': '42883',
  'policy-helper-unknown': '42883',
  'policy-json-arrow': '42883',
  'policy-other-tenant-role': '42704',
  'policy-supabase-function': '42883',
};

/** As above, on one engine. */
const REFUSED_ON: Readonly<Record<Engine, Readonly<Record<string, string>>>> = {
  v1_dedicated: { 'rls-not-forced': '42704' },
  v2_shared: { 'grant-other-tenant-role': '42704' },
};

/** Good examples that need what the test's servers do not have: a role, a foreign server. */
const GOOD_REFUSED: Readonly<Record<string, string>> = {
  'rls-not-forced': '42704',
  'table-foreign-exposed': '42704',
};

/** Bad examples whose mistake the catalog does not show, and why. */
const INVISIBLE: Readonly<Record<Engine, Readonly<Record<string, string>>>> = {
  v1_dedicated: {
    'grant-missing-table': 'The platform has granted every verb already.',
    'grant-to-anon': 'The platform has granted anon the same already.',
    'grant-truncate': 'The platform has granted TRUNCATE already.',
    'grant-without-policy': 'The platform has granted every verb already.',
  },
  v2_shared: {},
};

/** What a push refuses and a superuser can do all the same, to the guide's schema. */
const BY_SUPERUSER: Readonly<Record<Engine, Readonly<Record<string, string>>>> = {
  v1_dedicated: { 'table-foreign-exposed': FOREIGN_TABLE },
  v2_shared: {
    'function-leakproof':
      'create function is_mine(text) returns boolean language sql stable leakproof as $$ select $1 = auth.uid() $$',
    'grant-role-membership': `grant pg_monitor to ${TENANT_ROLE}`,
    'rls-bypass-role': `alter table notes owner to ${TENANT_ROLE}`,
    'table-foreign-exposed': `${FOREIGN_TABLE}; grant select on prices to ${TENANT_ROLE}`,
  },
};

function said(found: Awaited<ReturnType<typeof audit>>): string[] {
  return found.findings
    .filter(({ severity }) => isAtLeast(severity, 'warning'))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

describe('the rules for a live schema', () => {
  it('leave out rules that there are, each for a reason', () => {
    assert.deepEqual(
      Object.keys(NOT_LIVE).filter(id => !RULES.some(rule => rule.id === id)),
      [],
    );
    assert.ok(Object.values(NOT_LIVE).every(reason => reason.length > 20));
  });

  for (const engine of ENGINES) {
    const judged = LIVE_RULES.filter(rule => severityOn(rule, engine) !== 'off');
    describe(`on ${engine}`, () => {
      let flux: LocalFlux;
      before(async () => {
        flux = await localFlux(engine);
      });
      after(async () => {
        await freshSchema(flux);
      });

      it('find nothing in the guide’s schema', async () => {
        assert.equal(await pushExample(flux, GUIDE_SQL), undefined);
        const found = await audit(flux);
        assert.deepEqual(said(found), []);
        assert.equal(found.unread, 0);
        assert.deepEqual(
          [...found.model.tables.values()].map(({ name, rowSecurity, policies }) => [
            name,
            rowSecurity,
            policies.length,
          ]),
          [['notes', true, 4]],
        );
      });

      for (const rule of judged) {
        it(`${rule.id}: finds the bad example, and nothing in the good one`, async () => {
          await goodIsClean(flux, rule);
          await badIsFound(flux, rule);
        });
      }
    });
  }
});

async function goodIsClean(flux: LocalFlux, rule: Rule): Promise<void> {
  const refused = await pushExample(flux, rule.docs.good);
  if (refused) {
    assert.equal(refused.code, GOOD_REFUSED[rule.id], refused.message);
    return;
  }
  const found = await audit(flux);
  assert.deepEqual(said(found), [], found.file.text);
  assert.ok(!found.findings.some(finding => finding.rule === rule.id), found.file.text);
  assert.equal(found.unread, 0, found.file.text);
}

async function badIsFound(flux: LocalFlux, rule: Rule): Promise<void> {
  const asSuperuser = BY_SUPERUSER[flux.engine][rule.id];
  let refused = await pushExample(flux, asSuperuser === undefined ? rule.docs.bad : GUIDE_SQL);
  if (asSuperuser !== undefined) await runInSchema(flux, asSuperuser);
  else if (refused?.reason.startsWith('Refusing push')) {
    // The gate of a push is no gate of the database.
    await freshSchema(flux);
    await runInSchema(
      flux,
      Object.values(typeof rule.docs.bad === 'string' ? [rule.docs.bad] : rule.docs.bad).join(';\n'),
    );
    refused = undefined;
  }
  const expected = REFUSED_ON[flux.engine][rule.id] ?? REFUSED[rule.id];
  assert.equal(refused?.code, expected, refused?.message);
  if (refused) return;
  const found = await audit(flux);
  if (flux.engine === 'v2_shared') await runSql(flux, `revoke pg_monitor from ${TENANT_ROLE}`);
  await runSql(flux, AFTERWARDS);
  assert.equal(found.unread, 0, found.file.text);
  const isVisible = INVISIBLE[flux.engine][rule.id] === undefined;
  assert.equal(
    found.findings.some(finding => finding.rule === rule.id),
    isVisible,
    found.file.text,
  );
}
