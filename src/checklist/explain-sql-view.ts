import { ANON, AUTHENTICATED, type TableVerb } from '../flux/engine';
import { V2_FORWARDED_CLAIMS } from '../flux/claims';
import {
  isForPublic,
  relationKey,
  type Policy,
  type SchemaModel,
  type Table,
  type View,
} from '../schema/model';
import { ownerGets } from '../schema/owner-rights';
import type { Predicate } from '../schema/predicate';
import { schemaObject } from '../schema/privileges';
import { exposedTable } from './explain-sql-places';

/** What keeps a policy from letting a signed-in subject at its own rows. */
export interface Obstacle {
  readonly kind:
    'never true' | 'dropped claim' | 'legacy setting' | 'inverted' | 'database role' | 'uuid as text';
  readonly policy: Policy;
  readonly clause: Predicate;
  /** The claim, setting or column it is about. */
  readonly name: string;
}

/** What the project's SQL says of the table or view that was asked for, and of the role that asked. */
export class SqlView {
  /** Undefined where the files do not make it, or make it where requests cannot reach it. */
  readonly table: Table | undefined;
  readonly view: View | undefined;
  readonly role: string;

  constructor(
    readonly model: SchemaModel,
    name: string | undefined,
    isAnonymous: boolean,
  ) {
    this.role = isAnonymous ? ANON : AUTHENTICATED;
    this.table = name === undefined ? undefined : exposedTable(model, name);
    this.view =
      name === undefined
        ? undefined
        : [...model.views.values()].find(view => view.name === name && model.isExposed(view.schema));
  }

  /** Whether row security is off in the SQL, on a table that the SQL makes. */
  get isOpen(): boolean {
    return this.table !== undefined && this.table.rowSecurity !== true;
  }

  /** Permissive policies that let the role do the verb. */
  permitting(verb: TableVerb): readonly Policy[] {
    const { table, model, role } = this;
    if (!table) return [];
    return model
      .policiesFor(table, verb)
      .filter(
        policy =>
          policy.permissive &&
          (isForPublic(policy) || policy.roles.some(({ name }) => model.requestRoleNamed(name) === role)),
      );
  }

  /** Permissive policies of the verb that speak of other roles alone. */
  forOthers(verb: TableVerb): readonly Policy[] {
    const speaking = this.permitting(verb);
    return this.policies(verb).filter(policy => policy.permissive && !speaking.includes(policy));
  }

  restrictive(verb: TableVerb): readonly Policy[] {
    return this.policies(verb).filter(({ permissive }) => !permissive);
  }

  policies(verb: TableVerb): readonly Policy[] {
    return this.table ? this.model.policiesFor(this.table, verb) : [];
  }

  /** Whether the role holds the privilege by the files or by the platform; undefined where the files do not make the table. */
  holds(verb: TableVerb): boolean | undefined {
    const relation = this.table ?? this.view;
    if (!relation) return undefined;
    const key = relationKey(relation.schema, relation.name);
    return this.model.privileges.origin(key, this.role, verb) !== undefined;
  }

  /** Whether it holds it on some of the columns only. */
  holdsColumnsOnly(verb: TableVerb): boolean {
    if (!this.table || this.holds(verb) !== true) return false;
    const key = relationKey(this.table.schema, this.table.name);
    return this.model.privileges.wholeOrigin(key, this.role, verb) === undefined;
  }

  holdsUsage(schema: string): boolean {
    return this.model.privileges.origin(schemaObject(schema), this.role, 'usage') !== undefined;
  }

  /** The first policy of the verb that cannot do what it is meant for; `written` looks at the clause for new rows. */
  obstacle(verb: TableVerb, written: boolean): Obstacle | undefined {
    const permitting = this.permitting(verb);
    const found = permitting.map(policy => {
      const clause = written ? (policy.check ?? policy.using) : policy.using;
      return clause && obstacleIn(policy, clause, this.model);
    });
    // One policy without an obstacle is enough to get through.
    return found.includes(undefined) ? undefined : found[0];
  }

  /** The clause that ties rows to the subject, and its column. */
  ownerTest(
    verb: TableVerb,
    written: boolean,
  ): { policy: Policy; clause: Predicate; column: string } | undefined {
    for (const policy of this.permitting(verb)) {
      const clause = written ? (policy.check ?? policy.using) : policy.using;
      const fact = clause?.facts.find(({ kind }) => kind === 'owner');
      if (clause && fact?.kind === 'owner') return { policy, clause, column: fact.column };
    }
    return undefined;
  }

  /** A view that runs with its owner's rights, where the policies of what it reads let that owner at nothing. */
  get viewShowsNothing(): boolean {
    const { view, model } = this;
    if (!view || view.securityInvoker || view.materialized) return false;
    return model.tablesBehind(view).some(table => ownerGets(model, table, 'select') === 'nothing');
  }

  /** A view that passes the policies of what it reads by. */
  get viewShowsEverything(): boolean {
    const { view, model } = this;
    if (!view || (view.securityInvoker && !view.materialized)) return false;
    return model.tablesBehind(view).some(table => ownerGets(model, table, 'select') === 'everything');
  }
}

function obstacleIn(policy: Policy, clause: Predicate, model: SchemaModel): Obstacle | undefined {
  const base = { policy, clause };
  if (!clause.truth({ subject: 'present' }).canBeTrue)
    return { ...base, kind: 'never true', name: policy.name };
  const { facts, condition } = clause;
  // Another way past the predicate may be the one that is meant.
  if (condition.kind === 'any') return undefined;
  const legacy = clause.settings.find(({ name }) => name.toLowerCase().startsWith('request.jwt.claim.'));
  if (legacy) return { ...base, kind: 'legacy setting', name: legacy.name };
  if (model.engine === 'v2_shared') {
    const dropped = clause.claims.map(({ path: [claim = ''] }) => claim).find(claim => !FORWARDED.has(claim));
    if (dropped !== undefined) return { ...base, kind: 'dropped claim', name: dropped };
  }
  if (facts.length !== 1) return undefined;
  const [fact] = facts;
  if (fact?.kind === 'not-owner') return { ...base, kind: 'inverted', name: fact.column };
  if (fact?.kind === 'database-role') return { ...base, kind: 'database role', name: fact.column };
  if (fact?.kind === 'owner' && fact.wrapping === 'cast') {
    const column = policy.table.columns.get(fact.column);
    if (column?.type === 'uuid') return { ...base, kind: 'uuid as text', name: fact.column };
  }
  return undefined;
}

const FORWARDED: ReadonlySet<string> = new Set(V2_FORWARDED_CLAIMS);
