import { ANON, TABLE_VERBS, type TableVerb } from '../flux/engine';
import { AUDIENCES, type Audience } from './audience';
import { isForPublic, relationKey, type Policy, type SchemaModel, type Table } from './model';
import type { Predicate } from './predicate';
import { schemaObject, type PrivilegeOrigin } from './privileges';
import { isAlwaysTrue } from './truth';

/** Why a role gets the rows it gets. */
export type Reason = 'no grant' | 'no policy' | 'never true' | 'RLS is off' | 'made elsewhere' | 'policies';

/** What a role may do with one verb. */
export interface Access {
  readonly role: string;
  readonly verb: TableVerb;
  /** Who granted it; undefined for nobody. */
  readonly granted: PrivilegeOrigin | undefined;
  /** The columns it is granted on, where it is not granted on the whole table. */
  readonly columns: readonly string[];
  /** The policies that speak of the role and the verb. */
  readonly policies: readonly Policy[];
  /** Whose rows the role's requests can touch at most; undefined where the files cannot tell. */
  readonly reach: Audience | undefined;
  /** Whose rows an UPDATE may make of them. */
  readonly becomes?: Audience;
  readonly reason: Reason;
}

/** Works out who may do what with a table, as the files leave it: a line for each role that requests run as and verb. */
export function accessOf(model: SchemaModel, table: Table): Access[] {
  return model.requestRoles.flatMap(role => TABLE_VERBS.map(verb => accessTo(model, table, role, verb)));
}

/** A verdict in a few words. */
export function verdictOf({ reach, becomes, reason }: Access): string {
  switch (reason) {
    case 'made elsewhere':
      return 'cannot tell: the table is made elsewhere';
    case 'RLS is off':
      return 'every row: RLS is off';
    case 'no grant':
    case 'no policy':
      return `no rows: ${reason}`;
    case 'never true':
      return 'no rows: no policy is ever true';
    case 'policies':
      return `${ROWS[reach ?? 'unknown']}${becomes === 'everybody' && reach !== 'everybody' ? ', for any owner' : ''}`;
  }
}

const ROWS: Readonly<Record<Audience, string>> = {
  nobody: 'no rows',
  'signed-out': 'every row, signed out',
  owner: 'own rows',
  members: 'rows shared with the subject',
  'certain-users': 'some rows: for certain users',
  unknown: 'some rows: by predicate',
  others: 'everybody else’s rows',
  'row-decides': 'some rows, whoever asks',
  'signed-in': 'every row',
  everybody: 'every row',
};

function accessTo(model: SchemaModel, table: Table, role: string, verb: TableVerb): Access {
  const policies = model.policiesFor(table, verb).filter(policy => speaksOf(model, policy, role));
  const access = { role, verb, policies, ...grantOf(model, table, role, verb) };
  if (!table.created) return { ...access, reach: undefined, reason: 'made elsewhere' };
  if (!access.granted) return { ...access, reach: 'nobody', reason: 'no grant' };
  if (!table.rowSecurity) return { ...access, reach: 'everybody', reason: 'RLS is off' };
  if (!policies.some(({ permissive }) => permissive)) {
    return { ...access, reach: 'nobody', reason: 'no policy' };
  }
  const through = (clause: (policy: Policy) => Predicate | undefined): Audience =>
    widest(subjectsOf(model, role).map(subject => reachThrough(policies, clause, subject)));
  const rows = through(({ using }) => using);
  const written = through(({ using, check }) => check ?? using);
  const reach = verb === 'insert' ? written : rows;
  if (reach === 'nobody') return { ...access, reach, reason: 'never true' };
  return { ...access, reach, ...(verb === 'update' && { becomes: written }), reason: 'policies' };
}

/** Without USAGE on the schema, a privilege on the table is of no use. */
function grantOf(
  { privileges }: SchemaModel,
  table: Table,
  role: string,
  verb: TableVerb,
): Pick<Access, 'granted' | 'columns'> {
  const key = relationKey(table.schema, table.name);
  if (!privileges.origin(schemaObject(table.schema), role, 'usage'))
    return { granted: undefined, columns: [] };
  const whole = privileges.wholeOrigin(key, role, verb);
  if (whole) return { granted: whole, columns: [] };
  return { granted: privileges.origin(key, role, verb), columns: [...privileges.columnsOf(key, role, verb)] };
}

function speaksOf(model: SchemaModel, policy: Policy, role: string): boolean {
  if (isForPublic(policy)) return true;
  const names = new Set(policy.roles.map(({ name }) => model.requestRoleNamed(name)));
  return [...rolesOf(model, role)].some(name => names.has(name));
}

/** The role and those it is a member of. */
function rolesOf(model: SchemaModel, role: string): Set<string> {
  const roles = new Set([role]);
  // A set visits what is added while it is walked.
  for (const member of roles) {
    const groups = new Set<string>();
    for (const { isGrant, groups: named, members } of model.memberships) {
      if (!members.some(({ name }) => model.requestRoleNamed(name) === member)) continue;
      for (const group of named) {
        if (isGrant) groups.add(group);
        else groups.delete(group);
      }
    }
    for (const group of groups) roles.add(model.requestRoleNamed(group));
  }
  return roles;
}

type Subject = 'present' | 'absent';

/** Requests as anon have no token; on v1 a token of another role may lack its subject. */
function subjectsOf(model: SchemaModel, role: string): readonly Subject[] {
  if (role === ANON) return ['absent'];
  return model.engine === 'v1_dedicated' ? ['present', 'absent'] : ['present'];
}

/** Permissive policies add up, restrictive ones take away. A permissive one without the clause lets nothing through. */
function reachThrough(
  policies: readonly Policy[],
  clause: (policy: Policy) => Predicate | undefined,
  subject: Subject,
): Audience {
  const reaches = (permissive: boolean): Audience[] =>
    policies
      .filter(policy => policy.permissive === permissive)
      .map(policy => {
        const predicate = clause(policy);
        if (!predicate) return permissive ? 'nobody' : 'everybody';
        return reachOf(predicate, policy.table, subject);
      });
  return narrowest([widest(reaches(true)), ...reaches(false)]);
}

/** Whose rows a predicate lets a request through to, with or without a subject. */
function reachOf(predicate: Predicate, table: Table, subject: Subject): Audience {
  const notNull = (column: string): boolean => table.columns.get(column)?.notNull ?? false;
  const truth = predicate.truth({ subject, notNull });
  if (!truth.canBeTrue) return 'nobody';
  if (isAlwaysTrue(truth)) return 'everybody';
  const { audience } = predicate;
  if (subject === 'present') return audience === 'signed-in' ? 'everybody' : audience;
  // What ties rows to a subject can be true without one only in ways that the text does not tell.
  return audience === 'row-decides' ? audience : 'unknown';
}

function widest(reaches: readonly Audience[]): Audience {
  return AUDIENCES.findLast(audience => reaches.includes(audience)) ?? 'nobody';
}

function narrowest(reaches: readonly Audience[]): Audience {
  return AUDIENCES.find(audience => reaches.includes(audience)) ?? 'everybody';
}
