import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { HarnessFailure } from './harness-failure';
import { type HostEnd, type HostTestPlan } from './host-test-plan';
import { VSCODE_CACHE } from './paths';

const UPDATE_SERVER = 'https://update.code.visualstudio.com/api/releases/stable';

/** Milliseconds for the update server to answer. */
const PROBE_LIMIT = 3_000;

/**
 * The desktop VS Code to test with: the one VSCODE_PATH names, else one in the cache, else a download. Undefined where
 * there is none to be had, or no display to show it on.
 */
export async function findDesktop(log: (line: string) => void): Promise<string | undefined> {
  const { VSCODE_PATH: named } = process.env;
  if (named) {
    if (existsSync(named)) return named;
    throw new HarnessFailure(`VSCODE_PATH names ${named}, which does not exist.`);
  }
  if (!hasDisplay() || !((await isCached()) || (await canDownload()))) return undefined;
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', cachePath: VSCODE_CACHE });
  } catch (error) {
    log(`VS Code cannot be downloaded (${error instanceof Error ? error.message : String(error)})`);
    return undefined;
  }
}

/** Runs the suite in a desktop VS Code, which prints its console itself. */
export async function runInDesktop(plan: HostTestPlan, vscodeExecutablePath: string): Promise<HostEnd> {
  const { profile } = plan;
  await profile.writeSettings(plan.settings);
  plan.log(`Running the tests in ${vscodeExecutablePath}`);
  if (!hasDisplay())
    plan.log('There is no display; if VS Code does not start, run this under "xvfb-run -a".');
  const folders = ['--user-data-dir', profile.userDataDir, '--extensions-dir', profile.extensionsDir];
  try {
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: plan.extension,
      extensionTestsPath: plan.tests,
      extensionTestsEnv: { ...plan.env },
      launchArgs: [
        ...(plan.workspace === undefined ? [] : [plan.workspace]),
        ...folders,
        '--disable-extensions',
        '--disable-gpu',
      ],
    });
    return {};
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

async function isCached(): Promise<boolean> {
  if (!existsSync(VSCODE_CACHE)) return false;
  return (await readdir(VSCODE_CACHE)).some(name => /^vscode-(linux|darwin|win32)/.test(name));
}

async function canDownload(): Promise<boolean> {
  try {
    const answer = await fetch(UPDATE_SERVER, { signal: AbortSignal.timeout(PROBE_LIMIT) });
    return answer.ok;
  } catch {
    return false;
  }
}
