import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ChecklistOptions } from '../../../src/checklist/options';
import { REPORTS, textReport } from '../../../src/checklist/report';
import { CannotRun } from '../../../src/checklist/run';
import type { ChecklistReport, RowsReport, Verdict } from '../../../src/checklist/verdict';
import type { CheckEngine } from '../../../src/cli/check-engine';
import { checkWith } from '../../../src/cli/commands/check';
import { Stopped, UsageError, type Terminal } from '../../../src/cli/io';
import { resultOf, richReport } from '../../support/checklist-report';
import { runCommand, type Ran } from '../../support/terminal';
import { TemporaryFolder } from '../../support/temporary-folder';

const SECRET = 'a-project-secret-of-more-than-32-bytes';
const SQL = `create table lists (id uuid primary key, owner_id text not null default auth.uid());
create table notes (id uuid primary key, owner_id text not null default auth.uid(), list_id uuid not null references lists, title text);
create table tags (id uuid primary key, owner_id text not null default auth.uid());
create table countries (code text primary key);
${['lists', 'notes', 'tags']
  .map(
    table => `alter table ${table} enable row level security;
create policy own on ${table} to authenticated using (owner_id = (select auth.uid()));
grant select, insert, update, delete on ${table} to authenticated;`,
  )
  .join('\n')}
`;
const NO_ROWS: RowsReport = { created: 0, removed: 0, left: [], byTable: [] };
const LOCAL = '--url http://127.0.0.1:9';

