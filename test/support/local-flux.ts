import path from 'node:path';
import type { Engine } from '../../src/flux/engine';
import { LocalFlux } from '../../src/stack/local-flux';
import { Database } from '../../src/database/connection';
import { mintToken } from '../../src/tokens/mint';

/** Schema that the SQL of rules and fixtures may name; both engines serve it. */
export const TEST_SCHEMA = 't_1a2b3c4d5e6f_api';

export const REPOSITORY = path.resolve(__dirname, '../..');

const running = new Map<Engine, Promise<LocalFlux>>();

/** The local Flux of an engine, started once for the whole run. */
export async function localFlux(engine: Engine): Promise<LocalFlux> {
  const flux =
    running.get(engine) ?? LocalFlux.start({ engine, schema: TEST_SCHEMA, packageRoots: [REPOSITORY] });
  running.set(engine, flux);
  return flux;
}

export async function stopLocalFluxes(): Promise<void> {
  for (const flux of running.values()) await (await flux).stop();
  running.clear();
}

/** Runs SQL as the superuser, past every gate; PostgREST is not told, for rows are no change of the schema. */
export async function runSql(flux: LocalFlux, sql: string): Promise<void> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    await database.query(sql);
  } finally {
    await database.close();
  }
}

/** Rows that a query of the superuser answers. */
export async function selectSql(flux: LocalFlux, sql: string): Promise<Record<string, unknown>[]> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    return (await database.query(sql)).rows;
  } finally {
    await database.close();
  }
}

/** Takes every relation and function out of the API schema, and gives the role its USAGE back. */
export async function emptySchema(flux: LocalFlux): Promise<void> {
  const { schema, role } = flux;
  await runSql(
    flux,
    `do $$ declare statement text; begin
      for statement in
        select format('drop %s if exists %s cascade', case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, oid::regclass)
        from pg_class where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        union all
        select format('drop routine if exists %s cascade', oid::regprocedure)
        from pg_proc where pronamespace = '${schema}'::regnamespace
        union all
        select format('drop type if exists %s cascade', oid::regtype)
        from pg_type where typnamespace = '${schema}'::regnamespace and typtype in ('e', 'd')
      loop execute statement; end loop;
    end $$;
    grant usage on schema ${schema} to ${role}`,
  );
}

/** Pushes SQL as one file into an emptied schema. */
export async function pushAlone(flux: LocalFlux, sql: string): Promise<void> {
  await pushFiles(flux, [{ name: 'test.sql', text: sql }]);
}

/** Pushes files in the given order into an emptied schema. */
export async function pushFiles(
  flux: LocalFlux,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  await emptySchema(flux);
  await flux.push(files);
}

export interface Asked {
  readonly as?: string;
  readonly role?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Told {
  readonly status: number;
  readonly body: unknown;
  /** SQLSTATE or PostgREST code. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly headers: Headers;
}

/** One request to a local Flux. */
export async function ask(
  flux: LocalFlux,
  request: string,
  { as, role, method = 'GET', body, headers }: Asked = {},
): Promise<Told> {
  const token =
    as === undefined
      ? undefined
      : (await mintToken({ subject: as, secret: flux.jwtSecret, ...(role !== undefined && { role }) })).token;
  const response = await fetch(`${flux.url}${request}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // An empty or textual body stays as it is.
  }
  const { code, message } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<
    string,
    string
  >;
  return { status: response.status, body: parsed, code, message, headers: response.headers };
}
