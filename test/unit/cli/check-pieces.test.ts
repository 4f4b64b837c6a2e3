import assert from 'node:assert/strict';
import { CheckProgress } from '../../../src/cli/check-progress';
import { requestsReport } from '../../../src/cli/check-requests';
import { unfinishedInWords } from '../../../src/cli/check-unfinished';
import { parseJsonc } from '../../../src/cli/jsonc';
import { statusLine } from '../../../src/cli/status-line';
import { resultOf } from '../../support/checklist-report';

describe('settings as JSON with comments', () => {
  it('are read with comments and trailing commas, strings to the letter', () => {
    const text = `\ufeff// head
    {
      "a": "// no comment, \\"{ /* nor this */ }", /* one */ "b": [1, 2, /* two */
      // three
      ],
      "c": { "d": ",}", },
      /* "e": 1, */
    }`;
    assert.deepEqual(parseJsonc(text), {
      a: '// no comment, "{ /* nor this */ }',
      b: [1, 2],
      c: { d: ',}' },
    });
  });

  it('are refused when they are anything else', () => {
    for (const text of ['', '{', '{"a": 1 "b": 2}', '/* open', '{"a": \'b\'}', '[1,,]']) {
      assert.throws(() => parseJsonc(text), SyntaxError, text);
    }
  });
});

describe('the progress of a run', () => {
  const linesOf = (...events: Parameters<CheckProgress['take']>[0][]): string[] => {
    const lines: string[] = [];
    const progress = new CheckProgress(line => lines.push(line));
    events.forEach(progress.take);
    return lines;
  };
  const planned = {
    kind: 'planned',
    tables: [
      { table: 'lists', checks: 2 },
      { table: 'notes', checks: 3 },
    ],
  } as const;

  it('names the table, which one it is, and how many checks are done', () => {
    assert.deepEqual(
      linesOf(
        planned,
        { kind: 'started', table: 'lists', check: 'read-own' },
        { kind: 'finished', result: resultOf('lists', 'read-own', 'pass') },
        { kind: 'started', table: 'notes', check: 'read-own' },
        { kind: 'finished', result: resultOf('GET /api/notes', 'app-own-rows', 'pass') },
      ),
      [
        'lists, table 1 of 2 · 0 of 5 checks',
        'lists, table 1 of 2 · 1 of 5 checks',
        'notes, table 2 of 2 · 1 of 5 checks',
        'GET /api/notes · 2 of 5 checks',
      ],
    );
  });

  it('tells waits and the clean-up, and goes away at the end', () => {
    const lines: string[] = [];
    const progress = new CheckProgress(line => lines.push(line));
    progress.take({ kind: 'waiting', reason: 'the gateway limits requests', seconds: 4.2 });
    progress.take({ kind: 'cleaning' });
    progress.end();
    assert.deepEqual(lines, [
      'Waiting 5 s: the gateway limits requests',
      'Removing the rows that were made…',
      '',
    ]);
  });

  it('stays on one line of the terminal', () => {
    let written = '';
    const show = statusLine({ columns: 10, write: text => (written += text) });
    show('0123456789abc');
    show('');
    assert.equal(written, '\r\u001b[2K012345678\r\u001b[2K');
  });
});

describe('rows of runs that died', () => {
  it('are told by what became of them', () => {
    const left = [
      { table: 'notes', key: 'id=1', owner: 'bob', reason: 'no policy lets its owner delete it' },
    ];
    const of = (table: string, created: number, removed: number): object => ({ table, created, removed });
    const rows = (
      created: number,
      removed: number,
      rest: object = {},
    ): Parameters<typeof unfinishedInWords>[0] => ({
      created,
      removed,
      left: [],
      byTable: [],
      ...rest,
    });
    assert.deepEqual(unfinishedInWords(rows(0, 0)), []);
    assert.deepEqual(unfinishedInWords(rows(1, 1, { byTable: [of('notes', 1, 1)] })), [
      '1 row of a run that died was removed from notes.',
    ]);
    assert.deepEqual(
      unfinishedInWords(
        rows(4, 3, { left, byTable: [of('notes', 2, 1), of('lists', 2, 2), of('tags', 1, 0)] }),
      ),
      [
        '3 rows of a run that died were removed from notes, lists.',
        'A row of a run that died is still in notes (id=1, owner bob): no policy lets its owner delete it.',
      ],
    );
  });
});

describe('the requests of a dry run', () => {
  const request = {
    table: 'notes',
    check: 'insert-own',
    method: 'POST',
    path: '/notes?select=id',
    as: 'ann',
    body: '{"owner_id":"ann"}',
    headers: ['Prefer: return=minimal'],
    expected: '201',
  } as const;
  const requests = [
    {
      ...request,
      check: 'read-own',
      method: 'GET',
      as: 'nobody',
      body: '',
      headers: [],
      expected: '',
    } as const,
    request,
    { ...request, as: 'bob\u001b[2J' },
    { ...request, table: 'lists' },
  ];

  it('are told by table and check, with what is sent and expected', () => {
    assert.equal(
      requestsReport('text', requests),
      `notes · A subject sees its own rows
    GET /notes?select=id as nobody
notes · A subject can insert its own row
    POST /notes?select=id as ann → 201
        Prefer: return=minimal
        {"owner_id":"ann"}
    POST /notes?select=id as bob\\u001b[2J → 201
        Prefer: return=minimal
        {"owner_id":"ann"}
lists · A subject can insert its own row
    POST /notes?select=id as ann → 201
        Prefer: return=minimal
        {"owner_id":"ann"}
4 requests would be sent; none was.`,
    );
    assert.equal(
      requestsReport('text', [requests[0]!]).split('\n').at(-1),
      '1 request would be sent; none was.',
    );
  });

  it('are JSON of version 1', () => {
    assert.deepEqual(JSON.parse(requestsReport('json', [request])), { version: 1, requests: [request] });
  });

  it('are no report of results', () => {
    for (const format of ['junit', 'markdown'] as const) {
      assert.throws(() => requestsReport(format, requests), /--dry-run is written as text or json/);
    }
  });
});
