import { ANON, AUTHENTICATED, type Engine } from '../flux/engine';
import { requestRole } from '../flux/names';
import { clausesOf } from '../schema/clauses';
import { isForPublic, relationKey, type Policy, type SchemaModel, type Table } from '../schema/model';
import type { Verb } from './check-ids';
import { checksFor } from './checks';
import type { Defect } from './defect';
import { openings, SQL_VERBS, triggersOn, verbOf, VERBS, verbsOf } from './defect-facts';
import { closedChecks, openedChecks, type Opening, type TableFacts } from './defect-effects';
import { identifier } from './sweep-sql';
import { linkColumns, type ChecklistPlan, type TablePlan } from './table-plan';
import type { CheckId } from './verdict';

/** Every defect that can be planted into the tables of a plan. */
export function defectsOf(model: SchemaModel, plan: ChecklistPlan): Defect[] {
  return plan.tables.flatMap(table => {
    const found = [...model.tables.values()].find(
      ({ name, schema, created }) => name === table.table && created !== undefined && model.isExposed(schema),
    );
    return found ? new TableDefects(model, plan, table, found).all() : [];
  });
}

const SIGNED_IN = 'auth.uid() is not null';
const EVERYBODY: Opening = { anonymous: true, needsSubject: false };

type Planted = Omit<Defect, 'id' | 'table'>;

class TableDefects {
  readonly #engine: Engine;
  readonly #key: string;
  readonly #schema: string;
  readonly #target: string;
  readonly #facts: TableFacts;

  constructor(
    private readonly model: SchemaModel,
    private readonly whole: ChecklistPlan,
    private readonly plan: TablePlan,
    private readonly table: Table,
  ) {
    this.#engine = model.engine;
    this.#key = relationKey(table.schema, table.name);
    this.#schema = table.schema === '' ? (model.apiSchema ?? '') : table.schema;
    this.#target = this.#named(table.name);
    this.#facts = this.#factsOf();
  }

  all(): Defect[] {
    const { table } = this.plan;
    const planted =
      this.plan.ownership.kind !== 'nobody'
        ? [
            ...this.#rowSecurity(),
            ...this.#policies().flatMap(policy => this.#policyDefects(policy)),
            ...this.#grants(),
            ...this.#owner(),
            ...this.#doors(),
          ]
        : [
            ...this.#policies().flatMap(policy => this.#dropped(policy)),
            ...this.#grants(),
            ...this.#writable(),
          ];
    return planted.map(defect => ({ id: `${table}: ${defect.title}`, table, ...defect }));
  }

