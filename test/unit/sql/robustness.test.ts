import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { SqlParser } from '../../../src/sql/parser';
import { parseSource } from '../../../src/sql/source-file';

describe('reading what is no plain SQL', () => {
  let parser: SqlParser;

  before(async () => {
    parser = await SqlParser.load();
  });

  /** Texts of the statements, and of what the errors point at. */
  const read = (text: string): { statements: string[]; errors: string[] } => {
    const { statements, errors } = parseSource(parser, 'a.sql', text);
    return {
      statements: statements.map(statement => statement.text),
      errors: errors.map(({ at }) => text.slice(at.start, at.end)),
    };
  };

  it('gives one error for each psql command, and takes no data for SQL', () => {
    assert.deepEqual(
      read(
        "\\restrict aB\n\\i x.sql\r\n\\copy t from stdin\n1;'\n\\.\nselect 1 \\gset\ncopy t from stdin;\n2;'\n\\.\nselect 2;",
      ),
      {
        statements: ['select 1', 'copy t from stdin', 'select 2'],
        errors: ['\\restrict aB', '\\i x.sql', '\\copy t from stdin', '\\gset'],
      },
    );
  });

  it('says where data begins that has no end', () => {
    assert.deepEqual(read('select 1;\ncopy t from stdin;\n1\n2\n'), {
      statements: ['select 1', 'copy t from stdin'],
      errors: ['copy t from stdin'],
    });
    assert.deepEqual(read('copy t from stdin;\n'), { statements: ['copy t from stdin'], errors: [] });
  });

  it('gives one error for each statement with placeholders', () => {
    assert.deepEqual(
      read(
        "create schema {{schema}};\nselect 1;\ncreate table {{ schema }}.t (id {{type}});\ngrant usage on schema <your_schema> to ${role};\nselect '{{text}}';",
      ),
      { statements: ['select 1', "select '{{text}}'"], errors: ['{', '{', '<'] },
    );
  });

  it('reads a binary file no further than its first odd character', () => {
    for (const [text, before] of [
      ['\ufffd\ufffds\0e\0l\0e\0c\0t\0;\0', ''],
      ["\ufffdPNG\r\n\u001a\n\0\0\0\rIHDR;;'';\0;\0;", ''],
      ['select 1;\nselect 2; \0;', 'select 1;\nselect 2; '],
      ['select 1;\nselect 2 -- \u0001\0\n;\nselect 3;', 'select 1;\nselect 2 -- '],
    ] as const) {
      const { statements, errors } = parseSource(parser, 'a.sql', text);
      assert.equal(statements.length, before.split('\n').length - 1 + (before.endsWith('; ') ? 1 : 0));
      assert.equal(errors.length, 1);
      assert.equal(errors[0]?.kind, 'not-text');
      assert.equal(errors[0].at.start, before.length);
      assert.match(errors[0].message, /UTF-8.*NUL/);
    }
  });

  it('knows a byte order mark at the beginning, and only there', () => {
    const file = parseSource(parser, 'a.sql', '\ufeffselect 1;\n\ufeffselect 2;');
    assert.equal(file.statements[0]?.at.start, 1);
    assert.deepEqual(
      file.errors.map(({ at }) => at.start),
      [11],
    );
  });

  it('takes no-break spaces for letters, as PostgreSQL does', () => {
    assert.deepEqual(read('select 1;\n\u00a0select 2;').errors, ['\u00a0select']);
  });

  it('points at the right place behind emoji, half characters and CRLF', () => {
    for (const before of ['🦊', 'é🦊中', '\ud83d', '\ud83dé\udd8a', '\r\n🦊\r\n']) {
      const text = `/* ${before} */ select '${before}', c d e;\r\nselect 1`;
      assert.deepEqual(read(text).errors, ['e']);
      const { statements } = parseSource(parser, 'a.sql', `select '${before}', "${before}" from api.t`);
      const [statement] = statements;
      const byte = Buffer.byteLength(statement!.text.replace(/api\.t$/, ''));
      assert.equal(statement!.tokens[statement!.tokenIndexAt(byte)]?.value, 'api');
    }
  });

  it('reads bodies whole, whatever is in them', () => {
    const bodies = [
      'create function f() returns int language sql begin atomic\n  select case when a then case b when 1 then 2 end end;\n  select t.end, 1 as case from t;\nend',
      'create rule r as on insert to t do instead (insert into u values (1); select (2); delete from v)',
      "do $$ begin execute $q$ create table x (a text default ';'); $q$; raise notice $m$;$m$; end $$",
      'create function f() returns text language sql as $a$ select $b$ $a $c$ ; $b$; $a$',
      "create procedure p() language plpgsql as 'begin call q('';''); end;'",
    ];
    const text = bodies.join(';\n');
    assert.deepEqual(read(text), { statements: bodies, errors: [] });
  });

  it('lets the parser say where a statement ends that looks like a body', () => {
    const body = 'create function f() returns int begin atomic select 1 case; end';
    const file = parseSource(parser, 'a.sql', `${body} /* c */ ;\ndrop table x; select 2;`);
    assert.deepEqual(
      file.statements.map(({ text }) => text),
      [body, 'drop table x', 'select 2'],
    );
    assert.equal(file.statements[0]?.terminatedAt, body.length + 10);
    assert.equal(file.comments.length, 1);
  });

  it('saves what stands below a quote that is being typed', () => {
    const below = ["create table b (x text default 'y')", "select 'z'", 'select $$w$$'];
    for (const [open, error] of [
      ["comment on table a is 'open;", "'open;"],
      ['create table "a (id int);', '"a (id int);'],
      ['do $$ begin null; end;', '$$ begin null; end;'],
      // Nothing below has the same tag, so that the rest of the line is read as well.
      ['do $x$;', '$x$'],
    ])
      assert.deepEqual(read(`select 1;\n${open}\n${below.join(';\n')};`), {
        statements: ['select 1', ...below],
        errors: [error],
      });
  });

  it('does not take the lines of a body for statements when something else is wrong', () => {
    assert.deepEqual(
      read('create function f() returns void langage sql as $$\nselect 1;\ndelete from t;\n$$;\nselect 2;'),
      { statements: ['select 2'], errors: ['langage'] },
    );
    assert.deepEqual(
      read("create function f() returns void language sql as '\nselect 1;\n' immutabel;\nselect 'x';"),
      { statements: ["select 'x'"], errors: ['immutabel'] },
    );
    assert.deepEqual(
      read(
        'create function f() returns int begin atomic\nselect 1;\nselect 2 from x y z;\nselect 3;\nend;\nselect 4;',
      ),
      { statements: ['select 4'], errors: ['z'] },
    );
  });

  it('saves what stands below a body that has no end yet', () => {
    for (const open of [
      'create function f() returns int begin atomic select 1;',
      'create rule r as on insert to t do (select 1;',
    ])
      assert.deepEqual(read(`${open}\ncreate table t (a int);\nselect 3;`).statements, [
        'create table t (a int)',
        'select 3',
      ]);
  });

  it('reports a comment that is not closed', () => {
    assert.deepEqual(read('select 1; /* a /* b */ c'), { statements: ['select 1'], errors: ['/*'] });
    assert.deepEqual(read('select 1 /* open'), { statements: ['select 1'], errors: ['/*'] });
  });

  it('does not ask for the body of a function that has none', () => {
    // The compiled parser would abort, and say so on the terminal.
    const { mock: written } = mock.method(process.stderr, 'write', () => true);
    const text = 'create function f() returns int language plpgsql;';
    assert.equal(parseSource(parser, 'a.sql', text).statements[0]?.body?.opaque, true);
    mock.restoreAll();
    assert.equal(written.callCount(), 0);
  });

  it('reads a file of comments', () => {
    const text = `${'-- filler\n'.repeat(300_000)}select 1 ${'/**/'.repeat(300_000)};`;
    const { statements, comments } = parseSource(parser, 'a.sql', text);
    assert.equal(statements[0]?.at.start, 3_000_000);
    assert.equal(comments.length, 600_000);
  });

  it('ends with texts on which going back and forth would not', () => {
    const endless = [
      'select 1\n'.repeat(100_000),
      "'".repeat(1_000_001),
      '"'.repeat(1_000_001),
      "E'\\'\n".repeat(100_000),
      Array.from({ length: 200_000 }, (_, index) => `$t${index}$ `).join(''),
      '/*'.repeat(500_000),
      'begin atomic '.repeat(100_000),
      'copy t from stdin;\n'.repeat(50_000),
      "'\n;create table 'x' \n".repeat(20_000),
      'create function f() as $$\nselect 1;\n$$ langage x;\n'.repeat(10_000),
      "comment on table a is 'open;\ncreate table b (x text default 'y');\n".repeat(5_000),
      'create rule r as on insert to t do (\nselect 1;'.repeat(20_000),
      '\ud83d'.repeat(500_000),
      '('.repeat(1_000_000),
    ];
    for (const text of endless) {
      const { errors } = parseSource(parser, 'a.sql', text);
      assert.ok(errors.length > 0 && errors.every(({ at }) => at.start < at.end && at.end <= text.length));
    }
  });
});
