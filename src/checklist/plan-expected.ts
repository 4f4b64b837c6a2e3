import { AUTHENTICATED, type TableVerb } from '../flux/engine';
import { accessOf, type Access } from '../schema/access';
import type { Condition } from '../schema/condition';
import { clausesOf } from '../schema/clauses';
import { relationKey, type Policy, type SchemaModel, type Table } from '../schema/model';
import type { Predicate } from '../schema/predicate';
import { evaluate } from './evaluate-check';
import { provesByParents } from './plan-proof';
import { typed, UNTOLD, type SqlValue } from './sql-value';
import { linkColumns, type Expectation, type PlannedColumn, type TablePlan } from './table-plan';

/** Undefined where the text does not tell. */
export type Passes = boolean | undefined;

type Planned = Pick<TablePlan, 'ownership' | 'columns' | 'foreignKeys'>;

/** Works out what the SQL lets signed-in subjects do with the rows that are made for them. */
export class ExpectationReader {
  readonly #reads = new Map<Table, Passes>();

  constructor(
    private readonly model: SchemaModel,
    private readonly planOf: (table: Table) => Planned | undefined,
  ) {}

  read(table: Table): TablePlan['expected'] {
    const read = this.#mayRead(table);
    const written = (verb: TableVerb): Passes => this.#may(table, verb);
    return {
      read: expectation(read),
      insert: expectation(written('insert')),
      // PostgREST finds the rows to change by a filter, which asks for SELECT as well.
      update: expectation(both(written('update'), read)),
      delete: expectation(both(written('delete'), read)),
    };
  }

  #mayRead(table: Table): Passes {
    if (this.#reads.has(table)) return this.#reads.get(table);
    // Policies that read each other come back here before they are answered.
    this.#reads.set(table, undefined);
    const read = this.#may(table, 'select');
    this.#reads.set(table, read);
    return read;
  }

  #may(table: Table, verb: TableVerb): Passes {
    const plan = this.planOf(table);
    const access = accessOf(this.model, table).find(
      each => each.role === AUTHENTICATED && each.verb === verb,
    );
    if (!plan || !access || this.model.mayBeDoneByCode(table, MADE_BY_CODE)) return undefined;
    if (access.reason === 'made elsewhere') return undefined;
    if (!access.granted) return false;
    if (verb === 'insert' && plan.columns.some(isMissing)) return false;
    if (verb !== 'select' && this.#isStopped(table, verb)) return undefined;
    switch (access.reason) {
      case 'RLS is off':
        return true;
      case 'no policy':
      case 'never true':
        return false;
      case 'policies':
        return this.#passesPolicies(access, plan, table);
      default:
        return undefined;
    }
  }

  /** Permissive policies add up, restrictive ones take away; UPDATE judges the row before and after. */
  #passesPolicies({ policies, verb }: Access, plan: Planned, table: Table): Passes {
    const judged =
      verb === 'insert' ? (['written'] as const) : verb === 'update' ? BOTH : (['found'] as const);
    return every(
      judged.map(which => {
        const passes = (policy: Policy): Passes => {
          const predicate = clausesOf(policy)[which];
          return predicate ? this.#passes(predicate, plan, table) : !policy.permissive;
        };
        const of = (permissive: boolean): Passes[] =>
          policies.filter(policy => policy.permissive === permissive).map(passes);
        return both(some(of(true)), every(of(false)));
      }),
    );
  }

  #passes(predicate: Predicate, plan: Planned, table: Table): Passes {
    const row = rowOf(plan, table);
    const judge = (condition: Condition): Passes => {
      if (condition.kind === 'all') return every(condition.parts.map(judge));
      if (condition.kind === 'any') return some(condition.parts.map(judge));
      const fact = predicate.factOf(condition);
      switch (fact.kind) {
        case 'constant':
          return fact.value;
        case 'signed-in':
          return true;
        case 'signed-out':
          return false;
        case 'owner':
        case 'not-owner': {
          const isOwn = plan.ownership.kind === 'column' && plan.ownership.column === fact.column;
          const isPlain = fact.kind === 'not-owner' || fact.wrapping !== 'function';
          return isOwn && isPlain ? fact.kind === 'owner' : undefined;
        }
        case 'row':
        case 'literal': {
          const value = evaluate(condition.node, row);
          if (value === null) return condition.nullPasses;
          return typeof value === 'boolean' ? value !== condition.negated : undefined;
        }
        case 'related':
          return this.#isProven(fact.sublink, predicate, plan, table) ? !condition.negated : undefined;
        default:
          return undefined;
      }
    };
    return judge(predicate.condition);
  }

  #isProven(
    sublink: Parameters<typeof provesByParents>[0],
    predicate: Predicate,
    plan: Planned,
    table: Table,
  ): boolean {
    return provesByParents(sublink, {
      table,
      columnsIn: node => predicate.columnsIn(node),
      tableOf: key => this.model.tables.get(key),
      ownerOf: other => {
        const ownership = other === table ? plan.ownership : this.planOf(other)?.ownership;
        return ownership?.kind === 'column' ? ownership.column : undefined;
      },
      isSent: column => {
        const planned = plan.columns.find(({ name }) => name === column);
        return planned?.required === true || planned?.wanted === true || linkColumns(plan).includes(column);
      },
      isReadable: other => this.#mayRead(other) === true,
    });
  }

  /** Whether a trigger may refuse or drop the row, whatever the policies say. */
  #isStopped(table: Table, verb: 'insert' | 'update' | 'delete'): boolean {
    const key = relationKey(table.schema, table.name);
    return this.model.triggers
      .filter(trigger => trigger.table === key && trigger.events.has(verb))
      .some(({ routine }) => {
        const [found] = this.model.routines.get(routine) ?? [];
        return !found || STOPPING.test(found.statement.text);
      });
  }
}

const BOTH = ['found', 'written'] as const;
const MADE_BY_CODE = /\b(?:grant|revoke|policy|row\s+level\s+security)\b/i;
const STOPPING = /\braise\s+(?!notice|info|log|debug|warning)|\breturn\s+null\b|\bassert\b/i;

/** It has to be sent, and the role may not send it. */
function isMissing({ required, insertable }: PlannedColumn): boolean {
  return required && !insertable;
}

/** The values of a row that is made by the plan, as far as they are known before. */
function rowOf({ columns, ownership }: Planned, table: Table): (name: string) => SqlValue {
  const links = linkColumns({ ownership });
  return name => {
    const column = columns.find(each => each.name === name);
    if (!column || links.includes(name) || column.generated !== 'no') return UNTOLD;
    if (column.required || column.wanted === true) {
      const [value] = column.candidates ?? column.enumValues ?? [];
      return value === undefined ? UNTOLD : typed(value, column.type);
    }
    const filled = table.columns.get(name)?.default;
    const value = filled ? evaluate(filled.node, () => UNTOLD) : null;
    return typeof value === 'string' ? typed(value, column.type) : value;
  };
}

function expectation(passes: Passes): Expectation {
  return passes === undefined ? 'unknown' : passes ? 'allowed' : 'refused';
}

function both(a: Passes, b: Passes): Passes {
  return every([a, b]);
}

function every(parts: readonly Passes[]): Passes {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

function some(parts: readonly Passes[]): Passes {
  if (parts.includes(true)) return true;
  return parts.includes(undefined) ? undefined : false;
}
