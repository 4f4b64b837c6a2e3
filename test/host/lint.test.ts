import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, findingsOf, open, remove, ruleOf, type, until, write } from './support';

const TABLE = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text not null);
alter table notes enable row level security;
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
`;
const GRANT = 'grant insert on notes to authenticated;\n';

describe('the linter in VS Code [one folder]', () => {
  afterEach(closeEditors);

  it('shows findings while one types, and takes them away again', async () => {
    const editor = await open('typing.sql', TABLE);
    const { uri } = editor.document;
    const [diagnostic] = await findingsOf(uri, ['grant-missing-table']);
    assert.equal(editor.document.getText(diagnostic!.range), 'notes_owner_insert');
    assert.equal(diagnostic!.severity, vscode.DiagnosticSeverity.Error);
    assert.match(diagnostic!.message, /403, 42501 "permission denied for table notes"/);
    assert.match(
      String((diagnostic!.code as { target: vscode.Uri }).target),
      /^command:fluxRls\.explainRule/,
    );
    assert.equal(diagnostic!.relatedInformation?.[0]?.message, 'notes is made here');
    await type(editor, 'owner_id text', 'owner_id uuid');
    await findingsOf(uri, ['grant-missing-table', 'owner-uuid']);
    await type(editor, 'owner_id uuid', 'owner_id text');
    await findingsOf(uri, ['grant-missing-table']);
    assert.equal(editor.document.isDirty, true);
    await remove('typing.sql');
  });

  it('judges the rest of a file that does not parse', async () => {
    const { document } = await open('broken.sql', `creat table x (a int);\n${TABLE}`);
    const found = await findingsOf(document.uri, ['sql-syntax', 'grant-missing-table']);
    const syntax = found.find(diagnostic => ruleOf(diagnostic) === 'sql-syntax');
    assert.equal(document.getText(syntax!.range), 'creat');
    await remove('broken.sql');
  });

  it('applies a quick fix, and has nothing more to say', async () => {
    const { document } = await open('fix.sql', TABLE);
    const [diagnostic] = await findingsOf(document.uri, ['grant-missing-table']);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic!.range,
    );
    assert.deepEqual(
      actions.map(({ title }) => title).filter(title => /grant/i.test(title)),
      [
        'Grant INSERT on notes to authenticated',
        'Suppress grant-missing-table on this line…',
        'Suppress grant-missing-table in this file…',
        'Explain grant-missing-table',
      ],
    );
    const fix = actions.find(({ title }) => title.startsWith('Grant INSERT'));
    assert.equal(fix?.isPreferred, true);
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    assert.ok(document.getText().endsWith(`\n${GRANT}`));
    await findingsOf(document.uri, []);
    await remove('fix.sql');
  });

  it('reads a push directory as one state, with what is not saved yet', async () => {
    const first = await write('migrations/0001_notes.sql', TABLE);
    const editor = await open('migrations/0002_grants.sql', '-- nothing yet\n');
    // The file with the finding is not open: Problems shows it all the same.
    await findingsOf(first, ['grant-missing-table']);
    await type(editor, '-- nothing yet\n', GRANT);
    assert.equal(editor.document.isDirty, true);
    await findingsOf(first, []);
    await type(editor, 'insert', 'select');
    const [diagnostic] = await findingsOf(first, ['grant-missing-table']);
    const document = await vscode.workspace.openTextDocument(first);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic!.range,
    );
    const action = actions.find(({ title }) => title.startsWith('Grant INSERT'));
    const edited = action!.edit!.entries().map(([uri]) => uri.path.split('/').at(-1));
    assert.deepEqual(edited, ['0002_grants.sql'], 'the grant goes where the last word on the table is');
    await closeEditors();
    await remove('migrations');
  });

  it('takes the engine from flux.json as soon as it says so', async () => {
    const { document } = await open('engine.sql', TABLE);
    const [unknown] = await findingsOf(document.uri, ['grant-missing-table']);
    assert.equal(unknown!.severity, vscode.DiagnosticSeverity.Error);
    await write('flux.json', '{"slug":"x","hash":"1a2b3c4","mode":"v1_dedicated"}');
    for (;;) {
      const [now] = await findingsOf(document.uri, ['grant-missing-table']);
      if (now!.severity === vscode.DiagnosticSeverity.Information) break;
      await new Promise(resolve => setImmediate(resolve));
    }
    await remove('flux.json');
    await remove('engine.sql');
  });

  it('can be switched off, and to saving only', async () => {
    const settings = vscode.workspace.getConfiguration('fluxRls');
    const editor = await open('settings.sql', TABLE);
    const { uri } = editor.document;
    await findingsOf(uri, ['grant-missing-table']);
    await settings.update('lint.run', 'off', vscode.ConfigurationTarget.Workspace);
    await findingsOf(uri, []);
    await settings.update('lint.run', 'onSave', vscode.ConfigurationTarget.Workspace);
    await findingsOf(uri, ['grant-missing-table']);
    await type(editor, TABLE, TABLE + GRANT);
    await editor.document.save();
    await findingsOf(uri, []);
    await settings.update('lint.run', undefined, vscode.ConfigurationTarget.Workspace);
    await remove('settings.sql');
  });

  it('lints text that has no file', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'sql', content: TABLE });
    await vscode.window.showTextDocument(document);
    await findingsOf(document.uri, ['grant-missing-table']);
  });

  it('explains a rule on a page', async () => {
    await vscode.commands.executeCommand('fluxRls.explainRule', 'owner-uuid');
    const text = await until('the text of the page', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'flux-rls-rule')?.getText(),
    );
    assert.match(text, /^# Owner column of type uuid\n\n`owner-uuid` · error · quick fix/);
    await closeEditors();
  });
});
