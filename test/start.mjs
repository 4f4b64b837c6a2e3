// `npm start`: installs and builds what is missing, then shows Flux RLS on a demo app. `-- --help` tells the options.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, run } from './support/ensure-installed.mjs';

ensureInstalled();
run('node', ['esbuild.mjs']);
// A terminal sends Ctrl+C to both processes: the demo stops its servers, and this one waits for it.
process.on('SIGINT', () => undefined);
const args = ['--require', 'tsx/cjs', 'test/demo/start.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
process.exitCode = status ?? 1;
