import type { Node } from '@pgsql/types';
import type { TableVerb } from '../flux/engine';
import type { Span, Statement } from '../sql/source-file';
import type { Predicate } from './predicate';

// What a push makes. Keys of relations and routines are `schema.name`; see `relationKey`.

/** A name and where it stands. */
export interface Named {
  readonly name: string;
  readonly at: Span;
}

/** An expression, and the statement whose text and offsets it has. */
export interface Expression {
  readonly node: Node;
  readonly statement: Statement;
}

export interface Column {
  readonly name: string;
  readonly at: Span;
  /** Where it was defined last. */
  readonly statement: Statement;
  /** Type name without schema, in PostgreSQL's spelling: `text`, `uuid`, `int4`, `varchar`, `text[]`. */
  type: string;
  /** Numbers in parentheses after the type: `varchar(36)` has `[36]`. */
  typeModifiers: readonly number[];
  typeAt: Span;
  /** Where the column definition can take another constraint: right after its type. */
  readonly constraintsAt: Span;
  notNull: boolean;
  primaryKey: boolean;
  default: Expression | undefined;
  /** GENERATED, identity or serial: PostgreSQL makes the value. */
  generated: boolean;
  /** GENERATED ALWAYS, as identity or from an expression: no statement may send a value. */
  alwaysGenerated?: boolean;
  /** `serial` and its sizes, whose sequence has privileges of its own. */
  serial: boolean;
  references: { readonly table: string; readonly column: string | undefined } | undefined;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  /** Key of the table it points at. */
  readonly table: string;
  /** Empty when it points at the primary key. */
  readonly targets: readonly string[];
  /** The name of the table it points at, in the text. */
  readonly at: Span;
  readonly statement: Statement;
}

/** PRIMARY KEY, UNIQUE or a unique index over whole columns without WHERE. */
export interface UniqueKey {
  readonly columns: readonly string[];
  readonly primary: boolean;
  readonly statement: Statement;
  readonly at: Span;
}

export interface Index {
  readonly name: string | undefined;
  /** Column names; undefined for an expression. */
  readonly columns: readonly (string | undefined)[];
  readonly unique: boolean;
  readonly partial: boolean;
  readonly concurrently: boolean;
  readonly statement: Statement;
}

export type PolicyVerb = TableVerb | 'all';

export interface Policy {
  readonly name: string;
  /** The policy's name in the text. */
  readonly at: Span;
  /** CREATE POLICY; predicates changed by ALTER POLICY have spans in that statement. */
  readonly statement: Statement;
  readonly table: Table;
  readonly verb: PolicyVerb;
  readonly permissive: boolean;
  /** Empty means no TO clause, which is TO PUBLIC. */
  roles: readonly Named[];
  using: Predicate | undefined;
  check: Predicate | undefined;
  /** The ALTER POLICY statements that changed it. */
  readonly alteredBy: Statement[];
}

export interface Table {
  readonly kind: 'table' | 'foreign table';
  /** Empty for an unqualified name whose schema nothing tells. */
  schema: string;
  name: string;
  /** The name as the files write it, with its quotes and, where given, its schema. */
  written: string;
  /** The statement that makes it; undefined for a table the files only speak of. */
  readonly created: Statement | undefined;
  /** The statement that gave it the name it has at the end: CREATE, or the last RENAME or SET SCHEMA. */
  namedBy: Statement | undefined;
  /** Its name in the first statement that speaks of it. */
  readonly at: Span;
  readonly temporary: boolean;
  /** PARTITION BY: it holds no rows itself. */
  readonly partitioned: boolean;
  /** Keys of the tables it is a partition of or inherits from. */
  readonly parents: string[];
  readonly columns: Map<string, Column>;
  /** Whether {@link columns} are all it has: CREATE TABLE AS and copies of tables made elsewhere have more. */
  columnsKnown: boolean;
  policies: Policy[];
  /** Undefined where the files do not tell. */
  rowSecurity: boolean | undefined;
  /** The last DISABLE ROW LEVEL SECURITY. */
  switchedOff: Statement | undefined;
  /** FORCE or NO FORCE as the files say it last; undefined where they do not. */
  forced: boolean | undefined;
  /** The last FORCE or NO FORCE ROW LEVEL SECURITY. */
  forcedBy: Statement | undefined;
  readonly foreignKeys: ForeignKey[];
  readonly uniqueKeys: UniqueKey[];
  readonly indexes: Index[];
  readonly checks: Expression[];
  /** The last COMMENT ON TABLE; an empty text when it was taken away. */
  comment: { readonly text: string; readonly statement: Statement; readonly at: Span } | undefined;
  /** The comment since which its comments keep it out of the FORCE sweep of a v2 push. */
  exemptSince: Statement | undefined;
  /** The last OWNER TO. */
  owner: (Named & { readonly statement: Statement }) | undefined;
}

