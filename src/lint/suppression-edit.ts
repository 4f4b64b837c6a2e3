import type { SourceFile, Span } from '../sql/source-file';
import { CodeLines } from './code-lines';
import type { Finding, TextEdit } from './finding';
import {
  isSuppressible,
  suppressionComments,
  type SuppressionComment,
  type SuppressionKind,
} from './suppression-comment';

/**
 * Hides a finding: a comment above its line, or its id in the comment that is there already. Without a reason the
 * comment ends in a colon, for one to be written. Undefined for a finding that no comment may hide.
 */
export function suppressionEdit(file: SourceFile, { rule, at }: Finding, reason = ''): TextEdit | undefined {
  if (!isSuppressible(rule)) return undefined;
  const lines = new CodeLines(file.text);
  const line = lines.at(at.start);
  const above = ofKind(file, 'disable-next-line').findLast(({ at: comment }) => {
    const own = lines.at(comment.start);
    return own < line && line <= lines.nextWithCode(own);
  });
  if (above) return addId(file, above, rule, reason);
  const start = Math.max(lines.start(line), textStart(file));
  const indentation = /^[ \t]*/.exec(file.text.slice(start))?.[0] ?? '';
  const comment = `${indentation}-- flux-rls-disable-next-line ${rule}: ${oneLine(reason)}`;
  return insert(file, start, `${comment}${lineBreak(file)}`);
}

/** Hides a rule in a whole file: a comment at its top, or the id in the comment that is there already. */
export function fileSuppressionEdit(file: SourceFile, { rule }: Finding, reason = ''): TextEdit | undefined {
  if (!isSuppressible(rule)) return undefined;
  const [there] = ofKind(file, 'disable-file');
  if (there) return addId(file, there, rule, reason);
  const comment = `-- flux-rls-disable-file ${rule}: ${oneLine(reason)}`;
  return insert(file, textStart(file), `${comment}${lineBreak(file)}`);
}

/** Takes a comment away, with its line where nothing else is on it. */
export function removeComment({ name, text }: SourceFile, { start, end }: Span): TextEdit {
  const blanksBefore = /[^\S\n]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const from = start - blanksBefore;
  const isLineStart = from === 0 || text.charAt(from - 1) === '\n';
  const rest = /^[^\S\n]*(?:\n|$)/.exec(text.slice(end))?.[0].length;
  if (isLineStart && rest !== undefined)
    return { at: { file: name, start: from, end: end + rest }, text: '' };
  // `a/* … */b` is two words.
  const joins = blanksBefore === 0 && /^\S/.test(text.slice(end)) && !isLineStart;
  return { at: { file: name, start: from, end }, text: joins ? ' ' : '' };
}

/** Takes one of several ids out of a comment, with the comma that parts it from the others. */
export function removeId({ text }: SourceFile, { file, start, end }: Span): TextEdit {
  const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length;
  if (after !== undefined) return { at: { file, start, end: end + after }, text: '' };
  const before = /\s*,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return { at: { file, start: start - before, end }, text: '' };
}

function addId(file: SourceFile, comment: SuppressionComment, rule: string, reason: string): TextEdit {
  const { end } = comment.ids.at(-1)?.at ?? comment.word;
  const text = `${comment.ids.length > 0 ? ',' : ''} ${rule}`;
  if (reason === '' || comment.reason !== '') return insert(file, end, text);
  const colon = /^\s*:/.exec(file.text.slice(end, comment.at.end))?.[0].length ?? 0;
  return { at: { file: file.name, start: end, end: end + colon }, text: `${text}: ${oneLine(reason)}` };
}

function ofKind(file: SourceFile, kind: SuppressionKind): SuppressionComment[] {
  return suppressionComments(file).filter(comment => comment.kind === kind);
}

function insert({ name }: SourceFile, offset: number, text: string): TextEdit {
  return { at: { file: name, start: offset, end: offset }, text };
}

function lineBreak({ text }: SourceFile): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** A byte order mark stays the first character. */
function textStart({ text }: SourceFile): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

/** A reason must not end the comment it stands in. */
function oneLine(reason: string): string {
  return reason.replaceAll('*/', '').replace(/\s+/g, ' ').trim();
}
