import type { CheckContext, Told } from '../context';
import type { Row } from '../gateway-client';
import { refusesByPolicy } from '../ideal';
import type { Control } from '../known-row';
import { hasOneRowEach } from '../one-row-each';
import { gotThrough } from '../outcome';
import { defineCheck, firstBroken, isOwned, notAskable, passed, unproved } from './check';
import { judgeOthers } from './others-verb';
import { changeOwn } from './update-own';
import { tiedPolicy } from './policy-advice';

export default defineCheck('give-away', isOwned, async context => {
  const [a, b] = context.subjects;
  const own = await context.own(a);
  const spare = context.made && !hasOneRowEach(context.plan) ? await context.another(a) : own;
  const link = await linkOf(context, b);
  if (!own.held || !spare.held || !link.held) {
    return unproved(firstBroken(own, spare, link) ?? NOTHING, own.evidence, link.evidence);
  }
  const isForGood = context.made !== undefined && spare.value !== own.value;
  const control = await changeOwn(context, own.value, a);
  const settle = isForGood ? await context.made.moving(context.plan, spare.value, link.value) : undefined;
  const told = isForGood
    ? await context.update(spare.value.filter, link.value, a, refusesByPolicy())
    : await context.probeUpdate(own.value, link.value, a, refusesByPolicy());
  await settle?.(told?.outcome.kind === 'done');
  if (!told) return notAskable('No form of an UPDATE could be rolled back here.', 'Run in full mode.');
  const rows = [...own.evidence, ...spare.evidence, ...link.evidence];
  if (gotThrough(told.outcome) && context.plan.ownership.kind === 'column') {
    const kept = isForGood
      ? await context.see(spare.value, a, true)
      : await context.probeUpdateCast(own.value, link.value, a);
    const owner = ownerAfter(kept, context.column);
    if (owner === a) {
      return passed(
        `The database keeps the owner whatever is sent: the row stays ${a}’s.`,
        [told.evidence],
        rows,
      );
    }
  }
  return judgeOthers(context, {
    verb: 'update',
    told,
    control,
    rows,
    leak: `${a} can give its row to ${b}.`,
    kept: `${a} may change its row, and not give it to ${b}.`,
    advice: tiedPolicy(context, 'UPDATE', 'with check'),
    probe: own,
  });
});

const NOTHING = { cause: 'no-row', message: 'There are no rows.', advice: '' } as const;

/** The values that would make a row the subject's: its id, or a parent row of its own. */
export async function linkOf(context: CheckContext, subject: string): Promise<Control<Row>> {
  const { ownership } = context.plan;
  if (ownership.kind === 'column')
    return { held: true, value: { [ownership.column]: subject }, evidence: [] };
  const parent = ownership.kind === 'parent' ? context.planOf(ownership.parent) : undefined;
  if (ownership.kind !== 'parent' || !parent) return { held: false, diagnosis: NOTHING, evidence: [] };
  const row = await context.rows.own(parent, subject);
  if (!row.held) return row;
  const link = ownership.columns.map((column, index) => [
    column,
    row.value.values[ownership.targets[index] ?? ''],
  ]);
  return { held: true, value: Object.fromEntries(link) as Row, evidence: row.evidence };
}

function ownerAfter(told: Told | undefined, column: string): unknown {
  if (!told) return undefined;
  if (told.outcome.kind === 'stopped') return told.outcome.cast;
  return told.answer.status === null ? undefined : told.answer.rows?.[0]?.[column];
}
