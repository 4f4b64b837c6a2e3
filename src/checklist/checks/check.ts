import type { CheckContext, Control } from '../context';
import type { Diagnosis } from '../diagnose';
import { CHECK_FACTS, type CheckId, type CheckResult, type Evidence } from '../verdict';

/** One point of the checklist. */
export interface Check {
  readonly id: CheckId;
  /** Asks what is needed, its positive controls included, and judges the answers. */
  run(context: CheckContext): Promise<CheckResult>;
}

/** A result before the check puts its table and its id to it. */
export type Judged = Omit<CheckResult, 'table' | 'check' | 'verb' | 'actor'>;

/** Gives a check its type, and its results the table and the id. */
export function defineCheck(id: CheckId, judge: (context: CheckContext) => Promise<Judged>): Check {
  const { verb, actor } = CHECK_FACTS[id];
  return {
    id,
    run: async context => ({ table: context.plan.table, check: id, verb, actor, ...(await judge(context)) }),
  };
}

export function passed(message: string, ...evidence: readonly (readonly Evidence[])[]): Judged {
  return { verdict: 'pass', cause: null, message, advice: '', evidence: evidence.flat() };
}

export function failed(diagnosis: Diagnosis, ...evidence: readonly (readonly Evidence[])[]): Judged {
  return { verdict: 'fail', ...diagnosis, evidence: evidence.flat() };
}

/** Nothing is proved, because something that has to work does not. */
export function unproved(diagnosis: Diagnosis, ...evidence: readonly (readonly Evidence[])[]): Judged {
  const message = `Cannot tell. ${diagnosis.message}`;
  return { verdict: 'unknown', ...diagnosis, message, evidence: evidence.flat() };
}

/** The first of several controls that does not hold. */
export function firstBroken(...controls: readonly Control<unknown>[]): Diagnosis | undefined {
  for (const control of controls) if (!control.held) return control.diagnosis;
  return undefined;
}
