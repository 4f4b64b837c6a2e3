import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GUIDE_SQL } from '../support/guide-sql';
import { REPOSITORY } from '../support/local-flux';
import { sarifObjections, type SarifLog } from '../support/sarif';
import { BASIC_RULES_ONLY } from '../support/rules';
import { TemporaryFolder } from '../support/temporary-folder';
import { until } from '../workbench/until';

const CLI = path.join(REPOSITORY, 'dist/cli.js');

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the built command as a person's shell would. */
function fluxRls(
  args: readonly string[],
  cwd: string,
  environment: Record<string, string> = {},
  input = '',
): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    encoding: 'utf8',
    // The person's own state stays as it is.
    env: { PATH: process.env.PATH ?? '', XDG_STATE_HOME: path.join(cwd, '.state'), ...environment },
    input,
  });
  return { status, out: stdout, error: stderr };
}

interface StackLine {
  readonly url: string;
  readonly schema: string;
  readonly role: string;
  readonly engine: string;
  readonly jwtSecret: string;
  readonly databaseUrl: string;
}

interface JsonReport {
  readonly engine: string;
  readonly summary: { readonly pass: number; readonly fail: number; readonly unknown: number };
  readonly rows: { readonly created: number; readonly removed: number; readonly left: readonly unknown[] };
}

describe('flux-rls as a process', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder({ 'schema.sql': GUIDE_SQL });
  });
  afterEach(() => {
    folder.remove();
  });

  for (const engine of ['v2_shared', 'v1_dedicated']) {
    it(`serves, mints, checks and stops on ${engine}`, async () => {
      const args = ['stack', 'schema.sql', '--engine', engine, '--schema', 't_1a2b3c4d5e6f_api', '--json'];
      const stack = spawn(process.execPath, [CLI, ...args], {
        cwd: folder.path,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      stack.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      const ended = new Promise<number | null>(resolve => stack.once('exit', resolve));
      await until('the first line', () => out.includes('\n'));
      const line = JSON.parse(out.split('\n')[0]!) as StackLine;
      assert.deepEqual(Object.keys(line), ['url', 'schema', 'role', 'engine', 'jwtSecret', 'databaseUrl']);
      assert.deepEqual([line.schema, line.engine], ['t_1a2b3c4d5e6f_api', engine]);
      const environment = { FLUX_JWT_SECRET: line.jwtSecret };

      const token = fluxRls(['token', 'ann'], folder.path, environment).out.trim();
      const answer = await fetch(`${line.url}/notes`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(answer.status, 200);

      const check = [
        'check',
        '--url',
        line.url,
        '--schema',
        line.schema,
        '--table',
        'notes',
        '--format',
        'json',
      ];
      const green = fluxRls(check, folder.path, environment);
      assert.equal(green.status, 0);
      const { engine: asked, summary, rows } = JSON.parse(green.out) as JsonReport;
      assert.deepEqual([asked, summary.fail, summary.unknown], [engine, 0, 0], green.out);
      assert.ok(summary.pass > 20 && rows.created > 0, green.out);
      assert.deepEqual([rows.removed, rows.left], [rows.created, []]);
      assert.ok(!green.out.includes(line.jwtSecret) && !green.out.includes('eyJ'));

      execFileSync(
        'node',
        [
          '-e',
          `
        const { Client } = require('pg');
        const client = new Client(${JSON.stringify(line.databaseUrl)});
        client.connect().then(() => client.query('alter table t_1a2b3c4d5e6f_api.notes disable row level security')).then(() => client.end());`,
        ],
        { cwd: REPOSITORY },
      );
      const red = fluxRls(check, folder.path, environment);
      assert.equal(red.status, 1);
      assert.match(red.out, /"cause": "rls-off"/);

      stack.kill('SIGTERM');
      assert.equal(await ended, 0);
      await assert.rejects(fetch(line.url));
      assert.equal(fluxRls(check, folder.path, environment).status, 2);
    });
  }

  it('proves SQL in CI as the README tells', () => {
    const [, recipe] = /```\n(flux-rls stack sql\/[\s\S]*?)```/.exec(
      readFileSync(path.join(REPOSITORY, 'README.md'), 'utf8'),
    )!;
    folder.write('sql/001_notes.sql', GUIDE_SQL);
    const script = `flux-rls() { '${process.execPath}' '${CLI}' "$@"; }\n${recipe}status=$?; pkill -P $!; wait; exit $status`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^[1-9]\d* passed, 0 failed, 0 cannot tell, /m);
  });

  it('says in one sentence why it does not serve', () => {
    writeFileSync(
      path.join(folder.path, 'schema.sql'),
      `${GUIDE_SQL}\ncreate view mine as select * from nowhere;`,
    );
    const { status, error, out } = fluxRls(['stack', 'schema.sql', '--json'], folder.path);
    assert.deepEqual([status, out], [2, '']);
    assert.equal(
      error,
      'flux-rls stack: The push was refused: schema.sql:14: relation "nowhere" does not exist (42P01)\n',
    );
  });

  it('lints the guide without an error, and its own mistakes with exit code 1', () => {
    assert.equal(fluxRls(['lint', 'schema.sql'], folder.path).status, 0);
    folder.write('bad.sql', 'create table open (id int);');
    const { status, out } = fluxRls(['lint', 'bad.sql'], folder.path);
    assert.equal(status, 1);
    assert.match(out, /^bad\.sql:1:14 error rls-not-enabled /m);
  });

  it('fixes what is piped in to the letter, with the report on the error channel', () => {
    const open = 'create table notes (id uuid primary key, owner_id text not null);';
    const { out, error } = fluxRls(
      ['lint', '-', '--fix', '--stdin-filename', 'sql/1.sql', ...BASIC_RULES_ONLY],
      folder.path,
      {},
      open,
    );
    assert.ok(out.startsWith(`${open}\nalter table notes enable row level security;`), out);
    assert.ok(!out.endsWith('\n'));
    assert.match(error, /^Applied \d+ fix(?:es)?; changed 1 file: sql\/1\.sql\.$/m);
    assert.equal(existsSync(path.join(folder.path, 'sql')), false);
  });

  it('fixes files, and is content the second time', () => {
    folder.write('sql/1.sql', 'create table notes (id uuid primary key, owner_id text not null);\n');
    const first = fluxRls(['lint', 'sql', '--fix'], folder.path);
    assert.match(first.out, /^Applied \d+ fix(?:es)?; changed 1 file: sql\/1\.sql\.$/m);
    const fixed = readFileSync(path.join(folder.path, 'sql/1.sql'), 'utf8');
    assert.match(fixed, /^alter table notes enable row level security;$/m);
    assert.match(fluxRls(['lint', 'sql', '--fix'], folder.path).out, /^Nothing was fixed\.$/m);
    assert.equal(readFileSync(path.join(folder.path, 'sql/1.sql'), 'utf8'), fixed);
  });

  it('writes SARIF of its own version', () => {
    const { out } = fluxRls(['lint', 'schema.sql', '--format', 'sarif'], folder.path);
    const log = JSON.parse(out) as SarifLog;
    assert.deepEqual(sarifObjections(log), []);
    const { version } = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };
    assert.equal(log.runs[0].tool.driver.semanticVersion, version);
  });

  it('explains a rule', () => {
    const { status, out } = fluxRls(['explain', 'owner-uuid'], folder.path);
    assert.equal(status, 0);
    assert.match(out, /^Owner column of type uuid\nowner-uuid · error/);
  });
});

