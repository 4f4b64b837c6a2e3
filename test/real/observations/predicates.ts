import { Database } from '../../../src/database/connection';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { ask, runSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, asAnnBesideBob, pushOnly, type Observations } from './observation';

/** How many rows a subject is shown, for tables without an owner column. */
async function counted(flux: LocalFlux, path: string, as: string): Promise<string> {
  const { status, code, message, body } = await ask(flux, path, { as });
  if (code !== undefined) return `${status} ${code} ${message ?? ''}`;
  return `${status}, ${Array.isArray(body) ? body.length : 'no'} rows`;
}

/** Whether a statement is taken, for rows that only the bad example's table can hold. */
async function tried(flux: LocalFlux, sql: string): Promise<void> {
  await runSql(flux, sql).catch(() => undefined);
}

async function query(flux: LocalFlux, sql: string): Promise<unknown[]> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    return (await database.query(sql)).rows.flatMap(row => Object.values(row as object) as unknown[]);
  } finally {
    await database.close();
  }
}

const NOTES = `${TEST_SCHEMA}.notes`;
const MEMBERS = `${TEST_SCHEMA}.members`;
const NEW_ROW_REFUSED = (table: string): string =>
  `403 42501 new row violates row-level security policy for table "${table}"`;

export const OBSERVATIONS: Observations = {
  'policy-always-false': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('ann')`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '200 0 rows',
    good: '200 ann',
  },
  'policy-and-or-mixed': {
    // The parentheses change nothing: a public row is shown although it is archived.
    observe: afterPush(async flux => {
      await runSql(
        flux,
        `insert into ${NOTES} (owner_id, is_public, archived_at) values ('bob', true, now())`,
      );
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '200 bob',
    good: '200 bob',
  },
  'policy-any-authenticated': {
    observe: afterPush(asAnnBesideBob),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'policy-captured-column': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${MEMBERS} values ('a', 'ann')`);
      await runSql(flux, `insert into ${NOTES} (org_id) values ('b')`);
      return counted(flux, '/notes', 'ann');
    }),
    bad: '200, 1 rows',
    good: '200, 0 rows',
  },
  'policy-check-weaker': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('ann')`);
      const given = await answer(flux, '/notes', {
        as: 'ann',
        method: 'PATCH',
        body: { owner_id: 'bob' },
        headers: { prefer: 'return=minimal' },
      });
      return `${given}; of ${(await query(flux, `select owner_id from ${NOTES}`)).join()}`;
    }),
    bad: '204; of bob',
    good: `${NEW_ROW_REFUSED('notes')}; of ann`,
  },
  'policy-definer-helper-forced': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${MEMBERS} values ('a', 'ann'), ('b', 'bob')`);
      return counted(flux, '/members', 'ann');
    }),
    bad: '200, 0 rows',
    good: '200, 1 rows',
  },
  'policy-helper-unknown': {
    observe: pushOnly,
    bad: 'refused 42883 function is_team_member(text) does not exist',
    good: 'pushed',
  },
  'policy-insert-unchecked-owner': {
    observe: afterPush(async flux =>
      answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'bob', body: 'x' } }),
    ),
    bad: '201',
    good: NEW_ROW_REFUSED('notes'),
  },
  'policy-inverted-subject': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('ann'), ('bob')`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '200 bob',
    good: '200 ann',
  },
  'policy-like-subject': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('userX2abC')`);
      return answer(flux, '/notes', { as: 'user_2abC' });
    }),
    bad: '200 userX2abC',
    good: '200 0 rows',
  },
  'policy-no-subject': {
    observe: afterPush(asAnnBesideBob),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'policy-not-in-null': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('ann')`);
      await tried(flux, `insert into ${TEST_SCHEMA}.hidden values (null)`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '200 0 rows',
    good: '200 ann',
  },
  'policy-null-subject': {
    // The gateways ask for a subject in their own ways, so the role is taken as PostgREST takes it, in the database.
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('bob')`);
      await tried(flux, `insert into ${NOTES} (owner_id) values (null)`);
      const database = await Database.connect(flux.databaseUrl);
      try {
        const as = { role: flux.role, schema: TEST_SCHEMA, claims: {} };
        const { rows } = await database.asRequest(as, request => request.query('select * from notes'));
        return `without a subject: ${rows.length}`;
      } finally {
        await database.close();
      }
    }),
    bad: 'without a subject: 1',
    good: 'without a subject: 0',
  },
  'policy-parent-not-checked': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (owner_id) values ('bob')`);
      const [note] = await query(flux, `select id from ${NOTES}`);
      return answer(flux, '/lines', { as: 'ann', method: 'POST', body: { owner_id: 'ann', note_id: note } });
    }),
    bad: '201',
    good: NEW_ROW_REFUSED('lines'),
  },
  'policy-reads-open-table': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${NOTES} (team) values ('b')`);
      const joined = await answer(flux, '/members', {
        as: 'ann',
        method: 'POST',
        body: { team: 'b', user_sub: 'ann' },
      });
      return `${joined}; ${await counted(flux, '/notes', 'ann')}`;
    }),
    bad: '201; 200, 1 rows',
    good: '403 42501 permission denied for table members; 200, 0 rows',
  },
  'policy-recursion': {
    // PostgREST 12.0 answers 400, later ones 500.
    observe: afterPush(async flux => (await counted(flux, '/members', 'ann')).replace(/^[45]00 /, '')),
    bad: '42P17 infinite recursion detected in policy for relation "members"',
    good: '200, 0 rows',
  },
  'policy-self-escalation': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.profiles (user_id) values ('ann')`);
      return answer(flux, '/profiles?user_id=eq.ann', {
        as: 'ann',
        method: 'PATCH',
        body: { is_admin: true },
      });
    }),
    bad: '204',
    good: '403 42501 permission denied for table profiles',
  },
  'policy-widened': {
    observe: afterPush(asAnnBesideBob),
    bad: '200 bob',
    good: '200 0 rows',
  },
};
