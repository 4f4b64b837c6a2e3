import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { IncrementalLinter } from '../../src/lint/incremental';
import { lint, type LintOptions } from '../../src/lint/linter';
import { SqlParser } from '../../src/sql/parser';
import { parseSource, parseSourceInSlices, type SourceFile } from '../../src/sql/source-file';
import { GUIDE_SQL } from '../support/guide-sql';
import { heapOf, median, medianBlock, megabytes, ms, ratio, report, RUNS } from './measure';
import { pushDirectory, type BenchFile } from './push-directory';

const STATEMENTS = 1_200;
const OPTIONS: LintOptions = { engine: 'v2_shared' };

/** As large as a pushed file may be, and nothing but statements, each another one. */
const DUMP_SIZE = 4 * 1024 * 1024;

async function main(): Promise<void> {
  await loadModule();
  const files = pushDirectory(STATEMENTS);
  const parser = await SqlParser.load();
  const sources = readAll(parser, files);
  const statements = sources.flatMap(source => source.statements.map(({ text }) => text));
  const [found] = lint(sources, OPTIONS);
  if (statements.length !== STATEMENTS || found)
    throw new Error(`The directory has ${statements.length} statements, and ${found?.rule ?? 'no finding'}.`);
  console.log(`Medians of ${RUNS} runs in one process, Node ${process.version}\n`);

  const full = await directory(files, statements);
  typing(files, parser, full);
  await dump();
  console.log('\nThe product');
  wholeProcess();
  bundles();
}

const readAll = (parser: SqlParser, files: readonly BenchFile[]): SourceFile[] =>
  files.map(({ name, text }) => parseSource(parser, name, text));

/** Parsers that have seen nothing yet, for the run that warms up and those that count. */
async function freshParsers(): Promise<() => SqlParser> {
  const parsers = await Promise.all(Array.from({ length: RUNS + 1 }, () => SqlParser.load()));
  return () => {
    const parser = parsers.pop();
    if (!parser) throw new Error('More runs than parsers.');
    return parser;
  };
}

/** Everything for the first time; returns the time of the full lint. */
async function directory(files: readonly BenchFile[], statements: readonly string[]): Promise<number> {
  console.log(`A push of ${files.length} files, ${statements.length} statements`);
  const parsing = median(() => {
    for (const statement of statements) parseSync(statement);
  });
  report('libpg-query alone', ms(parsing));
  const forReading = await freshParsers();
  const reading = median(() => {
    readAll(forReading(), files);
  });
  report('reading: split, parse, keep', ms(reading), `${ratio(reading, parsing)} libpg-query`);
  const forLint = await freshParsers();
  const full = median(() => {
    lint(readAll(forLint(), files), OPTIONS);
  });
  report('full lint', ms(full), `${ratio(full, parsing)} libpg-query`);
  const fresh = await SqlParser.load();
  report('heap of what was read', megabytes(await heapOf(() => readAll(fresh, files))));
  return full;
}

/** One file edited, another character each time, the other files as they were. */
function typing(files: readonly BenchFile[], parser: SqlParser, full: number): void {
  console.log('\nThe same after one character in one file');
  const [edited, ...others] = files;
  if (!edited) throw new Error('No file to edit.');
  let edits = 0;
  let file = parseSource(parser, edited.name, edited.text);
  const type = (): void => {
    edits += 1;
    const text = edited.text.replace('done boolean', `done${edits} boolean`);
    file = parseSource(parser, edited.name, text, file);
  };
  const untouched = readAll(parser, others);
  const afresh = median(() => {
    parseSource(parser, edited.name, edited.text.replace('done boolean', `done${++edits} boolean`));
  });
  report('reading the file, statements known', ms(afresh));
  const again = median(type);
  report('reading it again, given the file as it was', ms(again), `${ratio(again, afresh)} that`);

  const everything = median(() => {
    type();
    lint([file, ...untouched], OPTIONS);
  });
  report('reading again and full lint', ms(everything), `${ratio(everything, full)} full lint`);
  const linter = new IncrementalLinter();
  const incremental = median(() => {
    type();
    linter.judge([file, ...untouched], OPTIONS);
  });
  report(
    'reading again and judging what can have changed',
    ms(incremental),
    `${ratio(incremental, full)} full lint`,
  );
}

/** One file as large as a push takes. */
async function dump(): Promise<void> {
  const tables = pushDirectory(40_000).map(({ text }) => text);
  const text = tables.join('\n').slice(0, DUMP_SIZE);
  let old = parseSource(await SqlParser.load(), 'dump.sql', text);
  const parser = await SqlParser.load();
  console.log(`\nOne file of ${DUMP_SIZE / 1024 / 1024} MiB, ${old.statements.length} statements`);
  const forReading = await freshParsers();
  const reading = median(() => {
    parseSource(forReading(), 'dump.sql', text);
  });
  report('reading it at once, which blocks', ms(reading));
  const forSlices = await freshParsers();
  const block = await medianBlock(() => parseSourceInSlices(forSlices(), 'dump.sql', text));
  report('longest block when read in slices', ms(block));
  let edits = 0;
  const at = text.indexOf('done boolean', DUMP_SIZE / 2);
  const again = median(() => {
    edits += 1;
    const edited = `${text.slice(0, at)}x${edits}${text.slice(at)}`;
    old = parseSource(parser, 'dump.sql', edited, old);
  }, 25);
  report('reading again after an edit in the middle', ms(again), `${ratio(again, reading)} reading`);
  const fresh = await SqlParser.load();
  report('heap of what was read', megabytes(await heapOf(() => parseSource(fresh, 'dump.sql', text))));
  report('memory of this process', megabytes(process.memoryUsage().rss / 1e6));
}
/** `flux-rls lint` on the guide's file, from the start of Node to its end. */
function wholeProcess(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'flux-rls-bench-'));
  try {
    writeFileSync(path.join(folder, 'schema.sql'), GUIDE_SQL);
    const node = median(() => spawnSync(process.execPath, ['-e', '0']));
    const cli = median(() => {
      const { status } = spawnSync(process.execPath, [path.join(__dirname, 'cli.js'), 'lint', 'schema.sql'], {
        cwd: folder,
      });
      if (status !== 0) throw new Error('flux-rls lint did not end well.');
    });
    report('node -e 0, whole process', ms(node));
    report('flux-rls lint schema.sql, whole process', ms(cli), `${ratio(cli, node)} node`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundles(): void {
  for (const file of ['extension.js', 'cli.js', 'panel.js', 'libpg-query.wasm'])
    report(`dist/${file}`, `${(statSync(path.join(__dirname, file)).size / 1e3).toFixed(0)} kB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
