import { ANON, TABLE_VERBS, type TableVerb } from '../flux/engine';
import { isForPublic, relationKey, type Policy, type SchemaModel, type Table } from '../schema/model';
import type { Predicate } from '../schema/predicate';
import { schemaObject, type PrivilegeOrigin } from '../schema/privileges';
import { isAlwaysTrue } from '../schema/truth';

/** Which rows a request can touch: the most that grants and policies let through. */
export type Reach = 'none' | 'own' | 'some' | 'every';

/** Why it is those rows. */
export type Reason = 'no grant' | 'no policy' | 'never true' | 'RLS is off' | 'made elsewhere' | 'policies';

/** What a role may do with one verb. */
export interface Access {
  readonly role: string;
  readonly verb: TableVerb;
  /** Who granted it; undefined for nobody. */
  readonly granted: PrivilegeOrigin | undefined;
  /** The policies that speak of the role and the verb. */
  readonly policies: readonly Policy[];
  /** Undefined where the files cannot tell. */
  readonly reach: Reach | undefined;
  /** Which rows an UPDATE may leave behind. */
  readonly becomes?: Reach | undefined;
  readonly reason: Reason;
}

/** Who may do what with a table: one line for each role that requests run as and each verb. */
export interface AccessTable {
  readonly table: Table;
  readonly lines: readonly Access[];
}

/** Works out who may do what with a table, as the files leave it. */
export function accessOf(model: SchemaModel, table: Table): AccessTable {
  return {
    table,
    lines: model.requestRoles.flatMap(role => TABLE_VERBS.map(verb => accessTo(model, table, role, verb))),
  };
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
      return `${ROWS[reach ?? 'some']}${becomes === 'every' && reach !== 'every' ? ', for any owner' : ''}`;
  }
}

const ROWS: Readonly<Record<Reach, string>> = {
  none: 'no rows',
  own: 'own rows',
  some: 'some rows: by predicate',
  every: 'every row',
};

function accessTo(model: SchemaModel, table: Table, role: string, verb: TableVerb): Access {
  const granted = grantOf(model, table, role, verb);
  const policies = table.policies.filter(policy => speaksOf(model, policy, role, verb));
  const access = { role, verb, granted, policies };
  if (!table.created) return { ...access, reach: undefined, reason: 'made elsewhere' };
  if (!granted) return { ...access, reach: 'none', reason: 'no grant' };
  if (!table.rowSecurity) return { ...access, reach: 'every', reason: 'RLS is off' };
  if (!policies.some(({ permissive }) => permissive))
    return { ...access, reach: 'none', reason: 'no policy' };
  const using = reachThrough(model, role, policies, ({ using }) => using);
  const check = reachThrough(model, role, policies, policy => policy.check ?? policy.using);
  const reach = verb === 'insert' ? check : using;
  if (reach === 'none') return { ...access, reach, reason: 'never true' };
  return { ...access, reach, ...(verb === 'update' && { becomes: check }), reason: 'policies' };
}

/** Without USAGE on the schema, a privilege on the table is of no use. */
function grantOf(
  model: SchemaModel,
  table: Table,
  role: string,
  verb: TableVerb,
): PrivilegeOrigin | undefined {
  const { privileges } = model;
  const usage = privileges.origin(schemaObject(table.schema), role, 'usage');
  return usage && privileges.origin(relationKey(table.schema, table.name), role, verb);
}

function speaksOf(model: SchemaModel, policy: Policy, role: string, verb: TableVerb): boolean {
  return (
    (policy.verb === verb || policy.verb === 'all') && (isForPublic(policy) || model.appliesTo(policy, role))
  );
}

/** Permissive policies add up, restrictive ones take away. A permissive one without the clause lets nothing through. */
function reachThrough(
  model: SchemaModel,
  role: string,
  policies: readonly Policy[],
  clause: (policy: Policy) => Predicate | undefined,
): Reach {
  const reaches = (permissive: boolean): Reach[] =>
    policies
      .filter(policy => policy.permissive === permissive)
      .map(policy => {
        const predicate = clause(policy);
        if (!predicate) return permissive ? 'none' : 'every';
        return widest(subjectsOf(model, role).map(subject => reachOf(predicate, policy.table, subject)));
      });
  return reaches(false).reduce(both, widest(reaches(true)));
}

/** Requests as anon have no token; on v1 a token of another role may lack its subject. */
function subjectsOf(model: SchemaModel, role: string): readonly ('present' | 'absent')[] {
  if (role === ANON) return ['absent'];
  return model.engine === 'v1_dedicated' ? ['present', 'absent'] : ['present'];
}

/** Which rows a predicate lets through to requests with or without a subject. */
function reachOf(predicate: Predicate, table: Table, subject: 'present' | 'absent'): Reach {
  const notNull = (column: string): boolean => table.columns.get(column)?.notNull ?? false;
  const truth = predicate.truth({ subject, notNull });
  if (!truth.canBeTrue) return 'none';
  if (isAlwaysTrue(truth)) return 'every';
  return isOwnersOnly(predicate) ? 'own' : 'some';
}

/** Whether a predicate is a comparison with the subject, or that and something else. */
function isOwnersOnly({ node, subjectComparisons }: Predicate): boolean {
  const parts =
    'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR' ? (node.BoolExpr.args ?? []) : [node];
  return (
    parts.every(part => !('BoolExpr' in part)) && subjectComparisons.some(({ operator }) => operator === '=')
  );
}

const WIDTHS: readonly Reach[] = ['none', 'own', 'some', 'every'];

function widest(reaches: readonly Reach[]): Reach {
  return WIDTHS.findLast(reach => reaches.includes(reach)) ?? 'none';
}

function both(a: Reach, b: Reach): Reach {
  if (a === 'every' || a === b) return b;
  if (b === 'every') return a;
  return a === 'none' || b === 'none' ? 'none' : 'some';
}
