import assert from 'node:assert/strict';
import { ENGINES } from '../../../src/flux/engine';
import { exampleFiles } from '../../../src/lint/docs';
import { IncrementalLinter } from '../../../src/lint/incremental';
import { judge, type Judgment, type LintOptions } from '../../../src/lint/linter';
import { RULES } from '../../../src/lint/rules';
import type { SourceFile } from '../../../src/sql/source-file';
import { parseAll, parseExample } from '../../support/sql';

/** Findings as text; fixes are not part of what is judged again and again. */
function told({ findings }: Judgment): string[] {
  return findings
    .map(({ rule, severity, at, message, related }) =>
      JSON.stringify([at.file, at.start, at.end, rule, severity, message, related]),
    )
    .sort();
}

function assertSame(
  linter: IncrementalLinter,
  files: readonly SourceFile[],
  options: LintOptions,
  what: string,
): void {
  assert.deepEqual(told(linter.judge(files, options)), told(judge(files, options)), what);
}

/** The bad examples of all rules in one push, each with names of its own. */
function bigPush(): { name: string; text: string }[] {
  return RULES.flatMap(({ id, docs }, index) =>
    exampleFiles(docs.bad).map(({ text }, part) => ({
      name: `migrations/${String(index).padStart(4, '0')}_${part}_${id}.sql`,
      text: text.replace(/\b(notes|orgs|members|note_bodies)\b/g, `$1_${index}`),
    })),
  );
}

describe('judging again after an edit', () => {
  for (const engine of [...ENGINES, undefined]) {
    it(`finds what judging everything finds, example by example, on ${engine ?? 'an unknown engine'}`, async () => {
      for (const { id, docs } of RULES) {
        for (const example of [docs.bad, docs.good]) {
          const options: LintOptions = {
            engine,
            ...(docs.committed && { committed: file => docs.committed?.[file] }),
          };
          assertSame(new IncrementalLinter(), await parseExample(example), options, id);
        }
      }
    });

    it(`finds the same while a large push is edited, on ${engine ?? 'an unknown engine'}`, async () => {
      const linter = new IncrementalLinter();
      const push = bigPush();
      const read = async (): Promise<SourceFile[]> =>
        parseExample(Object.fromEntries(push.map(({ name, text }) => [name, text])));
      assertSame(linter, await read(), { engine }, 'at first');
      for (let step = 0; step < push.length; step += 23) {
        const file = push[step]!;
        const before = file.text;
        for (const [what, text] of [
          ['a line more at the start', `\n\n${before}`],
          ['a statement more', `${before}\ncreate table extra_${step} (id int);`],
          ['the last statement less', before.slice(0, before.lastIndexOf(';', before.length - 2) + 1)],
          ['another owner', before.replaceAll('owner_id', 'owner')],
          ['back again', before],
        ] as const) {
          file.text = text;
          assertSame(linter, await read(), { engine }, `${file.name}: ${what}`);
        }
      }
    });
  }

  it('runs no rule over tables that an edit does not touch', async () => {
    let tables = 0;
    const counting = {
      ...RULES.find(({ id }) => id === 'rls-not-enabled')!,
      check: (model: Parameters<(typeof RULES)[number]['check']>[0]): void => {
        tables += model.tables.size;
      },
    };
    const linter = new IncrementalLinter();
    const options: LintOptions = { engine: 'v2_shared', rules: [counting] };
    linter.judge(
      await parseAll('create table a (id int); create table b (id int);', 'create table c (id int);'),
      options,
    );
    assert.equal(tables, 3);
    linter.judge(
      await parseAll('create table a (id int, x int); create table b (id int);', 'create table c (id int);'),
      options,
    );
    assert.equal(tables, 4);
    linter.judge(
      await parseAll(
        '\n\ncreate table a (id int, x int); create table b (id int);',
        'create table c (id int);',
      ),
      options,
    );
    assert.equal(tables, 4);
    linter.judge(
      await parseAll(
        'create table a (id int); create table b (id int);',
        'create table c (id int references a);',
      ),
      options,
    );
    assert.equal(tables, 6);
  });
});
