import assert from 'node:assert/strict';
import { applyEdits } from '../../../src/lint/apply-fix';
import { judge, lint, type LintOptions } from '../../../src/lint/linter';
import { defineRule, type Rule } from '../../../src/lint/rule';
import { RULES } from '../../../src/lint/rules';
import { fileSuppressionEdit, suppressionEdit } from '../../../src/lint/suppression-edit';
import { BASIC_RULES } from '../../support/rules';
import { findings, fixed, marked, parseAll } from '../../support/sql';

/** Rules that find a word wherever it stands: in code, in a body, in a comment, but not in their own names. */
const leak = wordRule('leak');
const spill = wordRule('spill');
const SYNTAX = RULES.find(({ id }) => id === 'sql-syntax')!;
const OWN = RULES.filter(({ id }) => id.startsWith('suppress-'));
const OPTIONS: LintOptions = { engine: 'v2_shared', rules: [leak, spill, SYNTAX, ...OWN] };

function wordRule(word: string): Rule {
  return defineRule({
    id: `word-${word}`,
    title: word,
    severity: 'error',
    fixable: false,
    sources: [],
    docs: { what: '', why: '', how: '', falseAlarm: '', bad: '', good: '' },
    check(_model, report, files) {
      for (const { name, text } of files) {
        for (const { index } of text.matchAll(new RegExp(`\\b(?<!-)${word}\\b`, 'g'))) {
          report({
            at: { file: name, start: index, end: index + word.length },
            message: `${word} at ${index}`,
          });
        }
      }
    },
  });
}

/** What is found, as `rule at line`. */
async function found(sql: string | string[], options = OPTIONS): Promise<string[]> {
  const files = await parseAll(...[sql].flat());
  return lint(files, options).map(({ rule, at }) => {
    const { line } = files.find(({ name }) => name === at.file)!.lines.at(at.start);
    return `${rule} ${line}`;
  });
}

describe('a suppression', () => {
  it('hides nothing by itself: the rule of these tests finds its word', async () => {
    assert.deepEqual(await found('select leak;\n-- leak\n'), ['word-leak 1', 'word-leak 2']);
  });

  for (const [name, sql, expected] of [
    [
      'the next line',
      '-- flux-rls-disable-next-line word-leak: r\nselect leak;\nselect leak;',
      ['word-leak 3'],
    ],
    [
      'the next line behind an indentation',
      'select\n  -- flux-rls-disable-next-line word-leak: r\n  leak;',
      [],
    ],
    [
      'the next line from behind code',
      'select 1; -- flux-rls-disable-next-line word-leak: r\nselect leak;',
      [],
    ],
    [
      'no line before it',
      'select leak; -- flux-rls-disable-next-line word-leak: r\nselect leak;',
      ['word-leak 1'],
    ],
    [
      'the next line that holds code, behind comments and blank lines',
      '-- flux-rls-disable-next-line word-leak: r\n\n-- why leak is right here\n/* and\n here */\nselect leak;\nselect leak;',
      ['word-leak 7'],
    ],
    [
      'the same line as another one above it',
      '-- flux-rls-disable-next-line word-leak: r\n-- flux-rls-disable-next-line word-spill: r\nselect leak, spill;',
      [],
    ],
    ['several rules', '-- flux-rls-disable-next-line word-leak,word-spill : r\nselect leak, spill;', []],
    ['from a block comment', '/* flux-rls-disable-next-line word-leak: r */\nselect leak;', []],
    [
      'from a block comment of several lines',
      '/*\n * flux-rls-disable-next-line word-leak: one\n * two\n */\nselect leak;',
      [],
    ],
    ['in files with Windows line ends', '-- flux-rls-disable-next-line word-leak: r\r\nselect leak;\r\n', []],
    [
      'all of a body that begins on the line, and what follows on its last line',
      '-- flux-rls-disable-next-line word-leak: r\ndo $$ begin\n  perform leak;\nend $$; select leak;\nselect leak;',
      ['word-leak 5'],
    ],
    ['no other rule', '-- flux-rls-disable-next-line word-leak: r\nselect leak, spill;', ['word-spill 2']],
    [
      'from here to its end',
      'select leak;\n-- flux-rls-disable word-leak: r\nselect leak;\nselect leak, spill;\n-- flux-rls-enable word-leak\nselect leak;',
      ['word-leak 1', 'word-spill 4', 'word-leak 6'],
    ],
    ['to the end of the file', '-- flux-rls-disable word-leak: r\nselect leak;\n\nselect leak;', []],
    [
      'one of two rules longer than the other',
      '-- flux-rls-disable word-leak, word-spill: r\nselect leak, spill;\n-- flux-rls-enable word-spill\nselect leak, spill;',
      ['word-spill 4'],
    ],
    [
      'until an enable that names nothing',
      '-- flux-rls-disable word-leak: r\nselect leak;\n-- flux-rls-enable\nselect leak;',
      ['word-leak 4'],
    ],
    [
      'the file, from anywhere in it',
      'select leak;\nselect leak;\n-- flux-rls-disable-file word-leak: r',
      [],
    ],
    [
      'in the same file only',
      ['-- flux-rls-disable-file word-leak: r\nselect leak;', 'select leak;'],
      ['word-leak 1'],
    ],
    [
      'nothing from within a string',
      "select '\n-- flux-rls-disable-file word-leak: r\n', leak;",
      ['word-leak 3'],
    ],
    [
      'nothing with other words before it',
      '-- see flux-rls-disable-file word-leak: r\nselect leak;',
      ['word-leak 2'],
    ],
    ['whatever the case of its word', '-- FLUX-RLS-DISABLE-NEXT-LINE word-leak: r\nselect leak;', []],
  ] as const) {
    it(`hides ${name}`, async () => {
      assert.deepEqual(await found(typeof sql === 'string' ? sql : [...sql]), expected);
    });
  }

  it('keeps what it hid, with its reason', async () => {
    const [file] = await parseAll(
      '-- flux-rls-disable-next-line word-leak:  drips : a little \nselect leak;\n/* flux-rls-disable-file word-spill */ select spill;',
    );
    assert.deepEqual(
      judge([file!], OPTIONS).suppressed.map(({ finding, reason }) => [finding.rule, reason]),
      [
        ['word-leak', 'drips : a little'],
        ['word-spill', ''],
      ],
    );
  });

  it('never hides a syntax error, nor a finding about suppressions', async () => {
    const sql =
      '-- flux-rls-disable-file sql-syntax, suppress-unused, suppress-unknown, word-lea: r\ncreat table x;';
    assert.deepEqual((await found(sql)).sort(), [
      'sql-syntax 2',
      'suppress-unknown 1',
      'suppress-unused 1',
      'suppress-unused 1',
      'suppress-unused 1',
    ]);
    const [first, second] = (await findings(sql, OPTIONS)).filter(({ rule }) => rule === 'suppress-unused');
    assert.match(first!.message, /^sql-syntax cannot be hidden by a comment\. The push fails/);
    assert.match(second!.message, /^suppress-unused cannot be hidden by a comment\. Correct the comment/);
  });
});

