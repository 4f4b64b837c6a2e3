// `npm test`: installs, builds, checks, and runs every test; the last line counts them.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureInstalled, run } from './support/ensure-installed.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const total = { passed: 0, failed: 0 };

/** Runs one suite, shows what it prints, and adds up the summary that mocha ends with. */
async function suite(name, args) {
  console.log(`\n=== ${name}`);
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise(resolve => child.once('close', resolve));
  const count = kind => Number(output.match(new RegExp(`^ {2}(\\d+) ${kind}`, 'm'))?.[1] ?? 0);
  const [passed, failed] = [count('passing'), count('failing')];
  total.passed += passed;
  // A suite that ends badly, or says nothing of its tests, has not passed.
  total.failed += failed > 0 ? failed : code !== 0 || passed === 0 ? 1 : 0;
}

const mocha = (...files) => ['node_modules/mocha/bin/mocha.js', ...files];

/** The suites inside VS Code, in windows with one folder, two folders and none. */
async function hostSuites() {
  run('node', ['esbuild.mjs', '--tests']);
  const home = mkdtempSync(path.join(tmpdir(), 'flux-rls-host-'));
  try {
    for (const folder of ['one', 'first', 'second', 'none']) mkdirSync(path.join(home, folder));
    const two = path.join(home, 'two.code-workspace');
    writeFileSync(two, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
    for (const [name, workspace, grep] of [
      ['one folder', path.join(home, 'one'), '\\[one folder\\]'],
      ['two folders', two, '\\[two folders\\]'],
      ['no folder', '', '\\[no folder\\]'],
    ]) {
      const where = workspace === '' ? [] : ['--workspace', workspace];
      await suite(`inside VS Code, with ${name}`, [
        '--require',
        'tsx/cjs',
        'test/workbench/run-host-tests.ts',
        ...where,
        '--grep',
        grep,
      ]);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

ensureInstalled();
run('node', ['esbuild.mjs']);
run('npm', ['run', '--silent', 'check']);
await suite('by themselves', mocha('test/unit/**/*.test.ts'));
await suite('on real PostgreSQL and PostgREST', mocha('test/real/**/*.test.ts'));
await suite('the commands', mocha('test/commands/**/*.test.ts'));
await hostSuites();
await suite('in a browser', mocha('test/ui/**/*.test.ts'));

console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
