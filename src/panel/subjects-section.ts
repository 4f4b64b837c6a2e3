import { element, iconButton } from './element';
import type { PanelSubject, SubjectAction, ToHost } from './messages';
import { section } from './section';

/** The test subjects, and for each how long the token copied last is good for. */
export function subjectsSection(
  subjects: readonly PanelSubject[],
  send: (message: ToHost) => void,
): HTMLElement {
  const add = iconButton('add', 'Add test subject', () => {
    send({ type: 'command', command: 'fluxRls.addSubject' });
  });
  const list =
    subjects.length === 0
      ? element('p', { class: 'dim' }, 'No test subjects yet. Add the id of a user, and copy tokens for it.')
      : element('ul', { class: 'subjects' }, ...subjects.map(subject => subjectItem(subject, send)));
  return section('subjects', 'Subjects', [add], list);
}

function subjectItem(
  { subject, role, mark, expiresAt }: PanelSubject,
  send: (message: ToHost) => void,
): HTMLElement {
  const act =
    (action: SubjectAction): (() => void) =>
    () => {
      send({ type: 'subject', action, subject });
    };
  return element(
    'li',
    {},
    element('span', { class: `mark mark-${mark.toLowerCase()}`, 'aria-hidden': 'true' }, mark),
    element('span', { class: 'subject', title: `${subject} · role ${role}` }, subject),
    element(
      'span',
      { class: 'life', ...(expiresAt !== null && { 'data-expires': String(expiresAt) }) },
      lifeInWords(expiresAt),
    ),
    element(
      'span',
      { class: 'subject-actions' },
      iconButton('copy', `Copy a token for ${subject}`, act('copyToken')),
      iconButton('terminal', `Copy as curl for ${subject}`, act('copyCurl')),
      iconButton('json', `Show the claims of ${subject}`, act('showClaims')),
      iconButton('trash', `Remove ${subject}`, act('removeSubject')),
    ),
  );
}

/** Counts the lives down in place, so that nothing else of the page has to be drawn again. */
export function refreshLives(): void {
  for (const life of document.querySelectorAll<HTMLElement>('[data-expires]')) {
    life.textContent = lifeInWords(Number(life.dataset.expires));
  }
}

function lifeInWords(expiresAt: number | null): string {
  if (expiresAt === null) return '';
  const seconds = Math.floor(expiresAt - Date.now() / 1000);
  if (seconds <= 0) return 'expired';
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes >= 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${minutes}:${String(rest).padStart(2, '0')}`;
}
