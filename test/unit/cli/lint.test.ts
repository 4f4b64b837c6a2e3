import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RULES } from '../../../src/lint/rules';
import { BASIC_RULES_ONLY } from '../../support/rules';
import { sarifObjections, type SarifLog } from '../../support/sarif';
import { TemporaryFolder } from '../../support/temporary-folder';
import { runCli, type Ran } from '../../support/terminal';
import { withoutRoot } from '../../support/without-root';

const TABLE = 'create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);\n';
const ENABLE = 'alter table notes enable row level security;\n';
const READ = 'create policy read on notes for select to authenticated using (owner_id = auth.uid());\n';
const GRANT = 'grant select on notes to authenticated;\n';
const OPEN = 'create policy open on notes for select to authenticated using (true);\n';

describe('flux-rls lint', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder({ 'flux.json': '{"slug":"x","hash":"1a2b3c4","mode":"v2_shared"}' });
  });
  afterEach(() => {
    folder.remove();
  });
  const at = (name: string): string => path.join(folder.path, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');
  const run = (argv: string, environment: Record<string, string> = {}): Promise<Ran> =>
    runCli(['lint', ...BASIC_RULES_ONLY, ...argv.split(' ').filter(Boolean)], {
      cwd: folder.path,
      environment,
    });

  /** Runs with a text piped in; `printed` is standard output to the letter. */
  async function pipe(input: string | Uint8Array, argv: string): Promise<Ran & { printed: string }> {
    const printed: string[] = [];
    const ran = await runCli(['lint', ...BASIC_RULES_ONLY, ...argv.split(' ')], {
      cwd: folder.path,
      input: () => Promise.resolve(Buffer.from(input)),
      print: text => printed.push(text),
    });
    return { ...ran, printed: printed.join('') };
  }

  describe('--rule', () => {
    beforeEach(() => {
      folder.write('schema.sql', `${TABLE}${ENABLE}${OPEN}${GRANT}`);
    });

    it('gives rules other severities, which decide the exit code', async () => {
      assert.equal((await run('')).exit, 1);
      for (const severity of ['warning', 'info', 'hint']) {
        const { exit, out } = await run(`--rule policy-always-true=${severity}`);
        assert.equal(exit, 0, severity);
        assert.match(out, new RegExp(`^schema\\.sql:3:64 ${severity} policy-always-true `));
      }
      assert.equal((await run('--rule policy-always-true=hint --fail-on hint')).exit, 1);
    });

    it('switches rules off, and takes the last word on one', async () => {
      const off = await run('--rule policy-always-true=off --rule owner-uuid=error');
      assert.deepEqual([off.exit, off.out], [0, 'No findings in 1 file']);
      const last = await run('--rule policy-always-true=off --rule policy-always-true=info');
      assert.match(last.out, /info policy-always-true/);
    });
  });

  for (const [name, argv, sentence] of [
    [
      'a rule without a severity',
      '--rule owner-uuid',
      /--rule is <rule>=<error\|warning\|info\|hint\|off>, not "owner-uuid"\./,
    ],
    ['a severity that is none', '--rule owner-uuid=fatal', /--rule is .*, not "owner-uuid=fatal"\./],
    ['two severities', '--rule owner-uuid=hint=off', /--rule is .*, not "owner-uuid=hint=off"\./],
    ['no rule', '--rule =off', /There is no rule ""\. flux-rls explain lists them all\./],
    ['a misspelled rule', '--rule owner-uid=off', /There is no rule "owner-uid"\. Did you mean owner-uuid\?/],
    [
      'a rule like several',
      '--rule grant-missing=off',
      /Did you mean grant-missing-[\w-]+(, grant-missing-[\w-]+)? or grant-missing-[\w-]+\?/,
    ],
    [
      'an unknown severity to fail on',
      '--fail-on never',
      /--fail-on is error, warning, info or hint, not "never"/,
    ],
    [
      'standard input beside a path',
      '- schema.sql',
      /- reads standard input: name no other path beside it\./,
    ],
    [
      'a name for what is not piped in',
      'schema.sql --stdin-filename a.sql',
      /--stdin-filename names what is piped in: say - as the path\./,
    ],
    [
      'a folder’s name for what is piped in',
      '- --stdin-filename .',
      /--stdin-filename is a file’s name, and \. is a folder\./,
    ],
    ['a value for a switch', '--fix=yes', /--fix/],
  ] as const) {
    it(`says in one line what is wrong with ${name}`, async () => {
      const { exit, error, out } = await run(argv);
      assert.equal(exit, 2);
      assert.match(error, sentence);
      assert.deepEqual([error.split('\n').length, out], [1, '']);
    });
  }

  describe('--format', () => {
    beforeEach(() => {
      folder.write('apps/db/migrations/1.sql', `${TABLE}${ENABLE}`);
      folder.write('apps/db/migrations/2.sql', `${OPEN}${GRANT}`);
    });
    const below = (argv: string, environment: Record<string, string> = {}): Promise<Ran> =>
      runCli(['lint', ...BASIC_RULES_ONLY, '--engine', 'v2_shared', ...argv.split(' ')], {
        cwd: at('apps/db'),
        environment,
      });

    it('sarif is a valid log, and nothing else is printed', async () => {
      const { out, exit, error } = await below('--format sarif');
      assert.deepEqual([exit, error], [1, '']);
      const log = JSON.parse(out) as SarifLog;
      assert.deepEqual(sarifObjections(log), []);
      const [{ tool, results, originalUriBaseIds }] = log.runs;
      assert.equal(tool.driver.semanticVersion, '0.0.0-test');
      assert.equal(originalUriBaseIds['%SRCROOT%'].uri, `${pathToFileURL(at('apps/db')).href}/`);
      assert.equal(results[0]?.locations[0].physicalLocation.artifactLocation.uri, 'migrations/2.sql');
    });

    it('sarif and github name files as the repository does', async () => {
      const environment = { GITHUB_WORKSPACE: folder.path };
      const log = JSON.parse((await below('--format sarif', environment)).out) as SarifLog;
      assert.equal(log.runs[0].originalUriBaseIds['%SRCROOT%'].uri, `${pathToFileURL(folder.path).href}/`);
      const uri = log.runs[0].results[0]?.locations[0].physicalLocation.artifactLocation.uri;
      assert.equal(uri, 'apps/db/migrations/2.sql');
      assert.match(
        (await below('--format github', environment)).out,
        /^::error file=apps\/db\/migrations\/2\.sql,line=1,endLine=1,col=64,endColumn=68,title=policy-always-true::/,
      );
      // A workspace that the command does not run in is none.
      const elsewhere = await below('--format github', { GITHUB_WORKSPACE: at('elsewhere') });
      assert.match(elsewhere.out, /^::error file=migrations\/2\.sql,/);
    });

    it('json has the keys it is documented with', async () => {
      const report = JSON.parse((await below('--format json')).out) as {
        findings: object[];
        summary: object;
      };
      assert.deepEqual(Object.keys(report), ['version', 'findings', 'summary']);
      assert.deepEqual(Object.keys(report.findings[0]!), [
        'rule',
        'severity',
        'file',
        'line',
        'column',
        'endLine',
        'endColumn',
        'message',
        'fix',
      ]);
      assert.deepEqual(Object.keys(report.summary), ['errors', 'warnings', 'infos', 'hints', 'files']);
    });

    it('text has no color, wherever it goes', async () => {
      const { out } = await below('--format text', { FORCE_COLOR: '1', TERM: 'xterm-256color' });
      assert.match(out, /^migrations\/2\.sql:1:64 error policy-always-true /);
      assert.ok(!out.includes('\u001B'));
    });
  });

  it('obeys comments that suppress', async () => {
    folder.write(
      'schema.sql',
      `${TABLE}${ENABLE}-- flux-rls-disable-next-line policy-always-true: open\n${OPEN}${GRANT}`,
    );
    assert.deepEqual(await run(''), { exit: 0, out: 'No findings in 1 file', error: '' });
  });

  it('tells rules what is committed', async () => {
    const environment = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null' };
    const git = (...args: string[]): Buffer =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
        cwd: folder.path,
        env: environment,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    folder.write('migrations/1.sql', `${TABLE}${ENABLE}`);
    git('init');
    git('add', '.');
    git('commit', '-m', 'first');
    const edited = async (): Promise<string[]> =>
      (
        await runCli(['lint', 'migrations', '--rule', 'push-edited-migration=error'], {
          cwd: folder.path,
          environment,
        })
      ).out
        .split('\n')
        .filter(line => line.includes('push-edited-migration'));
    assert.deepEqual(await edited(), []);
    folder.write('migrations/1.sql', `${TABLE}${ENABLE}${GRANT}`);
    const found = await edited();
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^migrations\/1\.sql:3:1 error push-edited-migration /);
  });

  describe('--fix', () => {
    const BROKEN = `${TABLE.replace(' not null', '')}${READ}${GRANT}`;

    it('writes what can be fixed, tells which files, and is content the second time', async () => {
      folder.write('migrations/1.sql', BROKEN);
      folder.write('migrations/2.sql', ENABLE.replaceAll('notes', 'other'));
      chmodSync(at('migrations/1.sql'), 0o640);
      const untouched = statSync(at('migrations/2.sql'));
      const { exit, out } = await run('--fix');
      assert.equal(exit, 0);
      assert.equal(out, 'No findings in 2 files\nApplied 2 fixes; changed 1 file: migrations/1.sql.');
      assert.equal(read('migrations/1.sql'), `${TABLE}${ENABLE}${READ}${GRANT}`);
      assert.equal(statSync(at('migrations/1.sql')).mode & 0o777, 0o640);
      assert.equal(statSync(at('migrations/2.sql')).ino, untouched.ino);
      assert.deepEqual(readdirSync(at('migrations')), ['1.sql', '2.sql']);
      const before = statSync(at('migrations/1.sql'));
      assert.equal((await run('--fix')).out, 'No findings in 2 files\nNothing was fixed.');
      assert.equal(statSync(at('migrations/1.sql')).ino, before.ino);
    });

    it('leaves what it cannot fix to the exit code', async () => {
      folder.write('schema.sql', `${BROKEN}${OPEN}`);
      const { exit, out } = await run('--fix');
      assert.equal(exit, 1);
      assert.match(
        out,
        /error policy-always-true .*\n1 error in 1 file\nApplied 2 fixes; changed 1 file: schema\.sql\.$/,
      );
    });

    it('keeps the report of other formats clean', async () => {
      folder.write('schema.sql', BROKEN);
      const { out, error } = await run('--fix --format json');
      assert.deepEqual((JSON.parse(out) as { findings: object[] }).findings, []);
      assert.equal(error, 'Applied 2 fixes; changed 1 file: schema.sql.');
    });

    it('keeps line ends, a byte order mark and a link', async () => {
      folder.write('real.sql', `\uFEFF${BROKEN.replaceAll('\n', '\r\n')}-- 🦊`);
      symlinkSync('real.sql', at('schema.sql'));
      assert.equal((await run('--fix schema.sql')).exit, 0);
      assert.ok(
        read('real.sql').startsWith(`\uFEFF${TABLE.replace('\n', '')}\n${ENABLE.trimEnd()}\r\ncreate policy`),
      );
      assert.ok(read('real.sql').endsWith('\r\n-- 🦊'));
      assert.deepEqual(readdirSync(folder.path).sort(), ['flux.json', 'real.sql', 'schema.sql']);
      assert.equal(read('schema.sql'), read('real.sql'));
    });

    it('changes no file of the push but those asked for, and says so', async () => {
      folder.write('migrations/1.sql', TABLE);
      folder.write('migrations/2.sql', `${READ}${GRANT}`);
      const one = await run('migrations/2.sql --fix');
      assert.equal(one.exit, 1);
      assert.match(
        one.out,
        /rls-policy-without-rls .*\n1 error in 1 file\nNothing was fixed\.\nSome fixes would change migrations\/1\.sql, which was not asked for\.$/,
      );
      assert.equal(read('migrations/1.sql'), TABLE);
      const both = await run('migrations/1.sql migrations/2.sql --fix');
      assert.match(both.out, /Applied 1 fix; changed 1 file: migrations\/1\.sql\.$/);
      assert.equal(read('migrations/1.sql'), `${TABLE}${ENABLE}`);
    });

    it('fixes what two paths share once', async () => {
      folder.write('migrations/1.sql', BROKEN);
      const { out } = await run('migrations/1.sql migrations --fix');
      assert.match(out, /^No findings in 1 file\nApplied 2 fixes; changed 1 file: migrations\/1\.sql\.$/);
    });

    it('does not take a guess at what a misspelled suppression was to hide', async () => {
      const text = `${TABLE}${ENABLE}-- flux-rls-disable-next-line policy-always-tru: open\n${OPEN}${GRANT}`;
      folder.write('schema.sql', text);
      const { exit, out } = await run('--fix');
      assert.equal(exit, 1);
      assert.match(out, /Nothing was fixed\.$/);
      assert.equal(read('schema.sql'), text);
    });

    for (const [name, forbid] of [
      ['a folder', 'migrations'],
      ['a file', 'migrations/2.sql'],
    ] as const) {
      it(`says in one line that ${name} is read-only, and changes nothing`, async () => {
        folder.write('migrations/1.sql', BROKEN);
        folder.write('migrations/2.sql', BROKEN.replaceAll('notes', 'tasks'));
        chmodSync(folder.path, 0o755);
        chmodSync(at('migrations'), 0o777);
        chmodSync(at('migrations/1.sql'), 0o666);
        chmodSync(at('migrations/2.sql'), 0o666);
        chmodSync(at(forbid), forbid === 'migrations' ? 0o555 : 0o444);
        try {
          const { exit, out, error } = await withoutRoot(() => run('--fix'));
          assert.deepEqual([exit, out], [2, '']);
          assert.match(
            error,
            /^flux-rls lint: migrations\/[12]\.sql cannot be written \(EACCES\)\. Nothing was changed\.$/,
          );
          assert.equal(read('migrations/1.sql'), BROKEN);
          assert.equal(read('migrations/2.sql'), BROKEN.replaceAll('notes', 'tasks'));
          assert.deepEqual(readdirSync(at('migrations')), ['1.sql', '2.sql']);
        } finally {
          chmodSync(at('migrations'), 0o755);
        }
      });
    }

    it('does not write a file that is not UTF-8', async () => {
      folder.write('schema.sql', '');
      const bytes = Buffer.concat([Buffer.from(`${BROKEN}-- `), Buffer.from([0xe9, 0x0a])]);
      mkdirSync(at('sql'));
      execFileSync(
        process.execPath,
        ['-e', `require('fs').writeFileSync('sql/1.sql', Buffer.from('${bytes.toString('hex')}', 'hex'))`],
        { cwd: folder.path },
      );
      const { exit, error } = await run('sql --fix');
      assert.equal(exit, 2);
      assert.match(
        error,
        /^flux-rls lint: sql\/1\.sql was changed in the meantime, or is not UTF-8\. Nothing was changed\.$/,
      );
      assert.deepEqual(readFileSync(at('sql/1.sql')), bytes);
    });
  });

  describe('- (standard input)', () => {
    it('is judged by itself without a name', async () => {
      const { exit, out } = await pipe(TABLE, '-');
      assert.equal(exit, 1);
      assert.match(out, /^<stdin>:1:14 error rls-not-enabled /);
      assert.equal((await pipe('', '-')).out, 'No findings in 1 file');
    });

    it('stands for the file of its name among the files of the push', async () => {
      folder.write('migrations/1.sql', TABLE);
      folder.write('migrations/2.sql', 'creat table x;');
      assert.equal(
        (await pipe(`${ENABLE}${READ}${GRANT}`, '- --stdin-filename migrations/2.sql')).out,
        'No findings in 1 file',
      );
      const { out } = await pipe(`${READ}${GRANT}`, '- --stdin-filename migrations/2.sql');
      assert.match(out, /^migrations\/2\.sql:1:15 error rls-policy-without-rls /);
    });

    it('may be a file that is not there yet, at its place in the order of the push', async () => {
      folder.write('migrations/1.sql', TABLE);
      const second = (): Promise<Ran> => pipe(`${READ}${GRANT}`, '- --stdin-filename migrations/2.sql');
      assert.match((await second()).out, /^migrations\/2\.sql:1:15 error rls-policy-without-rls /);
      folder.write('migrations/3.sql', ENABLE);
      assert.equal((await second()).out, 'No findings in 1 file');
      assert.match(
        (await pipe(TABLE, '- --stdin-filename new/2.sql')).out,
        /^new\/2\.sql:1:14 error rls-not-enabled/,
      );
    });

    it('is printed fixed to the letter, with the report beside it', async () => {
      for (const end of ['', '\n', '\n\n']) {
        const ran = await pipe(`${TABLE}${READ}${GRANT.trimEnd()}${end}`, '- --fix');
        assert.equal(ran.printed, `${TABLE}${ENABLE}${READ}${GRANT.trimEnd()}${end}`);
        assert.equal(ran.error, 'No findings in 1 file\nApplied 1 fix; changed 1 file: <stdin>.');
        assert.deepEqual([ran.exit, ran.out], [0, '']);
      }
      assert.equal((await pipe('\uFEFFselect 1;', '- --fix')).printed, '\uFEFFselect 1;');
      const json = await pipe(`${TABLE}${ENABLE}${OPEN}${GRANT}`, '- --fix --format json');
      assert.equal(json.printed, `${TABLE}${ENABLE}${OPEN}${GRANT}`);
      assert.match(json.error, /"rule": "policy-always-true"/);
      assert.equal(json.exit, 1);
    });

    it('writes no file, not even that of its name', async () => {
      folder.write('migrations/1.sql', TABLE);
      folder.write('migrations/2.sql', GRANT);
      const { printed, error } = await pipe(
        `${READ}${GRANT}-- flux-rls-disable-file owner-uuid: x\n`,
        '- --fix --stdin-filename migrations/2.sql',
      );
      assert.equal(printed, `${READ}${GRANT}`);
      assert.match(error, /Some fixes would change migrations\/1\.sql, which was not asked for\.$/);
      assert.deepEqual([read('migrations/1.sql'), read('migrations/2.sql')], [TABLE, GRANT]);
    });

    it('is refused where a push would refuse it', async () => {
      const large = await pipe(`-- ${'x'.repeat(4 * 1024 * 1024)}`, '- --stdin-filename a.sql');
      assert.deepEqual([large.exit, large.out], [2, '']);
      assert.match(large.error, /a\.sql is larger than the 4 MiB a push takes/);
      const latin = await pipe(Uint8Array.of(0x2d, 0x2d, 0xe9), '-');
      assert.deepEqual([latin.exit, latin.error], [2, 'flux-rls lint: Standard input is not UTF-8 text.']);
    });
  });
});

