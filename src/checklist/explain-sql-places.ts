import { AUTHENTICATED, type TableVerb } from '../flux/engine';
import { relationKey, type Column, type Policy, type SchemaModel, type Table } from '../schema/model';
import type { Predicate } from '../schema/predicate';
import { circularReads } from '../schema/recursion';

/** A range of a file's text, in UTF-16 offsets. */
type Span = Table['at'];

/** What of the SQL holds a cause: the name that stands there, and the statement around it, where fixes are looked for. */
export interface SqlPlace extends Span {
  /** The policy, table, column, view or function. */
  readonly name: string;
  readonly statement: Span;
}

/** A place, and the linter's rules that find this cause there. */
export interface CauseInSql {
  readonly place: SqlPlace;
  readonly rules: readonly string[];
}

/** The table of that name that requests reach. */
export function exposedTable(model: SchemaModel, name: string): Table | undefined {
  return model.exposedTables.find(table => table.name === name);
}

export function tablePlace({ name, at, created }: Table): SqlPlace {
  return { ...at, name, statement: created?.file === at.file ? created.at : at };
}

/** The policy's name; its changed clause where an ALTER POLICY wrote it. */
export function policyPlace(policy: Policy, clause?: Predicate): SqlPlace {
  const { name, at, statement } = policy;
  const isAltered = clause !== undefined && clause.statement !== statement;
  return isAltered
    ? { ...clause.at, name, statement: clause.statement.at }
    : { ...at, name, statement: statement.at };
}

export function columnPlace({ name, at, statement }: Column): SqlPlace {
  return { ...at, name, statement: statement.at };
}

/** Where row security is switched off, else where the table is made; then the policy that waits for it. */
export function rowSecurityPlaces(table: Table): CauseInSql[] {
  const { switchedOff, name } = table;
  const rules = [
    'rls-not-enabled',
    'rls-policy-without-rls',
    'rls-weakened-later',
    'rls-partition-child-open',
  ];
  const [idle] = table.policies;
  return [
    switchedOff ? { ...switchedOff.at, name, statement: switchedOff.at } : tablePlace(table),
    ...(idle ? [policyPlace(idle)] : []),
  ].map(place => ({ place, rules }));
}

/** The REVOKE that took the privilege, the policy that needs it; the table where there is neither. */
export function missingGrantPlaces(model: SchemaModel, table: Table, verb: TableVerb): CauseInSql[] {
  const rules = ['grant-missing-table', 'grant-write-without-select', 'grant-column-subset'];
  const key = relationKey(table.schema, table.name);
  const taken = model.grants.findLast(
    ({ isGrant, objects, privileges, grantees }) =>
      !isGrant &&
      objects.includes(key) &&
      privileges.some(({ name }) => name === verb || name === 'all') &&
      grantees.some(({ name }) => model.requestRoleNamed(name) === AUTHENTICATED),
  );
  const [policy] = model.permitting(table, verb, AUTHENTICATED);
  const places = [
    ...(taken ? [{ ...taken.statement.at, name: table.name, statement: taken.statement.at }] : []),
    ...(policy ? [policyPlace(policy)] : []),
  ];
  return (places.length > 0 ? places : [tablePlace(table)]).map(place => ({ place, rules }));
}

/** The view or function of that name. */
export function doorPlace(model: SchemaModel, name: string): CauseInSql | undefined {
  const isNamed = (door: { readonly name: string; readonly schema: string }): boolean =>
    door.name === name && model.isExposed(door.schema);
  const view = [...model.views.values()].find(isNamed);
  if (view) {
    const rules = view.materialized
      ? ['table-materialized-exposed']
      : ['view-not-invoker', 'view-calls-definer', 'rls-force-exemption', 'rls-not-forced'];
    return { place: { ...view.at, name, statement: view.statement.at }, rules };
  }
  const routine = [...model.routines.values()].flat().find(isNamed);
  if (!routine) return undefined;
  const rules = ['function-definer-exposed', 'function-definer-trusts-argument'];
  return { place: { ...routine.at, name, statement: routine.statement.at }, rules };
}

