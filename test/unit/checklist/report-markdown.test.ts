import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { markdownReport } from '../../../src/checklist/report';
import { evidenceOf, HOSTILE, resultOf, richReport } from '../../support/checklist-report';

interface Token {
  readonly type: string;
  readonly tag: string;
  readonly content: string;
  readonly children: readonly Token[] | null;
}

const MarkdownIt = createRequire(__filename)('markdown-it') as new (options: { html: boolean }) => {
  parse(text: string, environment: object): Token[];
};

/** What a reader makes of Markdown, with all its nested tokens in order. */
function tokensOf(markdown: string): Token[] {
  const flat = (tokens: readonly Token[]): Token[] =>
    tokens.flatMap(token => [token, ...flat(token.children ?? [])]);
  return flat(new MarkdownIt({ html: true }).parse(markdown, {}));
}

/** Text of an inline token as a reader sees it. */
const seen = (token: Token): string => (token.children ?? []).map(({ content }) => content).join('');

/** Cells of every table, row by row. */
function tablesOf(markdown: string): string[][][] {
  const tables: string[][][] = [];
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {});
  tokens.forEach((token, index) => {
    if (token.type === 'table_open') tables.push([]);
    else if (token.type === 'tr_open') tables.at(-1)!.push([]);
    else if (token.type === 'td_open' || token.type === 'th_open')
      tables
        .at(-1)!
        .at(-1)!
        .push(seen(tokens[index + 1]!));
  });
  return tables;
}

/** Hostile text as it is shown: on one line, with what cannot be seen written out. */
const SHOWN = HOSTILE.replace('\r\n', ' ')
  .replace('\u0000', '\\u0000')
  .replace('\u001b', '\\u001b')
  .replace('\u009b', '\\u009b');

