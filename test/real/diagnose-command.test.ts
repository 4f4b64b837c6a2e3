import assert from 'node:assert/strict';
import { ENGINES } from '../../src/flux/engine';
import { GUIDE_SQL } from '../support/guide-sql';
import { freshSchema, pushExample, runInSchema } from '../support/live';
import { localFlux } from '../support/local-flux';
import { runCli, type Ran } from '../support/terminal';
import { TemporaryFolder } from '../support/temporary-folder';

const REFUSED = '403\n{"code":"42501","message":"permission denied for table notes"}';

for (const engine of ENGINES) {
  describe(`flux-rls diagnose with a database, on ${engine}`, () => {
    let folder: TemporaryFolder;
    let url: string;
    const diagnose = async (argv: string, environment: Record<string, string>): Promise<Ran> => {
      const ran = await runCli(['diagnose', '--verb', 'insert', ...argv.split(' ').filter(Boolean)], {
        cwd: folder.path,
        environment,
        input: () => Promise.resolve(new TextEncoder().encode(REFUSED)),
      });
      assert.ok(!`${ran.out}${ran.error}`.includes(new URL(url).password));
      return ran;
    };

    before(async () => {
      const flux = await localFlux(engine);
      url = flux.databaseUrl;
      assert.equal(await pushExample(flux, GUIDE_SQL), undefined);
      await runInSchema(flux, `revoke insert on notes from ${flux.role}`);
    });
    beforeEach(() => {
      folder = new TemporaryFolder({ 'flux-rls.sql': GUIDE_SQL });
    });
    afterEach(() => {
      folder.remove();
    });
    after(async () => {
      await freshSchema(await localFlux(engine));
    });

    it('confirms the missing GRANT, and puts what it rules out at the end', async () => {
      const { role } = await localFlux(engine);
      const { exit, out } = await diagnose('--database-url-env LIVE', { LIVE: url });
      assert.equal(exit, 0);
      assert.match(
        out,
        /^1\. The GRANT of your SQL is not in the database \(certain\)\n[^]*^2\. .*no INSERT on notes \(certain\)$/m,
      );
      assert.match(out, /^3\. The privilege is on some columns only.* \(ruled out\)$/m);
      assert.match(out, /^In the database \(\w+ at [\d.]+:\d+, asked read-only\):$/m);
      assert.match(out, new RegExp(`^ {3}${role} has no INSERT on notes\\.$`, 'm'));
    });

    it('asks no database that is not named', async () => {
      const { out } = await diagnose('', { FLUX_DATABASE_URL: url });
      assert.ok(!out.includes('In the database'), out);
    });

    it('explains without a database that cannot be reached, and says why', async () => {
      const { exit, out } = await diagnose('--database-url-env LIVE', {
        LIVE: 'postgres://me:a-secret-password@127.0.0.1:1/x',
      });
      assert.equal(exit, 0);
      assert.match(out, /^2\. .*no INSERT on notes \(likely\)$/m);
      assert.match(out, /^In the database:\n {3}Nothing answers at 127\.0\.0\.1:1: /m);
      assert.ok(!out.includes('a-secret-password'), out);
    });

    it('says which variable holds no URL', async () => {
      const { exit, error } = await diagnose('--database-url-env LIVE', {});
      assert.equal(exit, 2);
      assert.match(error, /No database URL: set LIVE/);
    });
  });
}