/** Columns that count up by a sequence of their own. */
export function sequencePlaces(table: Table): CauseInSql[] {
  const rules = ['grant-missing-sequence'];
  const counted = [...table.columns.values()].filter(({ serial, default: made }) => serial || made);
  const serial = counted.filter(column => column.serial);
  return (serial.length > 0 ? serial : counted).map(column => ({ place: columnPlace(column), rules }));
}

/** Policies of the verb, and those that reading needs, that call a function of the files. */
export function functionPlaces(model: SchemaModel, table: Table, verb: TableVerb): CauseInSql[] {
  const rules = ['grant-missing-function'];
  return model.policiesFor(table, verb).flatMap(policy => {
    const clause = [policy.using, policy.check].find(predicate => (predicate?.calls.length ?? 0) > 0);
    return clause ? [{ place: policyPlace(policy, clause), rules }] : [];
  });
}

/** Where a policy of the verb casts the subject, else the owner column that is no text. */
export function ownerTypePlaces(model: SchemaModel, table: Table, verb: TableVerb): CauseInSql[] {
  const rules = ['owner-uuid-cast', 'owner-not-text', 'owner-uuid', 'owner-uuid-as-text'];
  const casts = policiesAsked(model, table, verb).flatMap(policy =>
    [policy.using, policy.check].flatMap(clause =>
      (clause?.subjectCasts ?? []).slice(0, 1).map(({ at }) => ({
        place: { ...at, name: policy.name, statement: clause?.statement.at ?? at },
        rules,
      })),
    ),
  );
  if (casts.length > 0) return casts;
  return model
    .ownerColumns(table)
    .filter(({ type }) => !TEXT_TYPES.has(type))
    .map(column => ({ place: columnPlace(column), rules }));
}

/** Where the policies of the table lead back to it. */
export function recursionPlaces(model: SchemaModel, table: Table): CauseInSql[] {
  return circularReads(model)
    .filter(({ reads }) => reads.some(({ policy }) => policy.table === table))
    .flatMap(({ reads: [closing] }) => {
      if (!closing) return [];
      const { policy, predicate, node } = closing;
      const place = { ...predicate.spanOf(node), name: policy.name, statement: predicate.statement.at };
      return [{ place, rules: ['policy-recursion'] }];
    });
}

/** The policies of the verb, or the table when it has none. */
export function closedPolicyPlaces(model: SchemaModel, table: Table, verb: TableVerb): CauseInSql[] {
  const places = policyPlaces(model, table, verb, [
    'policy-always-false',
    'policy-clauseless',
    'policy-claim-not-forwarded',
    'policy-legacy-claim-setting',
    'policy-other-tenant-role',
    'policy-not-adapted',
    'policy-inverted-subject',
    'policy-restrictive-only',
    'owner-current-user',
    'owner-literal',
    'owner-uuid-as-text',
  ]);
  if (places.length > 0) return places;
  const rules = [
    'rls-enabled-no-policy',
    'grant-without-policy',
    'policy-missing-verb',
    ...NEEDED_POLICY[verb],
  ];
  return [{ place: tablePlace(table), rules }];
}

const NEEDED_POLICY: Readonly<Record<TableVerb, readonly string[]>> = {
  select: ['policy-returning-needs-select', 'policy-write-needs-select'],
  insert: [],
  update: ['policy-upsert-needs'],
  delete: [],
};

/** Each policy of the verb, under the same rules. */
export function policyPlaces(
  model: SchemaModel,
  table: Table,
  verb: TableVerb,
  rules: readonly string[],
): CauseInSql[] {
  return model
    .policiesFor(table, verb)
    .map(policy => ({ place: policyPlace(policy, policy.check ?? policy.using), rules }));
}

/** UPDATE, DELETE and answers to INSERT read rows as well. */
function policiesAsked(model: SchemaModel, table: Table, verb: TableVerb): Policy[] {
  return [...new Set([...model.policiesFor(table, verb), ...model.policiesFor(table, 'select')])];
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext']);
