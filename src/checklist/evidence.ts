import type { Answer, NoAnswer } from './answer';

/** What a request sends: the columns that may be shown with their values, the others by name. */
export function bodyInWords(body: unknown, shown: readonly string[]): string {
  if (body === undefined) return '';
  if (Array.isArray(body)) return `[${body.map(row => bodyInWords(row, shown)).join(', ')}]`;
  const columns = Object.entries(body as Record<string, unknown>).map(
    ([column, value]) =>
      `"${column}":${value === null || shown.includes(column) ? JSON.stringify(value) : '…'}`,
  );
  return `{${columns.join(',')}}`;
}

/** What an answer says, in the server's own words where it has some. */
export function inWords(answer: Answer | NoAnswer): string {
  if (answer.status === null) return answer.message;
  if (answer.code === 'PGRST116' && answer.details) return answer.details;
  if (answer.message !== undefined) return answer.message;
  if (answer.rows) return `${answer.rows.length} row${answer.rows.length === 1 ? '' : 's'}`;
  return answer.total === undefined
    ? 'no body'
    : `${answer.total} row${answer.total === 1 ? '' : 's'} affected`;
}
