import { Database } from '../database/connection';
import type { LocalFlux } from './local-flux';
import { RestorePoint } from './restore-point';

/** What a self-test does to its database, past every policy. */
export interface LocalStage {
  reset(): Promise<void>;
  plant(sql: string): Promise<void>;
  /** Rows that a statement removed. */
  remove(sql: string): Promise<number>;
}

/** A local Flux, just pushed to, as the stage of a self-test. */
export async function localStage({ databaseUrl, schema }: LocalFlux): Promise<LocalStage> {
  const pushed = await RestorePoint.of(databaseUrl, schema);
  const run = async (sql: string): Promise<number> => {
    const database = await Database.connect(databaseUrl);
    try {
      return (await database.query(sql)).rowCount ?? 0;
    } finally {
      await database.close();
    }
  };
  return {
    reset: () => pushed.restore(),
    plant: async sql => {
      await run(sql);
    },
    remove: run,
  };
}
