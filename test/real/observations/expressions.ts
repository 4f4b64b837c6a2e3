import { SignJWT } from 'jose';
import { Database } from '../../../src/database/connection';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { ask, runSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, pushOnly, type Observations } from './observation';

const NOTES = `${TEST_SCHEMA}.notes`;

/** What ann sees of a row of her own. */
async function annsOwn(flux: LocalFlux): Promise<string> {
  await runSql(flux, `insert into ${NOTES} (owner_id) values ('ann')`);
  return answer(flux, '/notes', { as: 'ann' });
}

/** What ann sees with a token that the app gave more claims than usual. */
async function withClaims(flux: LocalFlux, claims: Record<string, unknown>): Promise<string> {
  const token = await new SignJWT({ sub: 'ann', role: 'authenticated', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(flux.jwtSecret.reveal()));
  return answer(flux, '/notes', { headers: { authorization: `Bearer ${token}` } });
}

/** A row of bob in the organization acme, and ann a member where there is a table of members. */
async function acmeWithAnn(flux: LocalFlux): Promise<void> {
  await runSql(
    flux,
    `insert into ${NOTES} (owner_id, org_id) values ('bob', 'acme');
     do $$ begin
       if to_regclass('${TEST_SCHEMA}.members') is not null then
         insert into ${TEST_SCHEMA}.members (org_id, member_sub) values ('acme', 'ann');
       end if;
     end $$`,
  );
}

/** What a session that is no request of PostgREST sees of the table, after it has run `before`. */
async function outsideOfRequest(flux: LocalFlux, before = ''): Promise<string> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    await database.query(before);
    await database.query(`set search_path to ${TEST_SCHEMA}; set role ${flux.role}`);
    const { rows } = await database.query('select * from notes');
    return `${rows.length} rows`;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code} ${message}`;
  } finally {
    await database.close();
  }
}

/** How PostgreSQL answers ann, where it uses any index that can serve the query. */
async function planFor(flux: LocalFlux): Promise<string> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    const as = { role: flux.role, schema: TEST_SCHEMA, claims: { sub: 'ann', email: 'Ann@example.com' } };
    const { rows } = await database.asRequest(as, async request => {
      await request.query('set local enable_seqscan = off');
      return request.query<{ 'QUERY PLAN': string }>('explain (costs off) select * from notes');
    });
    const plan = rows.map(row => row['QUERY PLAN']).join(' ');
    return [...new Set(plan.match(/InitPlan|Seq Scan|Bitmap Heap Scan/g))].join(', ');
  } finally {
    await database.close();
  }
}

export const OBSERVATIONS: Observations = {
  'policy-claim-not-forwarded': {
    observe: afterPush(async flux => {
      await acmeWithAnn(flux);
      return withClaims(flux, { org_id: 'acme' });
    }),
    bad: { v2_shared: '200 0 rows' },
    good: { v2_shared: '200 bob' },
  },
  'policy-claims-empty-cast': {
    observe: afterPush(flux =>
      outsideOfRequest(flux, `begin; select set_config('request.jwt.claims', '{}', true); commit`),
    ),
    bad: '22P02 invalid input syntax for type json',
    good: '0 rows',
  },
  'policy-claims-missing-ok': {
    observe: afterPush(flux => outsideOfRequest(flux)),
    bad: '42704 unrecognized configuration parameter "request.jwt.claims"',
    good: '0 rows',
  },
  'policy-client-setting': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('bob')`);
      return answer(flux, '/notes', { as: 'ann', headers: { 'x-user': 'bob' } });
    }),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'policy-custom-setting': {
    observe: afterPush(annsOwn),
    bad: '200 0 rows',
    good: '200 ann',
  },
  'policy-editable-claim': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id, org_id) values ('bob', 'acme')`);
      return withClaims(flux, { user_metadata: { org_id: 'acme' } });
    }),
    bad: { v1_dedicated: '200 bob' },
    good: { v1_dedicated: '200 0 rows' },
  },
  'policy-existence-oracle': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id, slug) values ('bob', 'plan')`);
      const { status, code } = await ask(flux, '/notes', {
        as: 'ann',
        method: 'POST',
        body: { owner_id: 'ann', slug: 'plan' },
      });
      return `${await answer(flux, '/notes', { as: 'ann' })}; ${status} ${code ?? ''}`;
    }),
    bad: '200 0 rows; 409 23505',
    good: '200 ann; 201 ',
  },
  'policy-function-on-column': {
    observe: afterPush(planFor),
    bad: 'Seq Scan, InitPlan',
    good: 'Bitmap Heap Scan, InitPlan',
  },
  'policy-initplan': {
    observe: afterPush(planFor),
    bad: 'Seq Scan',
    good: 'Seq Scan, InitPlan',
  },
  'policy-json-arrow': {
    observe: pushOnly,
    bad: 'refused 42883 operator does not exist: text = json',
    good: 'pushed',
  },
  'policy-legacy-claim-setting': {
    observe: afterPush(annsOwn),
    bad: '200 0 rows',
    good: '200 ann',
  },
  'policy-role-claim': {
    observe: afterPush(annsOwn),
    bad: { v2_shared: '200 0 rows' },
    good: { v2_shared: '200 ann' },
  },
  'policy-supabase-function': {
    observe: pushOnly,
    bad: 'refused 42883 function auth.jwt() does not exist',
    good: 'pushed',
  },
  'policy-tenant-id-claim': {
    // The project's id stands in the comment of its schema.
    observe: afterPush(async flux => {
      await runSql(
        flux,
        `insert into ${NOTES} (owner_id, tenant_id)
         select 'bob', substr(obj_description('${TEST_SCHEMA}'::regnamespace), 8)`,
      );
      return withClaims(flux, { tenant_id: 'a tenant of the app' });
    }),
    bad: { v2_shared: '200 bob' },
    good: { v2_shared: '200 0 rows' },
  },
  'policy-volatile-function': {
    observe: afterPush(planFor),
    bad: 'Seq Scan',
    good: 'Bitmap Heap Scan',
  },
};
