import type { Diagnosis } from './diagnose';
import type { Control } from './known-row';
import type { CheckResult, Evidence } from './verdict';

/** A result before the check puts its table and its id to it. */
export type Judged = Omit<CheckResult, 'table' | 'check' | 'verb' | 'actor'>;

type Evidences = readonly (readonly Evidence[])[];

export function passed(message: string, ...evidence: Evidences): Judged {
  return { verdict: 'pass', cause: null, message, advice: '', evidence: flat(evidence) };
}

export function failed(diagnosis: Diagnosis, ...evidence: Evidences): Judged {
  return { verdict: 'fail', ...diagnosis, evidence: flat(evidence) };
}

/** Nothing is proved, because something that has to work does not. */
export function unproved(diagnosis: Diagnosis, ...evidence: Evidences): Judged {
  const message = `Cannot tell. ${diagnosis.message}`;
  return { verdict: 'unknown', ...diagnosis, message, evidence: flat(evidence) };
}

/** There is no way to ask, in this mode or of this table. */
export function notAskable(message: string, advice: string): Judged {
  return unproved({ cause: 'not-askable', message, advice });
}

/** The first of several controls that does not hold. */
export function firstBroken(...controls: readonly Control<unknown>[]): Diagnosis | undefined {
  for (const control of controls) if (!control.held) return control.diagnosis;
  return undefined;
}

/** Each request once, though several controls rest on it. */
function flat(evidence: Evidences): readonly Evidence[] {
  return [...new Set(evidence.flat())];
}
