import { Database } from '../database/connection';
import type { Engine } from '../flux/engine';
import { PushRefused, pushTransaction } from '../flux/push-transaction';

export interface PushFile {
  readonly name: string;
  readonly text: string;
}

/** One file of a push that PostgreSQL or the platform's gate refused; its transaction is rolled back. */
export class PushFailed extends Error {
  override readonly name = 'PushFailed';

  constructor(
    readonly file: string,
    /** SQLSTATE, when PostgreSQL refused. */
    readonly code: string | undefined,
    readonly reason: string,
    /** 1-based line of the file, when PostgreSQL said where. */
    readonly line: number | undefined,
  ) {
    super(
      `${file}${line === undefined ? '' : `:${line}`}: ${reason}${code === undefined ? '' : ` (${code})`}`,
    );
  }
}

/**
 * Applies files as `flux push` does, one transaction each, in the given order.
 * @throws {PushFailed} at the first file that is refused; files before it stay applied, as on the platform
 */
export async function pushFiles(
  databaseUrl: string,
  engine: Engine,
  schema: string,
  files: readonly PushFile[],
): Promise<void> {
  for (const file of files) await pushFile(databaseUrl, engine, schema, file);
}

async function pushFile(databaseUrl: string, engine: Engine, schema: string, file: PushFile): Promise<void> {
  const database = await Database.connect(databaseUrl);
  let running = '';
  try {
    const { before, sql, after } = pushTransaction(engine, schema, file.text);
    for (const batch of [before, sql, after]) {
      running = batch === sql ? sql : '';
      await database.query(batch);
    }
  } catch (error) {
    if (error instanceof PushRefused) throw new PushFailed(file.name, undefined, error.message, undefined);
    const { code, position, message } = error as { code?: string; position?: string; message: string };
    const line = running === '' || position === undefined ? undefined : lineAt(running, Number(position));
    throw new PushFailed(file.name, code, message, line);
  } finally {
    // Closing the session rolls back what is not committed.
    await database.close();
  }
}

/** `position` counts characters (code points) from 1, as PostgreSQL reports it. */
function lineAt(sql: string, position: number): number {
  return (
    Array.from(sql)
      .slice(0, position - 1)
      .filter(character => character === '\n').length + 1
  );
}
