import type { Node } from '@pgsql/types';
import { AUTHENTICATED, engineFacts, type Engine, type TableVerb } from '../flux/engine';
import { tenantOf } from '../flux/names';
import type { Span, Statement } from '../sql/source-file';
import type { Predicate } from './predicate';
import { PUBLIC, type Privileges } from './privileges';

/** A name and where it stands. */
export interface Named {
  readonly name: string;
  readonly at: Span;
}

export interface Column {
  readonly name: string;
  readonly at: Span;
  /** Type name without schema, in PostgreSQL's spelling: `text`, `uuid`, `int4`. */
  type: string;
  typeAt: Span;
  /** Where the column definition can take another constraint: right after its type. */
  readonly constraintsAt: Span;
  notNull: boolean;
  primaryKey: boolean;
  default: { readonly node: Node; readonly statement: Statement } | undefined;
  /** GENERATED, identity or serial: PostgreSQL makes the value. */
  generated: boolean;
  references: { readonly table: string; readonly column: string | undefined } | undefined;
}

export type PolicyVerb = TableVerb | 'all';

export interface Policy {
  readonly name: string;
  /** The policy's name in the text. */
  readonly at: Span;
  readonly statement: Statement;
  readonly table: Table;
  readonly verb: PolicyVerb;
  readonly permissive: boolean;
  /** Empty means no TO clause, which is TO PUBLIC. */
  roles: readonly Named[];
  using: Predicate | undefined;
  check: Predicate | undefined;
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
  /** Its name in the first statement that speaks of it. */
  readonly at: Span;
  readonly temporary: boolean;
  readonly columns: Map<string, Column>;
  policies: Policy[];
  /** Undefined where the files do not tell. */
  rowSecurity: boolean | undefined;
  /** The last DISABLE ROW LEVEL SECURITY. */
  switchedOff: Statement | undefined;
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
}

/** A GRANT, REVOKE or ALTER DEFAULT PRIVILEGES as written: what it names, whatever became of it. */
export interface GrantStatement {
  readonly statement: Statement;
  readonly isGrant: boolean;
  readonly grantees: readonly Named[];
  /** Schemas of the objects it names. */
  readonly schemas: readonly string[];
  /** Privilege keys of the relations and schemas it names. */
  readonly objects: readonly string[];
}

/** What the SQL of one push adds up to, as PostgreSQL would have it after the last statement. */
export class SchemaModel {
  readonly tables = new Map<string, Table>();
  readonly views = new Map<string, View>();
  readonly grants: GrantStatement[] = [];
  /** Roles that the files create. */
  readonly createdRoles = new Set<string>();
  /** Schemas that the files create, and where. */
  readonly createdSchemas = new Map<string, Statement>();

  constructor(
    readonly engine: Engine,
    /** The project's API schema; undefined when neither settings nor files tell. */
    readonly apiSchema: string | undefined,
    private readonly exposedSchemas: ReadonlySet<string>,
    readonly privileges: Privileges,
  ) {}

  /** Roles that signed-in (and on v1 also signed-out) requests run as. */
  get requestRoles(): readonly string[] {
    return engineFacts(this.engine).requestRoles;
  }

  /** Whether PostgREST serves the schema; unqualified names land in the API schema. */
  isExposed(schema: string): boolean {
    return schema === '' || this.exposedSchemas.has(schema);
  }

  /** Tables that this push makes and that requests can name, partitions included. */
  get exposedTables(): Table[] {
    return [...this.tables.values()].filter(
      table => table.created && !table.temporary && this.isExposed(table.schema),
    );
  }

  /** Whether a policy speaks of requests that run as `role`; one for PUBLIC is meant for the signed-in. */
  appliesTo(policy: Policy, role: string): boolean {
    const names = policy.roles.map(({ name }) => this.requestRoleNamed(name));
    return names.includes(role) || (isForPublic(policy) && role === AUTHENTICATED);
  }

  /** A role as requests know it: on v2 the tenant's own role and `authenticated` are one. */
  requestRoleNamed(name: string): string {
    return this.engine === 'v2_shared' && tenantOf(name)?.role === name ? AUTHENTICATED : name;
  }

  /** Every policy that is there at the end. */
  get policies(): Policy[] {
    return [...this.tables.values()].flatMap(table => table.policies);
  }

  /** Columns that a policy of the table compares with the subject. */
  ownerColumnsByUse(table: Table): Set<string> {
    return new Set(
      table.policies
        .flatMap(policy => [policy.using, policy.check])
        .flatMap(predicate => predicate?.subjectComparisons ?? [])
        .filter(({ operator }) => operator === '=')
        .map(({ column }) => column),
    );
  }

  /** Owner columns: by use, or by name where no policy of the table speaks of the subject at all. */
  ownerColumns(table: Table): Column[] {
    const byUse = this.ownerColumnsByUse(table);
    const spoken = table.policies
      .flatMap(({ using, check }) => [using, check])
      .some(predicate => predicate?.mentionsSubject);
    return [...table.columns.values()].filter(({ name }) =>
      spoken ? byUse.has(name) : OWNER_NAMES.has(name),
    );
  }
}

/** Names that mean "the row's owner" where no policy says which column it is. */
const OWNER_NAMES: ReadonlySet<string> = new Set([
  'owner_id',
  'user_id',
  'owner',
  'user_sub',
  'owner_sub',
  'member_sub',
  'author_id',
  'created_by',
  'account_id',
  'subject',
]);

/** No TO clause is TO PUBLIC. */
export function isForPublic(policy: Policy): boolean {
  return policy.roles.length === 0 || policy.roles.some(({ name }) => name === PUBLIC);
}

/** Key of a relation in {@link SchemaModel.tables} and {@link SchemaModel.views}. */
export function relationKey(schema: string, name: string): string {
  return `${schema}.${name}`;
}