describe('flux-rls check', () => {
  let folder: TemporaryFolder;
  let asked: ChecklistOptions[];
  let cleaned: number;

  /** What the checklist does in place of asking a gateway. */
  const engineWith = (rest: Partial<CheckEngine> = {}): CheckEngine => ({
    run: options => {
      asked.push(options);
      return Promise.resolve(richReport());
    },
    dryRun: () => Promise.resolve([]),
    cleanUp: () => {
      cleaned += 1;
      return Promise.resolve(NO_ROWS);
    },
    causeOf: () => undefined,
    ...rest,
  });
  const run = (
    args: string,
    engine: Partial<CheckEngine> = {},
    terminal: Partial<Terminal> = {},
  ): Promise<Ran> =>
    runCommand(checkWith(engineWith(engine)), args.split(' ').filter(Boolean), {
      cwd: folder.path,
      ...terminal,
      environment: { FLUX_JWT_SECRET: SECRET, ...terminal.environment },
    });
  const reporting = (report: ChecklistReport): Partial<CheckEngine> => ({
    run: () => Promise.resolve(report),
  });
  const refused = (args: string, sentence: RegExp, terminal: Partial<Terminal> = {}): Promise<void> =>
    assert.rejects(run(args, {}, terminal), (error: unknown) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, sentence);
      assert.deepEqual([asked, cleaned], [[], 0], 'nothing was asked');
      return true;
    });
  const tablesAsked = (): string[] => asked[0]!.plan.tables.map(({ table }) => table);

  beforeEach(() => {
    folder = new TemporaryFolder({ 'schema.sql': SQL });
    asked = [];
    cleaned = 0;
  });
  afterEach(() => {
    folder.remove();
  });

  describe('reports', () => {
    for (const [format, write] of Object.entries(REPORTS)) {
      it(`${format} on the output, and nothing else`, async () => {
        const { out, error } = await run(`${LOCAL} --format ${format}`);
        assert.deepEqual([out, error], [write(richReport()), '']);
      });
    }

    it('to a file in a folder that need not be there, and text on the output', async () => {
      const { out } = await run(`${LOCAL} --format junit --output out/report.xml`);
      assert.equal(
        readFileSync(path.join(folder.path, 'out/report.xml'), 'utf8'),
        `${REPORTS.junit(richReport())}\n`,
      );
      assert.equal(out, textReport(richReport()));
    });

    it('in color where the output shows it, and never into a file', async () => {
      const { out } = await run(`${LOCAL} --output report.txt`, {}, { color: true });
      assert.equal(out, textReport(richReport(), { color: true }));
      assert.equal(
        readFileSync(path.join(folder.path, 'report.txt'), 'utf8'),
        `${textReport(richReport())}\n`,
      );
    });

    it('leave no old file behind when the run cannot start', async () => {
      folder.write('report.json', '{"old": true}');
      const engine = { run: () => Promise.reject(new CannotRun('The gateway cannot be reached.')) };
      await assert.rejects(run(`${LOCAL} --format json --output report.json`, engine), CannotRun);
      assert.ok(!existsSync(path.join(folder.path, 'report.json')));
    });

    it('are refused before anything is asked where they cannot be written', async () => {
      await refused(
        `${LOCAL} --output schema.sql/report.json`,
        /^schema\.sql\/report\.json cannot be written \(E/,
      );
    });

    it('name the line of the SQL that holds a cause', async () => {
      const engine: Partial<CheckEngine> = {
        causeOf: ({ check }, model) => {
          const at = model.exposedTables.find(({ name }) => name === 'tags')?.at;
          return check === 'forged-insert' ? at : undefined;
        },
      };
      assert.match((await run(LOCAL, engine)).out, /^ {4}schema\.sql:3$/m);
    });
  });

  describe('exit codes', () => {
    const codeFor = async (verdicts: readonly Verdict[], args = ''): Promise<number> => {
      const results = verdicts.map(verdict => resultOf('notes', 'read-own', verdict));
      return (await run(`${LOCAL} ${args}`, reporting(richReport({ results })))).exit;
    };

    it('is 0 when all passed or was skipped', async () => {
      assert.equal(await codeFor(['pass', 'skipped']), 0);
    });

    it('is 1 when anything failed or could not be told', async () => {
      assert.equal(await codeFor(['pass', 'fail']), 1);
      assert.equal(await codeFor(['pass', 'unknown']), 1);
      assert.equal(await codeFor(['skipped']), 1, 'nothing is proved');
    });

    it('leaves out what could not be told with --fail-on fail', async () => {
      assert.equal(await codeFor(['pass', 'unknown'], '--fail-on fail'), 0);
      assert.equal(await codeFor(['unknown', 'fail'], '--fail-on fail'), 1);
    });

    it('is 2 when nothing was asked', async () => {
      const { exit, error } = await run(`${LOCAL} --fail-on fail`, reporting(richReport({ results: [] })));
      assert.deepEqual([exit, error], [2, 'Nothing was asked: no table has such a check.']);
    });

    for (const [by, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      it(`is ${code} after ${by}, with the report of what was asked`, async () => {
        const abort = new AbortController();
        const engine: Partial<CheckEngine> = {
          run: ({ signal }) => {
            abort.abort(new Stopped(by));
            return Promise.resolve(richReport({ cancelled: signal?.aborted ?? false }));
          },
        };
        const { exit, out } = await run(LOCAL, engine, { signal: abort.signal });
        assert.equal(exit, code);
        assert.match(out, /^The run was cancelled/m);
        assert.match(out, /3 rows made, 2 removed/);
      });
    }

    it('is the same when it was stopped before the first answer', async () => {
      const abort = new AbortController();
      const engine: Partial<CheckEngine> = {
        run: () => {
          abort.abort(new Stopped('SIGINT'));
          return Promise.reject(new CannotRun('The run was cancelled.'));
        },
      };
      const { exit, out, error } = await run(LOCAL, engine, { signal: abort.signal });
      assert.deepEqual([exit, out, error], [130, '', 'flux-rls check: The run was cancelled.']);
    });
  });

  describe('tables', () => {
    it('are all of the SQL, parents first', async () => {
      await run(LOCAL);
      assert.deepEqual(tablesAsked(), ['lists', 'notes', 'tags']);
      assert.deepEqual(
        asked[0]?.plan.notChecked.map(({ table }) => table),
        ['countries'],
      );
      assert.deepEqual(asked[0].only, [{ table: 'lists' }, { table: 'notes' }, { table: 'tags' }]);
    });

    it('are those that are named, with the parents that their rows need', async () => {
      await run(`${LOCAL} --table notes --table tags --table notes`);
      assert.deepEqual(tablesAsked(), ['lists', 'notes', 'tags']);
      assert.deepEqual(asked[0]?.only, [{ table: 'notes' }, { table: 'tags' }]);
      assert.deepEqual(asked[0].plan.notChecked, []);
    });

    it('may be shared, left out, or owned by a column of another name', async () => {
      await run(`${LOCAL} --shared countries --exclude tags`);
      assert.deepEqual(tablesAsked().sort(), ['countries', 'lists', 'notes']);
      assert.equal(asked[0]?.plan.tables.find(({ table }) => table === 'countries')?.shared, true);
      asked = [];
      await run(`${LOCAL} --table notes --owner title`);
      assert.deepEqual(asked[0]?.plan.tables.find(({ table }) => table === 'notes')?.ownership, {
        kind: 'column',
        column: 'title',
      });
    });

    it('that the SQL does not make are taken by name and owner', async () => {
      folder.write('other/1.sql', 'select 1;');
      await run(`${LOCAL} --sql other --table elsewhere --owner user_id`);
      assert.deepEqual(
        asked[0]?.plan.tables.map(({ table, source, ownership }) => [table, source, ownership]),
        [['elsewhere', 'hand', { kind: 'column', column: 'user_id' }]],
      );
      await run(`${LOCAL} --table tags --table elsewhere --exclude lists`).catch((error: unknown) => {
        assert.match(String(error), /Which column of elsewhere holds the owner\?/);
      });
      assert.equal(asked.length, 1);
    });

    it('get values that are given for them', async () => {
      folder.write('values.json', '{"notes": {"title": "a"}}');
      await run(`${LOCAL} --values values.json`);
      assert.deepEqual(asked[0]?.given, { notes: { title: 'a' } });
    });

    it('are asked only what is named', async () => {
      await run(`${LOCAL} --table notes --only read-own --only delete-own`);
      assert.deepEqual(asked[0]?.only, [
        { table: 'notes', check: 'read-own' },
        { table: 'notes', check: 'delete-own' },
      ]);
    });

    for (const [args, sentence] of [
      ['--table countries', /^countries cannot be checked: .+\.$/],
      ['--table notes --exclude notes', /^notes cannot be checked: it was left out on purpose\.$/],
      ['--owner owner_id', /--owner is the owner column of one table/],
      ['--owner owner_id --table notes --table tags', /--owner is the owner column of one table/],
      [
        '--shared nots',
        /^--shared names nots, which is none of the tables: lists, notes, tags, countries\.$/,
      ],
      ['--exclude nots', /^--exclude names nots/],
      [
        '--exclude lists --exclude notes --exclude tags',
        /^No table can be checked: .*lists \(it was left out on purpose\)/,
      ],
      ['--values table.json', /^--values names nots, which is none/],
      ['--values column.json', /^--values names notes\.titel, which is no column\.$/],
      ['--values list.json', /^list\.json has to be a JSON object of tables/],
      ['--values flat.json', /^flat\.json has to be a JSON object of tables/],
      ['--values broken.json', /^broken\.json is not valid JSON\./],
      ['--values none.json', /^none\.json cannot be read/],
      ['--only nonsense', /^There is no check "nonsense": signed-out, /],
      ['--mode careful', /^--mode is full or no-write, not "careful"\.$/],
      ['--format html', /^--format is text, json, junit or markdown, not "html"\.$/],
      ['--fail-on pass', /^--fail-on is unknown or fail, not "pass"\.$/],
    ] as const) {
      it(`are refused with ${args}`, async () => {
        folder.write('table.json', '{"nots": {}}');
        folder.write('column.json', '{"notes": {"titel": 1}}');
        folder.write('list.json', '[]');
        folder.write('flat.json', '{"notes": 1}');
        folder.write('broken.json', '{');
        await refused(`${LOCAL} ${args}`, sentence);
      });
    }
  });

  describe('the mode', () => {
    const modeAt = async (args: string): Promise<[string | undefined, string]> => {
      asked = [];
      const { error } = await run(args);
      return [asked[0]?.mode, error];
    };

    it('is full on this machine', async () => {
      for (const host of ['127.0.0.1:9', 'localhost', '[::1]:8080', 'api.localhost']) {
        assert.deepEqual(await modeAt(`--url http://${host}`), ['full', ''], host);
      }
      assert.deepEqual(await modeAt(`${LOCAL} --mode no-write`), ['no-write', '']);
    });

    it('writes nothing elsewhere unless it is told to, and names the host', async () => {
      for (const host of ['api.example.com', '10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com']) {
        assert.deepEqual(await modeAt(`--url https://${host}/v1`), [
          'no-write',
          `No-write mode: nothing is written at ${host}. --mode full makes rows there, and removes them again.`,
        ]);
      }
      assert.deepEqual(await modeAt('--url https://api.example.com --mode full'), [
        'full',
        'Full mode: rows are made at api.example.com, and removed again.',
      ]);
    });
  });

  describe('a dry run', () => {
    it('tells the requests, the app’s too, and does nothing', async () => {
      const engine: Partial<CheckEngine> = {
        dryRun: ({ plan: { tables } }) =>
          Promise.resolve(
            tables.map(({ table }) => ({
              table,
              check: 'read-own',
              method: 'GET',
              path: `/${table}`,
              as: 'ann',
              body: '',
              headers: [],
              expected: '200',
            })),
          ),
      };
      const app = '--app-url http://localhost:3000 --app-route /api/tags';
      const { exit, out } = await run(`${LOCAL} --dry-run --table tags --subjects ann,bob ${app}`, engine);
      assert.deepEqual([exit, asked, cleaned], [0, [], 0]);
      assert.equal(
        out,
        `tags · A subject sees its own rows
    GET /tags as ann → 200
GET /api/tags · The app’s route refuses a visitor who is signed out
    GET /api/tags as nobody → 401
GET /api/tags · The app’s route shows a signed-in subject its own rows
    GET /api/tags as ann → only rows of ann
        Cookie: a session of the app
    GET /api/tags as bob → only rows of bob
        Cookie: a session of the app
4 requests would be sent; none was.`,
      );
      const json = await run(`${LOCAL} --dry-run --format json --output requests.json`, engine);
      assert.equal(json.out, '');
      const file = readFileSync(path.join(folder.path, 'requests.json'), 'utf8');
      assert.equal((JSON.parse(file) as { requests: object[] }).requests.length, 3);
    });
  });

  describe('rows of runs that died', () => {
    const left = [
      { table: 'notes', key: 'id=1', owner: 'bob', reason: 'no policy lets its owner delete it' },
    ];
    const cleaning = (rows: RowsReport): Partial<CheckEngine> => ({ cleanUp: () => Promise.resolve(rows) });
    const some: RowsReport = {
      created: 3,
      removed: 3,
      left: [],
      byTable: [{ table: 'notes', created: 3, removed: 3 }],
    };

    it('are removed before a run, and told beside the report', async () => {
      const { out, error } = await run(`${LOCAL} --format json`, cleaning(some));
      assert.equal(error, '3 rows of a run that died were removed from notes.');
      assert.equal(out, REPORTS.json(richReport()));
      assert.equal(asked.length, 1);
    });

    it('are all that --clean-up is about', async () => {
      const removed = await run(`${LOCAL} --clean-up`, cleaning(some));
      assert.deepEqual(
        [removed.exit, removed.out],
        [0, '3 rows of a run that died were removed from notes.'],
      );
      const nothing = await run(`${LOCAL} --clean-up`);
      assert.deepEqual([nothing.exit, nothing.out], [0, 'No run that died left rows at 127.0.0.1:9.']);
      const stay = await run(`${LOCAL} --clean-up`, cleaning({ ...NO_ROWS, created: 1, left }));
      assert.equal(stay.exit, 1);
      assert.match(stay.out, /^A row of a run that died is still in notes \(id=1, owner bob\)/);
      assert.deepEqual(asked, []);
    });

    it('are written down in the state folder, without the secret', async () => {
      await run(LOCAL);
      const state = path.join(folder.path, '.state/flux-rls');
      assert.ok(!existsSync(state), 'not before there is a row');
      await asked[0]!.journal!.begin({
        ...asked[0]!,
        runId: 'a1',
        schema: 'api',
        role: 'authenticated',
        tables: ['notes'],
      });
      assert.deepEqual(readdirSync(state), ['a1.json']);
      assert.ok(!readFileSync(path.join(state, 'a1.json'), 'utf8').includes(SECRET));
    });
  });

  describe('progress', () => {
    const engine: Partial<CheckEngine> = {
      run: ({ onProgress }) => {
        onProgress?.({ kind: 'planned', tables: [{ table: 'notes', checks: 1 }] });
        onProgress?.({ kind: 'started', table: 'notes', check: 'read-own' });
        return Promise.resolve(richReport());
      },
    };

    it('is shown where somebody watches, and taken away', async () => {
      const lines: string[] = [];
      await run(LOCAL, engine, { progress: line => lines.push(line) });
      assert.deepEqual(lines, ['notes, table 1 of 1 · 0 of 1 checks', '']);
      lines.length = 0;
      const broken = { run: () => Promise.reject(new CannotRun('no')) };
      await assert.rejects(run(LOCAL, broken, { progress: line => lines.push(line) }), CannotRun);
      assert.deepEqual(lines, ['']);
    });

    it('is not asked for where nobody does', async () => {
      await run(LOCAL);
      assert.equal(asked[0]?.onProgress, undefined);
    });
  });

  describe('the app', () => {
    const APP = '--app-url http://localhost:3000 --app-route /api/my-notes';

    it('is asked for the rows of a table', async () => {
      await run(`${LOCAL} ${APP} --app-table notes --only app-own-rows`);
      const { app, only } = asked[0]!;
      assert.deepEqual([app?.name, app?.table], ['GET /api/my-notes', 'notes']);
      assert.ok(only?.some(({ table, check }) => table === 'GET /api/my-notes' && check === 'app-own-rows'));
      asked = [];
      await run(`${LOCAL} ${APP} --table tags`);
      assert.equal(asked[0]?.app?.table, 'tags');
      asked = [];
      await run(LOCAL);
      assert.equal(asked[0]?.app, undefined);
    });

    it('elsewhere gets a session only when that is confirmed', async () => {
      const remote = '--table tags --app-url https://app.example.com --app-route /api/tags';
      await refused(`${LOCAL} ${remote}`, /app\.example\.com is not on this machine.*--allow-remote-app/);
      await run(`${LOCAL} ${remote} --allow-remote-app`);
      assert.equal(asked.length, 1);
    });

    for (const [args, sentence] of [
      [
        APP,
        /^Which table’s rows does the route answer with\? Give --app-table, one of lists, notes, tags\.$/,
      ],
      [`${APP} --app-table nots`, /^--app-table is one of lists, notes, tags, not "nots"\.$/],
      ['--app-route /api/x', /^Where does the app run\?/],
      ['--app-url http://localhost:3000', /^Which route of the app\?/],
      ['--app-table notes', /^--app-table goes with --app-url/],
      ['--table tags --app-url localhost:3000 --app-route /api/x', /is not an http\(s\) address of an app/],
      ['--table tags --app-url http://localhost:3000 --app-route api/x', /is not a path of the app/],
    ] as const) {
      it(`is refused with ${args}`, () => refused(`${LOCAL} ${args}`, sentence));
    }
  });

  describe('a profile', () => {
    const settings = (profiles: object): void => {
      folder.write(
        '.vscode/settings.json',
        `{\n  // shared\n  "fluxRls.profiles": ${JSON.stringify(profiles)}, /* more */\n}`,
      );
    };
    const staging = {
      gatewayUrl: 'https://staging.example.com',
      schema: 'api',
      engine: 'v1_dedicated',
      secret: { env: 'STAGING_SECRET' },
      appUrl: 'http://localhost:3000',
      appRoute: '/api/my-notes',
    };
    const STAGING_SECRET = 'another-project-secret-of-32-bytes-or-more';

    it('tells the gateway, the secret and the app', async () => {
      settings({ staging });
      folder.write('.env.local', 'FLUX_URL=http://127.0.0.1:9\n');
      await run('--profile staging --app-table notes', {}, { environment: { STAGING_SECRET } });
      const { gatewayUrl, schema, engine, secret, app, mode } = asked[0]!;
      assert.deepEqual(
        [gatewayUrl, schema, engine, app?.name, mode],
        [staging.gatewayUrl, 'api', 'v1_dedicated', 'GET /api/my-notes', 'no-write'],
      );
      assert.equal(secret.byteLength, Buffer.byteLength(STAGING_SECRET));
    });

    it('gives way to the command line', async () => {
      settings({ staging });
      const more = '--secret-env FLUX_JWT_SECRET --app-route /api/tags --table tags';
      await run(`--profile staging ${LOCAL} --schema t_1a2b3c4d5e6f_api --engine v2_shared ${more}`);
      const { gatewayUrl, schema, engine, secret, app } = asked[0]!;
      assert.deepEqual(
        [gatewayUrl, schema, engine, app?.name, secret.byteLength],
        ['http://127.0.0.1:9', 't_1a2b3c4d5e6f_api', 'v2_shared', 'GET /api/tags', Buffer.byteLength(SECRET)],
      );
    });

    it('whose secret the editor keeps takes the terminal’s', async () => {
      settings({ local: { gatewayUrl: 'http://127.0.0.1:9' } });
      await run('--profile local');
      assert.equal(asked[0]?.secret.byteLength, Buffer.byteLength(SECRET));
    });

    it('is refused when it is not there, or says nothing that can be used', async () => {
      await refused(
        '--profile staging',
        /^--profile is read from \.vscode\/settings\.json, which is not here\.$/,
      );
      settings({ staging, local: {} });
      await refused(
        '--profile prod',
        /^There is no profile "prod": \.vscode\/settings\.json has staging or local\.$/,
      );
      await refused(
        '--profile staging',
        /^The profile "staging" takes its secret from STAGING_SECRET, which is not set\.$/,
      );
      settings({ staging: { secret: { file: '.env.staging', name: 'S' } } });
      await refused('--profile staging', /takes its secret from S in \.env\.staging, which is not set/);
      settings({ staging: { secret: SECRET } });
      await refused('--profile staging', /^The profile "staging" holds what looks like a secret/);
      settings({});
      await refused('--profile staging', /settings\.json has no "fluxRls\.profiles"/);
      folder.write('.vscode/settings.json', '{');
      await refused('--profile staging', /^\.vscode\/settings\.json is not valid JSON\.$/);
    });
  });
});
