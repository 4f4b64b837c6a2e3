import { readOnly } from '../../src/database/read-only';
import { exampleFiles } from '../../src/lint/docs';
import { auditLive, type LiveAudit } from '../../src/lint/live-audit';
import type { Example } from '../../src/lint/rule';
import { differencesBetween, type Difference } from '../../src/schema/differences';
import { modelFromStatements } from '../../src/schema/from-statements';
import { SqlParser } from '../../src/sql/parser';
import type { LocalFlux } from '../../src/stack/local-flux';
import { PushFailed, pushFiles } from '../../src/stack/push';
import { emptySchema, runSql } from './local-flux';
import { parseExample } from './sql';

let parser: Promise<SqlParser> | undefined;

/** Takes also what other tests leave in the schema: sequences, domains, types and default privileges. */
export async function freshSchema(flux: LocalFlux): Promise<void> {
  await emptySchema(flux);
  const { schema, engine, role } = flux;
  const pusher = engine === 'v2_shared' ? schema.replace(/api$/, 'ddl') : 'postgres';
  const given = engine === 'v2_shared' ? `${role}, anon` : 'anon, authenticated, service_role';
  await runSql(
    flux,
    `do $$ declare statement text; begin
      for statement in
        select format('drop sequence %s cascade', oid::regclass) from pg_class where relnamespace = '${schema}'::regnamespace and relkind = 'S'
        union all select format('drop type %s cascade', oid::regtype) from pg_type where typnamespace = '${schema}'::regnamespace and typtype = 'd'
        union all select format('drop type %s cascade', t.oid::regtype) from pg_type t join pg_class c on c.oid = t.typrelid
          where t.typnamespace = '${schema}'::regnamespace and c.relkind = 'c'
        union all select format('drop foreign table %s cascade', oid::regclass) from pg_class where relnamespace = '${schema}'::regnamespace and relkind = 'f'
      loop execute statement; end loop;
    end $$;
    alter default privileges for role ${pusher} in schema ${schema} revoke all on tables from ${given}, public;
    alter default privileges for role ${pusher} in schema ${schema} revoke all on sequences from ${given}, public;
    alter default privileges for role ${pusher} in schema ${schema} revoke all on functions from ${given}, public;
    alter default privileges for role ${pusher} in schema ${schema} grant ${engine === 'v2_shared' ? 'select' : 'all'} on tables to ${given};
    alter default privileges for role ${pusher} in schema ${schema} grant ${engine === 'v2_shared' ? 'usage, select' : 'all'} on sequences to ${engine === 'v2_shared' ? role : given};
    revoke all on schema ${schema} from public;
    grant usage on schema ${schema} to ${given}`,
  );
}

/** Pushes an example into the emptied schema; the reason when the push is refused. */
export async function pushExample(flux: LocalFlux, example: Example): Promise<PushFailed | undefined> {
  await freshSchema(flux);
  try {
    await pushFiles(flux.databaseUrl, flux.engine, flux.schema, exampleFiles(example));
    return undefined;
  } catch (error) {
    if (error instanceof PushFailed) return error;
    throw error;
  }
}

/** What the audit says of the live schema of a local Flux. */
export async function audit(flux: LocalFlux): Promise<LiveAudit> {
  const loaded = await (parser ??= SqlParser.load());
  const found = await readOnly(flux.databaseUrl, query =>
    auditLive(query, loaded, { engine: flux.engine, schema: flux.schema }),
  );
  if (!found) throw new Error(`there is no schema ${flux.schema}`);
  return found;
}

/** Runs SQL as the superuser with the API schema as search path, past every gate of a push. */
export async function runInSchema(flux: LocalFlux, sql: string): Promise<void> {
  await runSql(flux, `set search_path to ${flux.schema}; ${sql}`);
}

/** What differs between the files of an example and the live schema, in words. */
export async function differences(flux: LocalFlux, example: Example): Promise<Difference[]> {
  const { model } = await audit(flux);
  const files = modelFromStatements(await parseExample(example), {
    engine: flux.engine,
    apiSchema: flux.schema,
  });
  return differencesBetween(files, model);
}
