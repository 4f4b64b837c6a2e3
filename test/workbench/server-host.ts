import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Page } from 'playwright-core';
import { launchChromium } from './chromium';
import { withCleanUp } from './clean-up';
import { installVsix } from './extensions';
import { type HostEnd, type HostTestPlan } from './host-test-plan';
import { ensureVsCode } from './install-vscode';
import { type Profile } from './profile';
import { VsCodeServer } from './server';

/** Runs the suite in the extension host of the server from npm, with a headless Chromium as its window. */
export async function runInServer(plan: HostTestPlan): Promise<HostEnd> {
  const vscode = await ensureVsCode({ log: plan.log });
  return withCleanUp(async later => {
    const { profile, settings, env } = plan;
    if (plan.vsix !== undefined) await installVsix(vscode, profile, plan.vsix);
    const server = await VsCodeServer.start({ vscode, profile, settings, env, smokeDriver: true });
    later(() => server.stop());
    const browser = await launchChromium();
    later(() => browser.close());
    plan.log(`Running the tests in VS Code ${vscode.version}, served on ${server.url}`);
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const developed = plan.vsix === undefined ? plan.extension : await emptyExtension(profile);
    const end = await hostEnd(page, plan, () =>
      page.goto(address(server, plan, developed), { waitUntil: 'commit' }),
    );
    return end.reason === undefined ? deathOf(server) : end;
  });
}

function address(server: VsCodeServer, { tests, workspace }: HostTestPlan, developed: string): string {
  return server.address({
    ...(workspace !== undefined && { folder: workspace }),
    payload: [
      ['extensionDevelopmentPath', server.uri(developed)],
      ['extensionTestsPath', server.uri(tests)],
      ['skipWelcome', 'true'],
    ],
  });
}

/** Resolves when the workbench says that the suite has ended, or when it is clear that it will not say so. */
async function hostEnd(
  page: Page,
  { console, timeout }: HostTestPlan,
  load: () => Promise<unknown>,
): Promise<HostEnd> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<HostEnd>(resolve => {
    timer = setTimeout(() => {
      resolve({ reason: `it took more than ${timeout / 1000} s` });
    }, timeout);
    page.on('crash', () => {
      resolve({ reason: 'the page of the workbench crashed' });
    });
    void page
      .exposeFunction('codeAutomationExit', () => {
        resolve({});
      })
      .then(() =>
        page.exposeFunction('codeAutomationLog', (_type: string, values: unknown) => {
          console.add(values);
        }),
      )
      .then(load)
      .catch((error: unknown) => {
        resolve({ reason: `the workbench did not load: ${String(error)}` });
      });
  });
  try {
    return await end;
  } finally {
    clearTimeout(timer);
  }
}

/** The workbench calls the end of a host that crashed a success; the server's log knows better. */
async function deathOf(server: VsCodeServer): Promise<HostEnd> {
  const line = /Extension Host Process exited with (code: (?!0, signal: null).*)/.exec(await server.log());
  return line ? { reason: `the extension host ended with ${line[1] ?? ''}` } : {};
}

/** VS Code runs tests only beside an extension in development; this one does nothing. */
async function emptyExtension(profile: Profile): Promise<string> {
  const folder = path.join(profile.folder, 'x');
  const manifest = { publisher: 'harness', name: 'empty', version: '0.0.1', engines: { vscode: '*' } };
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
