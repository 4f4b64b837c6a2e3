import type { Node } from '@pgsql/types';
import { textsOf, walk } from '../schema/ast';
import { evaluate } from './evaluate-check';
import { given, optionsFor, type Constants, type Option } from './row-options';
import { typed, UNTOLD, type SqlValue } from './sql-value';
import type { PlannedColumn } from './table-plan';

/** A CHECK of a table, or of the domain that a column has. */
export interface PlannedCheck {
  readonly node: Node;
  /** The column that `value` means, for a domain's. */
  readonly domainOf?: string;
}

export interface CheckedTable {
  readonly columns: readonly PlannedColumn[];
  readonly checks: readonly PlannedCheck[];
  /** What PostgreSQL puts into columns that are left out, by column. */
  readonly defaults: ReadonlyMap<string, Node>;
  /** Columns whose values come from elsewhere: the owner, the link to the parent. */
  readonly links: ReadonlySet<string>;
  /** Columns of unique keys, whose rows are to differ. */
  readonly distinct: ReadonlySet<string>;
}

interface Test {
  readonly node: Node;
  readonly columns: ReadonlySet<string>;
  readonly domainOf: string | undefined;
}

/**
 * Adds to each column what its CHECKs leave over: values for those that are tied to constants, a shape for texts. A CHECK
 * that cannot be worked out counts as kept, and one that nothing keeps changes nothing: PostgreSQL will refuse the row.
 */
export function withChecks(table: CheckedTable): PlannedColumn[] {
  const tests = table.checks.map(check => testOf(check, table.columns));
  const alone = (name: string): Test[] =>
    tests.filter(({ columns }) => columns.size === 1 && columns.has(name));
  const options = new Map(
    table.columns
      .filter(({ name }) => tests.some(({ columns }) => columns.has(name)))
      .map(column => {
        const { name } = column;
        return [name, passing(optionsOf(column, table, tests), name, alone(name))] as const;
      }),
  );
  const joint = tests.filter(({ columns }) => columns.size > 1);
  const settled = settle(joint, options);
  return table.columns.map(column => {
    const { name } = column;
    const chosen = settled.get(name);
    if (table.links.has(name)) return column;
    if (column.references)
      return chosen?.given === true && !column.required ? { ...column, wanted: true } : column;
    if (chosen) return withChosen(column, chosen);
    return alone(name).length > 0 ? withOptions(column, options.get(name) ?? []) : column;
  });
}

function testOf({ node, domainOf }: PlannedCheck, columns: readonly PlannedColumn[]): Test {
  const names = new Set<string>(domainOf === undefined ? [] : [domainOf]);
  walk(node, (type, fields) => {
    const name = type === 'ColumnRef' ? textsOf(fields.fields as Node[]).at(-1) : undefined;
    if (name !== undefined && columns.some(column => column.name === name)) names.add(name);
  });
  return { node, columns: names, domainOf };
}

/** What a column can hold: nothing first, where it may be left out. */
function optionsOf(
  column: PlannedColumn,
  { defaults, links, distinct }: CheckedTable,
  tests: readonly Test[],
): Option[] {
  const { name, type, generated, insertable, required, references } = column;
  const filled = defaults.get(name);
  const leftOut: Option[] = required
    ? []
    : [{ value: generated !== 'no' ? UNTOLD : filled ? defaultOf(filled, type) : null }];
  if (links.has(name)) return [given(type)];
  if (generated !== 'no' || !insertable) return leftOut;
  if (references) return [...leftOut, given(type)];
  const constants = constantsOf(tests.filter(({ columns }) => columns.has(name)));
  return [...leftOut, ...optionsFor(column, constants, distinct.has(name))];
}

function defaultOf(node: Node, type: string): SqlValue {
  const value = evaluate(node, () => UNTOLD);
  return typeof value === 'string' ? typed(value, type) : value;
}

function constantsOf(tests: readonly Test[]): Constants {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  for (const { node } of tests) {
    walk(node, (type, fields) => {
      if (type !== 'A_Const') return;
      const { sval, ival, fval } = fields as {
        sval?: { sval?: string };
        ival?: { ival?: number };
        fval?: { fval?: string };
      };
      for (const text of textsIn(sval?.sval)) texts.add(text);
      if (ival) numbers.add(ival.ival ?? 0);
      if (fval) numbers.add(Number(fval.fval));
    });
  }
  return { texts: [...texts], numbers: [...numbers] };
}

