import type { CheckContext, Told } from '../context';
import type { Row } from '../gateway-client';
import { affects } from '../ideal';
import type { KnownRow } from '../known-row';
import { gotThrough } from '../outcome';
import { defineCheck, failed, firstBroken, isOwned, notAskable, unproved } from './check';
import { judgeOthers } from './others-verb';
import { takingOver } from './taking-over';
import { changeOwn } from './update-own';
import { tiedPolicy } from './policy-advice';

export default defineCheck('update-other', isOwned, async context => {
  const [a, b] = context.subjects;
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  if (!ownA.held || !ownB.held) {
    return unproved(firstBroken(ownA, ownB) ?? NO_ROWS, ownA.evidence, ownB.evidence);
  }
  const control = await changeOwn(context, ownA.value, a);
  const change = context.changeOf(ownB.value);
  const changed = await changeOther(context, ownB.value, change);
  if (!changed) return notAskable('No form of an UPDATE could be rolled back here.', 'Run in full mode.');
  // Refused only once it was reached: what WITH CHECK refuses of a changed row it accepts of one that is taken over.
  const taking = changed.outcome.kind === 'policy' ? await takingOver(context) : undefined;
  const taken = taking && (await takeOther(context, ownB.value, taking));
  const told = taken && gotThrough(taken.outcome) ? taken : changed;
  const rows = [...ownA.evidence, ...ownB.evidence];
  const advice = tiedPolicy(context, 'UPDATE', 'using');
  if (context.made && told.outcome.kind === 'nothing') {
    const still = await context.see(ownB.value, b, true);
    rows.push(still.evidence);
    if (still.outcome.kind === 'nothing') {
      const message = `${b} does not see its row any more after ${a}’s UPDATE.`;
      return failed({ cause: 'policy', message, advice }, [told.evidence], rows);
    }
  }
  return judgeOthers(context, {
    verb: 'update',
    told,
    control,
    rows,
    leak: told === changed ? `As ${a}, the row of ${b} is changed.` : `${a} makes the row of ${b} its own.`,
    kept: `As ${a}, the row of ${b} is not reached, while ${a}’s own is changed.`,
    advice,
    probe: ownA,
  });
});

async function changeOther(context: CheckContext, row: KnownRow, change: Row): Promise<Told | undefined> {
  const [a] = context.subjects;
  return context.made
    ? context.update(row.filter, change, a, affects(0))
    : context.probeUpdate(row, change, a, affects(0));
}

async function takeOther(context: CheckContext, row: KnownRow, link: Row): Promise<Told | undefined> {
  const settle = await context.made?.moving(context.plan, row, link);
  const told = await changeOther(context, row, link);
  await settle?.(told?.outcome.kind === 'done');
  return told;
}

const NO_ROWS = { cause: 'no-row', message: 'There are no rows.', advice: '' } as const;
