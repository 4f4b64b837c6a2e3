// Builds dist/: the extension (CommonJS, `vscode` external), the command line (no `vscode`: a stray import fails the
// build), the panel (browser: a stray Node import fails the build) and the package's README. `--watch` rebuilds,
// `--tests` adds the suites that run inside VS Code.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

const shared = {
  bundle: true,
  minify: !watch,
  keepNames: true,
  sourcemap: watch,
  logLevel: 'warning',
};
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // pg asks for it only when the native client is asked for.
  external: ['pg-native'],
};

const builds = [
  {
    ...node,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: [...node.external, 'vscode'],
  },
  {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...shared,
    entryPoints: ['src/panel/main.ts'],
    outfile: 'dist/panel.js',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
  },
  ...(tests
    ? [
        {
          ...node,
          minify: false,
          sourcemap: 'inline',
          entryPoints: ['test/host/index.ts', 'test/host/**/*.test.ts'],
          outdir: 'dist/test',
          outbase: 'test/host',
          external: ['vscode', 'mocha'],
        },
      ]
    : []),
];

/** Files that are loaded at run time from beside the bundles. */
const assets = [
  ['node_modules/libpg-query/wasm/libpg-query.wasm', 'dist/libpg-query.wasm'],
  ['node_modules/@vscode/codicons/dist/codicon.css', 'dist/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/codicon.ttf'],
];

/**
 * The README as VS Code shows it in the package: it loads no pictures from there, and who installed the package has no
 * repository at hand.
 */
async function writePackageReadme() {
  const readme = await readFile('README.md', 'utf8');
  const text = readme
    .replace(/<!-- repository -->[\s\S]*?<!-- \/repository -->\n*/g, '')
    .replace(/^!\[.*\]\(.*\)\n\n/gm, '');
  await writeFile('dist/README.md', text);
}

if (!watch) await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
await Promise.all([writePackageReadme(), ...assets.map(([from, to]) => cp(from, to))]);
const contexts = await Promise.all(builds.map(options => context(options)));
try {
  if (watch) {
    await Promise.all(contexts.map(build => build.watch()));
    console.log('watching src/ for changes');
  } else await Promise.all(contexts.map(build => build.rebuild()));
} finally {
  if (!watch) await Promise.all(contexts.map(build => build.dispose()));
}
