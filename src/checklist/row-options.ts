import { typed, UNTOLD, type SqlValue } from './sql-value';
import type { PlannedColumn, RowValue } from './table-plan';
import { TEXT_FORMS, textOfShape, type TextForm, type TextShape } from './text-forms';

/** One thing that a row can hold in a column. */
export interface Option {
  /** What CHECKs see. */
  readonly value: SqlValue;
  /** What they see in other rows, for a text that is made anew for each. */
  readonly others?: readonly SqlValue[];
  /** What is sent; undefined where the column is left out. */
  readonly sent?: RowValue;
  /** For a text that is made anew for each row. */
  readonly shape?: TextShape;
  /** It is sent, but not made here. */
  readonly given?: boolean;
}

/** Constants of the CHECKs that speak of a column. */
export interface Constants {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** As long as a marker, and made of the same characters; what holds for all of them is hardly an accident. */
const SAMPLES = Array.from(
  { length: 32 },
  (_, index) => `flux-rls check ${(index * 0x7a3b9c1).toString(16).padStart(8, '0').slice(-8)}-1a2b3c`,
);

const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);
const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);

/** What is tried for a column, the most natural first; empty for a type of which nothing is known. */
export function optionsFor(column: PlannedColumn, constants: Constants, distinct: boolean): Option[] {
  const { type, enumValues } = column;
  const send = (values: readonly RowValue[]): Option[] =>
    values.map(value => ({ value: typed(value, type), sent: value }));
  if (enumValues) return send(enumValues);
  if (TEXTS.has(type)) return textOptions(column, constants);
  if (NUMBERS.has(type)) return send(numbersFor(type, constants, distinct));
  if (type.endsWith('[]')) return send(arraysFor(type.slice(0, -2), constants));
  switch (type) {
    case 'bool':
      return send([false, true]);
    case 'json':
    case 'jsonb':
      return send([{}, [], ...constants.texts.map(key => ({ [key]: 'x' })), { ...keyed(constants.texts) }]);
    case 'date':
      return send(daysFor(constants, distinct).map(time => time.slice(0, 10)));
    case 'timestamp':
    case 'timestamptz':
      return send(daysFor(constants, distinct));
    case 'time':
      return send(['09:00:00', '10:00:00', '11:00:00']);
    default:
      return [];
  }
}

/** A value of a reference, of an owner or of whatever else is not made here: it is there, and that is all. */
export function given(type: string): Option {
  const value = NUMBERS.has(type) ? 1_000_001 : TEXTS.has(type) || type === 'uuid' ? 'subject' : UNTOLD;
  return { value, given: true };
}

/** Forms whose length can be anything. */
const FREE_LENGTH: readonly TextForm[] = ['plain', 'lower', 'upper', 'digits', 'hex'];

function textOptions({ maxLength }: PlannedColumn, { texts, numbers }: Constants): Option[] {
  const lengths = [...numbers, ...(maxLength === undefined ? [] : [maxLength])]
    .flatMap(number => [number, number + 1, number - 1])
    .filter(length => Number.isInteger(length) && length > 0 && length <= 5000);
  const shapes: TextShape[] = [
    ...TEXT_FORMS.map(form => ({ form })),
    ...FREE_LENGTH.flatMap(form => lengths.map(length => ({ form, length }))),
    ...FREE_LENGTH.slice(1).flatMap(form => SHORT_LENGTHS.map(length => ({ form, length }))),
  ];
  const made = shapes.map((shape): Option => {
    const [value = '', ...others] = SAMPLES.map(sample => textOfShape(shape, sample));
    return { value, others, shape };
  });
  const literal = texts.map((text): Option => ({ value: text, sent: text }));
  return [...made, ...literal].filter(
    ({ value }) => maxLength === undefined || (typeof value === 'string' && value.length <= maxLength),
  );
}

/** Longer ones first, for they tell rows apart. */
const SHORT_LENGTHS: readonly number[] = [16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1];

function numbersFor(type: string, { numbers }: Constants, distinct: boolean): number[] {
  const near = numbers.flatMap(number => [number, number + 1, number - 1]);
  const between = type.startsWith('int') ? [] : numbers.flatMap(number => [number + 0.5, number - 0.5]);
  const many = distinct ? [1, ...numbers].flatMap(from => COUNT.map(step => from + step)) : [];
  const all = [1, 2, 5, 10, 100, 0, -1, ...near, ...between, ...many];
  return [...new Set(type.startsWith('int') ? all.filter(Number.isInteger) : all)];
}

const COUNT: readonly number[] = Array.from({ length: 60 }, (_, index) => index);
const DAY = 86_400_000;

function daysFor({ texts }: Constants, distinct: boolean): string[] {
  const named = texts
    .map(text => (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.replace(' ', 'T')) : NaN))
    .filter(time => !Number.isNaN(time));
  const starts = [Date.UTC(2000, 0, 1), Date.UTC(2999, 0, 1), ...named.map(time => time - DAY)];
  const steps = distinct ? COUNT : COUNT.slice(0, 4);
  return [...new Set(starts.flatMap(start => steps.map(step => new Date(start + step * DAY).toISOString())))];
}

function arraysFor(element: string, { texts, numbers }: Constants): RowValue[] {
  const values: readonly RowValue[] = TEXTS.has(element)
    ? [...texts, 'x']
    : NUMBERS.has(element)
      ? [1, ...numbers]
      : element === 'bool'
        ? [false]
        : [];
  const [first] = values;
  const lengths = numbers.filter(length => Number.isInteger(length) && length > 0 && length <= 50);
  const filled = first === undefined ? [] : lengths.map(length => Array<RowValue>(length).fill(first));
  return [[], ...values.map(value => [value]), ...filled];
}

function keyed(keys: readonly string[]): Record<string, RowValue> {
  return Object.fromEntries(keys.map(key => [key, 'x']));
}
