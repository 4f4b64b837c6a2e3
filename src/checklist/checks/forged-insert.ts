import { gotThrough } from '../outcome';
import { defineCheck, isOwned, passed, unproved } from './check';
import { finalOwner, inNameOf, insertAdvice, insertAs, mayBeReplaced, NOT_TOLD, ownInsert } from './inserts';
import { judgeOthers } from './others-verb';

export default defineCheck('forged-insert', isOwned, async context => {
  const [a, b] = context.subjects;
  const control = await ownInsert(context, a);
  if ('verdict' in control) return control;
  const drafted = await context.rows.draft(context.plan, b);
  if (!drafted.made) return unproved(drafted.diagnosis, drafted.evidence);
  const draft = inNameOf(context, drafted.draft, b);
  const told = await insertAs(context, draft, { as: a, owner: b });
  const rows = [...control.own.evidence, ...drafted.draft.evidence];
  const isColumn = context.plan.ownership.kind === 'column';
  if (isColumn && gotThrough(told.outcome) && (told.outcome.kind === 'done' || !context.made)) {
    const { owner, evidence } = await finalOwner(context, draft, a, b);
    if (owner === a) {
      return passed(
        `The database replaces a forged owner by the subject: the row belongs to ${a}.`,
        [told.evidence, ...evidence],
        rows,
      );
    }
    if (owner === undefined && mayBeReplaced(context)) {
      return unproved(NOT_TOLD, [told.evidence, ...evidence], rows);
    }
  }
  return judgeOthers(context, {
    verb: 'insert',
    told,
    control: control.told,
    rows,
    leak: `As ${a}, a row in the name of ${b} is let through.`,
    kept: `As ${a}, a row of ${b} is refused, while ${a}’s own is accepted.`,
    advice: insertAdvice(context),
    probe: control.own,
  });
});
