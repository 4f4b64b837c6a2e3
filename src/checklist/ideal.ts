import type { Answer } from './answer';

/** What a request is answered where rows are isolated: shown before a run, and beside the real answer after it. */
export interface Ideal {
  /** In words, as a person reads it: `403, refused by a policy`. */
  readonly words: string;
  readonly answer: Answer;
}

type Rows = NonNullable<Answer['rows']>;

const POLICY = { code: '42501', message: 'new row violates row-level security policy', details: null };

/** The rows that are shown; none is `[]`. */
export function shows(rows: Rows): Ideal {
  const words =
    rows.length === 0 ? '200, no rows' : `200, ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return { words, answer: { status: 200, by: 'postgrest', rows } };
}

export function creates(): Ideal {
  return { words: '201, created', answer: { status: 201, by: 'postgrest' } };
}

/** An UPDATE or DELETE that reaches so many rows. */
export function affects(total: number): Ideal {
  const words = `204, ${total} ${total === 1 ? 'row' : 'rows'} affected`;
  return { words, answer: { status: 204, by: 'postgrest', total } };
}

export function refusesByPolicy(): Ideal {
  return { words: '403, refused by a policy', answer: { status: 403, by: 'postgrest', ...POLICY } };
}

/** The policies let it through, and the missing value stops it. */
export function stopsAtNull(column: string): Ideal {
  const message = `null value in column "${column}" violates not-null constraint`;
  return {
    words: '400, stopped only by the missing value',
    answer: { status: 400, by: 'postgrest', code: '23502', message, details: null },
  };
}

/** The policies let it through, and the cast of what it would answer stops it. */
export function stopsAtCast(value: string): Ideal {
  const message = `invalid input syntax for type uuid: "${value}"`;
  return {
    words: '400, stopped only by the cast',
    answer: { status: 400, by: 'postgrest', code: '22P02', message },
  };
}

/** It reaches so many rows and is rolled back, for one object was asked for. */
export function rollsBack(rows: number): Ideal {
  return {
    words: `406, rolled back after ${rows} rows`,
    answer: {
      status: 406,
      by: 'postgrest',
      code: 'PGRST116',
      message: 'JSON object requested, multiple (or no) rows returned',
      details: `The result contains ${rows} rows`,
    },
  };
}

export function refusesToken(): Ideal {
  return { words: '401, refused', answer: { status: 401, by: 'gateway', message: 'authorization required' } };
}
