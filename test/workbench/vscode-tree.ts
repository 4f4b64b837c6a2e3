import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessFailure } from './harness-failure';
import { installDependencies, makeExecutable, unpackPackage, type PinnedPackage } from './npm-package';
import { writeStandIns } from './native-stand-ins';

/** The npm package that carries VS Code's own server build; 4.x.y is VS Code 1.x.y. */
export const CODE_SERVER: PinnedPackage = {
  name: 'code-server',
  version: '4.139.1',
  sha512: 'fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

/** The packages that the server, its helpers and the workbench load; the other dependencies are never asked for. */
export const LOADED_PACKAGES = [
  '@microsoft/1ds-core-js',
  '@microsoft/1ds-post-js',
  '@parcel/watcher',
  '@vscode/iconv-lite-umd',
  '@vscode/proxy-agent',
  '@vscode/ripgrep-universal',
  '@vscode/tree-sitter-wasm',
  '@vscode/vscode-languagedetection',
  '@xterm/addon-clipboard',
  '@xterm/addon-image',
  '@xterm/addon-ligatures',
  '@xterm/addon-progress',
  '@xterm/addon-search',
  '@xterm/addon-serialize',
  '@xterm/addon-unicode11',
  '@xterm/addon-webgl',
  '@xterm/headless',
  '@xterm/xterm',
  'cookie',
  'http-proxy-agent',
  'https-proxy-agent',
  'jschardet',
  'katex',
  'minimist',
  'node-pty',
  'tas-client',
  'vscode-oniguruma',
  'vscode-regexpp',
  'vscode-textmate',
  'ws',
  'yauzl',
  'yazl',
];

/** Built-in extensions that cost seconds at every start and that nothing here uses; grammars and themes stay. */
export const DROPPED_EXTENSIONS = [
  'configuration-editing',
  'copilot',
  'css-language-features',
  'debug-auto-launch',
  'debug-server-ready',
  'emmet',
  'extension-editing',
  'git',
  'git-base',
  'github',
  'github-authentication',
  'grunt',
  'gulp',
  'html-language-features',
  'ipynb',
  'jake',
  'json-language-features',
  'markdown-math',
  'media-preview',
  'merge-conflict',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
  'notebook-renderers',
  'npm',
  'php-language-features',
  'references-view',
  'simple-browser',
  'terminal-suggest',
  'tunnel-forwarding',
  'typescript-language-features',
];

/** Makes `folder` a VS Code server that Node can start: unpacked, with its packages, without what is never used. */
export async function buildVsCode(folder: string): Promise<void> {
  await unpackPackage(CODE_SERVER, {
    part: 'package/lib/vscode',
    strip: 3,
    into: folder,
    without: DROPPED_EXTENSIONS.map(name => `package/lib/vscode/extensions/${name}`),
  });
  await keepLoadedPackages(folder);
  await installDependencies(folder);
  const nodeModules = path.join(folder, 'node_modules');
  await writeStandIns(nodeModules);
  await dropOtherPlatforms(nodeModules);
  await dropSourceMaps(nodeModules);
}

interface Manifest {
  dependencies: Record<string, string>;
  scripts?: unknown;
  allowScripts?: unknown;
}

interface Shrinkwrap {
  packages: { '': Manifest };
}

/** Cuts package.json and the shrinkwrap down to {@link LOADED_PACKAGES}; the shrinkwrap keeps every version as it is. */
async function keepLoadedPackages(folder: string): Promise<void> {
  const manifestFile = path.join(folder, 'package.json');
  const shrinkwrapFile = path.join(folder, 'npm-shrinkwrap.json');
  const manifest = await readJson<Manifest>(manifestFile);
  const shrinkwrap = await readJson<Shrinkwrap>(shrinkwrapFile);
  const dependencies: Record<string, string> = {};
  for (const name of LOADED_PACKAGES) {
    const version = manifest.dependencies[name];
    if (version === undefined) throw new HarnessFailure(`${CODE_SERVER.name} no longer depends on ${name}.`);
    dependencies[name] = version;
  }
  await writeFile(manifestFile, JSON.stringify({ ...manifest, dependencies, scripts: {}, allowScripts: {} }));
  shrinkwrap.packages[''].dependencies = dependencies;
  await writeFile(shrinkwrapFile, JSON.stringify(shrinkwrap));
}

async function dropOtherPlatforms(nodeModules: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  for (const name of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const folder = path.join(nodeModules, name);
    const entries = await readdir(folder);
    if (!entries.includes(platform)) throw new HarnessFailure(`${name} has no program for ${platform}.`);
    const others = entries.filter(entry => entry !== platform);
    await Promise.all(others.map(entry => rm(path.join(folder, entry), { recursive: true })));
  }
  const ripgrep = process.platform === 'win32' ? 'rg.exe' : 'rg';
  await makeExecutable(path.join(nodeModules, '@vscode/ripgrep-universal/bin', platform, ripgrep));
}

async function dropSourceMaps(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true });
  await Promise.all(files.filter(file => file.endsWith('.map')).map(file => rm(path.join(folder, file))));
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
