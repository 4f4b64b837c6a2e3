import type { Diagnosis } from './diagnose';
import type { Row } from './gateway-client';
import type { Control, KnownRow } from './known-row';
import type { TablePlan } from './table-plan';
import type { Evidence } from './verdict';

/** A row that could be sent. */
export interface Draft {
  readonly values: Row;
  /** The key by column, where it is known before the insert. */
  readonly key: Readonly<Record<string, string>> | undefined;
  /** The column that carries the run's marker. */
  readonly markerColumn: string | undefined;
  readonly evidence: readonly Evidence[];
}

export type Drafted =
  | { readonly made: true; readonly draft: Draft }
  | { readonly made: false; readonly diagnosis: Diagnosis; readonly evidence: readonly Evidence[] };

/** Rows to ask about: made for the run, or found among those that the subjects own already. */
export interface RowSource {
  /** The subject's row: made or found at the first call. */
  own(plan: TablePlan, subject: string): Promise<Control<KnownRow>>;
  /** Another row of the subject's. */
  another(plan: TablePlan, subject: string): Promise<Control<KnownRow>>;
  /** A row in the subject's name that is not sent yet; `fixed` outranks what links it to the subject. */
  draft(plan: TablePlan, subject: string, fixed?: Row): Promise<Drafted>;
}

export function cannotMake(column: string, reason: string): Diagnosis {
  return {
    cause: 'row-not-made',
    column,
    message: `No valid row can be made: ${column} has to be given, and ${reason}.`,
    advice: `Give a value for ${column}, or leave the table out.`,
  };
}