  #factsOf(): TableFacts {
    const { model, plan } = this;
    const held = (role: string): ReadonlySet<Verb> =>
      new Set(VERBS.filter(verb => model.privileges.origin(this.#key, role, SQL_VERBS[verb]) !== undefined));
    return {
      plan,
      engine: this.#engine,
      checks: new Set(checksFor(plan, this.#engine).map(({ id }) => id)),
      granted: held(AUTHENTICATED),
      anonymous: this.#engine === 'v1_dedicated' ? held(ANON) : new Set(),
      ownerIsReplaced: linkColumns(plan).some(column => triggersOn(this.model, this.#key, column).length > 0),
      hasInvokingView: plan.views.some(({ name }) => model.views.get(this.#keyOf(name))?.securityInvoker),
      hasInvokingFunction: plan.functions.some(
        ({ name }) => model.routines.get(this.#keyOf(name))?.[0]?.definer === false,
      ),
      hasOwnedParent: plan.foreignKeys.some(({ table, columns }) => {
        const parent = this.whole.tables.find(other => other.table === table && table !== plan.table);
        const isLink = columns.some(column => linkColumns(plan).includes(column));
        return parent !== undefined && parent.ownership.kind !== 'nobody' && !parent.shared && !isLink;
      }),
    };
  }

  /** Policies that speak of signed-in requests. */
  #policies(): Policy[] {
    const { model, table } = this;
    return table.policies.filter(policy => policy.permissive && model.appliesTo(policy, AUTHENTICATED));
  }

  #rowSecurity(): Planted[] {
    if (this.table.rowSecurity !== true) return [];
    const open = {
      read: EVERYBODY,
      insert: EVERYBODY,
      found: EVERYBODY,
      written: EVERYBODY,
      delete: EVERYBODY,
    };
    return [
      {
        title: 'row-level security off',
        verb: 'all',
        plant: `alter table ${this.#target} disable row level security`,
        effect: 'opens',
        expectedBy: openedChecks(this.#facts, open),
      },
    ];
  }

  #policyDefects(policy: Policy): Planted[] {
    return [...this.#dropped(policy), ...this.#widened(policy), ...this.#withoutParent(policy)];
  }

  #dropped(policy: Policy): Planted[] {
    const closed = verbsOf(policy).filter(
      verb =>
        this.#facts.granted.has(verb) &&
        this.model
          .permitting(this.table, SQL_VERBS[verb], AUTHENTICATED)
          .every(other => other.name === policy.name),
    );
    return [
      {
        title: `policy ${policy.name} dropped`,
        verb: verbOf(policy),
        plant: `drop policy ${identifier(policy.name)} on ${this.#target}`,
        effect: 'closes',
        expectedBy: this.#closed(closed, 'policy'),
      },
    ];
  }

  #widened(policy: Policy): Planted[] {
    const { found, written } = clausesOf(policy);
    const clauses = [
      { word: 'using', judged: found },
      { word: 'with check', judged: policy.verb === 'insert' ? written : policy.check },
    ] as const;
    return clauses.flatMap(({ judged, word }) => {
      if (!judged || judged.audience === 'everybody') return [];
      const widths = judged.audience === 'signed-in' ? (['true'] as const) : (['true', SIGNED_IN] as const);
      return widths.map((width): Planted => {
        const opening = { anonymous: this.#speaksOfAnon(policy), needsSubject: width !== 'true' };
        const open = openings(policy, word, opening);
        return {
          title: `policy ${policy.name} widened: ${word} (${width})`,
          verb: verbOf(policy),
          plant: `alter policy ${identifier(policy.name)} on ${this.#target} ${word} (${width})`,
          effect: 'opens',
          expectedBy: this.#isNarrowed(policy) ? [] : openedChecks(this.#facts, open),
        };
      });
    });
  }

  /** An INSERT policy that no longer asks whose the parent is. */
  #withoutParent(policy: Policy): Planted[] {
    const clause = policy.verb === 'update' ? undefined : clausesOf(policy).written;
    if (clause?.condition.kind !== 'all' || !this.#facts.checks.has('child-of-other')) return [];
    const { parts } = clause.condition;
    const kept = parts.flatMap(part => {
      if (part.kind !== 'atom' || part.negated) return [];
      const isRelated = clause.factOf(part).kind === 'related';
      return isRelated ? [] : [clause.statement.textOf(clause.spanOf(part.node))];
    });
    const asksOwner = parts.some(part => part.kind === 'atom' && clause.factOf(part).kind === 'owner');
    if (kept.length === parts.length || !asksOwner) return [];
    return [
      {
        title: `policy ${policy.name} without its check of the parent`,
        verb: 'insert',
        plant:
          `set local search_path to ${identifier(this.#schema)}; ` +
          `alter policy ${identifier(policy.name)} on ${this.#target} with check ((${kept.join(') and (')}))`,
        effect: 'opens',
        expectedBy: this.#isNarrowed(policy) ? [] : this.#asked(['child-of-other']),
      },
    ];
  }

  #grants(): Planted[] {
    const role = requestRole(this.#engine, this.#schema);
    return VERBS.filter(verb => this.#facts.granted.has(verb)).map(verb => ({
      title: `no GRANT of ${SQL_VERBS[verb].toUpperCase()}`,
      verb,
      plant: `revoke ${SQL_VERBS[verb]} on ${this.#target} from ${identifier(role)}, public`,
      effect: 'closes',
      expectedBy: this.#closed([verb], 'privilege'),
    }));
  }

  #owner(): Planted[] {
    const { ownership, ownerDefault, columns, expected } = this.plan;
    if (ownership.kind !== 'column' || ownerDefault !== 'subject' || expected.insert === 'refused') return [];
    const { column } = ownership;
    const isSent = columns.find(({ name }) => name === column)?.insertable ?? true;
    const triggers = triggersOn(this.model, this.#key, column);
    const expectedBy = isSent
      ? this.#asked(['insert-without-owner'])
      : closedChecks(this.#facts, new Set<Verb>(['insert']), 'policy');
    const dropped = triggers.map((name): Planted => ({
      title: `trigger ${name}, which sets the owner, dropped`,
      verb: 'insert',
      plant: `drop trigger ${identifier(name)} on ${this.#target}`,
      effect: 'closes',
      expectedBy: triggers.length === 1 && !this.table.columns.get(column)?.default ? expectedBy : [],
    }));
    if (!this.table.columns.get(column)?.default) return dropped;
    return [
      ...dropped,
      {
        title: `no DEFAULT of ${column}`,
        verb: 'insert',
        plant: `alter table ${this.#target} alter column ${identifier(column)} drop default`,
        effect: 'closes',
        expectedBy: triggers.length === 0 ? expectedBy : [],
      },
    ];
  }

  /** Only on v1 does whoever owns views and functions pass the policies by; on v2 the tables are forced. */
  #doors(): Planted[] {
    if (this.#engine !== 'v1_dedicated') return [];
    const views = this.plan.views
      .filter(({ name }) => this.model.views.get(this.#keyOf(name))?.securityInvoker)
      .map(({ name }): Planted => ({
        title: `view ${name} without security_invoker`,
        through: name,
        verb: 'read',
        plant: `alter view ${this.#named(name)} reset (security_invoker)`,
        effect: 'opens',
        expectedBy: this.#asked(['view-read']),
      }));
    const functions = this.plan.functions
      .filter(({ name }) => this.model.routines.get(this.#keyOf(name))?.[0]?.definer === false)
      .map(({ name }): Planted => ({
        title: `function ${name} SECURITY DEFINER`,
        through: name,
        verb: 'read',
        plant: `alter function ${this.#named(name)} security definer`,
        effect: 'opens',
        expectedBy: this.#asked(['function-read']),
      }));
    return [...views, ...functions];
  }

  /** A table that everybody reads, open for writes. */
  #writable(): Planted[] {
    const role = identifier(requestRole(this.#engine, this.#schema));
    return (['insert', 'update', 'delete'] as const).map(verb => {
      const clauses = `${verb === 'insert' ? '' : ' using (true)'}${verb === 'delete' ? '' : ' with check (true)'}`;
      return {
        title: `${verb.toUpperCase()} of a shared table open to all who are signed in`,
        verb,
        plant:
          `grant ${verb} on ${this.#target} to ${role}; ` +
          `create policy "flux-rls self-test" on ${this.#target} for ${verb} to ${role}${clauses}`,
        effect: 'opens' as const,
        expectedBy: this.#asked([`shared-${verb}`]),
      };
    });
  }

  #closed(verbs: readonly Verb[], by: 'policy' | 'privilege'): readonly CheckId[] {
    if (verbs.length === 0) return [];
    if (this.plan.ownership.kind !== 'nobody') return closedChecks(this.#facts, new Set(verbs), by);
    return this.#asked(verbs.includes('read') ? ['shared-read'] : []);
  }

  #asked(checks: readonly CheckId[]): CheckId[] {
    return checks.filter(id => this.#facts.checks.has(id));
  }

  /** A restrictive policy may take away again what another one gives. */
  #isNarrowed(policy: Policy): boolean {
    return this.table.policies.some(
      other =>
        !other.permissive && (other.verb === policy.verb || other.verb === 'all' || policy.verb === 'all'),
    );
  }

  #speaksOfAnon(policy: Policy): boolean {
    return isForPublic(policy) || policy.roles.some(({ name }) => name === ANON);
  }

  #keyOf(name: string): string {
    return relationKey(this.table.schema, name);
  }

  #named(name: string): string {
    return `${identifier(this.#schema)}.${identifier(name)}`;
  }
}
