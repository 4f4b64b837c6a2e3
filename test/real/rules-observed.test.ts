import assert from 'node:assert/strict';
import { Database } from '../../src/database/connection';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { RULES } from '../../src/lint/rules';
import type { LocalFlux } from '../../src/stack/local-flux';
import { PushFailed } from '../../src/stack/push';
import { ask, localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';
import { findings, fixed } from '../support/sql';

/** How a rule's symptom is looked for on a running Flux, and what is seen. */
interface Observation {
  /** Pushes SQL and says in a few words what came of it. */
  readonly observe: (flux: LocalFlux, sql: string) => Promise<string>;
  readonly bad: string | Readonly<Record<Engine, string>>;
  readonly good: string;
}

const OBSERVATIONS: Readonly<Record<string, Observation>> = {
  'grant-missing-schema-usage': {
    observe: afterPush(async flux => answer(flux, '/notes', { as: 'ann' })),
    bad: `403 42501 permission denied for schema ${TEST_SCHEMA}`,
    good: '200 0 rows',
  },
  'grant-missing-table': {
    observe: afterPush(async flux =>
      answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann', body: 'x' } }),
    ),
    // v1 grants everything by default: there the finding is information.
    bad: { v1_dedicated: '201', v2_shared: '403 42501 permission denied for table notes' },
    good: '201',
  },
  'grant-unknown-role': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'refused 42704 role "authenticted" does not exist',
    good: 'pushed',
  },
  'owner-nullable': {
    observe: afterPush(async flux => {
      const inserted = await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values (null)`).then(
        () => 'a row of nobody',
        (error: unknown) => (error as { code: string }).code,
      );
      const seen = await Promise.all(['ann', 'bob'].map(as => answer(flux, '/notes', { as })));
      return `${inserted}; ${seen.join(', ')}`;
    }),
    bad: 'a row of nobody; 200 0 rows, 200 0 rows',
    good: '23502; 200 0 rows, 200 0 rows',
  },
  'owner-uuid': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'refused 42883 operator does not exist: uuid = text',
    good: 'pushed',
  },
  'owner-uuid-cast': {
    observe: afterPush(async flux => answer(flux, '/notes', { as: 'user_2abC' })),
    bad: '400 22P02 invalid input syntax for type uuid: "user_2abC"',
    good: '200 0 rows',
  },
  'policy-always-true': {
    observe: afterPush(asAnnBesideBob),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'policy-to-public': {
    // No request runs as anon on v2, so the role is taken as PostgREST takes it, in the database.
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
      const database = await Database.connect(flux.databaseUrl);
      try {
        const as = { role: 'anon', schema: TEST_SCHEMA, claims: { sub: 'ann' } };
        const { rows } = await database.asRequest(as, request => request.query('select * from notes'));
        return `anon sees ${rows.length}`;
      } finally {
        await database.close();
      }
    }),
    bad: 'anon sees 1',
    good: 'anon sees 0',
  },
  'policy-wrong-clause': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'refused 42601 only WITH CHECK expression allowed for INSERT',
    good: 'pushed',
  },
  'rls-not-enabled': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: 'refused 42501 Refusing push: unrestricted write', v2_shared: '200 bob' },
    good: '200 0 rows',
  },
  'rls-policy-without-rls': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: 'refused 42501 Refusing push: unrestricted write', v2_shared: '200 bob' },
    good: '200 0 rows',
  },
  'sql-syntax': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'refused 42601 syntax error at or near "not"',
    good: 'pushed',
  },
  'suppress-no-reason': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'pushed',
    good: 'pushed',
  },
  'suppress-unknown': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'pushed',
    good: 'pushed',
  },
  'suppress-unused': {
    observe: afterPush(() => Promise.resolve('pushed')),
    bad: 'pushed',
    good: 'pushed',
  },
  'view-not-invoker': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann'), ('bob')`);
      return answer(flux, '/note_bodies', { as: 'ann' });
    }),
    bad: { v1_dedicated: '200 ann, bob', v2_shared: '200 0 rows' },
    good: '200 ann',
  },
};

/** Pushes first; a refused push is what is seen. */
function afterPush(look: (flux: LocalFlux) => Promise<string>): Observation['observe'] {
  return async (flux, sql) => {
    try {
      await pushAlone(flux, sql);
    } catch (error) {
      if (!(error instanceof PushFailed)) throw error;
      return `refused ${error.code ?? ''} ${error.reason.split(' on RLS-disabled')[0] ?? ''}`;
    }
    return look(flux);
  };
}

/** What ann sees of a table that holds a row of bob. */
async function asAnnBesideBob(flux: LocalFlux): Promise<string> {
  await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('bob')`);
  return answer(flux, '/notes', { as: 'ann' });
}

async function answer(flux: LocalFlux, path: string, request: Parameters<typeof ask>[2]): Promise<string> {
  const { status, code, message, body } = await ask(flux, path, request);
  if (code !== undefined) return `${status} ${code} ${message ?? ''}`;
  if (!Array.isArray(body)) return String(status);
  const owners = (body as { owner_id: string }[]).map(row => row.owner_id).sort();
  return `${status} ${owners.length === 0 ? '0 rows' : owners.join(', ')}`;
}

describe('the symptom of every rule, on real servers', () => {
  it('is looked for with every rule', () => {
    assert.deepEqual(Object.keys(OBSERVATIONS).sort(), RULES.map(({ id }) => id).sort());
  });

  for (const engine of ENGINES) {
    for (const rule of RULES) {
      const { observe, bad, good } = OBSERVATIONS[rule.id]!;
      it(`${rule.id} on ${engine}`, async () => {
        const flux = await localFlux(engine);
        assert.equal(
          await observe(flux, rule.docs.bad),
          typeof bad === 'string' ? bad : bad[engine],
          'bad example',
        );
        assert.equal(await observe(flux, rule.docs.good), good, 'good example');
        if (!rule.fixable) return;
        const [finding] = (await findings(rule.docs.bad, { engine })).filter(
          ({ rule: id }) => id === rule.id,
        );
        assert.equal(await observe(flux, fixed(rule.docs.bad, finding)), good, 'after its fix');
      });
    }
  }
});
