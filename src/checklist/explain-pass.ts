import { decisiveEvidence, isAsExpected } from './explain-decisive';
import type { CheckResult, Evidence } from './verdict';

/** Why a pass is one, and which control proves it, in one paragraph. */
export function proofOf(result: CheckResult): string {
  const decisive = decisiveEvidence(result);
  if (!decisive) return 'It follows from the table itself; no request was needed.';
  const asked = `${said(decisive)}${decisive.expected === '' ? '' : `, and that check wants ${decisive.expected}`}.`;
  const controls = result.evidence.filter(one => one.control && one !== decisive);
  const control = controls.find(({ method }) => method === decisive.method) ?? controls[0];
  if (!control) {
    return decisive.control
      ? `${asked} What other subjects are refused means something because this works.`
      : `${asked} No other request was needed to tell.`;
  }
  if (isAsExpected(control)) {
    return `${asked} It means something because the control holds: ${said(control)}, so such a request is not refused to everybody.`;
  }
  // Another refusal than that of the token is one that a token got to.
  if (decisive.status === 401 && control.status !== null && control.status !== 401) {
    return `${asked} It means something because a token gets further: ${said(control)}.`;
  }
  return `${asked} The same is refused where it might have worked: ${said(control)}, so nobody gets in.`;
}

/** `GET /notes as ann was answered 200 (1 row)`. */
function said({ method, path, as, status, code, answer }: Evidence): string {
  const what = [status ?? 'not at all', code].filter(part => part !== null).join(' ');
  return `${method} ${path} as ${as} was answered ${what}${answer === '' ? '' : ` (${answer})`}`;
}
