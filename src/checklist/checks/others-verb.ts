import { SQL_VERBS } from '../check-ids';
import type { CheckContext, Told } from '../context';
import type { Diagnosis } from '../diagnose';
import type { Control, KnownRow } from '../known-row';
import { gotThrough } from '../outcome';
import type { Evidence, Verb } from '../verdict';
import { failed, passed, unproved, type Judged } from './check';
import { leakDiagnosis } from './leak';
import { nothingReached } from './own-verb';

export interface Attempt {
  readonly verb: Verb;
  /** What was tried on another subject's row. */
  readonly told: Told;
  /** The same on the subject's own row; it has to work for a refusal to mean anything. */
  readonly control: Told | undefined;
  /** What the rows rest on. */
  readonly rows: readonly Evidence[];
  /** What a leak means, as a sentence. */
  readonly leak: string;
  /** What isolation means, as a sentence. */
  readonly kept: string;
  readonly advice: string;
  /** A row by which to find out whether row-level security is on. */
  readonly probe?: Control<KnownRow> | undefined;
}

/** Judges what one subject tries on another's row. A refusal proves nothing while the subject's own row is refused, too. */
export async function judgeOthers(context: CheckContext, attempt: Attempt): Promise<Judged> {
  const { verb, told, control, rows, leak, kept, advice, probe } = attempt;
  const evidence = [[told.evidence], control ? [control.evidence] : [], rows] as const;
  if (gotThrough(told.outcome)) {
    const stopped =
      told.outcome.kind === 'stopped' && told.answer.status !== null && told.answer.code?.startsWith('23');
    const message = stopped ? `${leak} Only a constraint stopped the request.` : leak;
    return failed(
      await leakDiagnosis(context, message, advice, probe?.held ? probe.value : undefined, told),
      ...evidence,
    );
  }
  const isRefused = ['policy', 'privilege', 'nothing'].includes(told.outcome.kind);
  if (!isRefused)
    return unproved(context.diagnose(told, SQL_VERBS[verb], context.subjects[0]) ?? unclear(), ...evidence);
  if (control && gotThrough(control.outcome)) return passed(kept, ...evidence);
  if (context.plan.expected[verb] === 'refused' && control && control.outcome.kind !== 'unclear') {
    return passed(
      `Refused, and so is the subject’s own row: the project’s SQL lets nobody do it.`,
      ...evidence,
    );
  }
  return unproved(brokenControl(context, verb, control), ...evidence);
}

/** Why a refusal of another's row means nothing: the own row is refused as well, or could not be asked about. */
export function brokenControl(context: CheckContext, verb: Verb, control: Told | undefined): Diagnosis {
  const known = control && context.diagnose(control, SQL_VERBS[verb], context.subjects[0]);
  return known ?? (control ? nothingReached(context, verb) : unclear());
}

function unclear(): Diagnosis {
  return {
    cause: 'not-askable',
    message: 'No request about the subject’s own row can be made here that would prove anything.',
    advice: 'Run in full mode, or look at this one by hand.',
  };
}