describe('the report as Markdown', () => {
  it('begins with the counts, where it was asked and how long it took', () => {
    assert.ok(
      markdownReport(richReport()).startsWith(`# Isolation checklist

**4 passed, 2 failed, 1 cannot tell, 1 skipped · 3 rows made, 2 removed, 1 left**

- Gateway: \`http://127.0.0.1:54321\` (v2\\_shared)
- Mode: full
- Subjects: A is \`ann\`, B is \`bob\`
- Started: 2026-03-04T12:04:05.000Z, run \`1a2b3c4d\`
- Time: 5 requests took 9.4 s one by one; the run took 3.1 s
`),
    );
    assert.match(
      markdownReport(richReport({ cancelled: true })),
      /^The run was cancelled: what was not asked is skipped\.$/m,
    );
  });

  it('shows the matrix as a table, a table’s name once', () => {
    assert.deepEqual(tablesOf(markdownReport(richReport()))[0], [
      ['table', 'who → whose', 'read', 'insert', 'update', 'delete'],
      ['notes', 'A→A', '✔', '', '', '?'],
      ['', 'A→B', '✖', '✖', '', ''],
      ['', 'none', '✔', '', '', ''],
      ['countries', 'all', '', '✔', '', '–'],
      ['GET /api/my-notes', 'A→A', '✔', '', '', ''],
    ]);
  });

  it('tells of what did not pass the message, the advice, the place and the evidence', () => {
    const results = richReport().results.filter(({ check }) => check === 'forged-insert');
    const placeOf = (): { file: string; line: number } => ({ file: 'sql/1.sql', line: 24 });
    const markdown = markdownReport(richReport({ results }), { placeOf });
    assert.ok(
      markdown.includes(`## What did not pass

### ✖ notes · An insert in another subject’s name is refused

Accepted. (\`policy\`)

Tie owner\\_id to the subject.

In \`sql/1.sql:24\`

| asked | as | expected | answered |
| --- | --- | --- | --- |
| control: \`POST /notes\` | ann |  | 201, no body |
| \`POST /notes\`<br>\`Prefer: return=minimal\`<br>\`{"owner_id":"bob","title":"…"}\` | ann | 403 with 42501 | 201, no body |
`),
      markdown,
    );
  });

  it('tells of rows, of what was not checked, and of waits', () => {
    const markdown = markdownReport(richReport());
    assert.ok(
      markdown.endsWith(`## Skipped

- countries · Nobody can delete from the shared table: No-write mode has no request that could tell.

## Not checked

- \`audit_log\`: no role that requests have may use it

## Rows

| table | made | removed |
| --- | --- | --- |
| \`notes\` | 3 | 2 |

- A row was left in \`notes\` (\`id=1\`, owner \`bob\`): no policy lets its owner delete it

## Waits

- The gateway limits requests (429): 2 times, 61 s`),
      markdown,
    );
  });

  it('leaves sections out that have nothing to say', () => {
    const rows = { created: 0, removed: 0, byTable: [], left: [] };
    const markdown = markdownReport(richReport({ results: [], notChecked: [], waits: [], rows }));
    assert.deepEqual(
      tokensOf(markdown).filter(({ type, tag }) => type === 'heading_open' && tag !== 'h1'),
      [],
    );
  });

  it('shows hostile texts to the letter and lets none of them be more than text', () => {
    const hostile = { message: HOSTILE, advice: HOSTILE };
    const report = richReport({
      url: HOSTILE,
      results: [
        resultOf(HOSTILE, 'read-own', 'fail', {
          ...hostile,
          through: HOSTILE,
          evidence: [
            evidenceOf({ path: HOSTILE, as: HOSTILE, body: HOSTILE, expected: HOSTILE, answer: HOSTILE }),
          ],
        }),
        resultOf(HOSTILE, 'insert-own', 'skipped', hostile),
      ],
      notChecked: [{ table: HOSTILE, reason: HOSTILE }],
      rows: {
        created: 1,
        removed: 0,
        byTable: [{ table: HOSTILE, created: 1, removed: 0 }],
        left: [{ table: HOSTILE, key: HOSTILE, owner: HOSTILE, reason: HOSTILE }],
      },
      waits: [{ reason: HOSTILE, times: 1, seconds: 1 }],
    });
    const markdown = markdownReport(report);
    const tokens = tokensOf(markdown);
    const more = tokens.filter(
      ({ type, content }) =>
        ['html_block', 'link_open', 'image', 'em_open', 'fence', 'code_block', 'blockquote_open'].includes(
          type,
        ) ||
        (type === 'html_inline' && content !== '<br>'),
    );
    assert.deepEqual(more, []);
    assert.deepEqual(
      tokens.filter(({ type }) => type === 'heading_open').map(({ tag }) => tag),
      ['h1', 'h2', 'h3', 'h2', 'h2', 'h2', 'h2'],
    );
    const [matrix, evidence, rows] = tablesOf(markdown);
    assert.deepEqual(
      [matrix?.[1], evidence?.[1], rows?.[1]],
      [
        [SHOWN, 'A→A', '✖', '–', '', ''],
        [`GET ${SHOWN}<br>${SHOWN}`, SHOWN, SHOWN, `200, ${SHOWN}`],
        [SHOWN, '1', '0'],
      ],
    );
    const paragraphs = tokens.filter(({ type }) => type === 'inline').map(seen);
    assert.ok(paragraphs.includes(SHOWN), 'the advice');
    assert.ok(paragraphs.includes(`${SHOWN}: ${SHOWN}`), 'the table that is not checked');
  });

  it('lets no text begin a block', () => {
    const starts = [
      '- item',
      '1. item',
      '2) item',
      '+ item',
      '# head',
      '> quote',
      '=====',
      '---',
      '    code',
      '~~~',
      '***',
    ];
    for (const advice of starts) {
      const markdown = markdownReport(
        richReport({ results: [resultOf('notes', 'read-own', 'fail', { message: advice, advice })] }),
      );
      const shown = tokensOf(markdown)
        .filter(({ type }) => type === 'inline')
        .map(seen);
      assert.equal(shown.filter(text => text === advice.trim()).length, 2, advice);
    }
  });

  it('shows code with backticks and bars in and out of tables', () => {
    const odd = ['`', '``a`', 'a|b', ' ', 'a\\b', '|'];
    const notChecked = odd.map(table => ({ table, reason: 'x' }));
    const byTable = odd.map(table => ({ table, created: 0, removed: 0 }));
    const rows = { created: 0, removed: 0, left: [], byTable };
    const markdown = markdownReport(richReport({ results: [], notChecked, rows }));
    const code = tokensOf(markdown)
      .filter(({ type }) => type === 'code_inline')
      .map(({ content }) => content.trim());
    assert.deepEqual(
      code.slice(-2 * odd.length),
      [...odd, ...odd].map(text => text.trim()),
    );
  });
});
