import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { ENGINES } from '../../../src/flux/engine';
import { SqlParser } from '../../../src/sql/parser';
import { parseSource } from '../../../src/sql/source-file';
import { corpus } from './corpus';
import { mutated } from './mutate';
import { checkFile, checkFinding, checkFix, findingsOf } from './properties';
import { Random } from './random';

const INPUTS = 20_000;

/** `FUZZ_SEED` looks at one that failed before. */
const FIRST = Number(process.env.FUZZ_SEED ?? 1);

describe('mutated SQL', () => {
  let parser: SqlParser;
  const texts = corpus();

  before(async () => {
    parser = await SqlParser.load();
  });

  afterEach(() => {
    mock.restoreAll();
  });

  it(`is read and judged on either engine, ${INPUTS} times`, function () {
    this.timeout(300_000);
    // The compiled parser speaks there when it gives up for good.
    const { mock: written } = mock.method(process.stderr, 'write', () => true);
    let fixes = 0;
    for (let seed = FIRST; seed < FIRST + INPUTS; seed += 1) {
      const random = new Random(seed);
      const inputs = Array.from({ length: random.below(10) === 0 ? 2 : 1 }, () => mutated(texts, random));
      try {
        fixes += judge(inputs, random);
        assert.deepEqual(
          written.calls.map(call => call.arguments[0]),
          [],
        );
      } catch (error) {
        const shown = inputs.map(text => JSON.stringify(text)).join('\n');
        throw new Error(`FUZZ_SEED=${seed}: ${(error as Error).message}\n${shown}`, { cause: error });
      }
    }
    assert.ok(fixes > 100, String(fixes));
  });

  /** Checks all properties of one push; returns how many fixes were tried. */
  function judge(inputs: readonly string[], random: Random): number {
    const files = inputs.map((text, index) => parseSource(parser, `${index + 1}.sql`, text));
    files.forEach(checkFile);
    const named = new Map(files.map(({ name, text }) => [name, text]));
    const engine = random.pick([...ENGINES, undefined]);
    const findings = findingsOf(files, engine);
    for (const finding of findings) checkFinding(finding, named);
    const fixable = findings.filter(({ fix }) => fix !== undefined);
    // What a fix inserts beside a broken statement becomes a part of that.
    if (fixable.length === 0 || files.some(({ errors }) => errors.length > 0)) return 0;
    checkFix(parser, random.pick(fixable), files, engine);
    return 1;
  }
});