describe('suppress-unknown', () => {
  const unknown = async (
    sql: string,
  ): Promise<[marked: string | undefined, message: string, fixed?: string][]> =>
    (await findings(sql, OPTIONS))
      .filter(({ rule }) => rule === 'suppress-unknown')
      .map(finding => [
        marked(sql, finding),
        finding.message,
        ...(finding.fix ? ([fixed(sql, finding)] as const) : ([] as const)),
      ]);

  it('marks the id alone, and offers the nearest', async () => {
    assert.deepEqual(await unknown('-- flux-rls-disable-next-line word-leak, Word-spil: r\nselect leak;'), [
      [
        'Word-spil',
        'There is no rule Word-spil, so this hides nothing. Did you mean word-spill?',
        '-- flux-rls-disable-next-line word-leak, word-spill: r\nselect leak;',
      ],
    ]);
    assert.deepEqual(await unknown('-- flux-rls-disable-file nonsense: r'), [
      ['nonsense', 'There is no rule nonsense, so this hides nothing.'],
    ]);
  });

  it('knows the rules of the registry, also those that do not run', async () => {
    assert.deepEqual(await unknown('-- flux-rls-disable-file policy-always-true: r'), []);
  });

  it('marks a comment that names no rule, and one that is misspelled', async () => {
    assert.deepEqual(
      (await unknown('-- flux-rls-disable-next-line\nselect leak;')).map(([text]) => text),
      ['flux-rls-disable-next-line'],
    );
    for (const word of ['flux-rls-disable-line', 'flux-rls-disabel', 'flux-rls-ignore']) {
      const [found] = await unknown(`-- ${word} word-leak: r\nselect leak;`);
      assert.deepEqual([found?.[0], found?.length], [word, 2], word);
    }
    assert.deepEqual(
      await unknown('-- flux-rls-check-a owns this row, and flux-rls-disable hides\nselect 1;'),
      [],
    );
  });

  it('is no way to go on hiding: an end that is misspelled ends everything above', async () => {
    for (const end of [
      'flux-rls-enabel word-spill',
      'flux-rls-enable word-leek',
      'flux-rls-enable word-leek, word-spill',
    ]) {
      const sql = `-- flux-rls-disable word-leak: r\nselect leak;\n-- ${end}\nselect leak;`;
      const all = (await found(sql)).filter(finding => !finding.startsWith('suppress-unused'));
      assert.deepEqual(all, ['suppress-unknown 3', 'word-leak 4'], end);
    }
  });
});

