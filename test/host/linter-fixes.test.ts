import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { differences } from '../../src/editor/lint/differences';
import { applyEdits } from '../../src/lint/apply-fix';
import { closeEditors, findingsOf, handle, open, remove, shownFor, until, write } from './support';

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
    20,
  );
}

async function useSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Workspace);
}

const whole = (document: vscode.TextDocument): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);

describe('fixing in VS Code [one folder]', () => {
  before(handle);
  afterEach(closeEditors);

  it('changes no more of a text than it has to', () => {
    const edits = (before: string, after: string): string[] => {
      const found = differences('a', before, after);
      assert.equal(applyEdits(before, found), after);
      return found.map(({ at, text }) => `${at.start}-${at.end} ${text}`);
    };
    assert.deepEqual(edits('a\nb\n', 'a\nb\n'), []);
    assert.deepEqual(edits('a\nowner uuid\nb\n', 'a\nowner text\nb\n'), ['8-12 text']);
    assert.deepEqual(edits('a\nb\nc\n', 'a\nx\nb\nc\ny\n'), ['2-2 x\n', '6-6 y\n']);
    assert.deepEqual(edits('a\nb\nc', 'a\nc'), ['2-4 ']);
    assert.deepEqual(edits('', 'a'), ['0-0 a']);
    const far = Array.from({ length: 500 }, (_, line) => `${line}\n`).join('');
    assert.deepEqual(edits(far, 'x'), [`0-${far.length} x`]);
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
    assert.match(document.getText(), /^-- changed\n/);
    for (const name of ['tasks', 'lists']) {
      assert.ok(document.getText().includes(`\ngrant insert on ${name} to authenticated;`), name);
    }
    await findingsOf(document.uri, []);
    await findingsOf(neighbor, ['grant-missing-table']);
    await useSetting('editor.codeActionsOnSave', undefined);
    await remove('migrations');
  });

  it('fixes in a document neither what another file has to change, nor what is found in another file', async () => {
    const second = await write('apart/migrations/2.sql', 'grant select on notes to authenticated;\n');
    const { document: first } = await open('apart/migrations/1.sql', table('notes'));
    await findingsOf(first.uri, ['grant-missing-table']);
    const kind = vscode.CodeActionKind.SourceFixAll.append('fluxRls');
    // The grant that the policy of the first lacks belongs below the one of the second.
    for (const document of [first, await vscode.workspace.openTextDocument(second)]) {
      const actions = await actionsAt(document, whole(document), kind);
      const edits = actions.flatMap(({ edit }) => edit?.entries() ?? []);
      assert.ok(edits.every(([uri]) => uri.path === document.uri.path));
      for (const [, own] of edits)
        for (const { newText } of own) assert.doesNotMatch(newText, /grant insert/);
    }
    await remove('apart');
  });

  it('suppresses a finding with the reason that is given, and nothing without one', async () => {
    const { document } = await open('suppress.sql', `-- kept\n${table('notes')}`);
    const [diagnostic] = await findingsOf(document.uri, ['grant-missing-table']);
    const suppress = async (where: string): Promise<void> => {
      const title = `Suppress grant-missing-table ${where}…`;
      const action = (await actionsAt(document, diagnostic!.range)).find(offered => offered.title === title);
      assert.ok(action?.command, title);
      const [target] = action.command.arguments as [unknown];
      await vscode.commands.executeCommand(action.command.command, target);
    };
    const before = document.getText();

    await escape(suppress('on this line'));
    assert.equal(document.getText(), before, 'Escape inserts nothing');

    await withReason('the server grants it', () => suppress('on this line'));
    const line = '-- flux-rls-disable-next-line grant-missing-table: the server grants it\n';
    assert.equal(document.getText(), before.replace('create policy', `${line}create policy`));
    await findingsOf(document.uri, []);

    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    await findingsOf(document.uri, ['grant-missing-table']);
    await withReason('granted elsewhere', () => suppress('in this file'));
    const file = '-- flux-rls-disable-file grant-missing-table: granted elsewhere\n';
    assert.equal(document.getText(), file + before);
    await findingsOf(document.uri, []);
    await remove('suppress.sql');
  });

  it('suppresses the finding at the cursor, from the palette', async () => {
    const editor = await open('palette.sql', table('notes'));
    await findingsOf(editor.document.uri, ['grant-missing-table']);
    editor.selection = new vscode.Selection(2, 0, 2, 0);
    await withReason('later', () => vscode.commands.executeCommand('fluxRls.suppressFinding'));
    assert.match(
      editor.document.lineAt(2).text,
      /^-- flux-rls-disable-next-line grant-missing-table: later$/,
    );
    await findingsOf(editor.document.uri, []);
    await remove('palette.sql');
  });

  it('gives rules the severities of the settings, at once', async () => {
    const { document } = await open('severity.sql', table('notes'));
    await findingsOf(document.uri, ['grant-missing-table']);
    const severity = (): vscode.DiagnosticSeverity | undefined => shownFor(document.uri)[0]?.severity;
    assert.equal(severity(), vscode.DiagnosticSeverity.Error);
    await useSetting('fluxRls.lint.rules', { 'grant-missing-table': 'hint', 'owner-uuid': 'nonsense' });
    await until('a hint', () => severity() === vscode.DiagnosticSeverity.Hint);
    await useSetting('fluxRls.lint.rules', { 'grant-missing-table': 'off' });
    await findingsOf(document.uri, []);
    await useSetting('fluxRls.lint.rules', undefined);
    await findingsOf(document.uri, ['grant-missing-table']);
    await remove('severity.sql');
  });
});

/** Answers the question for a reason, which takes no empty one, and the one for a finding where there are several. */
async function withReason(reason: string, ask: () => Thenable<unknown>): Promise<void> {
  const asked = Object.getOwnPropertyDescriptors(vscode.window);
  Object.assign(vscode.window, {
    showInputBox: async (options: vscode.InputBoxOptions) => {
      assert.equal(typeof options.validateInput?.(' '), 'string', 'an empty reason is refused');
      assert.equal(options.validateInput?.(reason), undefined);
      return Promise.resolve(reason);
    },
    showQuickPick: async (items: readonly vscode.QuickPickItem[]) =>
      Promise.resolve(items.find(({ label }) => label === 'grant-missing-table')),
  });
  try {
    await ask();
  } finally {
    Object.defineProperties(vscode.window, {
      showInputBox: asked.showInputBox,
      showQuickPick: asked.showQuickPick,
    });
  }
}

/** Closes whatever box a command opens, until the command is done. */
async function escape(command: Promise<unknown>): Promise<void> {
  const progress = { done: false };
  const finished = command.finally(() => {
    progress.done = true;
  });
  await until('the command ends', async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    return progress.done;
  });
  await finished;
}
