import type { RowValue } from './table-plan';

/** What cannot be worked out from the text. */
export const UNTOLD = Symbol('untold');

/** A point in time; dates count whole days. */
interface Instant {
  readonly instant: number;
  readonly isDate: boolean;
}

/** A length of time in milliseconds. */
interface Duration {
  readonly duration: number;
}

/** A value of SQL as far as CHECKs compare it; NULL is null. */
export type SqlValue = RowValue | Instant | Duration | typeof UNTOLD;

/** A value of a column as a comparison sees it. */
export function typed(value: RowValue, type: string): SqlValue {
  return typeof value === 'string' ? cast(value, type) : value;
}

/** A value under a cast; types that CHECKs rarely speak of are left as they are. */
export function cast(value: SqlValue, type: string): SqlValue {
  if (typeof value !== 'string') {
    return typeof value === 'number' && TEXT.test(type) ? String(value) : value;
  }
  if (/^(?:date|timestamp|timestamptz)$/.test(type)) return instantIn(value, type === 'date');
  if (/^(?:int[248]|numeric|float[48]|decimal)$/.test(type)) return Number(value);
  if (type === 'interval') return durationIn(value);
  if (/^jsonb?$/.test(type)) {
    try {
      return JSON.parse(value) as RowValue;
    } catch {
      return UNTOLD;
    }
  }
  return value;
}

const TEXT = /^(?:text|varchar|bpchar|citext)$/;

/** A time in milliseconds since 1970, of which a date keeps the day. */
export function instantOf(time: number, isDate: boolean): Instant {
  return { instant: isDate ? Math.floor(time / DAY) * DAY : time, isDate };
}

function instantIn(text: string, isDate: boolean): SqlValue {
  if (text === 'infinity') return { instant: Infinity, isDate };
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text : text.replace(' ', 'T'));
  return Number.isNaN(time) ? UNTOLD : instantOf(time, isDate);
}

const DAY = 86_400_000;
const UNITS = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};

function durationIn(text: string): SqlValue {
  const [, count, unit] = /^(-?\d+)\s*(second|minute|hour|day|week|month|year)s?$/.exec(text) ?? [];
  return unit === undefined ? UNTOLD : { duration: Number(count) * UNITS[unit as keyof typeof UNITS] };
}

/** A JSON object. */
export function isObject(value: SqlValue): value is Readonly<Record<string, RowValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A comparison of two values: NULL where one of them is. */
export function compare(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  if (left === UNTOLD || right === UNTOLD) return UNTOLD;
  if (left === null || right === null) return null;
  const [a, b] = comparable(left, right);
  if (a === undefined || b === undefined) return UNTOLD;
  switch (operator) {
    case '=':
      return a === b;
    case '<>':
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return UNTOLD;
  }
}

/** Both sides as numbers, texts or truth values; a text beside a time is one. */
function comparable(
  left: SqlValue,
  right: SqlValue,
): readonly [number | string | boolean | undefined, number | string | boolean | undefined] {
  if (isInstant(left) && typeof right === 'string') return comparable(left, instantIn(right, left.isDate));
  if (isInstant(right) && typeof left === 'string') return comparable(instantIn(left, right.isDate), right);
  if (isInstant(left) && isInstant(right)) return [left.instant, right.instant];
  if (isDuration(left) && isDuration(right)) return [left.duration, right.duration];
  if (typeof left === 'number' && typeof right === 'string') return [left, Number(right)];
  if (typeof right === 'number' && typeof left === 'string') return [Number(left), right];
  return typeof left === typeof right && typeof left !== 'object' && typeof right !== 'object'
    ? [left as string, right as string]
    : [undefined, undefined];
}

function isInstant(value: SqlValue): value is Instant {
  return isObject(value) && 'instant' in value && typeof value.instant === 'number';
}

function isDuration(value: SqlValue): value is Duration {
  return isObject(value) && 'duration' in value && typeof value.duration === 'number';
}

/** `+ - * / %` on numbers, times and lengths of time. */
export function arithmetic(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  if (isInstant(left)) {
    const sign = operator === '-' ? -1 : 1;
    if (operator !== '-' && operator !== '+') return UNTOLD;
    if (isDuration(right)) return { instant: left.instant + sign * right.duration, isDate: false };
    if (typeof right === 'number') return { ...left, instant: left.instant + sign * right * DAY };
    if (!isInstant(right) || operator !== '-') return UNTOLD;
    const duration = left.instant - right.instant;
    return left.isDate && right.isDate ? duration / DAY : { duration };
  }
  if (typeof left !== 'number' || typeof right !== 'number') return UNTOLD;
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '%':
      return left % right;
    default:
      // A division of integers is cut, one of others is not; the text does not tell which it is.
      return right !== 0 && Number.isInteger(left / right) ? left / right : UNTOLD;
  }
}
