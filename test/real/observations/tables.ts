import type { LocalFlux } from '../../../src/stack/local-flux';
import { ask, runSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, pushOnly, type Observation, type Observations } from './observation';

/** Rows of an answer, or how it was refused. */
async function count(flux: LocalFlux, path: string, as?: string): Promise<string> {
  const { status, code, body } = await ask(flux, path, as === undefined ? {} : { as });
  if (code !== undefined) return `${status} ${code}`;
  return Array.isArray(body) ? `${status} ${body.length} rows` : String(status);
}

/** A file server that a push may use, as an operator would set it up, and a file for it to read. */
const withFileServer = (look: Observation['observe']): Observation['observe'] =>
  async function observe(flux, example) {
    const { role } = flux;
    const pusher = flux.engine === 'v2_shared' ? role.replace('_role', '_ddl') : 'postgres';
    await runSql(
      flux,
      `create extension file_fdw;
       create server files foreign data wrapper file_fdw;
       grant usage on foreign server files to ${pusher};
       grant pg_read_server_files to ${pusher} with inherit true;
       do $$ begin execute format(
         $sql$copy (values ('tea', 3), ('milk', 1)) to %L csv$sql$, current_setting('data_directory') || '/prices.csv'
       ); end $$`,
    );
    try {
      return await look(flux, example);
    } finally {
      await runSql(flux, `drop extension file_fdw cascade; revoke pg_read_server_files from ${pusher}`);
    }
  };

export const OBSERVATIONS: Observations = {
  'schema-doc-placeholder': {
    observe: pushOnly,
    bad: 'refused 3F000 schema "t_5ecfa3ab72d1_api" does not exist',
    good: 'pushed',
  },
  'schema-other': {
    observe: pushOnly,
    bad: 'refused 3F000 schema "t_0f9e8d7c6b5a_api" does not exist',
    good: 'pushed',
  },
  'schema-public-object': {
    observe: async (flux, example) => {
      const look = afterPush(async () => answer(flux, '/notes', { as: 'ann' }));
      return look(flux, example).finally(() => runSql(flux, 'drop table if exists public.notes'));
    },
    bad: {
      v1_dedicated: `404 42P01 relation "${TEST_SCHEMA}.notes" does not exist`,
      v2_shared: 'refused 42501 permission denied for schema public',
    },
    good: '200 0 rows',
  },
  'table-foreign-exposed': {
    observe: withFileServer(afterPush(async flux => count(flux, '/prices', 'ann'))),
    bad: '200 2 rows',
    good: '403 42501',
  },
  'table-if-not-exists-stale': {
    observe: afterPush(async flux => count(flux, '/notes?select=title', 'ann')),
    bad: '400 42703',
    good: '200 0 rows',
  },
  'table-materialized-exposed': {
    observe: afterPush(async flux => {
      await runSql(
        flux,
        `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann'), ('bob');
         refresh materialized view ${TEST_SCHEMA}.note_bodies`,
      );
      return count(flux, '/note_bodies', 'ann');
    }),
    bad: { v1_dedicated: '200 2 rows', v2_shared: '200 0 rows' },
    good: '403 42501',
  },
  'table-no-primary-key': {
    observe: afterPush(async flux => {
      const row = { id: '5a0e3bb0-7a3f-4a55-9c6f-0d5a5b8e9d11', owner_id: 'ann' };
      const upsert = {
        as: 'ann',
        method: 'POST',
        body: row,
        headers: { prefer: 'resolution=merge-duplicates' },
      };
      const statuses = [await ask(flux, '/notes', upsert), await ask(flux, '/notes', upsert)].map(
        ({ status }) => status,
      );
      return `${statuses.join(', ')}; ${await count(flux, '/notes', 'ann')}`;
    }),
    bad: '201, 201; 200 2 rows',
    good: '201, 200; 200 1 rows',
  },
};
