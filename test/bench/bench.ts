import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { lint } from '../../src/lint/linter';
import { SqlParser } from '../../src/sql/parser';
import { parseSource } from '../../src/sql/source-file';
import { GUIDE_SQL } from '../support/guide-sql';
import { pushDirectory, type BenchFile } from './push-directory';

const RUNS = 9;
const STATEMENTS = 1_200;

/** Median of several runs, milliseconds; the first one warms up and does not count. */
function median(run: () => void, runs = RUNS): number {
  const times = Array.from({ length: runs + 1 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.slice(1).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? NaN;
}

function report(what: string, figure: string, note = ''): void {
  console.log(`${what.padEnd(58)} ${figure.padStart(10)}  ${note}`);
}

const ms = (time: number): string => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
const ratio = (a: number, b: number): string => `${(a / b).toFixed(a < b ? 3 : 2)} ×`;

function lintFiles(parser: SqlParser, files: readonly BenchFile[]): number {
  return lint(
    files.map(({ name, text }) => parseSource(parser, name, text)),
    { engine: 'v2_shared' },
  ).length;
}

async function main(): Promise<void> {
  await loadModule();
  const warm = await SqlParser.load();
  const files = pushDirectory(STATEMENTS);
  const sources = files.map(({ name, text }) => parseSource(warm, name, text));
  const statements = sources.flatMap(source => source.statements.map(({ text }) => text));
  if (statements.length !== STATEMENTS || lintFiles(warm, files) !== 0)
    throw new Error(`The directory has ${statements.length} statements, or findings.`);
  console.log(
    `${STATEMENTS} statements in ${files.length} files, medians of ${RUNS} runs, Node ${process.version}\n`,
  );

  const parsing = median(() => {
    for (const statement of statements) parseSync(statement);
  });
  report('libpg-query alone', ms(parsing));

  const parsers = await Promise.all(Array.from({ length: RUNS + 1 }, () => SqlParser.load()));
  const full = median(() => {
    lintFiles(parsers.pop() ?? warm, files);
  });
  report('full lint, nothing known before', ms(full), `${ratio(full, parsing)} libpg-query`);

  let edits = 0;
  const [first, ...others] = files;
  const again = median(() => {
    const text = first?.text.replace('done boolean', `done${++edits} boolean`) ?? '';
    lintFiles(warm, [{ name: first?.name ?? '', text }, ...others]);
  });
  report('lint again after an edit of one statement', ms(again), `${ratio(again, full)} full lint`);

  global.gc?.();
  const before = process.memoryUsage();
  const kept = files.map(({ name, text }) => parseSource(warm, name, text));
  global.gc?.();
  const after = process.memoryUsage();
  report(
    'heap of the parsed directory',
    `${((after.heapUsed - before.heapUsed) / 1e6).toFixed(1)} MB`,
    `${kept.length} files`,
  );
  report('memory of this process', `${(after.rss / 1e6).toFixed(0)} MB`);

  wholeProcess();
  bundles();
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
