import { element, iconButton } from './element';
import { lifeSign } from './life';
import { markSign } from './marks';
import type { PanelSubject, SubjectAction } from './messages';
import type { Page } from './page';
import { section } from './section';

/** The test subjects, and for each how long the token copied last is good for. */
export function subjectsSection(page: Page, subjects: readonly PanelSubject[]): HTMLElement {
  const add = iconButton('add', 'Add test subject', () => {
    page.send({ type: 'command', command: 'fluxRls.addSubject' });
  });
  const list =
    subjects.length === 0
      ? element('p', { class: 'dim' }, 'No test subjects yet. Add the id of a user, and copy tokens for it.')
      : element('ul', { class: 'subjects' }, ...subjects.map(subject => subjectItem(page, subject)));
  return section(page, 'subjects', 'Subjects', [add], list);
}

function subjectItem(page: Page, shown: PanelSubject): HTMLElement {
  const { subject, label, role, claims, expiresAt } = shown;
  const act =
    (action: SubjectAction): (() => void) =>
    () => {
      page.send({ type: 'subject', action, subject });
    };
  const isExpired = expiresAt !== null && expiresAt * 1000 <= Date.now();
  const facts = [subject, `role ${role}`, ...(claims.length > 0 ? [`with ${claims.join(', ')}`] : [])];
  return element(
    'li',
    {},
    markSign(shown),
    element(
      'span',
      { class: 'subject', title: facts.join(' · ') },
      label === '' ? subject : label,
      label !== '' && element('span', { class: 'dim' }, ` ${subject}`),
    ),
    lifeSign(shown),
    isExpired
      ? iconButton('refresh', `Renew the token for ${subject}`, act('renewToken'))
      : iconButton('copy', `Copy a token for ${subject}`, act('copyToken')),
    iconButton('ellipsis', `More for ${subject}…`, act('more')),
  );
}
