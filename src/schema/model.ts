import { AUTHENTICATED, engineFacts, TABLE_VERBS, type Engine, type TableVerb } from '../flux/engine';
import { tenantOf, type TenantNames } from '../flux/names';
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
import { isTied, isTold, OWNER_NAMES } from './ownership';
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
  // Worked out when rules first ask, which is after the last statement.
  #policies: readonly Policy[] | undefined;
  readonly #ownersByUse = new Map<Table, ReadonlySet<string>>();
  readonly #owned = new Map<Table, boolean>();
  readonly #owners = new Map<Table, readonly Column[]>();
  readonly #order = new Map<Statement, number>();
  #code: readonly Statement[] | undefined;

  constructor(
    readonly engine: Engine,
    /** The project's API schema; undefined when neither settings nor files tell. */
    readonly apiSchema: string | undefined,
    private readonly exposedSchemas: ReadonlySet<string>,
    readonly privileges: Privileges,
    /** Every statement that could be read, in push order. */
    readonly statements: readonly Statement[],
    /** The API schema as the settings name it; undefined when only the files tell. */
    readonly configuredSchema?: string,
  ) {}

  /**
   * The schema that other projects' are told from: the settings' one, else the first API schema that the files name,
   * which on v2 is a tenant's and on v1 is there already. Undefined where nothing tells.
   */
  get ownSchema(): string | undefined {
    if (this.configuredSchema !== undefined) return this.configuredSchema;
    const named = [...this.exposedSchemas];
    const isShared = this.engine === 'v2_shared';
    return named.find(name => (isShared ? tenantOf(name) : !this.createdSchemas.has(name)));
  }

  /** Whether a schema or role name comes from the documentation's examples and is not this project's own. */
  isSampleName(name: string): boolean {
    if (!SAMPLE_NAME.test(name)) return false;
    const own = this.configuredSchema;
    return own === undefined || (name !== own && tenantOf(name)?.id !== tenantOf(own)?.id);
  }

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

  /** Whether a role that requests run as holds a privilege on a table that a policy, or the gate of a v1 push, asks for. */
  isReachable(table: Table): boolean {
    return this.#isHeld(table, 'select') || this.isWritable(table);
  }

  /** As {@link isReachable}, without SELECT. The gate of a v1 push counts TRUNCATE, which no request can ask for. */
  isWritable(table: Table): boolean {
    return (
      WRITING_VERBS.some(verb => this.#isHeld(table, verb)) ||
      (this.engine === 'v1_dedicated' && this.#isHeld(table, 'truncate'))
    );
  }

  #isHeld({ schema, name }: Table, privilege: string): boolean {
    const key = relationKey(schema, name);
    return this.requestRoles.some(role => this.privileges.origin(key, role, privilege) !== undefined);
  }

  /** Whether requests reach every row of a table that this push makes: its row security is off. */
  isOpen(table: Table): boolean {
    return (
      table.kind === 'table' &&
      table.rowSecurity === false &&
      this.isExposedTable(table) &&
      this.isReachable(table)
    );
  }

  /**
   * Whether a DO block or a function may do with a table what `words` match: it names the table, or builds its SQL when
   * it runs. What such code does is not part of this state, so nobody can say that it was left undone.
   */
  mayBeDoneByCode({ name }: Table, words: RegExp): boolean {
    this.#code ??= this.statements.filter(({ node }) => 'DoStmt' in node || 'CreateFunctionStmt' in node);
    if (this.#code.length === 0) return false;
    const named = new RegExp(`(?<![\\w$])${name.replace(/\W/g, '\\$&')}(?![\\w$])`, 'i');
    return this.#code.some(
      ({ text, body }) =>
        words.test(text) && (body?.dynamic === true || body?.opaque === true || named.test(text)),
    );
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
    const tenant = this.engine === 'v2_shared' ? tenantOf(name) : undefined;
    const own = this.tenant?.id;
    return tenant?.role === name && (own === undefined || own === tenant.id) ? AUTHENTICATED : name;
  }

  /** Whose project it is on v2; undefined while neither settings nor files tell. */
  get tenant(): TenantNames | undefined {
    return this.apiSchema === undefined ? undefined : tenantOf(this.apiSchema);
  }

  /** Every policy that is there at the end. */
  get policies(): readonly Policy[] {
    return (this.#policies ??= this.policiesSoFar());
  }

  /** Every policy that is there now, for the statements that change many at once. */
  policiesSoFar(): Policy[] {
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
    return isExemptFromForce(table) ? this.isExemptTooLate(table) : !table.partitioned;
  }

  /** Whether a v2 push has forced a table by the time a later file exempts it: each file ends with the sweep. */
  isExemptTooLate(table: Table): boolean {
    const { exemptSince, forced, forcedBy, partitioned } = table;
    const enabled = this.history.find(
      entry => entry.kind === 'row-security-enabled' && entry.table === table,
    );
    if (!exemptSince || !enabled || enabled.statement.file === exemptSince.file) return false;
    if (this.orderOf(enabled.statement) > this.orderOf(exemptSince)) return false;
    const isFreed =
      forced === false &&
      forcedBy !== undefined &&
      (forcedBy.file === exemptSince.file || this.orderOf(forcedBy) > this.orderOf(exemptSince));
    return !isFreed && !partitioned;
  }

  /** Permissive policies that let `role` do a verb; one for PUBLIC speaks of every role. */
  permitting(table: Table, verb: TableVerb, role: string): Policy[] {
    return this.policiesFor(table, verb).filter(
      policy => policy.permissive && (isForPublic(policy) || this.appliesTo(policy, role)),
    );
  }

  /** Tables that a view reads, itself or through other views. */
  tablesBehind(view: View): Table[] {
    const keys = new Set(view.reads);
    // A set visits what is added while it is walked.
    for (const key of keys) for (const inner of this.views.get(key)?.reads ?? []) keys.add(inner);
    return [...keys].flatMap(key => this.tables.get(key) ?? []);
  }

  /** Columns that a policy of the table wants to be the subject; else those that one wants to be different. */
  ownerColumnsByUse(table: Table): ReadonlySet<string> {
    const known = this.#ownersByUse.get(table);
    if (known) return known;
    const owners = new Set<string>();
    const others = new Set<string>();
    for (const { using, check } of table.policies) {
      for (const fact of [...(using?.facts ?? []), ...(check?.facts ?? [])]) {
        if (fact.kind === 'owner' || fact.kind === 'owner-pattern') owners.add(fact.column);
        else if (fact.kind === 'not-owner') others.add(fact.column);
      }
    }
    const columns = owners.size > 0 ? owners : others;
    this.#ownersByUse.set(table, columns);
    return columns;
  }

  /** Owner columns: by use, or by name where no policy of the table says by means of the subject whose the rows are. */
  ownerColumns(table: Table): readonly Column[] {
    const known = this.#owners.get(table);
    if (known) return known;
    const byUse = this.ownerColumnsByUse(table);
    const names = byUse.size === 0 && !isTold(table) ? OWNER_NAMES : byUse;
    const columns = [...table.columns.values()].filter(({ name }) => names.has(name));
    this.#owners.set(table, columns);
    return columns;
  }

  /** Whether rows of the table belong to somebody: its policies say so, or those of a table it hangs on. */
  isOwned(table: Table): boolean {
    const known = this.#owned.get(table);
    if (known !== undefined) return known;
    const isOwned =
      isTied(table) ||
      this.ownerColumns(table).length > 0 ||
      table.foreignKeys.some(({ table: key }) => {
        const parent = this.tables.get(key);
        return parent !== undefined && parent !== table && this.ownerColumns(parent).length > 0;
      });
    this.#owned.set(table, isOwned);
    return isOwned;
  }
}

/** Whether the table's comment keeps it out of the FORCE sweep of a v2 push. */
export function isExemptFromForce({ comment }: Table): boolean {
  return comment?.text.includes(NO_FORCE_MARKER) ?? false;
}

/** Schemas and roles that the documentation uses in its examples, or spells with letters that stand for digits. */
const SAMPLE_NAME = /^t_(?:5ecfa3ab72d1|abc123|x+|hash|id|your_[a-z_]+)_(?:api|role)$/;
const WRITING_VERBS = TABLE_VERBS.filter(verb => verb !== 'select');

/** No TO clause is TO PUBLIC. */
export function isForPublic(policy: Policy): boolean {
  return policy.roles.length === 0 || policy.roles.some(({ name }) => name === PUBLIC);
}

/** Key of a relation in {@link SchemaModel.tables} and {@link SchemaModel.views}, and of a routine. */
export function relationKey(schema: string, name: string): string {
  return `${schema}.${name}`;
}
