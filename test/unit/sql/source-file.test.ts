import assert from 'node:assert/strict';
import { ByteOffsets, LineIndex, utf16OffsetOfCharacter } from '../../../src/sql/offsets';
import { parseAll } from '../../support/sql';

async function read(text: string): Promise<{ statements: string[]; errors: string[] }> {
  const [file] = await parseAll(text);
  return {
    statements: file!.statements.map(statement => statement.text),
    errors: file!.errors.map(({ at }) => text.slice(at.start, at.end)),
  };
}

describe('reading a file', () => {
  it('judges the statements around a broken one', async () => {
    assert.deepEqual(await read('select 1; creat table t (a int); select 2;'), {
      statements: ['select 1', 'select 2'],
      errors: ['creat'],
    });
  });

  it('saves both statements when the semicolon between them is forgotten', async () => {
    assert.deepEqual(await read('create table t (a int)\nalter table t enable row level security;'), {
      statements: ['create table t (a int)', 'alter table t enable row level security'],
      errors: ['alter'],
    });
  });

  it('goes on at the next line that begins a statement, with one error for one mistake', async () => {
    assert.deepEqual(await read("select 'open;\ncreate table t (a int);\nselect 2;"), {
      statements: ['create table t (a int)', 'select 2'],
      errors: ["'open;"],
    });
    assert.deepEqual(await read('create policy p on t for\nselect using (tru e);\nselect 3;'), {
      statements: ['select 3'],
      errors: ['e'],
    });
  });

  it('points at the right place behind emoji, accents and CRLF', async () => {
    const text = "-- 🦊 é\r\ncomment on table t is '🦊é';\r\ncreate tabel x();";
    assert.deepEqual((await read(text)).errors, ['tabel']);
    const [file] = await parseAll("select '🦊é', owner_id from t");
    const statement = file!.statements[0]!;
    const byte = Buffer.byteLength("select '🦊é', ");
    assert.equal(statement.text.slice(statement.offsetOf(byte)), 'owner_id from t');
    assert.deepEqual(file!.lines.at(9), { line: 1, column: 10 });
  });

  it('keeps the comments, wherever they stand, and takes none from COPY data or a body', async () => {
    const text = '-- a\nselect /* b */ 1; -- c\ncopy t from stdin;\n-- data\n\\.\ndo $$ -- body\n$$;\n/* d';
    const [file] = await parseAll(text);
    assert.deepEqual(
      file!.comments.map(({ start, end }) => text.slice(start, end)),
      ['-- a', '/* b */', '-- c', '/* d'],
    );
  });

  it('reads an empty file, a comment and a lone semicolon as nothing', async () => {
    for (const text of ['', '-- nothing', ' ; ;; ', '\ufeff']) {
      assert.deepEqual(await read(text), { statements: [], errors: [] });
    }
  });
});

describe('offsets', () => {
  it('translates bytes and characters to UTF-16 units', () => {
    const text = 'aé🦊z';
    const bytes = new ByteOffsets(text);
    assert.deepEqual(
      [0, 1, 3, 7, 8].map(byte => bytes.utf16(byte)),
      [0, 1, 2, 4, 5],
    );
    assert.deepEqual(
      [0, 1, 2, 3, 4].map(character => utf16OffsetOfCharacter(text, character)),
      [0, 1, 2, 4, 5],
    );
  });

  it('counts lines and columns from 1', () => {
    const lines = new LineIndex('ab\ncd\r\n\nx');
    assert.deepEqual(
      [0, 2, 3, 7, 8].map(offset => lines.at(offset)),
      [
        { line: 1, column: 1 },
        { line: 1, column: 3 },
        { line: 2, column: 1 },
        { line: 3, column: 1 },
        { line: 4, column: 1 },
      ],
    );
  });
});
