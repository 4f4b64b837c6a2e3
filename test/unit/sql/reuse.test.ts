import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SqlParser } from '../../../src/sql/parser';
import { parseSource, type SourceFile } from '../../../src/sql/source-file';
import { corpus } from '../fuzz/corpus';
import { edited } from '../fuzz/mutate';
import { Random } from '../fuzz/random';

/** Sequences of edits, and edits in each; a failing one is named by its seed. */
const SEQUENCES = 150;
const EDITS = 30;

/** All that can be seen of a file but the parse trees. */
function contents({ statements, errors, comments }: SourceFile): unknown {
  return {
    statements: statements.map(({ at, terminatedAt, text, tokens }) => ({ at, terminatedAt, text, tokens })),
    errors,
    comments,
  };
}

function assertSame(actual: SourceFile, expected: SourceFile): void {
  assert.deepEqual(contents(actual), contents(expected));
  for (const [index, { node }] of actual.statements.entries()) {
    const other = expected.statements[index]!.node;
    if (node !== other) assert.deepEqual(node, other);
  }
}

describe('reading a file again after an edit', () => {
  let parser: SqlParser;

  before(async () => {
    parser = await SqlParser.load();
  });

  it('gives what reading it afresh gives', function () {
    this.timeout(120_000);
    const texts = corpus();
    for (let seed = 1; seed <= SEQUENCES; seed += 1) {
      const random = new Random(seed);
      let text = Array.from({ length: 1 + random.below(8) }, () => random.pick(texts)).join('\n');
      let file = parseSource(parser, 'a.sql', text);
      for (let edit = 1; edit <= EDITS; edit += 1) {
        const before = text;
        text = edited(text, random, texts);
        // Cuts leave little to edit.
        if (text.length < 500) text = `${random.pick(texts)}\n${text}\n${random.pick(texts)}`;
        file = parseSource(parser, 'a.sql', text, file);
        try {
          assertSame(file, parseSource(parser, 'a.sql', text));
        } catch (error) {
          throw new Error(
            `seed ${seed}, edit ${edit}: ${JSON.stringify(before)} to ${JSON.stringify(text)}`,
            {
              cause: error,
            },
          );
        }
      }
    }
  });

  it('parses nothing but the statement that was edited', () => {
    const [before, after] = [
      'select 1;\n-- one\nselect 22;\nselect 3, x from;\nselect 4;',
      'select 1;\n-- one\nselect 2;\nselect 3, x from;\nselect 4;',
    ];
    const old = parseSource(parser, 'a.sql', before);
    const parsed: string[] = [];
    const watched = Object.create(parser, {
      parse: {
        value(sql: string) {
          parsed.push(sql);
          return parser.parse(sql);
        },
      },
    }) as SqlParser;
    const file = parseSource(watched, 'a.sql', after, old);
    assert.deepEqual(parsed, ['select 2']);
    assert.equal(file.statements[0], old.statements[0]);
    assert.equal(file.statements[2]?.node, old.statements[2]?.node);
    assert.equal(file.statements[2]?.at.start, after.indexOf('select 4'));
    assert.equal(file.errors[0]?.at.start, after.indexOf(';\nselect 4') - 4);
    assert.equal(parseSource(watched, 'a.sql', after, file), file);
  });

  it('reads a file of another name afresh', () => {
    const old = parseSource(parser, 'a.sql', 'select 1;');
    assert.equal(parseSource(parser, 'b.sql', 'select 1;', old).statements[0]?.at.file, 'b.sql');
  });

  it('does not keep the texts of earlier versions', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const data = `copy t from stdin;\n${'data\n'.repeat(200_000)}\\.\n`;
    const parts = Array.from({ length: 100 }, (_, index) => `select ${index};`);
    let file = parseSource(parser, 'a.sql', `${parts.join('\n')}${data}`);
    const before = heap();
    for (const index of parts.keys()) {
      const broken = index % 2 === 0 ? '' : ' from from from\nselect the, rest, of, it';
      parts[index] = `-- a comment that is longer than a word\nselect 'edited', ${index}${broken};`;
      file = parseSource(parser, 'a.sql', Buffer.from(`${parts.join('\n')}${data}`).toString(), file);
    }
    const grown = (heap() - before) / 1e6;
    assert.ok(grown < 20, `${grown} MB more after 100 edits of a file of 1 MB`);
    assert.equal(file.statements.length, 101);
  });
});
