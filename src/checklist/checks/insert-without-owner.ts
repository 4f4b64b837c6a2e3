import type { CheckContext, Told } from '../context';
import { creates, stopsAtNull } from '../ideal';
import type { Draft } from '../row-source';
import { gotThrough } from '../outcome';
import { nullColumn } from '../known-row';
import { defineCheck, failed, notAskable, passed, unproved, type Judged } from './check';
import { hasOneRowEach } from './bulk-insert';
import { finalOwner, insertAs, ownInsert } from './inserts';
import { brokenControl } from './others-verb';

export default defineCheck(
  'insert-without-owner',
  ({ ownership }) => ownership.kind === 'column',
  async context => {
    const [a] = context.subjects;
    const control = await ownInsert(context, a);
    if ('verdict' in control) return control;
    if (hasOneRowEach(context) && context.made) {
      return notAskable(
        `${a} has its one row already.`,
        'Run in no-write mode to ask without a row of its own.',
      );
    }
    const drafted = context.made
      ? await context.made.draft(context.plan, a, {}, true)
      : await context.rows.draft(context.plan, a);
    if (!drafted.made) return unproved(drafted.diagnosis, drafted.evidence);
    const { [context.column]: _owner, ...values } = drafted.draft.values;
    const draft: Draft = { ...drafted.draft, values };
    const isFilledIn = context.plan.ownerDefault === 'subject';
    const ideal =
      isFilledIn && !context.made ? stopsAtNull(nullColumn(context.plan, 'insert') ?? '') : creates();
    const told = await insertAs(context, draft, { as: a, owner: a, ideal });
    const evidence = [told.evidence, ...control.own.evidence];
    if (isNullOwner(told, context.column)) return notFilledIn(context, evidence);
    if (gotThrough(told.outcome)) return judgeAccepted(context, draft, evidence);
    if (told.outcome.kind === 'unclear') {
      const diagnosis = context.diagnose(told, 'INSERT', a);
      if (diagnosis) return unproved(diagnosis, evidence);
    }
    if (!gotThrough(control.told.outcome)) {
      return context.plan.expected.insert === 'refused'
        ? passed('Refused, as every insert: the project’s SQL lets nobody do it.', evidence, [
            control.told.evidence,
          ])
        : unproved(brokenControl(context, 'insert', control.told), evidence, [control.told.evidence]);
    }
    return notFilledIn(context, evidence);
  },
);

/** NOT NULL stopped it for want of the very owner. */
function isNullOwner({ answer, outcome }: Told, owner: string): boolean {
  return (
    outcome.kind === 'stopped' &&
    answer.status !== null &&
    (answer.message?.includes(`column "${owner}"`) ?? false)
  );
}

/** Refused for want of an owner: right, unless the project's SQL means the database to fill it in. */
function notFilledIn({ plan, column }: CheckContext, evidence: readonly Told['evidence'][]): Judged {
  if (plan.ownerDefault !== 'subject') {
    return passed('A row without an owner is refused: the app has to send it.', evidence);
  }
  return failed(
    {
      cause: 'owner-default',
      message: `A row without ${column} is refused, though the project’s SQL fills it in.`,
      advice: `alter table ${plan.table} alter ${column} set default auth.uid();`,
    },
    evidence,
  );
}

/** Accepted: then it has to be the subject's own. */
async function judgeAccepted(
  context: CheckContext,
  draft: Draft,
  evidence: readonly Told['evidence'][],
): Promise<Judged> {
  const [a, b] = context.subjects;
  const found = context.made
    ? await finalOwner(context, draft, a, b)
    : await finalOwner(context, { ...draft }, a, a);
  const all = [...evidence, ...found.evidence];
  if (found.owner === a) return passed(`A row without an owner becomes ${a}’s own.`, all);
  if (found.owner === undefined) {
    return unproved(
      {
        cause: 'not-askable',
        message: 'A row without an owner is let through, and nobody can be found who sees it.',
        advice: `Give ${context.column} NOT NULL and a default: default auth.uid().`,
      },
      all,
    );
  }
  return failed(
    {
      cause: 'policy',
      message: 'A row without an owner is accepted, and belongs to somebody else.',
      advice: `Give ${context.column} a default: default auth.uid().`,
    },
    all,
  );
}
