// `npm run bench`: how fast the linter is, bundled as the product is. Figures are medians; ratios travel between machines.
import { build } from 'esbuild';
import { ensureInstalled, run } from './support/ensure-installed.mjs';

ensureInstalled();
run('node', ['esbuild.mjs']);
await build({
  entryPoints: ['test/bench/bench.ts'],
  // Beside the WebAssembly module that the bundles load.
  outfile: 'dist/bench.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
});
run('node', ['--expose-gc', 'dist/bench.cjs']);
