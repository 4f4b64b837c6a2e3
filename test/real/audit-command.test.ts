import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalFlux } from '../../src/stack/local-flux';
import { GUIDE_SQL } from '../support/guide-sql';
import { freshSchema, pushExample, runInSchema } from '../support/live';
import { localFlux } from '../support/local-flux';
import { sarifObjections, type SarifLog } from '../support/sarif';
import { TemporaryFolder } from '../support/temporary-folder';
import { runCli, type Ran } from '../support/terminal';

describe('flux-rls audit', () => {
  let flux: LocalFlux;
  let folder: TemporaryFolder;
  const audit = async (argv: string, environment: Record<string, string> = {}): Promise<Ran> => {
    const ran = await runCli(['audit', ...argv.split(' ').filter(Boolean)], {
      cwd: folder.path,
      environment,
    });
    const { password } = new URL(flux.databaseUrl);
    assert.ok(!`${ran.out}${ran.error}`.includes(password));
    return ran;
  };

  before(async () => {
    flux = await localFlux('v2_shared');
  });
  beforeEach(async () => {
    assert.equal(await pushExample(flux, GUIDE_SQL), undefined);
    folder = new TemporaryFolder({
      'sql/001_notes.sql': GUIDE_SQL,
      '.env.local': `DATABASE_URL=${flux.databaseUrl}\n`,
    });
  });
  afterEach(() => {
    folder.remove();
  });
  after(async () => {
    await freshSchema(flux);
  });

  it('finds nothing after a push, and tells the schema and the engine from the database', async () => {
    const { exit, out } = await audit('');
    assert.equal(exit, 0, out);
    assert.match(
      out,
      /^t_1a2b3c4d5e6f_api \(v2 shared\): 0 errors, 0 warnings, \d+ remarks in the live schema\.$/m,
    );
    assert.match(out, /^The files and the database do not differ\.$/m);
  });

  it('finds a leak and the difference that makes it', async () => {
    await runInSchema(flux, 'alter policy notes_owner_read on notes using (true)');
    const { exit, out } = await audit('');
    assert.equal(exit, 1);
    assert.match(out, /^live\.sql:\d+:\d+ error policy-always-true /m);
    assert.match(
      out,
      /^sql\/001_notes\.sql:8:\d+ dangerous policy-using USING of notes_owner_read on notes differs: owner_id = auth\.uid\(\) in the files, true in the database\.$/m,
    );
    assert.match(out, /1 difference between the files and the database, 1 of them dangerous\.$/);
  });

  it('prefers the variable that is named, then FLUX_DATABASE_URL', async () => {
    folder.write('.env.local', 'DATABASE_URL=postgres://x:y@127.0.0.1:1/z\n');
    assert.equal((await audit('')).exit, 2);
    assert.equal((await audit('', { FLUX_DATABASE_URL: flux.databaseUrl })).exit, 0);
    assert.equal((await audit('--database-url-env LIVE', { LIVE: flux.databaseUrl })).exit, 0);
    const missing = await audit('--database-url-env LIVE');
    assert.deepEqual(
      [missing.exit, missing.error],
      [2, 'flux-rls audit: No database URL: set LIVE in the environment or in .env.local.'],
    );
  });

  it('takes no URL on the command line', async () => {
    const { exit, error } = await runCli(['audit', flux.databaseUrl], { cwd: folder.path });
    assert.equal(exit, 2);
    assert.equal(
      error,
      'flux-rls audit: A database URL on the command line stays in the shell’s history: set FLUX_DATABASE_URL.',
    );
  });

  it('says in one sentence what is wrong with the database', async () => {
    for (const [url, expected] of [
      ['postgres://ann:hunter2@127.0.0.1:1/app', /Nothing answers at 127\.0\.0\.1:1/],
      [flux.databaseUrl.replace(/:[^:@]+@/, ':hunter2@'), /refuses postgres/],
      ['hunter2', /cannot be read/],
    ] as const) {
      const { exit, error } = await audit('', { FLUX_DATABASE_URL: url });
      assert.equal(exit, 2);
      assert.match(error, expected);
      assert.ok(!error.includes('hunter2') && !error.includes('\n'), error);
    }
    const other = await audit('--schema t_000000000000_api');
    assert.equal(other.exit, 2);
    assert.match(other.error, /has no schema t_000000000000_api; it has .*t_1a2b3c4d5e6f_api/);
  });

  it('reports as JSON', async () => {
    await runInSchema(flux, 'alter table notes disable row level security');
    const { exit, out } = await audit('--format json');
    const report = JSON.parse(out) as {
      version: number;
      schema: string;
      engine: string;
      findings: { rule: string }[];
      differences: Record<string, unknown>[];
    };
    assert.equal(exit, 1);
    assert.deepEqual([report.version, report.schema, report.engine], [1, flux.schema, 'v2_shared']);
    assert.ok(report.findings.some(({ rule }) => rule === 'rls-policy-without-rls'));
    assert.deepEqual(
      report.differences.map(({ kind, severity, certain }) => [kind, severity, certain]),
      [['row-security', 'dangerous', true]],
    );
  });

  it('reports as SARIF, with the live schema in a file', async () => {
    await runInSchema(flux, 'alter table notes disable row level security');
    const { out } = await audit('--format sarif --write live.sql');
    const log = JSON.parse(out) as SarifLog;
    assert.deepEqual(sarifObjections(log), []);
    const rules = log.runs[0].results.map(({ ruleId }) => ruleId);
    assert.ok(rules.includes('live-differs') && rules.includes('rls-policy-without-rls'));
    assert.match(readFileSync(path.join(folder.path, 'live.sql'), 'utf8'), /^create table notes \($/m);
  });

  it('judges the database alone where there are no files', async () => {
    folder.remove();
    folder = new TemporaryFolder({ '.env': `FLUX_DATABASE_URL=${flux.databaseUrl}\n` });
    const { exit, out } = await audit('');
    assert.equal(exit, 0);
    assert.match(out, /There are no SQL files here to compare it with\.$/);
  });
});
