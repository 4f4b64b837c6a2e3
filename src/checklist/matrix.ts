import { ACTORS, VERBS, type Actor, type Verb } from './check-ids';
import { worst, type CheckResult, type Verdict } from './verdict';

/** What a table answers to one actor and verb. */
export interface MatrixCell {
  /** The worst of its results; undefined where nothing is asked. */
  readonly verdict: Verdict | undefined;
  readonly results: readonly CheckResult[];
}

/** A row of the matrix that results are read from: who asks for whose rows of a table. */
export interface MatrixRow {
  /** The table, or the path of the app's route. */
  readonly table: string;
  readonly actor: Actor;
  readonly cells: Readonly<Record<Verb, MatrixCell>>;
}

/** Actors as who → whose. */
export const ACTOR_LABELS: Readonly<Record<Actor, string>> = {
  own: 'A→A',
  other: 'A→B',
  none: 'none',
  all: 'all',
};

/** Verdicts as one sign; ✔ means "as it must be", whatever the status was. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  pass: '✔',
  fail: '✖',
  unknown: '?',
  skipped: '–',
};

/** Results by table and actor, tables in the order of their first result; actors of whom nothing is known are left out. */
export function matrixOf(results: readonly CheckResult[]): MatrixRow[] {
  const tables = [...new Set(results.map(({ table }) => table))];
  return tables.flatMap(table =>
    ACTORS.flatMap((actor): MatrixRow[] => {
      const ofActor = results.filter(result => result.table === table && result.actor === actor);
      return ofActor.length === 0 ? [] : [{ table, actor, cells: cellsOf(ofActor) }];
    }),
  );
}

function cellsOf(ofActor: readonly CheckResult[]): Record<Verb, MatrixCell> {
  const cells = VERBS.map((verb): [Verb, MatrixCell] => {
    const results = ofActor.filter(result => result.verb === verb);
    return [verb, { verdict: worst(results.map(({ verdict }) => verdict)), results }];
  });
  return Object.fromEntries(cells) as Record<Verb, MatrixCell>;
}
