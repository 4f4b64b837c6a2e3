import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { CHECK_FACTS, CHECK_IDS } from '../../src/checklist/check-ids';
import type { ChecklistReport } from '../../src/checklist/verdict';
import type { JournalEntry } from '../../src/editor/checklist/journal-memento';
import { mintToken } from '../../src/tokens/mint';
import { closeEditors, folder, handle, open, remove, type, until, write } from './support';

const POLICIES = (table: string, insert: string): string => `
create policy ${table}_read on ${table} for select using (owner_id = auth.uid());
create policy ${table}_insert on ${table} for insert with check (${insert});
create policy ${table}_update on ${table} for update using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy ${table}_delete on ${table} for delete using (owner_id = auth.uid());
grant select, insert, update, delete on table ${table} to authenticated;
`;
const TABLE = (name: string): string => `create table ${name} (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null,
  body text not null
);
alter table ${name} enable row level security;
`;
/** Nobody can delete from this one. */
const EVENTS = `${TABLE('events')}
create policy events_read on events for select using (owner_id = auth.uid());
create policy events_insert on events for insert with check (owner_id = auth.uid());
grant select, insert on table events to authenticated;
`;
/** No value can be made for a polygon. */
const AREAS = `${TABLE('areas').replace('body text', 'area polygon')}${POLICIES('areas', 'owner_id = auth.uid()')}`;
/** Anybody signed in can put a task on somebody else's list. */
const SQL = `${TABLE('notes')}${POLICIES('notes', 'owner_id = auth.uid()')}${TABLE('tasks')}${POLICIES('tasks', 'true')}${EVENTS}${AREAS}`;

/** The problems that the checklist has for a file. */
function proved(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Flux RLS checklist');
}

function itemsOf(controller: vscode.TestController): Map<string, vscode.TestItem> {
  const items = new Map<string, vscode.TestItem>();
  controller.items.forEach(table => {
    items.set(table.label, table);
    table.children.forEach(check => items.set(`${table.label} · ${check.label}`, check));
  });
  return items;
}

const FORGED = CHECK_FACTS['forged-insert'].title;

