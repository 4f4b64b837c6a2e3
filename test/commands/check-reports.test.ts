import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalFlux } from '../../src/stack/local-flux';
import { jsonReportObjections } from '../support/checklist-report';
import { GatewayProxy } from '../support/gateway-proxy';
import { GUIDE_SQL } from '../support/guide-sql';
import { elementsNamed, junitObjections, parseXml } from '../support/junit';
import { localFlux, pushAlone, REPOSITORY } from '../support/local-flux';
import { TemporaryFolder } from '../support/temporary-folder';

const CLI = path.join(REPOSITORY, 'dist/cli.js');
/** The SELECT policy lets everybody read everything. */
const LEAKY_SQL = GUIDE_SQL.replace('for select using (owner_id = auth.uid())', 'for select using (true)');

describe('the reports of flux-rls check as a process', function () {
  this.timeout(120_000);
  let flux: LocalFlux;
  let proxy: GatewayProxy;
  let folder: TemporaryFolder;

  before(async () => {
    flux = await localFlux('v2_shared');
  });
  beforeEach(async () => {
    proxy = await GatewayProxy.start(flux.url);
    folder = new TemporaryFolder({ 'schema.sql': GUIDE_SQL });
  });
  afterEach(() => {
    proxy.stop();
    folder.remove();
  });

  const check = (...args: string[]): Promise<{ code: number; out: string; error: string }> =>
    new Promise(resolve => {
      const child = execFile(
        process.execPath,
        [CLI, 'check', '--url', proxy.url, '--schema', flux.schema, ...args],
        {
          cwd: folder.path,
          env: {
            PATH: process.env.PATH ?? '',
            XDG_STATE_HOME: path.join(folder.path, 'state'),
            FLUX_JWT_SECRET: flux.jwtSecret.reveal(),
          },
        },
        (_, out, error) => {
          resolve({ code: child.exitCode ?? -1, out, error });
        },
      );
    });

  it('hold to their formats, and say why a policy lets too much through', async () => {
    await pushAlone(flux, LEAKY_SQL);
    folder.write('schema.sql', LEAKY_SQL);
    const junit = await check('--format', 'junit', '--output', 'out/report.xml');
    assert.equal(junit.code, 1);
    assert.match(junit.out, /^ {7}A→B {3}✖ /m);
    const root = parseXml(readFileSync(path.join(folder.path, 'out/report.xml'), 'utf8'));
    assert.deepEqual(junitObjections(root), []);
    const failures = elementsNamed(root, 'failure').map(({ attributes }) => attributes.type);
    assert.ok(failures.length > 0 && failures.every(type => type === 'policy'), failures.join());

    const json = await check('--format', 'json');
    assert.deepEqual([json.code, jsonReportObjections(json.out)], [1, []]);
    const markdown = await check('--format', 'markdown');
    assert.match(markdown.out, /^\| {2}\| A→B \| ✖ \|/m);
    for (const { out, error } of [junit, json, markdown]) {
      assert.ok(!`${out}${error}`.includes(flux.jwtSecret.reveal()) && !out.includes('eyJ'));
    }
  });

  it('have no colors and no progress where nobody watches', async () => {
    await pushAlone(flux, GUIDE_SQL);
    const { code, out, error } = await check();
    assert.deepEqual([code, error], [0, '']);
    assert.doesNotMatch(out, /(?!\n)\p{Cc}/u);
  });

  it('of a dry run are there without a single request', async () => {
    await pushAlone(flux, GUIDE_SQL);
    const { code, out } = await check('--dry-run');
    assert.equal(code, 0);
    assert.match(out, /^ {4}POST \/notes as flux-rls-check-a → 201, created$/m);
    assert.match(out, /^\d+ requests would be sent; none was\.$/m);
    assert.deepEqual([proxy.passed, readdirSync(folder.path)], [[], ['schema.sql']]);
  });

  it('of no-write mode send nothing that could write a row', async () => {
    await pushAlone(flux, GUIDE_SQL);
    const { code, out } = await check('--mode', 'no-write', '--format', 'json');
    const { mode, rows } = JSON.parse(out) as { mode: string; rows: { created: number } };
    assert.deepEqual([code, mode, rows.created], [1, 'no-write', 0], 'what needs rows cannot be told');
  });
});
