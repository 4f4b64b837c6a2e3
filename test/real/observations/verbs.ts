import type { LocalFlux } from '../../../src/stack/local-flux';
import { runSql, selectSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, type Observations } from './observation';

const RETURNING = { prefer: 'return=representation' };

/** What ann is told when she inserts a row of her own and asks for it back. */
const annInsertsAndReads = (flux: LocalFlux): Promise<string> =>
  answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann' }, headers: RETURNING });

async function givenANoteOfAnn(flux: LocalFlux): Promise<void> {
  await runSql(flux, `insert into ${TEST_SCHEMA}.notes (id, owner_id) values ('${ID}', 'ann')`);
}

const ID = '00000000-0000-4000-8000-000000000001';

export const OBSERVATIONS: Observations = {
  'policy-insert-not-visible': {
    observe: afterPush(annInsertsAndReads),
    bad: '403 42501 new row violates row-level security policy for table "notes"',
    good: '201 ann',
  },
  'policy-returning-needs-select': {
    observe: afterPush(annInsertsAndReads),
    bad: '403 42501 new row violates row-level security policy for table "notes"',
    good: '201 ann',
  },
  'policy-soft-delete-hidden': {
    observe: afterPush(async flux => {
      await givenANoteOfAnn(flux);
      const body = { deleted_at: '2026-01-01' };
      return answer(flux, `/notes?id=eq.${ID}`, { as: 'ann', method: 'PATCH', body });
    }),
    bad: '403 42501 new row violates row-level security policy for table "notes"',
    good: '204',
  },
  'policy-upsert-needs': {
    observe: afterPush(async flux => {
      await givenANoteOfAnn(flux);
      return answer(flux, '/notes', {
        as: 'ann',
        method: 'POST',
        body: { id: ID, owner_id: 'ann', body: 'x' },
        headers: { prefer: 'resolution=merge-duplicates' },
      });
    }),
    bad: {
      // The privilege is there by default; the policy is not.
      v1_dedicated:
        '403 42501 new row violates row-level security policy (USING expression) for table "notes"',
      v2_shared: '403 42501 permission denied for table notes',
    },
    good: '200',
  },
  'policy-write-needs-select': {
    observe: afterPush(async flux => {
      await givenANoteOfAnn(flux);
      const told = await answer(flux, `/notes?id=eq.${ID}`, {
        as: 'ann',
        method: 'PATCH',
        body: { body: 'x' },
      });
      const [note] = await selectSql(flux, `select body from ${TEST_SCHEMA}.notes`);
      return `${told}; ${note?.body === 'x' ? 'changed' : 'nothing changed'}`;
    }),
    bad: '204; nothing changed',
    good: '204; changed',
  },
};