describe('the checklist in VS Code [one folder]', function () {
  this.timeout(120_000);
  let file: vscode.Uri;

  before(async () => {
    file = await write('schema.sql', SQL);
    await handle();
    await vscode.commands.executeCommand('fluxRls.startLocalFlux');
  });
  after(async () => {
    await vscode.commands.executeCommand('fluxRls.stopLocalFlux');
    await closeEditors();
    await remove('schema.sql');
  });

  /** Asks the local Flux as a subject. */
  async function ask(subject: string, method: string, path: string, body?: unknown): Promise<unknown> {
    const flux = (await handle()).localFlux.runningFor(folder())!;
    const { token } = await mintToken({ subject, secret: flux.jwtSecret });
    const response = await fetch(`${flux.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        prefer: 'return=representation',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response.json();
  }

  it('runs from the Test Explorer: an item a table, one a check, each with its verdict', async () => {
    const { checklist, testExplorer } = await handle();
    const { controller } = testExplorer;
    await controller.resolveHandler?.(undefined);
    const listed = itemsOf(controller);
    assert.equal(
      listed.get('tasks')?.range?.start.line,
      SQL.slice(0, SQL.indexOf('create table tasks')).split('\n').length - 1,
    );
    assert.equal(listed.get('tasks')?.uri?.toString(), file.toString());
    const token = new vscode.CancellationTokenSource().token;
    await testExplorer.run(new vscode.TestRunRequest(), token);

    assert.equal(checklist.runOf(folder()).state, 'done');
    const items = itemsOf(controller);
    assert.equal(items.get(`notes · ${FORGED}`)?.description, 'passed');
    assert.equal(items.get(`tasks · ${FORGED}`)?.description, 'failed');
    const { results, tables } = checklist.runOf(folder());
    for (const { table, check } of results) {
      assert.ok(items.get(`${table} · ${CHECK_FACTS[check].title}`)?.description, `${table} ${check}`);
    }
    assert.deepEqual(tables.map(({ table }) => table).sort(), ['areas', 'events', 'notes', 'tasks']);
    assert.ok(tables.every(({ finished, checks }) => checks > 0 && finished === checks));
    const order = [...items.get('notes')!.children]
      .map(([, { sortText, label }]) => ({ sortText: sortText!, label }))
      .sort((one, other) => one.sortText.localeCompare(other.sortText))
      .map(({ label }) => label);
    assert.deepEqual(
      order,
      CHECK_IDS.map(id => CHECK_FACTS[id].title).filter(title => order.includes(title)),
    );
  });

  it('removes what no policy lets anybody delete, from the local Flux', async () => {
    const { results, report } = (await handle()).checklist.runOf(folder());
    const made = report!.rows.byTable.find(({ table }) => table === 'events');
    assert.ok(made && made.created > 0 && made.removed === made.created);
    assert.equal(
      results.find(({ table, check }) => table === 'events' && check === 'forged-insert')?.verdict,
      'pass',
    );
    for (const subject of ['flux-rls-check-a', 'flux-rls-check-b']) {
      assert.deepEqual(await ask(subject, 'GET', '/events'), []);
    }
  });

  it('shows in Problems what it proved, at the policy that lets it through', async () => {
    const problems = await until('a problem', () => {
      const found = proved(file).filter(({ code }) => code === 'forged-insert');
      return found.length > 0 && found;
    });
    const [problem] = problems;
    assert.equal(problems.length, 1);
    const document = await vscode.workspace.openTextDocument(file);
    assert.match(document.lineAt(problem!.range.start.line).text, /create policy tasks_insert/);
    assert.match(problem!.message, / Proved at 127\.0\.0\.1:\d+\. 1 more check fails for it\.$/);
    assert.equal(problem!.severity, vscode.DiagnosticSeverity.Error);
    assert.match(problem!.relatedInformation?.[0]?.message ?? '', /^POST \/tasks/);
  });

  it('runs one check again, and leaves the results of the others as they are', async () => {
    const { checklist, testExplorer } = await handle();
    const before = checklist.runOf(folder());
    const item = itemsOf(testExplorer.controller).get(`tasks · ${FORGED}`)!;
    const token = new vscode.CancellationTokenSource().token;
    await testExplorer.run(new vscode.TestRunRequest([item]), token);
    const after = checklist.runOf(folder());
    assert.notEqual(after.ended, before.ended);
    assert.deepEqual(
      after.results.map(({ table, check }) => `${table} ${check}`).sort(),
      before.results.map(({ table, check }) => `${table} ${check}`).sort(),
    );
    const isForgedTask = ({ table, check }: ChecklistReport['results'][number]): boolean =>
      table === 'tasks' && check === 'forged-insert';
    assert.ok(
      before.results.filter(result => !isForgedTask(result)).every(result => after.results.includes(result)),
      'the same results, not the same answers',
    );
    assert.ok(!before.results.filter(isForgedTask).some(result => after.results.includes(result)));
    assert.equal(item.description, 'failed');
  });

  it('asks a table again with the value that was given for a column', async () => {
    const { checklist } = await handle();
    const own = (): string | undefined =>
      checklist
        .runOf(folder())
        .results.filter(({ table, check }) => table === 'areas' && check === 'insert-own')
        .map(({ verdict, cause }) => `${verdict} ${cause ?? ''}`.trim())[0];
    assert.equal(own(), 'unknown row-not-made');
    const notes = checklist.runOf(folder()).results.filter(({ table }) => table === 'notes');
    const value = '((0,0),(0,1),(1,1))';
    await vscode.commands.executeCommand('fluxRls.giveValue', { table: 'areas', column: 'area', value });
    assert.equal(own(), 'pass');
    const { results, tables } = checklist.runOf(folder());
    assert.ok(notes.length > 0 && notes.every(result => results.includes(result)));
    assert.equal(tables.length, 4);
  });

  it('takes a problem along when lines come before it, and away when its policy changes', async () => {
    const { document } = await open('schema.sql', SQL);
    const editor = await vscode.window.showTextDocument(document);
    const line = (): number | undefined =>
      proved(file).find(({ code }) => code === 'forged-insert')?.range.start.line;
    const first = line()!;
    await type(editor, 'create table notes', '-- Notes of people.\n\ncreate table notes');
    await until('the problem moves', () => line() === first + 2);
    await type(editor, 'with check (true)', 'with check (owner_id = auth.uid())');
    await until('the problem is gone', () => line() === undefined);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('shows every request before the first is sent, and no token', async () => {
    await vscode.commands.executeCommand('fluxRls.showChecklistPlan');
    const page = await until('the page', () =>
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === 'flux-rls-plan')
        .map(document => document.getText())
        .find(text => text.includes('## tasks')),
    );
    for (const expected of [/## notes/, /`POST \/tasks/, /in full mode/]) {
      assert.match(page, expected);
    }
    assert.doesNotMatch(page, /eyJ/);
    await closeEditors();
  });

  it('exports its report as JSON, JUnit and Markdown', async () => {
    const to = async (format: 'json' | 'junit' | 'markdown', name: string): Promise<string> => {
      const target = vscode.Uri.joinPath(folder().uri, name);
      await vscode.commands.executeCommand('fluxRls.exportReport', { format, file: target.toString() });
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(target));
      await remove(name);
      return text;
    };
    const json = JSON.parse(await to('json', 'report.json')) as { results: unknown[] };
    assert.equal(json.results.length, (await handle()).checklist.runOf(folder()).results.length);
    assert.match(await to('junit', 'report.xml'), /^<\?xml[\s\S]*<testsuite/);
    assert.match(await to('markdown', 'report.md'), /tasks/);
    await until('the Markdown is shown', () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes('report.md'))),
    );
    await closeEditors();
  });

  it('leaves nothing when it is cancelled', async () => {
    const { checklist } = await handle();
    const asked = checklist.onDidProgress(({ kind }) => {
      if (kind === 'finished') checklist.cancel();
    });
    await vscode.commands.executeCommand('fluxRls.runChecklist');
    asked.dispose();
    const { state, report, leftBehind } = checklist.runOf(folder());
    assert.equal(state, 'cancelled');
    assert.deepEqual([report?.rows.left, leftBehind], [[], 0]);
    assert.equal(report?.rows.removed, report?.rows.created);
    for (const subject of ['flux-rls-check-a', 'flux-rls-check-b']) {
      for (const table of ['notes', 'tasks']) {
        assert.deepEqual(await ask(subject, 'GET', `/${table}`), [], `${subject} ${table}`);
      }
    }
  });

  it('cleans up what a run left whose window died, and lets alone one whose window lives', async () => {
    const { checklist, localFlux, workspaceState } = await handle();
    const [row] = (await ask('ann', 'POST', '/notes', { owner_id: 'ann', body: 'left' })) as { id: string }[];
    const died = spawnSync(process.execPath, ['-e', ''], { env: { ELECTRON_RUN_AS_NODE: '1' } }).pid;
    const entry = (runId: string, pid: number): JournalEntry => ({
      run: { runId, gatewayUrl: localFlux.runningFor(folder())!.url, tables: ['notes'] },
      rows: [
        {
          id: runId,
          runId,
          made: Date.now(),
          table: 'notes',
          filter: { id: `eq.${row!.id}` },
          owner: 'ann',
          removers: ['ann'],
        },
      ],
      folder: folder().uri.toString(),
      by: { pid, machine: hostname(), at: Date.now() },
    });
    await workspaceState.update('checklist journal live', entry('live', process.ppid));
    assert.equal(checklist.runOf(folder()).leftBehind, 0);
    await workspaceState.update('checklist journal gone', {
      ...entry('gone', died),
      isLocalFlux: true,
    });
    assert.equal(checklist.runOf(folder()).leftBehind, 0, 'the database died with its window');
    await workspaceState.update('checklist journal gone', undefined);
    await workspaceState.update('checklist journal died', entry('died', died));
    assert.equal(checklist.runOf(folder()).leftBehind, 1);

    await vscode.commands.executeCommand('fluxRls.cleanUpRows');
    assert.deepEqual(await ask('ann', 'GET', '/notes'), []);
    assert.equal(checklist.runOf(folder()).leftBehind, 0);
    assert.deepEqual(
      workspaceState.keys().filter(key => key.startsWith('checklist journal')),
      ['checklist journal live'],
    );
    await workspaceState.update('checklist journal live', undefined);
  });
});
