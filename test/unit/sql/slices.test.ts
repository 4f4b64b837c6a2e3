import assert from 'node:assert/strict';
import { SqlParser } from '../../../src/sql/parser';
import { parseSource, parseSourceInSlices } from '../../../src/sql/source-file';

const TEXT = Array.from({ length: 50 }, (_, index) => `select ${index};`).join('\n');

describe('reading a file in slices', () => {
  let parser: SqlParser;

  before(async () => {
    parser = await SqlParser.load();
  });

  it('gives what reading it at once gives, and lets others go on in between', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      turn = setImmediate(count);
    };
    let turn = setImmediate(count);
    const file = await parseSourceInSlices(parser, 'a.sql', TEXT, { budget: 0 });
    clearImmediate(turn);
    assert.ok(turns >= 40, String(turns));
    assert.deepEqual(file.statements, parseSource(parser, 'a.sql', TEXT).statements);
  });

  it('stops when nobody waits for it any more', async () => {
    const stop = new AbortController();
    let parsed = 0;
    const watched = Object.create(parser, {
      parse: {
        value(sql: string) {
          parsed += 1;
          if (parsed === 3) stop.abort();
          return parser.parse(sql);
        },
      },
    }) as SqlParser;
    const options = { budget: 0, signal: stop.signal };
    await assert.rejects(parseSourceInSlices(watched, 'a.sql', TEXT, options), { name: 'AbortError' });
    await assert.rejects(parseSourceInSlices(watched, 'a.sql', TEXT, options), { name: 'AbortError' });
    assert.equal(parsed, 3);
  });

  it('goes on from the file as it was', async () => {
    const old = await parseSourceInSlices(parser, 'a.sql', TEXT);
    const file = await parseSourceInSlices(parser, 'a.sql', `${TEXT}\nselect 'more';`, { previous: old });
    assert.equal(file.statements[0], old.statements[0]);
    assert.equal(file.statements.length, 51);
  });
});
