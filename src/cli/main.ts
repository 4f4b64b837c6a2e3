import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { buffer } from 'node:stream/consumers';
import { version } from '../../package.json';
import { fluxRls } from './flux-rls';
import { Stopped } from './io';
import { statusLine } from './status-line';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    abort.abort(new Stopped(signal));
  });
}
// `flux-rls … | head` closes the pipe early; that is no error.
process.stdout.on('error', () => undefined);

async function ask(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await prompt.question(question, { signal: abort.signal });
  } catch {
    return '';
  } finally {
    prompt.close();
  }
}

void fluxRls(
  process.argv.slice(2),
  {
    cwd: process.cwd(),
    environment: process.env,
    packageRoots: [path.join(__dirname, '..'), process.cwd()],
    signal: abort.signal,
    out: text => process.stdout.write(`${text}\n`),
    error: text => process.stderr.write(`${text}\n`),
    print: text => process.stdout.write(text),
    input: () => buffer(process.stdin),
    // https://no-color.org
    color: process.stdout.isTTY && !process.env.NO_COLOR,
    ...(process.stderr.isTTY && { progress: statusLine(process.stderr) }),
    ...(process.stdin.isTTY && process.stdout.isTTY && { ask }),
  },
  version,
).then(code => {
  process.exitCode = code;
});
