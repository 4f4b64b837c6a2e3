import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { decodeJwt, jwtVerify } from 'jose';
import { BASIC_RULES_ONLY } from '../../support/rules';
import { runCli, type Ran } from '../../support/terminal';
import { TemporaryFolder } from '../../support/temporary-folder';

const SECRET = 'a-project-secret-of-more-than-32-bytes';
const CLEAN = `create table notes (id uuid primary key, owner_id text not null unique default auth.uid());
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
`;
const GRANT = 'grant select, insert, update, delete on notes to authenticated;\n';

describe('flux-rls', () => {
  let folder: TemporaryFolder;
  const run = (argv: string, environment: Record<string, string> = {}): Promise<Ran> =>
    runCli(argv.split(' ').filter(Boolean), { cwd: folder.path, environment });

  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => {
    folder.remove();
  });

  it('helps, and names its version', async () => {
    assert.match((await run('')).out, /flux-rls lint .* judge SQL files/);
    assert.match((await run('help check')).out, /--subjects a,b/);
    assert.match((await run('stack --help')).out, /until Ctrl\+C/);
    assert.equal((await run('--version')).out, '0.0.0-test');
    const unknown = await run('nonsense');
    assert.equal(unknown.exit, 2);
    assert.match(unknown.error, /there is no command "nonsense"/);
  });

  describe('lint', () => {
    const lint = (argv: string): Promise<Ran> =>
      runCli(['lint', ...argv.split(' ').filter(Boolean), ...BASIC_RULES_ONLY], {
        cwd: folder.path,
        environment: {},
      });

    it('judges a folder as one push and exits 0, 1 or 2', async () => {
      folder.write('migrations/0001_notes.sql', CLEAN);
      const dirty = await lint('migrations --engine v2_shared');
      assert.equal(dirty.exit, 1);
      assert.match(
        dirty.out,
        /^migrations\/0001_notes\.sql:3:15 error grant-missing-table .* \[fix: Grant SELECT, INSERT, UPDATE, DELETE on notes to authenticated\]$/m,
      );
      folder.write('migrations/0002_grants.sql', GRANT);
      const clean = await lint('migrations --engine v2_shared');
      assert.deepEqual([clean.exit, clean.out], [0, 'No findings in 2 files']);
      assert.equal((await lint('nowhere')).exit, 2);
    });

    it('finds the push by itself, and judges one of its files among the others', async () => {
      folder.write('flux/migrations/0001_notes.sql', CLEAN);
      folder.write('flux/migrations/0002_grants.sql', GRANT);
      folder.write('seed.sql', 'creat table x();');
      assert.equal((await lint('')).out, 'No findings in 2 files');
      assert.equal((await lint('flux/migrations/0001_notes.sql')).out, 'No findings in 1 file');
      assert.equal((await lint('seed.sql flux/migrations')).exit, 1);
    });

    it('writes JSON with 1-based places and UTF-16 offsets', async () => {
      folder.write('schema.sql', `-- 🦊\n${CLEAN}`);
      const { out, exit } = await lint('schema.sql --format json --engine v2_shared');
      const report = JSON.parse(out) as {
        version: number;
        findings: Record<string, unknown>[];
        summary: object;
      };
      assert.equal(exit, 1);
      assert.equal(report.version, 1);
      assert.deepEqual(report.summary, { errors: 1, warnings: 0, infos: 0, hints: 0, files: 1 });
      const [finding] = report.findings;
      assert.deepEqual(Object.keys(finding!).sort(), [
        'column',
        'endColumn',
        'endLine',
        'file',
        'fix',
        'line',
        'message',
        'rule',
        'severity',
      ]);
      assert.deepEqual(
        [finding!.line, finding!.column, finding!.endLine, finding!.endColumn],
        [4, 15, 4, 18],
      );
      const { edits } = finding!.fix as {
        edits: { file: string; start: number; end: number; text: string }[];
      };
      assert.deepEqual(Object.keys(edits[0]!).sort(), ['end', 'file', 'start', 'text']);
      const text = readFileSync(path.join(folder.path, 'schema.sql'), 'utf8');
      assert.equal(edits[0]!.start, text.length - 1);
      assert.equal(edits[0]!.file, 'schema.sql');
    });

    it('says null where there is no fix, and obeys --fail-on', async () => {
      folder.write(
        'schema.sql',
        `${CLEAN}${GRANT}create policy open on notes for select to anon using (true);`,
      );
      const report = JSON.parse((await lint('schema.sql --format json')).out) as {
        findings: { fix: unknown }[];
      };
      assert.equal(report.findings[0]?.fix, null);
      folder.write('schema.sql', `${CLEAN.replace('to authenticated ', '')}${GRANT}`);
      assert.equal((await lint('schema.sql')).exit, 0);
      assert.equal((await lint('schema.sql --fail-on info')).exit, 1);
      assert.equal((await lint('schema.sql --fail-on warning')).exit, 0);
    });

    it('takes engine and schema from the project', async () => {
      folder.write('schema.sql', CLEAN);
      folder.write('flux.json', '{"slug":"x","hash":"1a2b3c4","mode":"v1_dedicated"}');
      assert.equal((await lint('')).exit, 0);
      assert.equal((await lint('--engine v2_shared')).exit, 1);
    });

    for (const [name, argv, sentence] of [
      ['a wrong engine', 'lint --engine v3', /--engine is v1_dedicated or v2_shared, not "v3"/],
      ['a wrong format', 'lint --format yaml', /--format is text, json, sarif or github, not "yaml"/],
      ['an unknown option', 'lint --nope', /Unknown option '--nope'/],
      ['an option without its value', 'lint --engine', /--engine/],
      ['a folder without SQL', 'lint .', /holds no \.sql files to push/],
      ['a path that is not there', 'lint a/b.sql', /a\/b\.sql does not exist/],
    ] as const) {
      it(`says in one line what is wrong with ${name}`, async () => {
        const { exit, error, out } = await run(argv);
        assert.equal(exit, 2);
        assert.match(error, sentence);
        assert.equal(error.split('\n').length, 1);
        assert.equal(out, '');
      });
    }

    it('names a file that cannot be read', async () => {
      // Root reads everything but a directory.
      mkdirSync(path.join(folder.path, 'migrations/0001.sql'), { recursive: true });
      const { exit, error } = await lint('migrations');
      assert.equal(exit, 2);
      assert.match(error, /migrations\/0001\.sql cannot be read \(EISDIR\)/);
    });

    it('refuses what a push would refuse for its size', async () => {
      folder.write('schema.sql', `-- ${'x'.repeat(4 * 1024 * 1024)}`);
      assert.match((await lint('schema.sql')).error, /schema\.sql is larger than the 4 MiB a push takes/);
    });
  });

  describe('token', () => {
    it('prints the token alone', async () => {
      const { exit, out, error } = await run('token ann --role anon --ttl 90s', { FLUX_JWT_SECRET: SECRET });
      assert.deepEqual([exit, error], [0, '']);
      assert.match(out, /^[\w-]+\.[\w-]+\.[\w-]+$/);
      const { payload } = await jwtVerify(out, Buffer.from(SECRET));
      assert.deepEqual([payload.sub, payload.role, payload.exp! - payload.iat!], ['ann', 'anon', 90]);
    });

    it('lives five minutes as authenticated, with the secret of .env.local', async () => {
      folder.write('.env.local', `FLUX_GATEWAY_JWT_SECRET=${SECRET}\n`);
      const { role, exp, iat } = decodeJwt((await run('token ann')).out);
      assert.deepEqual([role, exp! - iat!], ['authenticated', 300]);
    });

    it('takes the secret from the variable it is told', async () => {
      const environment = { MY_SECRET: SECRET, FLUX_JWT_SECRET: 'another' };
      const { out } = await run('token ann --secret-env MY_SECRET', environment);
      await jwtVerify(out, Buffer.from(SECRET));
      assert.match(
        (await run('token ann --secret-env NOT_SET', environment)).error,
        /No project secret: set NOT_SET/,
      );
    });

    for (const [name, argv, sentence] of [
      ['no secret', 'token ann', /No project secret: set FLUX_GATEWAY_JWT_SECRET or FLUX_JWT_SECRET/],
      ['no subject', 'token', /takes one subject/],
      ['two subjects', 'token ann bob', /takes one subject/],
      [
        'a lifetime that is none',
        'token ann --ttl soon',
        /--ttl is a time such as 90s, 5m or 1h, not "soon"/,
      ],
    ] as const) {
      it(`says what is wrong with ${name}`, async () => {
        const { exit, error, out } = await run(argv);
        assert.deepEqual([exit, out], [2, '']);
        assert.match(error, sentence);
      });
    }
  });

  describe('check', () => {
    const environment = { FLUX_JWT_SECRET: SECRET };
    for (const [name, argv, sentence] of [
      [
        'no gateway URL',
        'check --table notes --owner owner_id',
        /No gateway URL: give --url, or set FLUX_URL/,
      ],
      [
        'a URL that is none',
        'check --url localhost --table notes --owner owner_id',
        /"localhost" is not an http\(s\) address/,
      ],
      [
        'a gateway that is not there',
        'check --url http://127.0.0.1:9 --table notes --owner owner_id',
        /http:\/\/127\.0\.0\.1:9: The gateway cannot be reached/,
      ],
      ['no table', 'check --url http://127.0.0.1:9', /Which table\?/],
      [
        'no owner column',
        'check --url http://127.0.0.1:9 --table notes',
        /Which column of notes holds the owner\?/,
      ],
      [
        'one subject',
        'check --url http://127.0.0.1:9 --table notes --owner owner_id --subjects ann',
        /--subjects takes two different ids/,
      ],
      [
        'the same subject twice',
        'check --url http://127.0.0.1:9 --table notes --owner owner_id --subjects ann,ann',
        /--subjects takes two different ids/,
      ],
      [
        'SQL that is not there',
        'check --url http://127.0.0.1:9 --table notes --sql nope.sql',
        /nope\.sql does not exist/,
      ],
      ['a stray word', 'check notes --url http://127.0.0.1:9', /check takes options only, not "notes"/],
    ] as const) {
      it(`says what is wrong with ${name}`, async () => {
        const { exit, error, out } = await run(argv, environment);
        assert.deepEqual([exit, out], [2, '']);
        assert.match(error, sentence);
        assert.ok(!error.includes(SECRET));
      });
    }

    it('says that the secret is missing', async () => {
      assert.match(
        (await run('check --url http://127.0.0.1:9 --table notes --owner owner_id')).error,
        /No project secret/,
      );
    });
  });

  describe('scaffold', () => {
    it('shows the plan, asks, and writes nothing on no', async () => {
      const asked: string[] = [];
      const ask = (question: string): Promise<string> => {
        asked.push(question);
        return Promise.resolve(asked.length === 1 ? 'n' : 'y');
      };
      const no = await runCli(['scaffold', '.'], { cwd: folder.path, ask });
      assert.match(no.out, /^\+ src\/auth\.ts$/m);
      assert.match(no.out, /Nothing was written\.$/);
      assert.equal(existsSync(path.join(folder.path, 'src')), false);
      const yes = await runCli(['scaffold', '.'], { cwd: folder.path, ask });
      assert.match(
        yes.out,
        /Wrote 7 files\.\nNow install what they need: npm install next-auth@5\.0\.0-beta\.32 jose@6\.2\.17$/,
      );
      assert.deepEqual(asked, ['Write 7 files? [y/N] ', 'Write 7 files? [y/N] ']);
      const again = await run('scaffold . --yes');
      assert.match(again.out, /Nothing to write\.$/);
      assert.doesNotMatch(yes.out, /AUTH_SECRET=/);
    });

    it('never overwrites a file, not even with --yes', async () => {
      folder.write('src/auth.ts', 'mine');
      const { out } = await run('scaffold . --yes --schema t_1a2b3c4d5e6f_api');
      assert.match(out, /^! src\/auth\.ts \(there with another text: kept\)$/m);
      assert.equal(readFileSync(path.join(folder.path, 'src/auth.ts'), 'utf8'), 'mine');
      assert.match(readFileSync(path.join(folder.path, 'flux-rls.sql'), 'utf8'), /t_1a2b3c4d5e6f_api\.notes/);
    });

    it('leaves nothing half-written when a folder refuses', async () => {
      // A dangling link where a folder has to be refuses root as well.
      mkdirSync(path.join(folder.path, 'src'));
      symlinkSync('/dev/null/nowhere', path.join(folder.path, 'src/lib'));
      const { exit, error } = await run('scaffold . --yes');
      assert.equal(exit, 2);
      assert.match(error, /src\/lib\/flux(-token)?\.ts cannot be written \(E\w+\)\. Nothing was changed\./);
      assert.equal(existsSync(path.join(folder.path, 'src/auth.ts')), false);
      assert.equal(existsSync(path.join(folder.path, '.env.local')), false);
    });

    it('refuses a read-only folder in one sentence', async function () {
      folder.write('app/package.json', '{}');
      const app = path.join(folder.path, 'app');
      chmodSync(app, 0o555);
      try {
        const { exit, error } = await run('scaffold app --yes');
        // Root may write anywhere; everybody else is refused.
        if (process.getuid?.() === 0) assert.equal(exit, 0);
        else assert.match(error, /cannot be written \(EACCES\)\. Nothing was changed\./);
      } finally {
        chmodSync(app, 0o755);
        rmSync(app, { recursive: true });
      }
    });

    for (const [name, argv, sentence] of [
      ['no folder', 'scaffold', /takes one folder/],
      ['a folder that is not there', 'scaffold nowhere --yes', /nowhere is not a folder/],
      ['an unknown provider', 'scaffold . --provider gitlab', /--provider is github, not "gitlab"/],
      [
        'a schema that is none',
        'scaffold . --schema public',
        /--schema is "api" or t_<12 hex digits>_api, not "public"/,
      ],
      ['nobody to ask', 'scaffold .', /Nobody can be asked here: say --yes/],
    ] as const) {
      it(`says what is wrong with ${name}`, async () => {
        const { exit, error } = await run(argv);
        assert.equal(exit, 2);
        assert.match(error, sentence);
      });
    }
  });

  describe('stack', () => {
    for (const [name, argv, sentence] of [
      ['a wrong port', 'stack --port 99999', /--port is a number from 1 to 65535, not "99999"/],
      ['SQL that is not there', 'stack nope.sql', /nope\.sql does not exist/],
      ['a schema that is no tenant’s', 'stack --schema public', /t_<12 hex digits>_api, not "public"/],
      ['two paths', 'stack a b', /takes one file or folder/],
    ] as const) {
      it(`says what is wrong with ${name}`, async () => {
        const { exit, error } = await run(argv);
        assert.equal(exit, 2);
        assert.match(error, sentence);
      });
    }
  });
});
