import type { CheckResult, Evidence } from '../../checklist/verdict';
import type { PanelPoint } from '../../panel/messages';

/** Causes for which a request was let through that had to be stopped. */
const LET_THROUGH: ReadonlySet<string> = new Set([
  'policy',
  'rls-off',
  'parent-not-checked',
  'bypassing-door',
]);

/**
 * Why the cause that comes to mind first is not the one; undefined where the answers do not say.
 * PostgreSQL checks privileges before policies, and each refusal has words of its own.
 */
export function ruledOut({ verdict, cause, evidence }: CheckResult): PanelPoint['ruledOut'] {
  if (verdict !== 'fail' || cause === null) return undefined;
  const gone = evidence.find(asked => !asked.control && hasPassed(asked));
  if (LET_THROUGH.has(cause) && gone) {
    return {
      title: 'Why this cannot be a missing GRANT',
      text: `PostgreSQL looks at privileges before policies: without the GRANT this would be answered with 42501. ${requestOf(gone)} was answered with ${gone.status ?? ''}.`,
    };
  }
  const refused = evidence.find(({ code }) => code === '42501');
  if (cause === 'policy' && refused?.answer.includes('row-level security')) {
    return {
      title: 'Why this cannot be a missing GRANT',
      text: 'A missing GRANT is refused with “permission denied”, before any policy is asked. This answer names row-level security, so the privilege is there.',
    };
  }
  if (cause === 'missing-grant' && refused?.answer.includes('permission denied')) {
    return {
      title: 'Why this cannot be a policy',
      text: 'A policy refuses in the words “new row violates row-level security policy”, or shows no rows. “Permission denied” comes before any policy is asked.',
    };
  }
  return undefined;
}

function hasPassed({ status }: Evidence): boolean {
  return status !== null && status >= 200 && status < 300;
}

function requestOf({ method, path }: Evidence): string {
  return `${method} ${path.split('?')[0] ?? path}`;
}
