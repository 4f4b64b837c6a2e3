import { affects } from '../ideal';
import { defineCheck, failed, firstBroken, isOwned, notAskable, unproved } from './check';
import { judgeOthers } from './others-verb';
import { tiedPolicy } from './policy-advice';

export default defineCheck('delete-other', isOwned, async context => {
  const [a, b] = context.subjects;
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  if (!ownA.held || !ownB.held) {
    return unproved(firstBroken(ownA, ownB) ?? NO_ROWS, ownA.evidence, ownB.evidence);
  }
  const told = context.made
    ? await context.delete(ownB.value.filter, a, affects(0))
    : await context.probeDelete(ownB.value, a, affects(0));
  if (!told) {
    return notAskable(
      'No form of a DELETE could be rolled back: the table has no text column.',
      'Run in full mode.',
    );
  }
  // Its own row is deleted in a form that is rolled back, so that the other checks still have it.
  const control = (await context.probeDelete(ownA.value, a)) ?? context.deletedOwn;
  const rows = [...ownA.evidence, ...ownB.evidence];
  const advice = tiedPolicy(context, 'DELETE', 'using');
  if (context.made && told.outcome.kind === 'done') await context.made.gone(ownB.value);
  if (context.made && told.outcome.kind === 'nothing') {
    const still = await context.see(ownB.value, b, true);
    rows.push(still.evidence);
    if (still.outcome.kind === 'nothing') {
      await context.made.gone(ownB.value);
      const message = `${b} does not see its row any more after ${a}’s DELETE.`;
      return failed({ cause: 'policy', message, advice }, [told.evidence], rows);
    }
  }
  return judgeOthers(context, {
    verb: 'delete',
    told,
    control,
    rows,
    leak: `As ${a}, the row of ${b} is deleted.`,
    kept: `As ${a}, the row of ${b} is not reached, while ${a}’s own can be deleted.`,
    advice,
    probe: ownA,
  });
});

const NO_ROWS = { cause: 'no-row', message: 'There are no rows.', advice: '' } as const;
