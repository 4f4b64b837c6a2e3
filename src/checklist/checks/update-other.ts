import { affects } from '../ideal';
import { defineCheck, failed, firstBroken, isOwned, notAskable, unproved } from './check';
import { judgeOthers } from './others-verb';
import { changeOwn } from './update-own';

export default defineCheck('update-other', isOwned, async context => {
  const [a, b] = context.subjects;
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  if (!ownA.held || !ownB.held) {
    return unproved(firstBroken(ownA, ownB) ?? NO_ROWS, ownA.evidence, ownB.evidence);
  }
  const control = await changeOwn(context, ownA.value, a);
  const change = context.changeOf(ownB.value);
  const told = context.made
    ? await context.update(ownB.value.filter, change, a, affects(0))
    : await context.probeUpdate(ownB.value, change, a, affects(0));
  if (!told) return notAskable('No form of an UPDATE could be rolled back here.', 'Run in full mode.');
  const rows = [...ownA.evidence, ...ownB.evidence];
  const advice = `Tie the UPDATE policy to the subject: using (${context.link[0] ?? 'owner_id'} = auth.uid()).`;
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
    leak: `As ${a}, the row of ${b} is changed.`,
    kept: `As ${a}, the row of ${b} is not reached, while ${a}’s own is changed.`,
    advice,
    probe: ownA,
  });
});

const NO_ROWS = { cause: 'no-row', message: 'There are no rows.', advice: '' } as const;
