import type { CheckContext, Told } from '../context';
import { shows } from '../ideal';
import { belongsTo } from './reads';

/** How many rows of its own the subject sees; those under a parent belong to whom the parent does. */
export async function countOwn(context: CheckContext): Promise<{ own: number | undefined; told: Told }> {
  const [a] = context.subjects;
  const { plan, link } = context;
  const isColumn = plan.ownership.kind === 'column';
  const told = await context.ask({
    method: 'GET',
    query: {
      select: link.join(','),
      ...(isColumn && { [context.column]: `eq.${a}` }),
      limit: isColumn ? '1' : String(MOST_ROWS),
    },
    as: a,
    prefer: 'count=exact',
    control: true,
    ideal: shows([{ [context.column]: isColumn ? a : '…' }]),
  });
  const { answer } = told;
  if (answer.status === null || isColumn)
    return { own: answer.status === null ? undefined : answer.total, told };
  const rows = answer.rows ?? [];
  if (answer.total === undefined || answer.total > rows.length) return { own: undefined, told };
  const owned = new Map<string, boolean>();
  for (const row of rows) {
    const name = JSON.stringify(row);
    if (!owned.has(name)) owned.set(name, await belongsTo(context, plan, row, a));
  }
  return { own: rows.filter(row => owned.get(JSON.stringify(row))).length, told };
}

/** So many rows under parents are looked at one by one. */
const MOST_ROWS = 100;
