import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { REPORTS, textReport } from '../../../src/checklist/report';
import { evidenceOf, HOSTILE, resultOf, richReport } from '../../support/checklist-report';

describe('the report as text', () => {
  it('has the matrix, what did not pass by table, what is left, and one line that counts', () => {
    const results = richReport().results.filter(({ message }) => message !== HOSTILE);
    const placeOf = ({ check }: { readonly check: string }): { file: string; line: number } | undefined =>
      check === 'forged-insert' ? { file: 'sql/1.sql', line: 24 } : undefined;
    assert.equal(
      textReport(richReport({ results }), { placeOf }),
      `http://127.0.0.1:54321 · v2_shared · full · run 1a2b3c4d

                         read  insert  update  delete
notes              A→A   ✔                     ?
                   A→B         ✖
                   none  ✔
countries          all         ✔               –
GET /api/my-notes  A→A   ✔

✖ notes · An insert in another subject’s name is refused [policy]
    Accepted.
    Tie owner_id to the subject.
    sql/1.sql:24
      control: POST /notes as ann → 201, no body
      POST /notes Prefer: return=minimal {"owner_id":"bob","title":"…"} as ann → 201, no body (expected: 403 with 42501)
? notes · A subject can delete its own row [timeout]
    The gateway gave no answer within 12 s.
    Try again; a cold project takes longer once.
      DELETE /notes as ann → no answer within 12 s
– countries · Nobody can delete from the shared table
    No-write mode has no request that could tell.

! a row was left in notes (id=1, owner bob): no policy lets its owner delete it
– audit_log was not checked: no role that requests have may use it
waited: The gateway limits requests (429): 2 times, 61 s

5 requests took 9.4 s one by one; the run took 3.1 s.
4 passed, 1 failed, 1 cannot tell, 1 skipped · 3 rows made, 2 removed, 1 left`,
    );
  });

  it('names the view or function a table was asked through', () => {
    const results = [resultOf('notes', 'view-read', 'fail', { through: 'all_notes' })];
    assert.match(
      textReport(richReport({ results })),
      /^✖ notes · A view shows a subject only its own rows, through all_notes$/m,
    );
  });

  it('tells a reason once that several checks are skipped for', () => {
    const why = { cause: 'cancelled', message: 'Not asked: the run was cancelled.' } as const;
    const results = [
      resultOf('notes', 'read-own', 'skipped', why),
      resultOf('notes', 'insert-own', 'skipped', why),
      resultOf('notes', 'update-own', 'skipped', { message: 'No column to change.' }),
      resultOf('notes', 'delete-own', 'skipped', why),
    ];
    const text = textReport(richReport({ results, cancelled: true }));
    assert.ok(
      text.includes(
        `
– notes · A subject sees its own rows, and 2 more checks
    Not asked: the run was cancelled.
– notes · A subject can change its own row
    No column to change.
`,
      ),
      text,
    );
    assert.match(text, /^The run was cancelled: what was not asked is skipped\.$/m);
  });

  it('tells once why several checks cannot tell, and asks each failure’s own', () => {
    const why = { cause: 'no-row', message: 'There is no row.', advice: 'Make one.' } as const;
    const asked = evidenceOf();
    const results = [
      resultOf('notes', 'update-own', 'unknown', { ...why, evidence: [asked] }),
      resultOf('notes', 'forged-insert', 'fail', why),
      resultOf('notes', 'delete-own', 'unknown', { ...why, evidence: [asked, evidenceOf({ as: 'bob' })] }),
      resultOf('lists', 'delete-own', 'unknown', why),
      resultOf('notes', 'give-away', 'fail', why),
    ];
    const text = textReport(richReport({ results }));
    assert.ok(
      text.includes(
        `
✖ notes · An insert in another subject’s name is refused [no-row]
    There is no row.
    Make one.
✖ notes · An own row cannot be given away [no-row]
    There is no row.
    Make one.
? notes · A subject can change its own row [no-row]
? notes · A subject can delete its own row [no-row]
    There is no row.
    Make one.
      GET /notes as ann → 200, 1 row
      GET /notes as bob → 200, 1 row
? lists · A subject can delete its own row [no-row]
`,
      ),
      text,
    );
  });

  it('has colors only when asked for, and none of a server’s', () => {
    const plain = textReport(richReport());
    assert.doesNotMatch(plain, /(?!\n)\p{Cc}/u);
    const colored = textReport(richReport(), { color: true });
    const head = plain.split('\n').find(line => line.startsWith('✖ notes · An insert'));
    assert.ok(colored.includes(`\n\u001b[31m${head}\u001b[0m\n`), colored);
    assert.equal(stripVTControlCharacters(colored), plain);
  });

  it('aligns names that take two columns a letter', () => {
    const results = [resultOf('メモ', 'read-own', 'pass'), resultOf('note', 'read-own', 'pass')];
    assert.match(textReport(richReport({ results })), /^メモ {2}A→A {3}✔\nnote {2}A→A {3}✔$/m);
  });

  it('counts one of a kind as one', () => {
    const rows = { created: 1, removed: 1, byTable: [], left: [] };
    const text = textReport(richReport({ requests: 1, rows, results: [], waits: [], notChecked: [] }));
    assert.equal(
      text,
      `http://127.0.0.1:54321 · v2_shared · full · run 1a2b3c4d

1 request took 9.4 s one by one; the run took 3.1 s.
0 passed, 0 failed, 0 cannot tell, 0 skipped · 1 row made, 1 removed`,
    );
  });
});

describe('every report', () => {
  const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh_m4ifQ.c2lnbmF0-cmU_';

  it('keeps a token out that an answer quotes', () => {
    const evidence = [evidenceOf({ answer: `bad: Bearer ${TOKEN}!`, path: `/notes?jwt=${TOKEN}` })];
    const results = [
      resultOf('notes', 'read-own', 'fail', { message: `It says ${TOKEN}`, advice: TOKEN, evidence }),
    ];
    for (const [format, write] of Object.entries(REPORTS)) {
      const text = write(richReport({ results }));
      assert.doesNotMatch(text.replaceAll('\\', ''), /eyJ|c2lnbmF0/, format);
      assert.match(text.replaceAll('\\', ''), /bad: Bearer \[token\]!/, format);
    }
  });

  it('shows every result that is not a pass', () => {
    const report = richReport();
    for (const [format, write] of Object.entries(REPORTS)) {
      const text = write(report).replaceAll('\\', '');
      for (const { message, verdict } of report.results) {
        if (verdict !== 'pass' && message !== HOSTILE)
          assert.ok(text.includes(message), `${format}: ${message}`);
      }
      for (const part of ['audit_log', 'no policy lets its owner delete it', '429']) {
        assert.ok(text.includes(part), `${format}: ${part}`);
      }
    }
  });
});