describe('npm start -- --headless', function () {
  this.timeout(120_000);
  let demo: TemporaryFolder;
  before(() => {
    demo = new TemporaryFolder();
  });
  after(() => {
    demo.remove();
  });
  const start = (): Ran => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['test/start.mjs', '--headless', '--folder', demo.path],
      { cwd: REPOSITORY, encoding: 'utf8' },
    );
    return { status, out: stdout, error: stderr };
  };

  it('shows the demo green', () => {
    const { status, out, error } = start();
    assert.equal(status, 0, error);
    assert.match(out, /No findings in 1 file/);
    assert.match(
      out,
      /^[1-9]\d* passed, 0 failed, 0 cannot tell, \d+ skipped · (\d+) rows made, \1 removed$/m,
    );
    assert.ok(existsSync(path.join(demo.path, 'src/auth.ts')));
  });

  it('says in one sentence what it does not take', () => {
    for (const [option, message] of [
      ['--port=abc', '--port takes a number, not "abc".'],
      ['--colour', "Unknown option '--colour'"],
    ] as const) {
      const args = ['--require', 'tsx/cjs', 'test/demo/start.ts', option];
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: REPOSITORY, encoding: 'utf8' });
      assert.deepEqual([status, stderr], [2, `npm start: ${message}\n`]);
    }
  });

  it('shows it red with the cause when one policy is broken', () => {
    const sql = path.join(demo.path, 'flux-rls.sql');
    const broken = readFileSync(sql, 'utf8').replace(
      'for select to authenticated\n  using (owner_id = (select auth.uid()))',
      'for select to authenticated\n  using (true)',
    );
    writeFileSync(sql, broken);
    const { status, out } = start();
    assert.equal(status, 1);
    assert.match(out, /flux-rls\.sql:18:10 error policy-always-true/);
    assert.match(out, /✖ notes · A signed-in subject sees only its own rows \[policy\]/);
    assert.match(out, /✖ notes · Two subjects cannot read each other’s rows \[policy\]/);
    assert.match(out, /^\d+ passed, [1-9]\d* failed/m);
    assert.equal(readFileSync(sql, 'utf8'), broken, 'what a person wrote is kept');
  });
});

describe('the package', () => {
  it('holds what it needs, and nothing else', function () {
    this.timeout(60_000);
    const list = execFileSync(
      process.execPath,
      [path.join(REPOSITORY, 'node_modules/@vscode/vsce/vsce'), 'ls', '--no-dependencies'],
      { cwd: REPOSITORY, encoding: 'utf8' },
    );
    assert.deepEqual(list.trim().split('\n').sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/cli.js',
      'dist/codicon.css',
      'dist/codicon.ttf',
      'dist/extension.js',
      'dist/libpg-query.wasm',
      'dist/panel.js',
      'media/activity-bar.svg',
      'media/icon.png',
      'media/panel.css',
      'package.json',
      'snippets/dotenv.json',
      'snippets/sql.json',
      'snippets/typescript.json',
    ]);
  });

  it('has no token, no password and no path of a machine in it', () => {
    for (const file of ['dist/extension.js', 'dist/cli.js', 'dist/panel.js']) {
      const text = readFileSync(path.join(REPOSITORY, file), 'utf8');
      assert.doesNotMatch(text, /eyJ[\w-]{10,}\.[\w-]{10,}\./, file);
      // What an address looks like is told with words in place of name and password.
      assert.doesNotMatch(text, /postgres:\/\/(?!user:password@)\w+:\w+@/, file);
      assert.ok(!text.includes(REPOSITORY), file);
    }
  });

  it('is small', () => {
    // The pages of all rules are a third of it.
    assert.ok(statSync(path.join(REPOSITORY, 'dist/extension.js')).size < 1_300_000);
    assert.ok(statSync(path.join(REPOSITORY, 'dist/panel.js')).size < 20_000);
  });
});
