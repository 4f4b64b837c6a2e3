import { relationKey, type SchemaModel, type Table } from '../schema/model';
import { keyOf, plannedColumns, plannedForeignKeys } from './plan-columns';
import { OwnershipReader } from './plan-ownership';
import { domainsOf, type Domain } from './plan-domains';
import { DoorReader } from './plan-doors';
import { ExpectationReader } from './plan-expected';
import { ownerDefaultOf } from '../schema/owner-default';
import { linkColumns, type ChecklistPlan, type TableChoices, type TablePlan } from './table-plan';
import { parentsFirst } from './plan-order';
import type { NotChecked } from './verdict';

/** The plan for every table of the API schema that the project's SQL makes. */
export function planTables(model: SchemaModel, choices: TableChoices): ChecklistPlan {
  const planner = new TablePlanner(model, choices);
  const tables: TablePlan[] = [];
  const notChecked: NotChecked[] = [];
  for (const table of servedTables(model)) {
    const reason = reasonToLeaveOut(model, table, choices);
    const found = reason === undefined ? planner.plan(table) : { reason };
    if ('reason' in found) notChecked.push({ table: table.name, reason: found.reason });
    else tables.push(found);
  }
  return { tables: parentsFirst(tables), notChecked };
}

/** Tables of the project's API schema: those that the SQL makes, and those of others that it writes policies for. */
function servedTables(model: SchemaModel): Table[] {
  const own = model.ownSchema ?? model.apiSchema;
  return [...model.tables.values()].filter(
    table =>
      (model.isExposedTable(table) ||
        (!table.created && table.policies.length > 0 && model.isExposed(table.schema))) &&
      (own === undefined || table.schema === '' || table.schema === own),
  );
}

function reasonToLeaveOut(model: SchemaModel, table: Table, choices: TableChoices): string | undefined {
  if (choices.excluded.includes(table.name)) return 'it was left out on purpose';
  if (!table.created && choices.owners[table.name] === undefined)
    return 'the SQL at hand does not make it: name its owner column, or take in the file that makes it';
  if (table.kind === 'foreign table') return 'a foreign table has no row-level security of its own';
  const whole = table.parents.map(key => model.tables.get(key)).find(parent => parent?.partitioned);
  if (whole) return `it is a partition of ${whole.name}, through which its rows are asked for`;
  return undefined;
}

/** What of a plan other parts of it are worked out from. */
type Facts = Pick<TablePlan, 'ownership' | 'shared' | 'columns' | 'foreignKeys'>;

/** Says of each table what the SQL tells, where tables depend on each other. */
class TablePlanner {
  readonly #facts = new Map<Table, Facts | { readonly reason: string }>();
  readonly #owners: OwnershipReader;
  readonly #expectations: ExpectationReader;
  readonly #doors: DoorReader;
  readonly #domains: ReadonlyMap<string, Domain>;

  constructor(
    private readonly model: SchemaModel,
    choices: TableChoices,
  ) {
    this.#owners = new OwnershipReader(model, choices);
    this.#doors = new DoorReader(model);
    this.#domains = domainsOf(model);
    this.#expectations = new ExpectationReader(model, table => {
      const facts = this.#factsOf(table);
      return 'reason' in facts ? undefined : facts;
    });
  }

  /** The plan, or why there is none. */
  plan(table: Table): TablePlan | { readonly reason: string } {
    const { model } = this;
    const facts = this.#factsOf(table);
    if ('reason' in facts) return facts;
    const links = linkColumns(facts);
    const link = links.length === 1 ? links[0] : undefined;
    return {
      table: table.name,
      source: 'sql',
      ...facts,
      key: keyOf(table),
      uniqueKeys: table.uniqueKeys.map(({ columns }) => columns),
      expected: this.#expectations.read(table),
      ownerDefault: link === undefined ? 'none' : ownerDefaultOf(model, table, link),
      policyColumns: policyColumns(table),
      ...triggersOf(model, table),
      views: link === undefined ? [] : this.#doors.viewsOf(table, link),
      functions: link === undefined ? [] : this.#doors.functionsOf(table, link),
    };
  }

  #factsOf(table: Table): Facts | { readonly reason: string } {
    const known = this.#facts.get(table);
    if (known) return known;
    const found = this.#owners.read(table);
    const facts =
      'reason' in found
        ? found
        : {
            ...found,
            columns: plannedColumns(this.model, table, new Set(linkColumns(found)), this.#domains),
            foreignKeys: plannedForeignKeys(this.model, table),
          };
    this.#facts.set(table, facts);
    return facts;
  }
}

/** Columns of the table's own rows that its policies speak of. */
function policyColumns({ policies }: Table): string[] {
  const uses = policies.flatMap(({ using, check }) => [...(using?.columns ?? []), ...(check?.columns ?? [])]);
  return [...new Set(uses.flatMap(({ of, column }) => (of === 'own' ? column : [])))];
}

/** Which statements triggers may change the rows of; nothing where code in the files may make some. */
function triggersOf(model: SchemaModel, table: Table): Pick<TablePlan, 'triggers'> {
  if (model.mayBeDoneByCode(table, /\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b/i)) return {};
  const key = relationKey(table.schema, table.name);
  const own = model.triggers.filter(({ table: on, before }) => on === key && before);
  const has = (event: 'insert' | 'update'): boolean => own.some(({ events }) => events.has(event));
  return { triggers: { insert: has('insert'), update: has('update') } };
}
