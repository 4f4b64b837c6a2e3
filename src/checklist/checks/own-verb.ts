import { SQL_VERBS } from '../check-ids';
import type { CheckContext, Told } from '../context';
import type { Diagnosis } from '../diagnose';
import { gotThrough } from '../outcome';
import type { Verb } from '../verdict';
import { failed, passed, unproved, type Judged } from './check';
import { tiedPolicy } from './policy-advice';

/** Judges what a subject does with its own row: it has to work, unless the project's SQL does not mean it to. */
export function judgeOwn(
  context: CheckContext,
  verb: Verb,
  told: Told,
  subject: string,
  evidence: readonly Told['evidence'][],
): Judged {
  const expected = context.plan.expected[verb];
  const sqlVerb = SQL_VERBS[verb];
  if (gotThrough(told.outcome)) {
    if (expected !== 'refused') {
      return passed(
        told.outcome.kind === 'done'
          ? `${subject} can ${verb} its own row.`
          : `${subject} could ${verb} its own row: only the probe itself kept it from being written.`,
        evidence,
      );
    }
    const message = `${sqlVerb} works, though the project’s SQL lets nobody do it.`;
    const advice =
      'Compare the SQL with the database: something else has granted it, or the SQL is not all there is.';
    return unproved({ cause: 'differs-from-sql', message, advice }, evidence);
  }
  const isRefused = ['policy', 'privilege', 'nothing'].includes(told.outcome.kind);
  if (isRefused && expected === 'refused') {
    return passed(`Refused, as the project’s SQL has it: nobody has ${sqlVerb} here.`, evidence);
  }
  const diagnosis = context.diagnose(told, sqlVerb, subject) ?? nothingReached(context, verb);
  return isRefused && expected === 'allowed' ? failed(diagnosis, evidence) : unproved(diagnosis, evidence);
}

/** An UPDATE or DELETE that is accepted and reaches not even the subject's own row. */
export function nothingReached(context: CheckContext, verb: Verb): Diagnosis {
  const sqlVerb = SQL_VERBS[verb];
  return {
    cause: 'policy',
    message: `The ${sqlVerb} is accepted and reaches no row: no policy lets the subject at its own.`,
    advice: tiedPolicy(context, sqlVerb, 'using'),
  };
}
