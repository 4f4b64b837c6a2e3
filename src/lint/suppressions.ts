import type { SourceFile, Span } from '../sql/source-file';
import { CodeLines } from './code-lines';
import type { Finding, Fix } from './finding';
import { nearestName } from './nearest-name';
import { isSuppressible, suppressionComments, type SuppressionComment } from './suppression-comment';
import { removeComment, removeId } from './suppression-edit';

/** A finding that a comment hides, with the comment's reason; empty when it gives none. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly reason: string;
}

/** A finding about a suppression itself; the linter knows its severity. */
export type SuppressionFinding = Omit<Finding, 'severity'>;

/** What the linter knows of its rules. */
export interface RuleKnowledge {
  /** Every rule there is, whether it ran or not. */
  readonly ids: readonly string[];
  /** Rules that ran and could tell; only their suppressions can be unused. */
  readonly judged: ReadonlySet<string>;
}

export interface SuppressionResult {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Of the rules `suppress-unknown`, `suppress-unused` and `suppress-no-reason`. */
  readonly own: readonly SuppressionFinding[];
}

/** Takes the findings away that comments hide, and finds what is wrong with those comments. */
export function applySuppressions(
  findings: readonly Finding[],
  files: readonly SourceFile[],
  rules: RuleKnowledge,
): SuppressionResult {
  const comments = files.map(file => ({ file, comments: suppressionComments(file) }));
  const read = comments.filter(({ comments: own }) => own.length > 0);
  if (read.length === 0) return { findings, suppressed: [], own: [] };

  const own: SuppressionFinding[] = [];
  const suppressions: Suppression[] = [];
  for (const { file, comments: inFile } of read) {
    suppressions.push(...suppressionsOf(file, inFile, rules.ids, finding => own.push(finding)));
  }
  const suppressed: SuppressedFinding[] = [];
  const visible = findings.filter(finding => {
    const hiding = isSuppressible(finding.rule) ? suppressions.filter(one => hides(one, finding)) : [];
    for (const one of hiding) one.isUsed = true;
    const [first] = hiding;
    if (first) suppressed.push({ finding, reason: first.comment.reason });
    return !first;
  });
  // Behind a statement that cannot be read there may be what the comment hides.
  const canTell = files.every(({ errors }) => errors.length === 0);
  for (const one of suppressions) {
    if (!one.isUsed && (!isSuppressible(one.id) || (canTell && rules.judged.has(one.id))))
      own.push(unused(one));
  }
  return { findings: visible, suppressed, own };
}

/** One rule that one comment hides in one part of a file. */
interface Suppression {
  readonly comment: SuppressionComment;
  readonly file: SourceFile;
  readonly id: string;
  /** The id in the comment. */
  readonly at: Span;
  /** Offsets of the file between which a finding has to start. */
  readonly from: number;
  to: number;
  isUsed: boolean;
}

function hides({ file, id, from, to }: Suppression, { rule, at }: Finding): boolean {
  return rule === id && at.file === file.name && from <= at.start && at.start < to;
}

function suppressionsOf(
  file: SourceFile,
  comments: readonly SuppressionComment[],
  known: readonly string[],
  report: (finding: SuppressionFinding) => void,
): Suppression[] {
  const lines = new CodeLines(file.text);
  const suppressions: Suppression[] = [];
  for (const comment of comments) {
    const { kind, at, ids } = comment;
    const unknown = ids.filter(({ id }) => !known.includes(id));
    for (const finding of mistakes(file, comment, unknown, known)) report(finding);
    const understood = ids.filter(id => !unknown.includes(id));
    if (kind === undefined || kind === 'enable') {
      // Better to end too much than to go on hiding because of a typing mistake.
      const endsAll = kind === undefined || understood.length === 0 || unknown.length > 0;
      const open = suppressions.filter(one => one.comment.kind === 'disable' && one.to > at.start);
      for (const one of open) if (endsAll || ids.some(({ id }) => id === one.id)) one.to = at.start;
      for (const id of kind === 'enable' ? understood : []) {
        if (!open.some(one => one.id === id.id)) report(endsNothing(comment, file, id));
      }
      continue;
    }
    const line = lines.at(at.start);
    const [from, to] = {
      'disable-next-line': [lines.start(line + 1), lines.start(lines.nextWithCode(line) + 1)] as const,
      disable: [at.start, file.text.length] as const,
      'disable-file': [0, file.text.length] as const,
    }[kind];
    for (const one of understood) suppressions.push({ comment, file, ...one, from, to, isUsed: false });
  }
  return suppressions;
}

/** What can be said of a comment without knowing what it hides. */
function mistakes(
  file: SourceFile,
  { kind, word, at, ids, reason }: SuppressionComment,
  unknown: SuppressionComment['ids'],
  known: readonly string[],
): SuppressionFinding[] {
  const related: Finding['related'] = [];
  if (kind === undefined) {
    const message = `There is no ${file.text.slice(word.start, word.end)}, so this hides nothing. There are flux-rls-disable-next-line, flux-rls-disable, flux-rls-enable and flux-rls-disable-file.`;
    return [{ rule: 'suppress-unknown', at: word, message, related }];
  }
  const found = unknown.map(({ id, at: idAt }): SuppressionFinding => {
    const nearest = nearestName(id, known);
    const fix: Fix | undefined = nearest
      ? { title: `Change to ${nearest}`, edits: [{ at: idAt, text: nearest }] }
      : undefined;
    const message = `There is no rule ${id}, so this ${kind === 'enable' ? 'ends every flux-rls-disable above' : 'hides nothing'}.${nearest ? ` Did you mean ${nearest}?` : ''}`;
    return { rule: 'suppress-unknown', at: idAt, message, related, ...(fix && { fix }) };
  });
  if (kind === 'enable') return found;
  if (ids.length === 0) {
    const message = 'This names no rule, so it hides nothing. Write the rule’s id after it.';
    return [{ rule: 'suppress-unknown', at: word, message, related }];
  }
  if (reason !== '') return found;
  const message = `This hides findings without a reason. Write it after the ${ids.length === 1 ? 'id' : 'ids'} and a colon, so that the next reader can tell whether it still holds.`;
  return [...found, { rule: 'suppress-no-reason', at, message, related }];
}

function unused({ comment, file, id, at }: Suppression): SuppressionFinding {
  const where = {
    'disable-next-line': 'on the next line of code',
    disable: 'from here to its end',
    'disable-file': 'in this file',
  };
  const message = isSuppressible(id)
    ? `${id} finds nothing ${where[comment.kind as keyof typeof where]}. Remove the suppression, or it hides what is written there next.`
    : `${id} cannot be hidden by a comment. ${id === 'sql-syntax' ? 'The push fails on the statement all the same' : 'Correct the comment that it is about'}.`;
  return { rule: 'suppress-unused', at, message, related: [], fix: removal(comment, file, id, at) };
}

function endsNothing(
  comment: SuppressionComment,
  file: SourceFile,
  { id, at }: SuppressionComment['ids'][number],
): SuppressionFinding {
  const message = `${id} is not disabled above, so there is nothing to enable.`;
  return { rule: 'suppress-unused', at, message, related: [], fix: removal(comment, file, id, at) };
}

function removal(comment: SuppressionComment, file: SourceFile, id: string, at: Span): Fix {
  return comment.ids.length === 1
    ? { title: `Remove flux-rls-${comment.kind ?? ''}`, edits: [removeComment(file, comment.at)] }
    : { title: `Remove ${id}`, edits: [removeId(file, at)] };
}
