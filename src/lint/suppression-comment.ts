import type { Token } from '../sql/lexer';
import type { SourceFile, Span } from '../sql/source-file';
import { nearestName } from './nearest-name';

/** What follows `flux-rls-` in a comment that hides findings or ends hiding them. */
export const SUPPRESSION_KINDS = ['disable-next-line', 'disable', 'enable', 'disable-file'] as const;
export type SuppressionKind = (typeof SUPPRESSION_KINDS)[number];

/** A comment such as `-- flux-rls-disable-next-line policy-always-true: reference data`. */
export interface SuppressionComment {
  /** Undefined for a misspelled one, which does nothing. */
  readonly kind: SuppressionKind | undefined;
  /** The whole comment with its marks. */
  readonly at: Span;
  /** `flux-rls-…` itself. */
  readonly word: Span;
  readonly ids: readonly { readonly id: string; readonly at: Span }[];
  /** Empty when none is given. */
  readonly reason: string;
}

/** Whether a comment may hide a rule's findings: a push fails on a syntax error, hidden or not. */
export function isSuppressible(rule: string): boolean {
  return rule !== 'sql-syntax' && !rule.startsWith('suppress-');
}

/** The comments of a file that are, or were meant as, suppressions. */
export function suppressionComments(file: SourceFile): SuppressionComment[] {
  return /flux-rls-/i.test(file.text) ? file.comments.flatMap(token => read(file, token) ?? []) : [];
}

const WORD = /^(?:--|\/\*)[\s*-]*flux-rls-([a-z-]+)/i;
const FIRST_ID = /\s+([a-z][\w-]*)/iy;
const NEXT_ID = /\s*,\s*([a-z][\w-]*)/iy;

function read({ name, text }: SourceFile, { start, end }: Token): SuppressionComment | undefined {
  const comment = text.slice(start, end).replace(/\s*(?:\*\/)?$/, '');
  const found = WORD.exec(comment);
  const word = found?.[1]?.toLowerCase();
  if (!found || word === undefined) return undefined;
  const kind = SUPPRESSION_KINDS.find(candidate => candidate === word);
  if (!kind && !looksMeant(word)) return undefined;

  const span = (from: number, to: number): Span => ({ file: name, start: start + from, end: start + to });
  const ids: { id: string; at: Span }[] = [];
  let offset = found[0].length;
  for (let pattern = FIRST_ID; ; pattern = NEXT_ID) {
    pattern.lastIndex = offset;
    const id = pattern.exec(comment)?.[1];
    if (id === undefined) break;
    offset = pattern.lastIndex;
    ids.push({ id, at: span(offset - id.length, offset) });
  }
  return {
    kind,
    at: span(0, text.slice(start, end).trimEnd().length),
    word: span(found[0].length - 'flux-rls-'.length - word.length, found[0].length),
    ids,
    reason: /^\s*:([\s\S]*)/.exec(comment.slice(offset))?.[1]?.trim() ?? '',
  };
}

/** `flux-rls-check-a`, a subject of the checklist, is no misspelled suppression; `flux-rls-disable-line` is one. */
function looksMeant(word: string): boolean {
  return /^(?:disable|enable|ignore)/.test(word) || nearestName(word, SUPPRESSION_KINDS) !== undefined;
}
