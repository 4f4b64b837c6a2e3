import type { CheckContext, OwnRow } from '../context';
import type { Diagnosis } from '../diagnose';

/** Why rows are open that should not be: row-level security is off, or a policy is too wide. */
export async function leakDiagnosis(
  context: CheckContext,
  message: string,
  policyAdvice: string,
  probe: OwnRow | undefined,
): Promise<Diagnosis> {
  const isOn = probe && (await context.rowSecurityIsOn(probe));
  const { table } = context.plan;
  return isOn === false
    ? {
        cause: 'rls-off',
        message: `${message} Row-level security is off on ${table}.`,
        advice: `alter table ${table} enable row level security; and policies for each verb.`,
      }
    : { cause: 'policy', message, advice: policyAdvice };
}
