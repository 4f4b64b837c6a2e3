import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { combineFixes } from '../../src/editor/lint/combine-fixes';
import type { Fix } from '../../src/lint/finding';
import { closeEditors, findingsOf, handle, open, remove, write } from './support';

const table = (name: string): string => `create table ${name} (id uuid primary key, owner_id text not null);
alter table ${name} enable row level security;
create policy ${name}_insert on ${name} for insert to authenticated with check (owner_id = auth.uid());
`;

async function actionsAt(
  document: vscode.TextDocument,
  range: vscode.Range,
  kind?: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind?.value,
  );
}

async function useSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Workspace);
}

const whole = (document: vscode.TextDocument): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);

describe('fixing in VS Code [one folder]', () => {
  before(handle);
  afterEach(closeEditors);

  it('makes as many fixes at once as do not get into each other’s way', () => {
    const fix = (...edits: [start: number, end: number, text: string, file?: string][]): Fix => ({
      title: '',
      edits: edits.map(([start, end, text, file = 'a']) => ({ at: { file, start, end }, text })),
    });
    const combined = (...fixes: Fix[]): string[] =>
      combineFixes(fixes).map(({ at, text }) => `${at.file}${at.start}-${at.end} ${text}`);
    assert.deepEqual(combined(fix([0, 2, 'x']), fix([2, 4, 'y'])), ['a0-2 x', 'a2-4 y']);
    assert.deepEqual(combined(fix([0, 3, 'x']), fix([2, 4, 'y'])), ['a0-3 x'], 'overlap');
    assert.deepEqual(combined(fix([0, 9, 'x']), fix([5, 5, 'y'])), ['a0-9 x'], 'inside');
    assert.deepEqual(combined(fix([3, 3, 'x']), fix([3, 3, 'y'])), ['a3-3 x'], 'one place, two texts');
    assert.deepEqual(combined(fix([3, 3, 'x']), fix([3, 3, 'x'], [7, 8, ''])), ['a3-3 x', 'a7-8 '], 'shared');
    assert.deepEqual(combined(fix([0, 3, 'x']), fix([0, 3, 'x', 'b'])), ['a0-3 x', 'b0-3 x'], 'two files');
    assert.deepEqual(
      combined(fix([0, 3, 'x']), fix([2, 4, 'y'], [8, 9, 'z'])),
      ['a0-3 x'],
      'all of a fix or nothing',
    );
  });

  it('offers to fix all findings of a rule in the push, in other files too', async () => {
    const first = await write('migrations/1.sql', table('notes'));
    const { document } = await open('migrations/2.sql', table('tasks'));
    const [diagnostic] = await findingsOf(document.uri, ['grant-missing-table']);
    const actions = await actionsAt(document, diagnostic!.range);
    const fixAll = actions.find(({ title }) => title === 'Fix all grant-missing-table problems in this push');
    assert.ok(fixAll?.edit);
    assert.deepEqual(
      fixAll.edit
        .entries()
        .map(([uri]) => uri.path.split('/').at(-1))
        .sort(),
      ['1.sql', '2.sql'],
    );
    await vscode.workspace.applyEdit(fixAll.edit);
    await findingsOf(document.uri, []);
    await findingsOf(first, []);
    await vscode.workspace.saveAll();
    await remove('migrations');
  });

  it('does not speak of all where there is one', async () => {
    const { document } = await open('one.sql', table('notes'));
    const [diagnostic] = await findingsOf(document.uri, ['grant-missing-table']);
    const titles = (await actionsAt(document, diagnostic!.range)).map(({ title }) => title);
    assert.deepEqual(
      titles.filter(title => title.startsWith('Fix all')),
      [],
    );
    await remove('one.sql');
  });

  it('fixes a document when it is saved, and leaves the other files alone', async () => {
    await useSetting('editor.codeActionsOnSave', { 'source.fixAll.fluxRls': 'explicit' });
    const neighbor = await write('migrations/1.sql', table('notes'));
    const { document } = await open('migrations/2.sql', table('tasks') + table('lists'));
    await findingsOf(document.uri, ['grant-missing-table', 'grant-missing-table']);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '-- changed\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    assert.match(
      document.getText(),
      /^-- changed\n[^]*grant insert on tasks to authenticated;\n[^]*grant insert on lists to authenticated;\n$/,
    );
    await findingsOf(document.uri, []);
    await findingsOf(neighbor, ['grant-missing-table']);
    await useSetting('editor.codeActionsOnSave', undefined);
    await remove('migrations');
  });

  it('does not count a fix that belongs to another file among those of the document', async () => {
    await write('migrations/2.sql', 'grant select on notes to authenticated;\n');
    const { document } = await open('migrations/1.sql', table('notes'));
    await findingsOf(document.uri, ['grant-missing-table']);
    const kind = vscode.CodeActionKind.SourceFixAll.append('fluxRls');
    const actions = await actionsAt(document, whole(document), kind);
    assert.deepEqual(actions, []);
    await remove('migrations');
  });
});
