import type { OwnerDefault } from '../schema/owner-default';
import type { Verb } from './check-ids';
import type { TextShape } from './text-forms';
import type { NotChecked } from './verdict';

/** A value that JSON can say of a column. */
export type RowValue =
  string | number | boolean | null | readonly RowValue[] | { readonly [key: string]: RowValue };

/** A column, as far as making a row needs it. */
export interface PlannedColumn {
  readonly name: string;
  /** PostgreSQL's short type name, such as `text`, `uuid`, `int4`, `timestamptz`; `text[]` for arrays. */
  readonly type: string;
  readonly notNull: boolean;
  /** It has to be sent: NOT NULL, and nothing fills it in. */
  readonly required: boolean;
  readonly primaryKey: boolean;
  /** `default`: PostgreSQL counts it up unless a value is sent (serial, identity BY DEFAULT); `always`: it may not be sent. */
  readonly generated: 'no' | 'default' | 'always';
  /** Whether the signed-in role may send it; false where only other columns are granted. */
  readonly insertable: boolean;
  readonly updatable: boolean;
  readonly references?: { readonly table: string; readonly column: string };
  readonly enumValues?: readonly string[];
  /** Values that a CHECK allows, or a valid one that was worked out of it; the first is taken. */
  readonly candidates?: readonly RowValue[];
  /** Longest text that fits. */
  readonly maxLength?: number;
  /** What its text looks like, where a CHECK does not take any. */
  readonly shape?: TextShape;
  /** It may be NULL or has a default, and a CHECK of the table wants another value. */
  readonly wanted?: boolean;
}

/** How a row belongs to a subject. */
export type Ownership =
  | { readonly kind: 'column'; readonly column: string }
  | {
      /** Through the row of another table that these columns point at. */
      readonly kind: 'parent';
      readonly columns: readonly string[];
      readonly parent: string;
      readonly targets: readonly string[];
    }
  /** Rows belong to nobody: a table that is shared, such as a list of countries. */
  | { readonly kind: 'nobody' };

export interface PlannedForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  /** Columns of `table`, one for each of `columns`. */
  readonly targets: readonly string[];
}

/** A view, or a function that can be called by GET without arguments, which returns the table's rows. */
export interface PlannedDoor {
  readonly name: string;
  /** The column of what it returns that tells whose the row is. */
  readonly column: string;
}

/** What the project's SQL says of a verb for a signed-in subject and its own rows; `unknown` where no SQL is at hand. */
export type Expectation = 'allowed' | 'refused' | 'unknown';

/** A table to be checked. */
export interface TablePlan {
  readonly table: string;
  readonly source: 'sql' | 'gateway' | 'hand';
  readonly ownership: Ownership;
  /** Meant to be read by everybody: only writes are checked. */
  readonly shared: boolean;
  readonly columns: readonly PlannedColumn[];
  /** The primary key, else a unique key without NULLs; empty when there is none. */
  readonly key: readonly string[];
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly foreignKeys: readonly PlannedForeignKey[];
  readonly expected: Readonly<Record<Verb, Expectation>>;
  /** Whose row an INSERT makes that leaves the owner out: `subject` by DEFAULT or trigger. */
  readonly ownerDefault: OwnerDefault;
  /** Columns that policies speak of: a probe does not set them to NULL. */
  readonly policyColumns: readonly string[];
  /** BEFORE triggers, which may change what is sent; undefined where nothing tells. */
  readonly triggers?: { readonly insert: boolean; readonly update: boolean };
  readonly views: readonly PlannedDoor[];
  readonly functions: readonly PlannedDoor[];
}

/** The tables to check, parents before their children, and those left out. */
export interface ChecklistPlan {
  readonly tables: readonly TablePlan[];
  readonly notChecked: readonly NotChecked[];
}

/** Values that were given for columns for which none can be made, by table and column. */
export type GivenValues = Readonly<Record<string, Readonly<Record<string, RowValue>>>>;

/** What the person said about tables, remembered with the workspace. */
export interface TableChoices {
  /** Tables that everybody may read. */
  readonly shared: readonly string[];
  /** Tables that are left out. */
  readonly excluded: readonly string[];
  /** Owner columns by table, in place of what the SQL tells. */
  readonly owners: Readonly<Record<string, string>>;
  readonly values: GivenValues;
}

export const NO_CHOICES: TableChoices = { shared: [], excluded: [], owners: {}, values: {} };

/** The columns that make a row a subject's; empty for a table of nobody's. */
export function linkColumns({ ownership }: Pick<TablePlan, 'ownership'>): readonly string[] {
  switch (ownership.kind) {
    case 'column':
      return [ownership.column];
    case 'parent':
      return ownership.columns;
    case 'nobody':
      return [];
  }
}
