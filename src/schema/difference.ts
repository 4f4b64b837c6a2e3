import type { Span } from '../sql/source-file';
import type { SchemaModel } from './model';

/** What about an object is not the same in the files and in the database. */
export type DifferenceKind =
  | 'table-missing'
  | 'table-extra'
  | 'column-missing'
  | 'column-extra'
  | 'column-type'
  | 'column-not-null'
  | 'column-default'
  | 'row-security'
  | 'forced'
  | 'policy-missing'
  | 'policy-extra'
  | 'policy-verb'
  | 'policy-roles'
  | 'policy-permissive'
  | 'policy-using'
  | 'policy-check'
  | 'privileges'
  | 'view-missing'
  | 'view-extra'
  | 'view-invoker'
  | 'view-query'
  | 'function-missing'
  | 'function-extra'
  | 'function-definer'
  | 'function-search-path'
  | 'function-body'
  | 'trigger-missing'
  | 'trigger-extra'
  | 'enum-labels';

/** One thing that differs between the files of a push and the live schema. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** What it is about: `notes`, `notes.owner_id`, `policy notes_own on notes`. */
  readonly object: string;
  /** Which way round, in one or two sentences. */
  readonly message: string;
  /** `dangerous`: the database lets more through than the files say, or may do so. */
  readonly severity: 'dangerous' | 'harmless';
  /** False where PostgreSQL's own spelling leaves it open whether there is a difference at all. */
  readonly certain: boolean;
  /** The place in the files; undefined for what only the database has. */
  readonly at: Span | undefined;
  /** The place in the document of the live schema; undefined for what only the files have. */
  readonly liveAt: Span | undefined;
}

/** The two sides of a comparison: of one project, on one engine. */
export interface Sides {
  readonly files: SchemaModel;
  readonly live: SchemaModel;
  readonly report: (difference: Omit<Difference, 'certain'> & Partial<Pick<Difference, 'certain'>>) => void;
}
