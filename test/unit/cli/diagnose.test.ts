import assert from 'node:assert/strict';
import { GUIDE_SQL } from '../../support/guide-sql';
import { runCli, type Ran } from '../../support/terminal';
import { TemporaryFolder } from '../../support/temporary-folder';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
const REFUSED = `curl -i -X POST https://demo.example/notes -H 'Authorization: Bearer ${TOKEN}' -d '{"body":"x"}'
HTTP/1.1 403 Forbidden
server: postgrest/12.0.2
content-type: application/json; charset=utf-8

{"code":"42501","details":null,"hint":null,"message":"new row violates row-level security policy for table \\"notes\\""}`;

describe('flux-rls diagnose', () => {
  let folder: TemporaryFolder;
  const run = (argv: readonly string[], input = ''): Promise<Ran> =>
    runCli(['diagnose', ...argv], {
      cwd: folder.path,
      input: () => Promise.resolve(new TextEncoder().encode(input)),
    });

  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => {
    folder.remove();
  });

  it('explains what is piped in, with the line of the SQL, and shows no token', async () => {
    folder.write('flux-rls.sql', GUIDE_SQL);
    const { exit, out } = await run(['--engine', 'v2_shared'], REFUSED);
    assert.equal(exit, 0);
    assert.match(out, /^1\. The row was sent without its owner.* \(likely\)$/m);
    assert.match(out, /SQL: {5}flux-rls\.sql:3 owner_id$/m);
    assert.ok(!out.includes(TOKEN) && !out.includes('eyJ'), out);
    assert.match(out, /held a token/);
  });

  it('reads a file, and takes the verb, the table and the subject from its options', async () => {
    folder.write('answer.txt', '{"code":"22P02","message":"invalid input syntax for type uuid: \\"ann\\""}');
    const { out } = await run(['answer.txt', '--verb', 'read', '--table', 'notes', '--subject', 'ann']);
    assert.match(out, /^1\. A policy casts the subject to uuid/m);
  });

  it('writes JSON and Markdown', async () => {
    folder.write('flux-rls.sql', GUIDE_SQL);
    const json = JSON.parse((await run(['--format', 'json'], REFUSED)).out) as {
      version: number;
      layer: string;
      causes: { id: string; place?: { file: string; line: number } }[];
    };
    assert.deepEqual([json.version, json.layer, json.causes[0]?.id], [1, 'policy', 'owner-left-out']);
    assert.deepEqual(json.causes[0]?.place, { file: 'flux-rls.sql', name: 'owner_id', line: 3, column: 3 });
    const { out } = await run(['--format', 'markdown'], REFUSED);
    assert.match(out, /^## 1\. .* _\(likely\)_$/m);
    assert.match(out, /^\*\*Fix:\*\* `alter table notes alter column owner_id set default auth\.uid\(\);`$/m);
  });

  it('says in a sentence what it cannot use', async () => {
    for (const [argv, input, said] of [
      [[], 'hello there', /no answer that can be explained/],
      [[], '', /no text to explain/],
      [['--verb', 'look'], REFUSED, /--verb is read, insert, update or delete/],
      [['nowhere.txt'], '', /nowhere\.txt cannot be read \(ENOENT\)/],
      [['--sql', 'nowhere'], REFUSED, /nowhere does not exist/],
    ] as const) {
      const { exit, error } = await run(argv, input);
      assert.equal(exit, 2);
      assert.match(error, said);
    }
  });
});