/** A text, and what `'{a,b}'` lists. */
function textsIn(text: string | undefined): string[] {
  const [, listed] = /^\{([^"{}\\]*)\}$/.exec(text ?? '') ?? [];
  return [...(text === undefined ? [] : [text]), ...(listed?.split(',') ?? [])];
}

function passing(options: readonly Option[], name: string, tests: readonly Test[]): Option[] {
  return options.filter(({ value, others = [] }) => {
    const seen: readonly SqlValue[] = [value, ...others];
    return seen.every(each => tests.every(test => holds(test, new Map([[name, each]]))));
  });
}

/** NULL passes a CHECK. */
function holds({ node, domainOf }: Test, row: ReadonlyMap<string, SqlValue>): boolean {
  const value = evaluate(
    node,
    name => row.get(name === 'value' ? (domainOf ?? name) : name) ?? valueOf(row, name),
  );
  return value !== false;
}

function valueOf(row: ReadonlyMap<string, SqlValue>, name: string): SqlValue {
  return row.has(name) ? null : UNTOLD;
}

/** More are not worth trying: the next request tells as much. */
const MOST_OPTIONS = 14;
const MOST_STEPS = 5000;

/** One option for each column that CHECKs tie to another column; none where no combination passes. */
function settle(
  tests: readonly Test[],
  options: ReadonlyMap<string, readonly Option[]>,
): Map<string, Option> {
  const mayBeLeftOut = (name: string): boolean => {
    const [first] = options.get(name) ?? [];
    return first !== undefined && first.sent === undefined && !first.shape;
  };
  const mentioned = [...new Set(tests.flatMap(({ columns }) => [...columns]))];
  // What is decided first changes last: a column that may be left out stays so as long as it can.
  const names = [...mentioned.filter(mayBeLeftOut), ...mentioned.filter(name => !mayBeLeftOut(name))];
  const row = new Map<string, SqlValue>();
  const chosen = new Map<string, Option>();
  let steps = 0;
  const choose = (at: number): boolean => {
    const name = names[at];
    if (name === undefined) return true;
    for (const option of fewOf(options.get(name) ?? [])) {
      if ((steps += 1) > MOST_STEPS) return false;
      row.set(name, option.value);
      chosen.set(name, option);
      const decided = tests.filter(
        ({ columns }) => columns.has(name) && [...columns].every(each => row.has(each)),
      );
      if (decided.every(test => holds(test, row)) && choose(at + 1)) return true;
    }
    row.delete(name);
    chosen.delete(name);
    return false;
  };
  return choose(0) ? chosen : new Map<string, Option>();
}

/** Texts of the CHECKs go before texts of other forms, for they may be what another column depends on. */
function fewOf(options: readonly Option[]): Option[] {
  const left = options.filter(({ sent, shape }) => sent === undefined && !shape);
  const made = options.filter(({ shape }) => shape);
  const sent = options.filter(option => option.sent !== undefined);
  return [...left, ...made.slice(0, 2), ...sent, ...made.slice(2)].slice(0, MOST_OPTIONS);
}

/** The one value that fits those of other columns. */
function withChosen(column: PlannedColumn, { sent, shape }: Option): PlannedColumn {
  const wanted = !column.required && (sent !== undefined || shape !== undefined) ? { wanted: true } : {};
  if (shape)
    return {
      ...column,
      ...wanted,
      ...(shape.form !== 'plain' || shape.length !== undefined ? { shape } : {}),
    };
  return { ...column, ...wanted, candidates: sent === undefined ? [] : [sent] };
}

const MOST_CANDIDATES = 60;

function withOptions(column: PlannedColumn, options: readonly Option[]): PlannedColumn {
  const [first] = options;
  const best = options.find(({ sent, shape }) => sent !== undefined || shape);
  if (!first || !best) return column;
  // Left out, it would not pass: a CHECK asks for a value where NOT NULL does not.
  const wanted = !column.required && first === best ? { wanted: true } : {};
  if (best.shape) {
    const { shape } = best;
    return {
      ...column,
      ...wanted,
      ...(shape.form !== 'plain' || shape.length !== undefined ? { shape } : {}),
    };
  }
  const sent = new Map(
    options.flatMap(({ sent }) => (sent === undefined ? [] : [[JSON.stringify(sent), sent]])),
  );
  const candidates = [...sent.values()].slice(0, MOST_CANDIDATES);
  return { ...column, ...wanted, candidates };
}
