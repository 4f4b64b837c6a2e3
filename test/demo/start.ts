import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BinaryMissing } from '../../src/stack/binaries';
import { LocalFlux } from '../../src/stack/local-flux';
import { PushFailed } from '../../src/stack/push';
import { HarnessFailure } from '../workbench/harness-failure';
import { serveWorkbench } from '../workbench/serve';
import { DEMO_SCHEMA, DemoApp } from './demo-app';

const REPOSITORY = path.resolve(__dirname, '../..');
const CLI = path.join(REPOSITORY, 'dist/cli.js');

const HELP = `npm start [-- options]

Scaffolds a demo app, serves its SQL from a local Flux, and opens it in VS Code with Flux RLS.

  --headless      open no window: lint the demo, run the checklist on it, print the verdicts
  --folder DIR    where the demo app is (default .demo/notes-app); what is there is kept
  --port N        port of VS Code in the browser
`;

const TO_TRY = `
What to try first:
  1. The shield in the activity bar opens the panel: Run checklist. All four points pass.
  2. Open flux-rls.sql and change the SELECT policy to "using (true)": the linter marks it.
  3. Open drafts/tasks.sql: four mistakes, each with a quick fix or an explanation.
  4. F1, "Flux RLS: Mint and Copy Token", and paste it into "Flux RLS: Inspect Token".
`;

/** What a person typed or what is missing on the machine; said without a stack. */
class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

function options(): { headless?: boolean; folder: string; port?: number; help?: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        headless: { type: 'boolean' },
        folder: { type: 'string', default: path.join('.demo', 'notes-app') },
        port: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const { port, ...others } = values;
    if (port === undefined) return others;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      throw new Error(`--port takes a number, not "${port}".`);
    return { ...others, port: Number(port) };
  } catch (error) {
    throw new CannotStart((error as Error).message);
  }
}

async function main(): Promise<number> {
  const values = options();
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const app = new DemoApp(path.resolve(REPOSITORY, values.folder));
  await app.prepare();
  const { secret } = app;
  const flux = await LocalFlux.start({
    engine: 'v2_shared',
    schema: DEMO_SCHEMA,
    files: [app.sql],
    packageRoots: [REPOSITORY],
    ...(secret && { jwtSecret: secret }),
  });
  try {
    await app.connect(flux);
    console.log(`Demo app    ${app.folder}\nLocal Flux  ${flux.url} (PostgreSQL, PostgREST and the gateway)`);
    return await (values.headless ? headless(app) : open(app, values.port));
  } finally {
    await flux.stop();
  }
}

/** Lints the demo and runs the checklist on it, as the terminal does; the worse of the two exit codes. */
async function headless(app: DemoApp): Promise<number> {
  let worst = 0;
  for (const command of ['lint', 'check']) {
    console.log(`\n$ flux-rls ${command}`);
    // Not spawnSync: the gateway that the checklist asks runs in this process.
    const child = spawn(process.execPath, [CLI, command], { cwd: app.folder, stdio: 'inherit' });
    const [code] = (await once(child, 'close')) as [number | null];
    worst = Math.max(worst, code ?? 2);
  }
  return worst;
}

/** Opens the demo in a desktop VS Code where there is one, else in the browser, until Ctrl+C. */
async function open(app: DemoApp, port: number | undefined): Promise<number> {
  const stop = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  const desktop = desktopVsCode();
  if (desktop !== undefined) {
    spawn(desktop, [`--extensionDevelopmentPath=${REPOSITORY}`, app.folder], { stdio: 'ignore' }).unref();
    console.log(`${TO_TRY}\nVS Code opens with the demo. Press Ctrl+C here to stop the local Flux.`);
    await stop;
    return 0;
  }
  const served = await serveWorkbench({
    extensionFolder: REPOSITORY,
    folder: app.folder,
    log: console.log,
    ...(port !== undefined && { port }),
  });
  try {
    console.log(`VS Code     ${served.url}\n${TO_TRY}\nPress Ctrl+C to stop.`);
    await stop;
    return 0;
  } finally {
    await served.stop();
  }
}

/** `code` on PATH; as root and without a display it cannot open a window. */
function desktopVsCode(): string | undefined {
  const hasDisplay =
    process.platform !== 'linux' ||
    process.env.DISPLAY !== undefined ||
    process.env.WAYLAND_DISPLAY !== undefined;
  if (!hasDisplay || process.getuid?.() === 0) return undefined;
  return spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status ===
    0
    ? 'code'
    : undefined;
}

main().then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isKnown = [CannotStart, PushFailed, BinaryMissing, HarnessFailure].some(
      kind => error instanceof kind,
    );
    console.error('npm start:', isKnown ? (error as Error).message : error);
    process.exitCode = 2;
  },
);