export interface View {
  readonly schema: string;
  readonly name: string;
  /** The name as the files write it. */
  readonly written: string;
  readonly at: Span;
  readonly statement: Statement;
  readonly materialized: boolean;
  securityInvoker: boolean;
  /** The `security_invoker` option as written, to be changed by a fix. */
  invokerOptionAt: Span | undefined;
  /** Keys of the relations it reads. */
  readonly reads: readonly string[];
  readonly query: Node | undefined;
}

export interface RoutineArgument {
  readonly name: string | undefined;
  /** Type name without schema. */
  readonly type: string;
  readonly isInput: boolean;
  readonly hasDefault: boolean;
}

/** A function or procedure that the files define. */
export interface Routine {
  readonly kind: 'function' | 'procedure';
  readonly schema: string;
  readonly name: string;
  readonly written: string;
  readonly at: Span;
  readonly statement: Statement;
  readonly arguments: readonly RoutineArgument[];
  /** `trigger`, `void`, `boolean` as PostgreSQL spells them (`bool`); undefined for OUT arguments only. */
  readonly returns: { readonly type: string; readonly setOf: boolean } | undefined;
  /** Lower case. */
  readonly language: string;
  definer: boolean;
  volatility: 'volatile' | 'stable' | 'immutable';
  leakproof: boolean;
  /** `set search_path`, by CREATE or ALTER FUNCTION; the span is the whole option as written. */
  searchPath:
    { readonly fromCurrent: boolean; readonly schemas: readonly string[]; readonly at: Span } | undefined;
}

export interface Trigger {
  readonly name: string;
  readonly statement: Statement;
  /** Key of the table. */
  readonly table: string;
  /** Key of the routine it runs. */
  readonly routine: string;
  readonly before: boolean;
  readonly events: ReadonlySet<'insert' | 'update' | 'delete' | 'truncate'>;
}

/** One privilege list entry of a GRANT or REVOKE: `select`, or `update (title, body)`. */
export interface NamedPrivilege {
  /** Lower case; `all` for ALL. */
  readonly name: string;
  /** Empty for the whole object. */
  readonly columns: readonly string[];
  /** `update (title, body)` in the text; all of `all privileges`. */
  readonly at: Span;
}

export type GrantTarget = 'table' | 'schema' | 'sequence' | 'routine' | 'default' | 'other';

/** A GRANT, REVOKE or ALTER DEFAULT PRIVILEGES as written: what it names, whatever became of it. */
export interface GrantStatement {
  readonly statement: Statement;
  readonly isGrant: boolean;
  readonly target: GrantTarget;
  /** ON ALL TABLES, SEQUENCES or ROUTINES IN SCHEMA. */
  readonly allInSchema: boolean;
  readonly privileges: readonly NamedPrivilege[];
  readonly grantees: readonly Named[];
  /** Schemas of the objects it names, as written: unqualified ones count as the API schema. */
  readonly schemas: readonly string[];
  /** Privilege keys of the relations, routines and schemas it names. */
  readonly objects: readonly string[];
  readonly grantOption: boolean;
}

/** `grant group to member`, or its reverse. */
export interface RoleMembership {
  readonly statement: Statement;
  readonly isGrant: boolean;
  readonly groups: readonly string[];
  readonly members: readonly Named[];
}

/** Something that was there and is not any more, or was asked for a second time; in push order. */
export type HistoryEntry =
  | { readonly kind: 'policy-dropped'; readonly policy: Policy; readonly statement: Statement }
  | {
      /** CREATE POLICY with the name of one that is there: PostgreSQL refuses it. */
      readonly kind: 'policy-repeated';
      readonly policy: Policy;
      readonly statement: Statement;
      readonly at: Span;
    }
  | {
      readonly kind: 'row-security-disabled' | 'row-security-enabled' | 'force-removed' | 'forced';
      readonly table: Table;
      readonly statement: Statement;
      readonly at: Span;
    }
  | { readonly kind: 'table-dropped'; readonly table: Table; readonly statement: Statement }
  | {
      /** CREATE TABLE IF NOT EXISTS of a table that is there: it does nothing. */
      readonly kind: 'table-kept';
      readonly table: Table;
      readonly statement: Statement;
      readonly at: Span;
      /** Columns it asks for that the table does not have at this point. */
      readonly lacking: readonly Named[];
    }
  | {
      readonly kind: 'column-dropped';
      readonly table: Table;
      readonly column: Column;
      readonly statement: Statement;
    }
  | {
      readonly kind: 'column-renamed';
      readonly table: Table;
      readonly from: string;
      readonly to: string;
      readonly statement: Statement;
    };
