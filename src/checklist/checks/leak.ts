import type { CheckContext, Told } from '../context';
import type { Diagnosis } from '../diagnose';
import { castGuard, nullColumn, type KnownRow } from '../known-row';

/** Why rows are open that should not be: row-level security is off, or a policy is too wide. */
export async function leakDiagnosis(
  context: CheckContext,
  message: string,
  policyAdvice: string,
  probe: KnownRow | undefined,
  told?: Told,
): Promise<Diagnosis> {
  const seen = told?.outcome.kind === 'stopped' ? told.outcome.rowSecurity : undefined;
  const isOn = seen ?? (probe && (await rowSecurityIsOn(context, probe)));
  const { table } = context.plan;
  return isOn === false
    ? {
        cause: 'rls-off',
        message: `${message} Row-level security is off on ${table}.`,
        advice: `alter table ${table} enable row level security; and policies for each verb.`,
      }
    : { cause: 'policy', message, advice: policyAdvice };
}

/**
 * Whether row-level security runs for a subject, asked without writing: what a constraint stops (23502) got past the
 * policies, and PostgreSQL hides the row in DETAIL exactly while row-level security is on. Undefined where it cannot tell.
 */
async function rowSecurityIsOn(context: CheckContext, own: KnownRow): Promise<boolean | undefined> {
  const drafted = await context.rows.draft(context.plan, own.subject);
  if (drafted.made && nullColumn(context.plan, 'insert') !== undefined) {
    const { outcome } = await context.probeInsert(drafted.draft, own.subject, true);
    if (outcome.kind === 'stopped' && outcome.rowSecurity !== undefined) return outcome.rowSecurity;
  }
  if (nullColumn(context.plan, 'update') === undefined || !castGuard(context.plan, own.values))
    return undefined;
  const told = await context.probeUpdate(own, {}, own.subject);
  return told?.outcome.kind === 'stopped' ? told.outcome.rowSecurity : undefined;
}
