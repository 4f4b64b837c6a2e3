import assert from 'node:assert/strict';
import type { Engine } from '../../../src/flux/engine';
import { applyEdits } from '../../../src/lint/apply-fix';
import type { Finding, TextEdit } from '../../../src/lint/finding';
import { lint } from '../../../src/lint/linter';
import type { Rule } from '../../../src/lint/rule';
import { RULES } from '../../../src/lint/rules';
import type { SqlParser } from '../../../src/sql/parser';
import { parseSource, type SourceFile, type Span } from '../../../src/sql/source-file';

/** The rules, each of which says its name when it throws. */
const NAMED_RULES: readonly Rule[] = RULES.map(rule => ({
  ...rule,
  check(...given) {
    naming(rule.id, () => {
      rule.check(...given);
    });
  },
}));

/** Puts the name of the rule that is to blame before a message. */
function naming(rule: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${rule}: ${(error as Error).message}`, { cause: error });
  }
}

export function findingsOf(files: readonly SourceFile[], engine: Engine | undefined): Finding[] {
  return lint(files, { rules: NAMED_RULES, engine });
}

/** Ranges lie in the text and in its order; statements and tokens are the text at their ranges. */
export function checkFile(file: SourceFile): void {
  const { text, statements, errors, comments } = file;
  let end = 0;
  for (const statement of statements) {
    const { at, terminatedAt = at.end, tokens } = statement;
    assert.ok(at.start >= end && at.end > at.start, `statement at ${at.start}–${at.end} after ${end}`);
    assert.ok(terminatedAt >= at.end && terminatedAt <= text.length, `semicolon at ${terminatedAt}`);
    assert.equal(statement.text, text.slice(at.start, at.end));
    assert.equal(tokens[0]?.start, at.start);
    assert.equal(tokens.at(-1)?.end, at.end);
    let tokenEnd = at.start;
    for (const [index, token] of tokens.entries()) {
      assert.ok(token.start >= tokenEnd && token.end > token.start && token.end <= at.end, `token ${index}`);
      const raw = text.slice(token.start, token.end);
      if (token.kind === 'word') assert.equal(token.value, raw.toLowerCase());
      else if (token.kind !== 'quoted') assert.equal(token.value, raw);
      tokenEnd = token.end;
    }
    assert.doesNotThrow(() => statement.body);
    end = terminatedAt;
  }
  let errorStart = 0;
  for (const { at, message } of errors) {
    assertInside(at, text, 'error');
    assert.ok(at.start >= errorStart && at.end > at.start && message.length > 0, `error at ${at.start}`);
    errorStart = at.start;
  }
  let commentEnd = 0;
  for (const { start, end: to, value } of comments) {
    assert.ok(
      start >= commentEnd && value === text.slice(start, to) && /^(?:--|\/\*)/.test(value),
      `comment at ${start}`,
    );
    commentEnd = to;
  }
}

/** All that a finding points at is there, and it speaks in words. */
export function checkFinding(finding: Finding, texts: ReadonlyMap<string, string>): void {
  naming(finding.rule, () => {
    checkPlaces(finding, texts);
  });
}

function checkPlaces(finding: Finding, texts: ReadonlyMap<string, string>): void {
  const textOf = ({ file }: Span): string => {
    const text = texts.get(file);
    assert.ok(text !== undefined, `${file} is no file of the push`);
    return text;
  };
  assertInside(finding.at, textOf(finding.at), 'finding');
  for (const { at } of finding.related) assertInside(at, textOf(at), 'related place');
  for (const message of [
    finding.message,
    ...finding.related.map(place => place.message),
    finding.fix?.title ?? 'none',
  ])
    assert.doesNotMatch(message, /\bundefined\b|\bNaN\b|\[object|^\s*$/);
  const edits = finding.fix?.edits ?? [];
  for (const { at } of edits) assertInside(at, textOf(at), 'edit');
  for (const [index, { at }] of edits.entries()) {
    for (const { at: other } of edits.slice(index + 1)) {
      const apart = at.file !== other.file || at.end <= other.start || other.end <= at.start;
      assert.ok(apart, `edits ${at.start}–${at.end} and ${other.start}–${other.end} overlap`);
    }
  }
}

/** A fix breaks nothing, and takes its finding away. */
export function checkFix(
  parser: SqlParser,
  finding: Finding,
  files: readonly SourceFile[],
  engine: Engine | undefined,
): void {
  naming(finding.rule, () => {
    checkMended(parser, finding, files, engine);
  });
}

function checkMended(
  parser: SqlParser,
  finding: Finding,
  files: readonly SourceFile[],
  engine: Engine | undefined,
): void {
  const { fix, at, rule } = finding;
  if (!fix) return;
  const mended = files.map(file => {
    const own = fix.edits.filter(edit => edit.at.file === file.name);
    return own.length === 0 ? file : parseSource(parser, file.name, applyEdits(file.text, own), file);
  });
  const texts = (): string => mended.map(({ text }) => JSON.stringify(text)).join('\n');
  const [error] = mended.flatMap(({ errors }) => errors);
  assert.equal(error, undefined, `"${fix.title}" gives what cannot be parsed:\n${texts()}`);
  const place = moved(
    at.start,
    fix.edits.filter(edit => edit.at.file === at.file),
  );
  const again = findingsOf(mended, engine).find(
    other =>
      other.rule === rule &&
      other.at.file === at.file &&
      other.at.start === place &&
      other.message === finding.message,
  );
  assert.equal(again, undefined, `"${fix.title}" leaves the finding:\n${texts()}`);
}

/** Where an offset stands after edits before it. */
function moved(offset: number, edits: readonly TextEdit[]): number {
  return edits
    .filter(({ at }) => at.end <= offset)
    .reduce((result, { at, text }) => result + text.length - (at.end - at.start), offset);
}

function assertInside({ start, end }: Span, text: string, what: string): void {
  assert.ok(start >= 0 && start <= end && end <= text.length, `${what} at ${start}–${end} of ${text.length}`);
}