describe('flux-rls explain', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => {
    folder.remove();
  });
  const run = (argv: string): Promise<Ran> =>
    runCli(['explain', ...argv.split(' ').filter(Boolean)], { cwd: folder.path });

  it('lists every rule, one a line', async () => {
    const { exit, out } = await run('');
    assert.equal(exit, 0);
    const lines = out.split('\n');
    assert.deepEqual(
      lines.map(line => line.split(' ')[0]),
      RULES.map(({ id }) => id),
    );
    assert.ok(
      lines.some(line => /^owner-nullable {2,}warning {2,}Owner column that may be NULL$/.test(line)),
    );
  });

  it('tells all about one, in lines a terminal holds', async () => {
    for (const rule of RULES) {
      const { exit, out } = await run(rule.id);
      assert.equal(exit, 0);
      const words = out.replace(/\s+/g, ' ');
      for (const part of [
        rule.title,
        rule.docs.what,
        rule.docs.why,
        rule.docs.how,
        rule.docs.falseAlarm,
        ...rule.sources,
      ]) {
        assert.ok(words.includes(part.replace(/\s+/g, ' ')), `${rule.id}: ${part}`);
      }
      const long = out
        .split('\n')
        .filter(line => !line.startsWith('    ') && line.length > 96 && line.includes(' '));
      assert.deepEqual(long, []);
      assert.ok(!out.endsWith('\n'));
    }
  });

  it('gives the same as Markdown and as data', async () => {
    assert.match(
      (await run('owner-uuid --format markdown')).out,
      /^# Owner column of type uuid\n\n`owner-uuid` · error/,
    );
    assert.match((await run('--format markdown')).out, /^\| rule \| severity \|/);
    const { rule } = JSON.parse((await run('view-not-invoker --format json')).out) as {
      rule: Record<string, unknown>;
    };
    assert.deepEqual(Object.keys(rule), ['id', 'title', 'severity', 'fixable', 'docs', 'sources']);
    assert.deepEqual(rule.severity, { v1_dedicated: 'error', v2_shared: 'warning' });
    const { rules } = JSON.parse((await run('--format json')).out) as { rules: { id: string }[] };
    assert.deepEqual(
      rules.map(({ id }) => id),
      RULES.map(({ id }) => id),
    );
  });

  for (const [name, argv, sentence] of [
    ['a misspelled rule', 'owner-uid', /There is no rule "owner-uid"\. Did you mean owner-uuid\?/],
    [
      'part of several names',
      'suppress',
      /Did you mean suppress-no-reason, suppress-unknown or suppress-unused\?/,
    ],
    [
      'a name like none',
      'xyzzy-plugh-and-more',
      /There is no rule "xyzzy-plugh-and-more"\. flux-rls explain lists them all\./,
    ],
    ['two rules', 'owner-uuid owner-nullable', /explain takes one rule, or none for the list\./],
    ['an unknown format', 'owner-uuid --format sarif', /--format is text, markdown or json, not "sarif"/],
  ] as const) {
    it(`says in one line what is wrong with ${name}`, async () => {
      const { exit, error, out } = await run(argv);
      assert.deepEqual([exit, out, error.split('\n').length], [2, '', 1]);
      assert.match(error, sentence);
    });
  }
});
