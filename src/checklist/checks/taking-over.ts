import type { CheckContext } from '../context';
import type { Row } from '../gateway-client';
import { linkOf } from './give-away';

/**
 * The change that makes a row the first subject's: its owner, and the parents that a policy may ask for. Undefined where
 * requests may not change those.
 */
export async function takingOver(context: CheckContext): Promise<Row | undefined> {
  const { plan, rows, subjects } = context;
  const link = await linkOf(context, subjects[0]);
  const drafted = await rows.draft(plan, subjects[0]);
  if (!link.held || !drafted.made) return undefined;
  const { values } = drafted.draft;
  const pointing = plan.foreignKeys.flatMap(({ columns }) => columns).filter(name => name in values);
  const taken = { ...Object.fromEntries(pointing.map(name => [name, values[name]])), ...link.value };
  const mayChange = (name: string): boolean =>
    plan.columns.find(column => column.name === name)?.updatable !== false;
  return Object.keys(taken).every(mayChange) ? taken : undefined;
}
