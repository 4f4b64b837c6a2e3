/** Asks one statement and gives its rows; see `readOnly` of the database room. */
export type CatalogQuery = <Row extends object = Record<string, unknown>>(
  sql: string,
  values?: unknown[],
) => Promise<Row[]>;

/** One privilege that somebody but the owner holds; `public` stands for everybody. */
export interface AclEntry {
  readonly role: string;
  /** Lower case. */
  readonly privilege: string;
  readonly grantable: boolean;
}

interface CatalogObject {
  readonly oid: string;
  readonly name: string;
  /** The name with the quotes it needs. */
  readonly written: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly acl: readonly AclEntry[];
}

export interface RelationRow extends CatalogObject {
  /** As `pg_class.relkind`: table, partitioned table, foreign table, view, materialized view. */
  readonly kind: 'r' | 'p' | 'f' | 'v' | 'm';
  readonly rowSecurity: boolean;
  readonly forced: boolean;
  readonly options: readonly string[];
  readonly partitionKey: string | null;
  readonly partitionBound: string | null;
  /** Names of parents as they are written. */
  readonly parents: readonly string[];
  /** Query of a view. */
  readonly query: string | null;
  /** Server of a foreign table. */
  readonly server: string | null;
}

export interface ColumnRow {
  readonly relation: string;
  readonly name: string;
  readonly written: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly expression: string | null;
  readonly identity: '' | 'a' | 'd';
  readonly generated: '' | 's' | 'v';
  /** Its default is the sequence that `serial` makes. */
  readonly serial: boolean;
  readonly inherited: boolean;
  readonly comment: string | null;
  readonly acl: readonly AclEntry[];
}

export interface ConstraintRow {
  readonly relation: string;
  readonly written: string;
  readonly definition: string;
}

export interface PolicyRow {
  readonly relation: string;
  readonly name: string;
  readonly written: string;
  readonly permissive: boolean;
  readonly verb: 'select' | 'insert' | 'update' | 'delete' | 'all';
  /** Names of roles; `public` stands for everybody. */
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
  readonly comment: string | null;
}

/** An index or a trigger as PostgreSQL writes it. */
export interface DefinedRow {
  readonly relation: string;
  readonly definition: string;
}

export interface RoutineRow extends CatalogObject {
  readonly procedure: boolean;
  readonly definition: string;
  /** Argument types that tell overloads apart. */
  readonly arguments: string;
}

export interface SequenceRow extends CatalogObject {
  /** It came with a serial column. */
  readonly serial: boolean;
}

export interface TypeRow {
  readonly domain: boolean;
  readonly written: string;
  readonly definition: string;
}

export interface SchemaRow {
  readonly written: string;
  readonly owner: string;
  readonly acl: readonly AclEntry[];
}

export interface RoleRow {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassesRls: boolean;
  /** Roles it is a member of and inherits from. */
  readonly groups: readonly string[];
}

export interface DefaultAclRow {
  /** As `pg_default_acl.defaclobjtype`: tables, sequences, functions. */
  readonly on: 'r' | 'S' | 'f';
  readonly acl: readonly AclEntry[];
}

/** Everything that the live schema is written from. */
export interface CatalogRows {
  readonly schema: SchemaRow;
  readonly roles: readonly RoleRow[];
  readonly relations: readonly RelationRow[];
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly policies: readonly PolicyRow[];
  readonly indexes: readonly DefinedRow[];
  readonly triggers: readonly DefinedRow[];
  readonly routines: readonly RoutineRow[];
  readonly sequences: readonly SequenceRow[];
  readonly types: readonly TypeRow[];
  readonly defaults: readonly DefaultAclRow[];
}
