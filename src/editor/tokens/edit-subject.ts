import * as vscode from 'vscode';
import type { Engine } from '../../flux/engine';
import { SUBJECT_COLORS } from '../../panel/messages';
import { parseDuration } from '../../tokens/duration';
import { objectionsTo } from '../../tokens/objections';
import { ownClaimsIn, parseClaims, type TestSubject } from './test-subject';

/** What holds for a subject that has nothing of its own. */
export interface SubjectDefaults {
  readonly role: string;
  readonly lifetime: string;
  readonly engine: Engine | undefined;
}

/**
 * Asks for one thing of a subject after the other until the person leaves; each answer is stored at once.
 * @param store awaited before the next question
 */
export async function editSubject(
  start: TestSubject,
  defaults: SubjectDefaults,
  store: (changed: TestSubject) => Promise<void>,
): Promise<void> {
  let subject = start;
  for (;;) {
    const picked = await vscode.window.showQuickPick(partsOf(subject, defaults), {
      title: `Tokens for ${subject.subject}`,
      placeHolder: 'What to change',
    });
    if (!picked) return;
    const changed = await picked.ask();
    if (!changed) continue;
    subject = changed;
    await store(subject);
  }
}

type Part = vscode.QuickPickItem & { readonly ask: () => Promise<TestSubject | undefined> };

function partsOf(subject: TestSubject, defaults: SubjectDefaults): Part[] {
  const { label, role, lifetime, claims, color } = subject;
  const fromSetting = (value: string): string => `${value} (setting)`;
  return [
    {
      label: 'Label',
      description: label ?? 'none',
      ask: () => askText(subject, 'label', 'Label', 'What you call this user, such as "Ann, owner"'),
    },
    {
      label: 'Lifetime',
      description: lifetime ?? fromSetting(defaults.lifetime),
      ask: () =>
        askText(subject, 'lifetime', 'Lifetime', `90s, 5m or 1h; empty for ${defaults.lifetime}`, text =>
          parseDuration(text) === undefined ? 'A lifetime is a time such as 90s, 5m or 1h.' : undefined,
        ),
    },
    {
      label: 'Role',
      description: role ?? fromSetting(defaults.role),
      ask: () => askText(subject, 'role', 'Role', `Empty for ${defaults.role}; v2 ignores it`),
    },
    {
      label: 'Extra claims',
      description: claims ? Object.keys(claims).join(', ') : 'none',
      ask: () => askClaims(subject, defaults),
    },
    { label: 'Color', description: color, ask: () => askColor(subject) },
  ];
}

async function askText(
  subject: TestSubject,
  part: 'label' | 'lifetime' | 'role',
  name: string,
  prompt: string,
  objection: (text: string) => string | undefined = () => undefined,
): Promise<TestSubject | undefined> {
  const text = await vscode.window.showInputBox({
    title: `${name} of ${subject.subject}`,
    prompt,
    value: subject[part] ?? '',
    validateInput: typed => (typed.trim() === '' ? undefined : objection(typed)),
  });
  if (text === undefined) return undefined;
  const { [part]: _, ...others } = subject;
  return text.trim() === '' ? others : { ...others, [part]: text.trim() };
}

async function askClaims(
  subject: TestSubject,
  { engine }: SubjectDefaults,
): Promise<TestSubject | undefined> {
  const text = await vscode.window.showInputBox({
    title: `Extra claims of ${subject.subject}`,
    prompt: 'A JSON object that is added to its tokens; empty for none',
    placeHolder: '{ "org_id": "acme" }',
    value: subject.claims ? JSON.stringify(subject.claims) : '',
    ignoreFocusOut: true,
    validateInput: typed => claimsMessage(typed, engine),
  });
  const claims = text === undefined ? undefined : parseClaims(text);
  if (claims === undefined || typeof claims === 'string') return undefined;
  const { claims: _, override: __, ...others } = subject;
  if (Object.keys(claims).length === 0) return others;
  const own = ownClaimsIn(claims);
  const override = own.length > 0 ? await askOverride(own) : false;
  return override === undefined ? undefined : { ...others, claims, ...(override && { override }) };
}

/** What keeps the claims from being taken, or a warning of what becomes of them. */
function claimsMessage(
  typed: string,
  engine: Engine | undefined,
): string | vscode.InputBoxValidationMessage | undefined {
  const claims = parseClaims(typed);
  if (typeof claims === 'string') return claims;
  const valid = { sub: 'a', role: 'authenticated', exp: 1 };
  const [objection] = objectionsTo({ ...claims, ...valid }, engine, 0);
  return (
    objection && {
      message: `${objection.message} ${objection.fix}`,
      severity: vscode.InputBoxValidationSeverity.Warning,
    }
  );
}

async function askOverride(names: readonly string[]): Promise<boolean | undefined> {
  const keep = { label: `Keep the token’s own ${names.join(', ')}` };
  const override = {
    label: `Replace ${names.join(', ')}`,
    detail: 'For a token that is wrong on purpose',
  };
  const picked = await vscode.window.showQuickPick([keep, override], {
    title: `Every token has ${names.join(', ')} by itself`,
  });
  return picked && picked === override;
}

async function askColor(subject: TestSubject): Promise<TestSubject | undefined> {
  const picked = await vscode.window.showQuickPick(
    SUBJECT_COLORS.map(color => ({ label: color })),
    { title: `Color of ${subject.subject}` },
  );
  const color = SUBJECT_COLORS.find(other => other === picked?.label);
  return color && { ...subject, color };
}
