import { AUTHENTICATED, engineFacts, type Engine } from '../flux/engine';
import { tenantOf } from '../flux/names';
import { NO_FORCE_MARKER } from '../flux/push-transaction';
import type { Statement } from '../sql/source-file';
import type {
  Column,
  GrantStatement,
  HistoryEntry,
  Policy,
  RoleMembership,
  Routine,
  Table,
  Trigger,
  View,
} from './objects';
import { PUBLIC, type Privileges } from './privileges';

export type * from './objects';

/** What the SQL of one push adds up to, as PostgreSQL would have it after the last statement. */
export class SchemaModel {
  readonly tables = new Map<string, Table>();
  readonly views = new Map<string, View>();
  /** Overloads of one name stand together. */
  readonly routines = new Map<string, Routine[]>();
  readonly triggers: Trigger[] = [];
  readonly grants: GrantStatement[] = [];
  readonly memberships: RoleMembership[] = [];
  /** Roles that the files create. */
  readonly createdRoles = new Set<string>();
  /** Schemas that the files create, and where. */
  readonly createdSchemas = new Map<string, Statement>();
  /** Sequences, those of serial columns included: key and schema. */
  readonly sequences = new Map<string, string>();
  /** Enum types by key. */
  readonly enums = new Map<string, { readonly labels: string[]; readonly statement: Statement }>();
  /** What happened on the way to this state. */
  readonly history: HistoryEntry[] = [];
  readonly #order = new Map<Statement, number>();

  constructor(
    readonly engine: Engine,
    /** The project's API schema; undefined when neither settings nor files tell. */
    readonly apiSchema: string | undefined,
    private readonly exposedSchemas: ReadonlySet<string>,
    readonly privileges: Privileges,
    /** Every statement that could be read, in push order. */
    readonly statements: readonly Statement[],
  ) {}

  /** Roles that signed-in (and on v1 also signed-out) requests run as. */
  get requestRoles(): readonly string[] {
    return engineFacts(this.engine).requestRoles;
  }

  /** Position of a statement in the push, from 0. */
  orderOf(statement: Statement): number {
    if (this.#order.size === 0) this.statements.forEach((each, index) => this.#order.set(each, index));
    return this.#order.get(statement) ?? -1;
  }

  /** Whether PostgREST serves the schema; unqualified names land in the API schema. */
  isExposed(schema: string): boolean {
    return schema === '' || this.exposedSchemas.has(schema);
  }

  /** Tables that this push makes and that requests can name, partitions included. */
  get exposedTables(): Table[] {
    return [...this.tables.values()].filter(table => this.isExposedTable(table));
  }

  isExposedTable(table: Table): boolean {
    return table.created !== undefined && !table.temporary && this.isExposed(table.schema);
  }

  /** Key of a relation or routine as a statement names it; unqualified names land in the API schema. */
  keyOf(name: string, schema?: string): string {
    return relationKey(schema ?? this.apiSchema ?? '', name);
  }

  /** The table an unqualified or qualified name speaks of, when the files know it. */
  tableNamed(name: string, schema?: string): Table | undefined {
    return this.tables.get(this.keyOf(name, schema));
  }

  /** Routines a call can mean: those of that name that take so many arguments. */
  routinesCalled(name: readonly string[], argumentCount: number): Routine[] {
    const routines = this.routines.get(this.keyOf(name.at(-1) ?? '', name.at(-2))) ?? [];
    return routines.filter(({ arguments: all }) => {
      const inputs = all.filter(({ isInput }) => isInput);
      const required = inputs.filter(({ hasDefault }) => !hasDefault);
      return required.length <= argumentCount && argumentCount <= inputs.length;
    });
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

  /** Policies that count for a verb: its own and those FOR ALL. */
  policiesFor(table: Table, verb: Policy['verb']): Policy[] {
    return table.policies.filter(policy => policy.verb === verb || policy.verb === 'all');
  }

  /** Whether the owner's own statements are judged by the policies: the sweep of a v2 push, or FORCE by hand. */
  isForced(table: Table): boolean {
    if (table.forced === true) return true;
    if (this.engine !== 'v2_shared' || table.rowSecurity !== true) return false;
    return !isExemptFromForce(table) && !table.partitioned;
  }

  /** Columns that a policy of the table wants to be the subject; else those that one wants to be different. */
  ownerColumnsByUse(table: Table): Set<string> {
    const facts = table.policies
      .flatMap(({ using, check }) => [using, check])
      .flatMap(predicate => predicate?.facts ?? []);
    const isOwner = facts.some(({ kind }) => kind === 'owner' || kind === 'owner-pattern');
    return new Set(
      facts.flatMap(fact => {
        if (fact.kind === 'not-owner') return isOwner ? [] : fact.column;
        return fact.kind === 'owner' || fact.kind === 'owner-pattern' ? fact.column : [];
      }),
    );
  }

  /** Owner columns: by use, or by name where no policy of the table says by means of the subject whose the rows are. */
  ownerColumns(table: Table): Column[] {
    const byUse = this.ownerColumnsByUse(table);
    const byName = byUse.size === 0 && !isTold(table);
    return [...table.columns.values()].filter(({ name }) =>
      byName ? OWNER_NAMES.has(name) : byUse.has(name),
    );
  }

  /** Whether rows of the table belong to somebody: its policies say so, or those of a table it hangs on. */
  isOwned(table: Table): boolean {
    if (isTied(table) || this.ownerColumns(table).length > 0) return true;
    return table.foreignKeys.some(({ table: key }) => {
      const parent = this.tables.get(key);
      return parent !== undefined && parent !== table && this.ownerColumns(parent).length > 0;
    });
  }
}

/** Facts that speak of callers, and not of whose a row is. */
const OF_CALLERS: ReadonlySet<string> = new Set([
  'signed-in',
  'signed-out',
  'certain-users',
  'row',
  'literal',
  'constant',
]);

/** Whether a policy says by means of the subject whose the rows are. */
function isTold({ policies }: Table): boolean {
  return policies
    .flatMap(({ using, check }) => [using, check])
    .some(
      predicate => predicate?.mentionsSubject && predicate.facts.some(({ kind }) => !OF_CALLERS.has(kind)),
    );
}

/** Whether a policy lets those at a row to whom it belongs, by whatever proof. */
function isTied({ policies }: Table): boolean {
  return policies
    .flatMap(({ using, check }) => [using, check])
    .some(predicate => predicate?.audience === 'owner' || predicate?.audience === 'members');
}

/** Whether the table's comment keeps it out of the FORCE sweep of a v2 push. */
export function isExemptFromForce({ comment }: Table): boolean {
  return comment?.text.includes(NO_FORCE_MARKER) ?? false;
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

/** Key of a relation in {@link SchemaModel.tables} and {@link SchemaModel.views}, and of a routine. */
export function relationKey(schema: string, name: string): string {
  return `${schema}.${name}`;
}