describe('suppress-unused', () => {
  it('marks the id, and takes it or the whole comment away', async () => {
    for (const [sql, mark, result] of [
      [
        'select 1;\n  -- flux-rls-disable-next-line word-leak: r\nselect 2;',
        'word-leak',
        'select 1;\nselect 2;',
      ],
      ['select 1; -- flux-rls-disable word-leak: r\nselect 2;', 'word-leak', 'select 1;\nselect 2;'],
      ['select 1;\n-- flux-rls-disable-file word-leak: r', 'word-leak', 'select 1;\n'],
      ['select/* flux-rls-disable word-leak: r */2;', 'word-leak', 'select 2;'],
      ['select /* flux-rls-disable word-leak: r */ 2;', 'word-leak', 'select 2;'],
      [
        '-- flux-rls-disable-next-line word-spill , word-leak: r\nselect leak;',
        'word-spill',
        '-- flux-rls-disable-next-line word-leak: r\nselect leak;',
      ],
      [
        '-- flux-rls-disable-next-line word-leak, word-spill: r\nselect leak;',
        'word-spill',
        '-- flux-rls-disable-next-line word-leak: r\nselect leak;',
      ],
      ['select 1;\n-- flux-rls-enable word-leak\nselect 2;', 'word-leak', 'select 1;\nselect 2;'],
    ] as const) {
      const [finding, ...rest] = await findings(sql, OPTIONS);
      assert.deepEqual([finding?.rule, rest.length], ['suppress-unused', 0], sql);
      assert.equal(marked(sql, finding), mark, sql);
      assert.equal(fixed(sql, finding), result, sql);
    }
  });

  it('is judged when every engine was: what one of them finds is enough', async () => {
    const policy = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
-- flux-rls-disable-next-line grant-missing-table: granted by hand
create policy read on notes for select to authenticated using (owner_id = auth.uid());
-- flux-rls-disable-next-line grant-unknown-role: made by hand
grant select on notes to authenticated, service_role;`;
    const unused = async (options: LintOptions): Promise<(string | undefined)[]> =>
      (await findings(policy, { ...options, rules: BASIC_RULES }))
        .filter(({ rule }) => rule === 'suppress-unused')
        .map(finding => marked(policy, finding));
    assert.deepEqual(await unused({ engine: 'v1_dedicated' }), ['grant-missing-table', 'grant-unknown-role']);
    assert.deepEqual(await unused({ engine: 'v2_shared' }), ['grant-missing-table']);
    assert.deepEqual(await unused({}), ['grant-missing-table']);
  });

  it('is silent where nothing can be told', async () => {
    const sql = '-- flux-rls-disable-file word-leak: r\nselect 1;';
    assert.deepEqual(await found(sql), ['suppress-unused 1']);
    // The rule is off, or is not among those that run.
    assert.deepEqual(await found(sql, { ...OPTIONS, severities: new Map([['word-leak', 'off']]) }), []);
    assert.deepEqual(await found('-- flux-rls-disable-file policy-always-true: r\nselect 1;'), []);
    const onV1 = { ...leak, severity: { v1_dedicated: 'error', v2_shared: 'off' } } as const;
    assert.deepEqual(await found(sql, { ...OPTIONS, rules: [onV1, ...OWN] }), []);
    // The statement that it was written for is being typed.
    assert.deepEqual(await found([sql, 'creat table x;']), ['sql-syntax 1']);
    // The rule asked git, and git does not know the file.
    const committed: Rule = {
      ...leak,
      check(_model, _report, files, context) {
        for (const { name } of files) context.committed?.(name);
      },
    };
    const rules = [committed, ...OWN];
    assert.deepEqual(await found(sql, { ...OPTIONS, rules }), []);
    assert.deepEqual(await found(sql, { ...OPTIONS, rules, committed: () => undefined }), []);
    assert.deepEqual(await found(sql, { ...OPTIONS, rules, committed: () => sql }), ['suppress-unused 1']);
  });
});

describe('suppress-no-reason', () => {
  it('marks the comment, with or without a colon and with a reason at the wrong place', async () => {
    for (const comment of [
      '-- flux-rls-disable-next-line word-leak',
      '-- flux-rls-disable-next-line word-leak :',
      '-- flux-rls-disable-next-line word-leak because it drips',
      '/* flux-rls-disable-file word-leak: */',
      '-- flux-rls-disable word-leak, word-leak',
    ]) {
      for (const lineEnd of ['\n', '  \r\n']) {
        const sql = `${comment}${lineEnd}select leak;`;
        const [finding, ...rest] = await findings(sql, OPTIONS);
        assert.deepEqual(
          [finding?.rule, finding?.severity, rest.length],
          ['suppress-no-reason', 'hint', 0],
          sql,
        );
        assert.equal(marked(sql, finding), comment);
      }
    }
  });

  it('wants none at the end', async () => {
    assert.deepEqual(
      await found('-- flux-rls-disable word-leak: r\nselect leak;\n-- flux-rls-enable word-leak\n'),
      [],
    );
  });
});

describe('the edit that suppresses a finding', () => {
  async function suppressed(sql: string, reason?: string, edit = suppressionEdit): Promise<string> {
    const [file] = await parseAll(sql);
    const finding = lint([file!], OPTIONS).find(({ rule }) => rule.startsWith('word-'));
    const change = edit(file!, finding!, reason);
    return change ? applyEdits(sql, [change]) : sql;
  }

  for (const [name, sql, result] of [
    ['above the line', 'select leak;', '-- flux-rls-disable-next-line word-leak: r\nselect leak;'],
    [
      'with the same indentation',
      'select 1;\n\tselect leak;',
      'select 1;\n\t-- flux-rls-disable-next-line word-leak: r\n\tselect leak;',
    ],
    [
      'with the line ends of the file',
      'select 1;\r\nselect leak;',
      'select 1;\r\n-- flux-rls-disable-next-line word-leak: r\r\nselect leak;',
    ],
    [
      'behind a byte order mark',
      '\uFEFFselect leak;',
      '\uFEFF-- flux-rls-disable-next-line word-leak: r\nselect leak;',
    ],
    [
      'above the body that the finding is in',
      'do\n  $$ begin\n  perform leak; end $$;',
      'do\n  -- flux-rls-disable-next-line word-leak: r\n  $$ begin\n  perform leak; end $$;',
    ],
    [
      'above the comment that the finding is in',
      '/* a\nleak */\nselect 1;',
      '-- flux-rls-disable-next-line word-leak: r\n/* a\nleak */\nselect 1;',
    ],
    [
      'in the comment that is there',
      '-- flux-rls-disable-next-line word-spill: s\n-- more\nselect leak, spill;',
      '-- flux-rls-disable-next-line word-spill, word-leak: s\n-- more\nselect leak, spill;',
    ],
    [
      'in the comment that is there, which has no reason yet',
      '/* flux-rls-disable-next-line word-spill: */\nselect leak, spill;',
      '/* flux-rls-disable-next-line word-spill, word-leak: r */\nselect leak, spill;',
    ],
    [
      'not in the comment for another line',
      '-- flux-rls-disable-next-line word-spill: s\nselect spill;\nselect leak;',
      '-- flux-rls-disable-next-line word-spill: s\nselect spill;\n-- flux-rls-disable-next-line word-leak: r\nselect leak;',
    ],
  ] as const) {
    it(`stands ${name}, and works`, async () => {
      const text = await suppressed(sql, 'r');
      assert.equal(text, result);
      assert.deepEqual(await found(text), []);
    });
  }

  it('leaves the reason to be written, and keeps one that would end the comment in it', async () => {
    assert.equal(await suppressed('select leak;'), '-- flux-rls-disable-next-line word-leak: \nselect leak;');
    assert.equal(
      await suppressed('select leak;', 'a\n*/ drop table notes;'),
      '-- flux-rls-disable-next-line word-leak: a drop table notes;\nselect leak;',
    );
  });

  it('covers the file from its top, in the comment that is there', async () => {
    const first = await suppressed('select 1;\nselect leak;\nselect spill;', 'r', fileSuppressionEdit);
    assert.equal(first, '-- flux-rls-disable-file word-leak: r\nselect 1;\nselect leak;\nselect spill;');
    const second = await suppressed(first, 's', fileSuppressionEdit);
    assert.ok(second.startsWith('-- flux-rls-disable-file word-leak, word-spill: r\n'));
    assert.deepEqual(await found(second), []);
    assert.ok((await suppressed('\uFEFFselect leak;', 'r', fileSuppressionEdit)).startsWith('\uFEFF-- flux'));
  });

  it('is not offered for what no comment hides', async () => {
    for (const sql of ['creat table x;', '-- flux-rls-disable-file nonsense: r']) {
      const [file] = await parseAll(sql);
      const [finding] = lint([file!], OPTIONS);
      assert.equal(suppressionEdit(file!, finding!), undefined);
      assert.equal(fileSuppressionEdit(file!, finding!), undefined);
    }
  });
});
