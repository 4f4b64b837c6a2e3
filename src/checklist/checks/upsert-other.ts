import type { CheckContext, Told } from '../context';
import { creates, refusesByPolicy, stopsAtCast, type Ideal } from '../ideal';
import { canUpsert } from '../defect-effects';
import { castGuard, type KnownRow } from '../known-row';
import { gotThrough } from '../outcome';
import type { TablePlan } from '../table-plan';
import {
  defineCheck,
  failed,
  firstBroken,
  isOwned,
  notAskable,
  passed,
  unproved,
  type Judged,
} from './check';
import { judgeOthers } from './others-verb';
import { tiedPolicy } from './policy-advice';

/** Taking over a row by its key takes a key that can be sent, and that does not say by itself whose the row is. */
function isForUpsert(plan: TablePlan): boolean {
  const keys = plan.columns.filter(({ name }) => plan.key.includes(name));
  return isOwned(plan) && keys.length > 0 && keys.every(({ generated }) => generated !== 'always');
}

export default defineCheck('upsert-other', isForUpsert, async context => {
  const [a, b] = context.subjects;
  const { plan, link } = context;
  if (plan.key.some(column => link.includes(column))) {
    return passed(
      'The owner is part of the key: an upsert onto another’s row is a forged insert, and asked about there.',
    );
  }
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  if (!ownA.held || !ownB.held) {
    const broken = firstBroken(ownA, ownB);
    return broken ? unproved(broken, ownA.evidence, ownB.evidence) : notAskable('No rows.', '');
  }
  const control = await upsert(context, ownA.value, true);
  if ('verdict' in control) return control;
  const settle = await context.made?.moving(plan, ownB.value, {});
  const told = await upsert(context, ownB.value, false);
  await settle?.('outcome' in told && told.outcome.kind === 'done');
  if ('verdict' in told) return told;
  const rows = [...ownA.evidence, ...ownB.evidence];
  if (!canUpsert(plan) && told.outcome.kind === 'privilege') {
    return passed(
      'Refused, as every upsert: it changes all that it sends, and some of that may not be changed.',
      [told.evidence, control.evidence],
      rows,
    );
  }
  if (context.made && !gotThrough(told.outcome)) {
    const still = await context.see(ownB.value, b, true);
    if (still.outcome.kind !== 'done') return lost(context, told, still);
  }
  if (!gotThrough(control.outcome) && [plan.expected.insert, plan.expected.update].includes('refused')) {
    return gotThrough(told.outcome)
      ? failed(
          { cause: 'policy', message: `As ${a}, an upsert takes the row of ${b}.`, advice: advice(context) },
          [told.evidence],
          rows,
        )
      : passed(
          'Refused, as every upsert: it takes INSERT and UPDATE, and the project’s SQL lets nobody do both.',
          [told.evidence, control.evidence],
          rows,
        );
  }
  return judgeOthers(context, {
    verb: 'update',
    told,
    control,
    rows,
    leak: `As ${a}, an upsert takes the row of ${b}.`,
    kept: `As ${a}, an upsert onto the row of ${b} is refused, while one onto ${a}’s own is accepted.`,
    advice: advice(context),
    probe: ownA,
  });
});

/** Sends a row of the first subject's with the key of `target`; in no-write mode the cast rolls it back. */
async function upsert(context: CheckContext, target: KnownRow, isControl: boolean): Promise<Told | Judged> {
  const [a] = context.subjects;
  const { plan } = context;
  const drafted = await context.rows.draft(plan, a);
  if (!drafted.made) return unproved(drafted.diagnosis, drafted.evidence);
  const key = Object.fromEntries(plan.key.map(column => [column, target.values[column]]));
  const body = { ...drafted.draft.values, ...key };
  const cast = context.made ? undefined : castGuard(plan, body);
  if (!context.made && !cast) {
    return notAskable(
      'No form of an upsert could be rolled back: the table has no text column.',
      'Run in full mode.',
    );
  }
  const ideal: Ideal = !isControl ? refusesByPolicy() : cast ? stopsAtCast(a) : creates();
  return context.ask({
    method: 'POST',
    as: a,
    body,
    prefer: `${cast ? 'return=representation' : 'return=minimal'},resolution=merge-duplicates`,
    ...(cast && { cast }),
    control: isControl,
    ideal,
  });
}

function lost(context: CheckContext, told: Told, still: Told): Judged {
  const [a, b] = context.subjects;
  const message = `${b} does not see its row any more after ${a}’s upsert.`;
  return failed({ cause: 'policy', message, advice: advice(context) }, [told.evidence, still.evidence]);
}

function advice(context: CheckContext): string {
  return tiedPolicy(context, 'UPDATE', 'using');
}
