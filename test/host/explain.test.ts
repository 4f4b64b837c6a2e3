import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, folder, handle, remove, until, write } from './support';

const TABLE = (name: string): string => `create table ${name} (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null,
  body text not null
);
alter table ${name} enable row level security;
create policy ${name}_read on ${name} for select to authenticated using (owner_id = auth.uid());
create policy ${name}_insert on ${name} for insert to authenticated with check (owner_id = auth.uid());
create policy ${name}_update on ${name} for update to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy ${name}_delete on ${name} for delete to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on table ${name} to authenticated;
`;
const ENABLE = 'alter table notes enable row level security;';
/** The first one has policies that nobody asks; the second one is well, but for what is done to it by hand. */
const SQL = `${TABLE('notes').replace(`${ENABLE}\n`, '')}${TABLE('tasks')}`;

/** The text of the page about a result. */
function page(name: string): string | undefined {
  return vscode.workspace.textDocuments
    .find(({ uri }) => uri.scheme === 'flux-rls-answer' && uri.path === `/${name}.md`)
    ?.getText();
}

describe('a result explained and mended [one folder]', function () {
  this.timeout(120_000);
  let file: vscode.Uri;

  before(async () => {
    file = await write('schema.sql', SQL);
    const { localFlux, checklist } = await handle();
    await vscode.commands.executeCommand('fluxRls.startLocalFlux');
    const flux = localFlux.runningFor(folder())!;
    await flux.administer(`alter policy tasks_read on ${flux.schema}.tasks using (true)`);
    await flux.administer(`revoke update on ${flux.schema}.tasks from ${flux.role}`);
    await vscode.commands.executeCommand('fluxRls.runChecklist', [{ table: 'notes' }, { table: 'tasks' }]);
    assert.equal(checklist.runOf(folder()).state, 'done');
  });
  after(async () => {
    await vscode.commands.executeCommand('fluxRls.stopLocalFlux');
    await closeEditors();
    await remove('schema.sql');
  });
  afterEach(closeEditors);

  const target = (table: string, check: string): object => ({
    folder: folder().uri.toString(),
    table,
    check,
  });

  it('opens the file at the cause, with the fixes of the linter', async () => {
    await vscode.commands.executeCommand('fluxRls.fixCause', target('notes', 'cross-read'));
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.document.uri.toString(), file.toString());
    assert.match(editor.document.getText(editor.selection), /notes/);
    await until('the fix is taken', async () => {
      await vscode.commands.executeCommand('acceptSelectedCodeAction');
      return editor.document.getText().includes(ENABLE);
    });
  });

  it('shows the line where there is a cause, and no fix for it', async () => {
    await vscode.commands.executeCommand('fluxRls.fixCause', target('tasks', 'cross-read'));
    const { document, selection } = vscode.window.activeTextEditor!;
    assert.match(document.lineAt(selection.start).text, /^create policy tasks_read /);
    assert.equal(document.getText(), SQL);
  });

  it('explains it with what the database of the local Flux says', async () => {
    await vscode.commands.executeCommand('fluxRls.explainAnswer', target('tasks', 'update-own'));
    const text = await until('the database is asked', () => {
      const shown = page('tasks · update-own');
      return shown?.includes('## In the database') && shown;
    });
    assert.match(text, /^## 1\. .*_\(certain\)_$/m);
    assert.match(text, /^- \S+ has no UPDATE on tasks\.$/m);
    const { password } = new URL((await handle()).localFlux.runningFor(folder())!.databaseUrl);
    assert.ok(!text.includes(password));
  });

  it('says of a pass which control proves it', async () => {
    await vscode.commands.executeCommand('fluxRls.explainAnswer', target('tasks', 'forged-insert'));
    const text = await until('the page', () => page('tasks · forged-insert'));
    assert.match(text, /It means something because the control holds: POST \/tasks as \S+ was answered 201/);
    assert.doesNotMatch(text, /^## /m);
  });
});
