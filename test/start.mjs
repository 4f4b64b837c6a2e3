// `npm start`: installs and builds what is missing, then shows Flux RLS on a demo app. `-- --help` tells the options.
import { ensureInstalled, run } from './support/ensure-installed.mjs';

ensureInstalled();
run('node', ['esbuild.mjs']);
run('node', ['--require', 'tsx/cjs', 'test/demo/start.ts', ...process.argv.slice(2)]);
