import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { placesOf } from '../../src/editor/lint/push-places';
import { closeEditors, findingsOf, handle, open, remove, ruleOf, shownFor, until, write } from './support';

const TABLE = 'create table notes (id uuid primary key, owner_id text not null);\n';

/** What Problems has for a file, once it is so many. */
function shown(uri: vscode.Uri, count: number): vscode.Diagnostic[] | false {
  const found = shownFor(uri);
  return found.length === count && found;
}

describe('linting a workspace in VS Code [one folder]', () => {
  before(handle);
  afterEach(closeEditors);

  it('finds what flux push would take, in packages too', () => {
    const files = [
      'schema.sql',
      'seed.sql',
      'migrations/2.sql',
      'migrations/1.sql',
      'packages/a/flux/migrations/1.sql',
      'packages/b/sql/migrations/1.sql',
      'packages/b/sql/views.sql',
      'packages/c/schema.sql',
      'packages/c/queries/q.sql',
    ].map(file => `/app/${file}`);
    assert.deepEqual(
      [...placesOf(files, '/app').keys()],
      [
        '/app/migrations',
        '/app/packages/a/flux/migrations',
        '/app/packages/b/sql/migrations',
        '/app/packages/b/sql',
        '/app/packages/c/schema.sql',
        '/app/schema.sql',
      ],
    );
    assert.deepEqual(
      [...placesOf(['/app/b.sql', '/app/a.sql', '/app/q/c.sql'], '/app').keys()],
      ['/app/a.sql', '/app/b.sql'],
    );
  });

  it('is a task for every push, and one for all of them', async () => {
    await write('migrations/1.sql', TABLE);
    await write('packages/a/sql/1.sql', TABLE);
    const tasks = await until('the tasks', async () => {
      const found = await vscode.tasks.fetchTasks({ type: 'flux-rls' });
      return found.length === 3 && found;
    });
    assert.deepEqual(tasks.map(({ name }) => name).sort(), [
      'lint migrations',
      'lint packages/a/sql',
      'lint workspace',
    ]);
    await remove('migrations');
    await remove('packages');
  });

  it('shows the findings of files that are not open, and takes them away when they are mended', async () => {
    const first = await write('migrations/1 notes.sql', TABLE);
    const second = await write('packages/a/schema.sql', `${TABLE}creat table x ();\n`);
    await vscode.commands.executeCommand('fluxRls.lintWorkspace');
    const [unprotected] = await until('findings of the first', () => shown(first, 1));
    assert.match(unprotected?.message ?? '', /^Row-level security is off on notes [^[]*$/);
    assert.equal(unprotected?.code, 'rls-not-enabled');
    assert.equal(unprotected.severity, vscode.DiagnosticSeverity.Error);
    assert.deepEqual([unprotected.range.start.line, unprotected.range.start.character], [0, 13]);
    await until('findings of the second', () => shown(second, 2));
    await write('migrations/1 notes.sql', `${TABLE}alter table notes enable row level security;\n`);
    await vscode.commands.executeCommand('fluxRls.lintWorkspace');
    await until('none', () => shownFor(first).length === 0);
    assert.equal(shownFor(second).length, 2);
    await remove('migrations');
    await remove('packages');
  });

  it('leaves what an open document shows as it is, and its closed neighbors', async () => {
    const closed = await write('migrations/1.sql', TABLE);
    const elsewhere = await write('schema.sql', TABLE);
    await open('migrations/2.sql', TABLE.replace('notes', 'others'));
    await findingsOf(closed, ['rls-not-enabled']);
    await vscode.commands.executeCommand('fluxRls.lintWorkspace');
    // By now the task has told of all files.
    await until('the finding of the task', () => shown(elsewhere, 1));
    await until('the finding with its link, and it alone', () => {
      const found = shownFor(closed);
      return found.length === 1 && typeof found[0]?.code === 'object';
    });
    await remove('migrations');
    await remove('schema.sql');
  });

  it('says of a file that it is too large for a push, instead of leaving it out', async () => {
    const large = await write('migrations/1.sql', `-- ${'x'.repeat(4 * 1024 * 1024)}\n`);
    await write('migrations/2.sql', TABLE);
    await vscode.commands.executeCommand('fluxRls.lintWorkspace');
    await until('the finding', () => shownFor(large).some(found => ruleOf(found) === 'push-too-large'));
    await remove('migrations');
  });

  it('runs from tasks.json, and ends badly for a push that is not there', async () => {
    await write('migrations/1.sql', 'select 1;\n');
    const tasks = ['migrations', 'nowhere'].map(push => ({ type: 'flux-rls', push, label: `own ${push}` }));
    await write('.vscode/tasks.json', JSON.stringify({ version: '2.0.0', tasks }));
    const exit = async (label: string): Promise<number | undefined> => {
      const task = await until(`the task ${label}`, async () =>
        (await vscode.tasks.fetchTasks()).find(({ name }) => name === label),
      );
      const ended = new Promise<number | undefined>(resolve => {
        const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== label) return;
          listener.dispose();
          resolve(exitCode);
        });
      });
      await vscode.tasks.executeTask(task);
      return ended;
    };
    assert.equal(await exit('own migrations'), 0);
    assert.equal(await exit('own nowhere'), 2);
    await write('migrations/1.sql', TABLE);
    assert.equal(await exit('own migrations'), 1);
    await remove('migrations');
    await remove('.vscode');
  });

  it('says so when there is nothing to push', async () => {
    assert.equal(await vscode.commands.executeCommand('fluxRls.lintWorkspace'), undefined);
  });
});
