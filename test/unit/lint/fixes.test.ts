import assert from 'node:assert/strict';
import { applyEdits, compatibleFixes } from '../../../src/lint/apply-fix';
import { fixPush, type FixedPush } from '../../../src/lint/fix-push';
import { lint } from '../../../src/lint/linter';
import type { Finding, TextEdit } from '../../../src/lint/finding';
import { SqlParser } from '../../../src/sql/parser';
import { parseSource, type SourceFile } from '../../../src/sql/source-file';
import { BASIC_RULES } from '../../support/rules';

const edit = (start: number, end: number, text: string, file = '1.sql'): TextEdit => ({
  at: { file, start, end },
  text,
});

describe('edits of one file', () => {
  it('are applied to the text as it was, in whatever order they come', () => {
    const edits = [edit(4, 6, 'Z'), edit(0, 1, ''), edit(2, 2, '-')];
    assert.equal(applyEdits('abcdef', edits), 'b-cdZ');
    assert.equal(applyEdits('abcdef', [...edits].reverse()), 'b-cdZ');
  });

  it('keep the order of texts at one place, before what is replaced there', () => {
    assert.equal(
      applyEdits('ab', [edit(1, 2, 'X'), edit(1, 1, '1'), edit(1, 1, '2'), edit(2, 2, '3')]),
      'a12X3',
    );
  });
});

describe('fixes together', () => {
  const fix = (title: string, ...edits: TextEdit[]): { title: string; edits: TextEdit[] } => ({
    title,
    edits,
  });
  const titles = (...fixes: { title: string; edits: TextEdit[] }[]): string[] =>
    compatibleFixes(fixes).map(({ title }) => title);

  it('leave out what changes the same, and keep what stands beside it', () => {
    assert.deepEqual(titles(fix('a', edit(0, 4, '')), fix('b', edit(3, 5, '')), fix('c', edit(4, 5, ''))), [
      'a',
      'c',
    ]);
    assert.deepEqual(titles(fix('a', edit(0, 4, '')), fix('b', edit(2, 2, 'x'))), ['a']);
    assert.deepEqual(titles(fix('a', edit(0, 4, '')), fix('b', edit(0, 4, 'x'))), ['a']);
    assert.deepEqual(titles(fix('a', edit(0, 4, '')), fix('b', edit(2, 3, '', '2.sql'))), ['a', 'b']);
    assert.deepEqual(titles(fix('a', edit(2, 2, 'x')), fix('b', edit(2, 2, 'y')), fix('c', edit(2, 3, ''))), [
      'a',
      'b',
      'c',
    ]);
  });

  it('are all or nothing: a fix of two edits is left out with one of them', () => {
    assert.deepEqual(
      titles(fix('a', edit(0, 2, '')), fix('b', edit(1, 2, ''), edit(8, 9, '')), fix('c', edit(8, 9, ''))),
      ['a', 'c'],
    );
  });

  it('count the same one once', () => {
    assert.deepEqual(titles(fix('a', edit(2, 2, 'x')), fix('b', edit(2, 2, 'x'))), ['a']);
  });
});

describe('fixing a push', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await SqlParser.load();
  });
  const parse = (name: string, text: string): SourceFile => parseSource(parser, name, text);

  /** A finding at each match of a pattern in any file, with a fix that replaces it. */
  const replacing =
    (...replacements: [pattern: RegExp, text: string, inFile?: string][]) =>
    (files: readonly SourceFile[]): Finding[] =>
      replacements.flatMap(([pattern, replacement, inFile]) =>
        files.flatMap(({ name, text }) =>
          [...text.matchAll(new RegExp(pattern, 'g'))].map(({ index, 0: { length } }) => {
            const at = { file: name, start: index, end: index + length };
            const edits = [
              { at: inFile === undefined ? at : { file: inFile, start: 0, end: 0 }, text: replacement },
            ];
            return {
              rule: 'x',
              severity: 'error' as const,
              at,
              message: '',
              related: [],
              fix: { title: '', edits },
            };
          }),
        ),
      );
  function fix(
    texts: Record<string, string>,
    judge: (files: readonly SourceFile[]) => readonly Finding[],
    mayChange = (_file: string): boolean => true,
  ): FixedPush & { texts: string[] } {
    const files = Object.entries(texts).map(([name, text]) => parse(name, text));
    const result = fixPush(files, { judge, parse, mayChange });
    return { ...result, texts: result.files.map(({ text }) => text) };
  }

  it('goes on with what shows after a fix', () => {
    const result = fix({ a: 'select 1;' }, replacing([/1/, '22'], [/22/, '333']));
    assert.deepEqual([result.texts, result.applied], [['select 333;'], 2]);
  });

  it('changes every file of the push that a fix needs', () => {
    const result = fix({ a: 'select 1;', b: 'select 2;' }, replacing([/1/, '3'], [/2/, '4']));
    assert.deepEqual([result.texts, result.applied, result.offLimits], [['select 3;', 'select 4;'], 2, []]);
  });

  it('leaves files alone that must not be changed, and names them', () => {
    const judge = replacing([/1/, '-- one\n', 'b'], [/2/, '4']);
    const result = fix({ a: 'select 1, 2;', b: 'select 5;' }, judge, file => file === 'a');
    assert.deepEqual(
      [result.texts, result.applied, result.offLimits],
      [['select 1, 4;', 'select 5;'], 1, ['b']],
    );
  });

  it('applies the one that is harmless where two break the SQL together', () => {
    const twice = replacing([/(?<=p)(?= on)/, ' on t for select'], [/(?<=on )(?=t\b)/, 'x.']);
    const result = fix({ a: 'create policy p on t;' }, twice);
    assert.deepEqual([result.files[0]?.errors, result.applied], [[], 1]);
    assert.equal(result.texts[0], 'create policy p on x.t;');
  });

  it('applies nothing that breaks the SQL by itself', () => {
    const result = fix({ a: 'select 1;' }, replacing([/select/, 'selekt']));
    assert.deepEqual([result.texts, result.applied], [['select 1;'], 0]);
  });

  it('may mend a file that does not parse', () => {
    const result = fix({ a: 'selekt 1;' }, replacing([/selekt/, 'select']));
    assert.deepEqual([result.texts, result.applied], [['select 1;'], 1]);
  });

  it('ends where fixes undo each other, and where they never end', () => {
    assert.deepEqual(fix({ a: 'select 1;' }, replacing([/1/, '2'], [/2/, '1'])).applied, 1);
    assert.equal(
      fix({ a: 'select 1;' }, replacing([/1(?!.*1)/, '11'])).texts[0],
      `select ${'1'.repeat(11)};`,
    );
  });

  it('brings a whole push to rest, and finds nothing to do again', () => {
    const push = {
      '1.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id uuid);
create policy read on notes for select using (owner_id = auth.uid());
create policy write on notes for insert using (owner_id = auth.uid());`,
      '2.sql':
        'grant select on notes to authentcated;\n-- flux-rls-disable-file policy-wrong-clause: was needed\n',
    };
    const judge = (files: readonly SourceFile[]): Finding[] =>
      lint(files, { engine: 'v2_shared', rules: BASIC_RULES });
    const once = fix(push, judge);
    assert.ok(once.applied >= 5, String(once.applied));
    assert.deepEqual(judge(once.files), []);
    const again = fix(Object.fromEntries(once.files.map(({ name, text }) => [name, text])), judge);
    assert.deepEqual([again.applied, again.texts], [0, once.texts]);
  });
});
