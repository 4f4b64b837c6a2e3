import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyScaffold } from '../../src/scaffold/apply';
import { planScaffold } from '../../src/scaffold/plan';
import { Reaper } from '../../src/stack/reaper';
import { freePort, ServerProcess } from '../../src/stack/server-process';
import { REPOSITORY } from './local-flux';

/** Versions that fit together; what the scaffold's files need comes from its own plan. */
const MANIFEST = {
  name: 'app-under-test',
  private: true,
  dependencies: { next: '16.4.5', react: '19.3.1', 'react-dom': '19.3.1' },
  devDependencies: {
    '@types/node': '20.19.43',
    '@types/react': '19.3.0',
    // The older version by another name, for its way to read a session.
    'next-auth-v4': 'npm:next-auth@4.24.15',
    typescript: '5.9.3',
  },
};

/** An app as small as Next.js lets it be: no page, no font from elsewhere. */
const FILES = {
  // Without a root of its own Next.js takes the repository's lock file for the app's.
  'next.config.mjs': 'export default { turbopack: { root: import.meta.dirname } };\n',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      lib: ['dom', 'dom.iterable', 'esnext'],
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      resolveJsonModule: true,
      isolatedModules: true,
      allowJs: true,
      incremental: true,
      skipLibCheck: true,
      jsx: 'react-jsx',
      plugins: [{ name: 'next' }],
      paths: { '@/*': ['./src/*'] },
    },
    include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts', '.next/dev/types/**/*.ts'],
    exclude: ['node_modules'],
  }),
  'src/app/layout.tsx': `export default function Layout({ children }: { children: React.ReactNode }) {
  return <html><body>{children}</body></html>;
}
`,
};

/** Kept from run to run beside the VS Code that tests download: an install takes longer than all that is asked of it. */
const FOLDER = path.join(REPOSITORY, '.vscode-test', 'next-app');
const INSTALLED = path.join(FOLDER, 'installed.json');

/** A process without the variables of this one, so that no `AUTH_SECRET` of a developer's shell reaches the app. */
function environment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];
  return {
    ...Object.fromEntries(kept.map(name => [name, process.env[name]])),
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
    ...own,
  };
}

/** A Next.js app with the scaffold's files, really built; started as often as a test likes. */
export class NextApp {
  readonly #running: ServerProcess[] = [];
  readonly #reaper = new Reaper();

  private constructor(
    readonly folder: string,
    /** Text of a file that the scaffold wrote. */
    readonly scaffolded: (file: string) => string,
  ) {}

  /** Installs what is not there yet, writes the scaffold's files and `more`, and builds without any environment. */
  static async build(schema: string, more: Readonly<Record<string, string>>): Promise<NextApp> {
    const plan = await planScaffold({ provider: 'github', schema }, () => Promise.resolve(undefined));
    await install(plan.packages);
    for (const old of ['src', '.env.local']) rmSync(path.join(FOLDER, old), { recursive: true, force: true });
    write({ ...FILES, ...more });
    await applyScaffold(
      plan.files.filter(file => file.path !== '.env.local'),
      {
        write: (file, text) => {
          write({ [file]: text });
          return Promise.resolve();
        },
        remove: () => Promise.resolve(),
      },
    );
    await succeeds('next build', process.execPath, [nextBinary(), 'build'], environment({}));
    return new NextApp(FOLDER, file => readFileSync(path.join(FOLDER, file), 'utf8'));
  }

  /** `next start` with these variables only. @returns where it answers */
  async start(variables: Readonly<Record<string, string>>): Promise<string> {
    const port = await freePort();
    const server = new ServerProcess(
      'next start',
      process.execPath,
      [nextBinary(), 'start', '-H', '127.0.0.1', '-p', String(port)],
      { cwd: FOLDER, env: environment(variables) },
      () => undefined,
    );
    this.#running.push(server);
    this.#reaper.watch({ folder: '', pids: this.#running.flatMap(({ pid }) => pid ?? []) });
    await server.says('Ready in');
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(server => server.stop('SIGTERM')));
    this.#reaper.dismiss();
  }
}

function nextBinary(): string {
  return path.join(FOLDER, 'node_modules/next/dist/bin/next');
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(FOLDER, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function install(packages: readonly string[]): Promise<void> {
  const dependencies = Object.fromEntries(
    packages.map(name => [name.slice(0, name.lastIndexOf('@')), name.slice(name.lastIndexOf('@') + 1)]),
  );
  const manifest = JSON.stringify({
    ...MANIFEST,
    dependencies: { ...MANIFEST.dependencies, ...dependencies },
  });
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === manifest) return;
  rmSync(FOLDER, { recursive: true, force: true });
  write({ 'package.json': manifest });
  await succeeds(
    'npm install of Next.js, which needs the npm registry once,',
    'npm',
    ['install', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
    process.env,
  );
  writeFileSync(INSTALLED, manifest);
}

/** Runs a command in the app's folder; when it fails, its last words are the error. */
async function succeeds(
  what: string,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn(file, args, { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${what} failed (${code ?? 'ended by a signal'}):\n${output}`);
}
