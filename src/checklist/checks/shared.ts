import type { CheckContext, Told } from '../context';
import { affects, refusesByPolicy, shows } from '../ideal';
import { castGuard, filterOf, nullColumn, readColumns } from '../known-row';
import { gotThrough } from '../outcome';
import type { TablePlan } from '../table-plan';
import type { Evidence, Verb } from '../verdict';
import { defineCheck, failed, isOwned, notAskable, passed, unproved, type Judged } from './check';
import { leakDiagnosis } from './leak';

const isNobodys = (plan: TablePlan): boolean => !isOwned(plan);

export const sharedRead = defineCheck(
  'shared-read',
  ({ shared }) => shared,
  async context => {
    const [a, b] = context.subjects;
    const [one, other] = [await glance(context, a), await glance(context, b)];
    const evidence = [one.evidence, other.evidence];
    const refused = context.diagnose(one, 'SELECT', a) ?? context.diagnose(other, 'SELECT', b);
    if (refused)
      return context.plan.expected.read === 'allowed'
        ? failed(refused, evidence)
        : unproved(refused, evidence);
    if (one.outcome.kind === 'done' && other.outcome.kind === 'done') {
      return passed('Both subjects are shown rows.', evidence);
    }
    return unproved(EMPTY, evidence);
  },
);

export const sharedInsert = defineCheck('shared-insert', isNobodys, async context => {
  const [a] = context.subjects;
  const drafted = await context.rows.draft(context.plan, a);
  if (!drafted.made) return unproved(drafted.diagnosis, drafted.evidence);
  const told = await context.probeInsert(drafted.draft, a, false);
  return judgeWrite(context, 'insert', told, [...drafted.draft.evidence]);
});

export const sharedUpdate = defineCheck('shared-update', isNobodys, async context => {
  const [a] = context.subjects;
  const seen = await glance(context, a);
  const missing = nullColumn(context.plan, 'update') ?? nullColumn(context.plan, 'insert');
  if (missing === undefined)
    return notAskable('No form of an UPDATE could be rolled back here.', 'Look at the grants.');
  const told = await context.ask({
    method: 'PATCH',
    as: a,
    body: { [missing]: null },
    prefer: 'return=minimal,count=exact',
    ideal: affects(0),
  });
  return judgeWrite(context, 'update', told, [seen.evidence], seen);
});

export const sharedDelete = defineCheck('shared-delete', isNobodys, async context => {
  const [a] = context.subjects;
  const seen = await glance(context, a);
  const row = seen.answer.status === null ? undefined : seen.answer.rows?.[0];
  const filter = row && filterOf(context.plan.key, row);
  const cast = row && castGuard(context.plan, row);
  if (!row || !filter || !cast) {
    // A filter that finds nothing still needs the privilege.
    const told = await context.ask({
      method: 'DELETE',
      query: { [context.column]: 'is.null', and: `(${context.column}.not.is.null)` },
      as: a,
      prefer: 'return=minimal,count=exact',
      ideal: refusesByPolicy(),
    });
    return told.outcome.kind === 'privilege'
      ? judgeWrite(context, 'delete', told, [seen.evidence])
      : unproved(row ? NO_CAST : EMPTY, [told.evidence, seen.evidence]);
  }
  const told = await context.ask({
    method: 'DELETE',
    query: filter,
    as: a,
    prefer: 'return=representation',
    cast,
    ideal: affects(0),
  });
  return judgeWrite(context, 'delete', told, [seen.evidence], seen);
});

const EMPTY = {
  cause: 'no-row',
  message: 'No row is shown, so nothing tells whether one could be.',
  advice: 'Put a row into the table, and run again.',
} as const;

const NO_CAST = {
  cause: 'not-askable',
  message: 'No form of a DELETE could be rolled back: the table has no text column.',
  advice: 'Look at the grants and policies for DELETE.',
} as const;

async function glance(context: CheckContext, subject: string): Promise<Told> {
  const columns = readColumns(context.plan);
  const select = columns.length > 0 ? columns.join(',') : context.column;
  return context.ask({
    method: 'GET',
    query: { select, limit: '1' },
    as: subject,
    control: true,
    ideal: shows([Object.fromEntries(columns.map(column => [column, '…']))]),
  });
}

/** A shared table is written by nobody who is merely signed in. */
async function judgeWrite(
  context: CheckContext,
  verb: Exclude<Verb, 'read'>,
  told: Told,
  rest: readonly Evidence[],
  seen?: Told,
): Promise<Judged> {
  const evidence = [told.evidence, ...rest];
  const [a] = context.subjects;
  const sql = verb.toUpperCase() as 'INSERT' | 'UPDATE' | 'DELETE';
  if (gotThrough(told.outcome)) {
    const message = `${a}, or whoever else is signed in, can ${verb} rows of a table that everybody reads.`;
    const advice = `revoke ${verb} on ${context.plan.table} from authenticated;`;
    return failed(await leakDiagnosis(context, message, advice, undefined, told), evidence);
  }
  switch (told.outcome.kind) {
    case 'privilege':
      return passed(`Nobody has ${sql} on the table.`, evidence);
    case 'policy':
      return passed('The policies refuse it.', evidence);
    case 'nothing':
      return seen?.outcome.kind === 'done'
        ? passed('The policies let it reach no row.', evidence)
        : unproved(EMPTY, evidence);
    default:
      return unproved(context.diagnose(told, sql, a) ?? NO_CAST, evidence);
  }
}
