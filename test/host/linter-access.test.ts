import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { acceptAll, closeEditors, handle, open, remove, type, until, write } from './support';

const SQL = `create table notes (id uuid primary key, owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant insert, update on notes to authenticated;
comment on table notes is 'What people write down.';
`;

const TABLE = `**notes** on v2 shared

| role | verb | granted | policies | verdict |
|---|---|---|---|---|
| authenticated | SELECT | by the platform | notes\\_read | own rows |
| authenticated | INSERT | yes | notes\\_insert | own rows |
| authenticated | UPDATE | yes | – | no rows: no policy |
| authenticated | DELETE | no | – | no rows: no grant |`;

/** The Markdown of the hovers at the first place of a text in a document, and the text they are about. */
async function hoverAt(
  document: vscode.TextDocument,
  text: string,
): Promise<{ markdown: string; on: string }[]> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(document.getText().indexOf(text) + 1),
  );
  return hovers.map(({ contents, range }) => ({
    markdown: contents.map(part => (part as vscode.MarkdownString).value).join('\n'),
    on: range ? document.getText(range) : '',
  }));
}

async function useEngine(engine: string | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration('fluxRls')
    .update('engine', engine, vscode.ConfigurationTarget.Workspace);
}

describe('who may do what, in VS Code [one folder]', () => {
  before(async () => {
    await handle();
    await useEngine('v2_shared');
  });
  after(() => useEngine(undefined));
  afterEach(closeEditors);

  it('is said on hover over a table, wherever it is named', async () => {
    const { document } = await open('hover.sql', SQL);
    for (const place of [
      'notes (id',
      'notes enable',
      'notes for select',
      'notes to authenticated',
      'notes is',
    ]) {
      assert.deepEqual(await hoverAt(document, place), [{ markdown: TABLE, on: 'notes' }], place);
    }
    assert.deepEqual(await hoverAt(document, 'owner_id text'), []);
    await remove('hover.sql');
  });

  it('is said on hover over a policy, of its table in another file', async () => {
    await write('migrations/1.sql', SQL);
    const { document } = await open(
      'migrations/2.sql',
      'drop policy if exists notes_insert on public.other;\ndrop policy if exists notes_insert on notes;\nselect 1 from notes;\n',
    );
    const [hover] = await hoverAt(document, 'notes_insert on notes');
    assert.equal(hover?.on, 'notes_insert');
    assert.match(hover.markdown, /\| authenticated \| INSERT, UPDATE \| yes \| – \| no rows: no policy \|/);
    assert.deepEqual(
      (await hoverAt(document, 'notes;\nselect')).map(({ on }) => on),
      ['notes'],
    );
    assert.deepEqual(
      (await hoverAt(document, 'notes;\n')).map(({ on }) => on),
      ['notes'],
    );
    await remove('migrations');
  });

  it('is said for both engines where nothing tells which it is', async () => {
    await useEngine(undefined);
    const { document } = await open('both.sql', SQL);
    const hover = await until('both engines', async () => {
      const [found] = await hoverAt(document, 'notes (id');
      return found?.markdown.includes('v1 dedicated') && found;
    });
    assert.ok(hover.markdown.endsWith(TABLE));
    assert.match(hover.markdown, /^\*\*notes\*\* on v1 dedicated\n/);
    assert.match(
      hover.markdown,
      /\| anon \| SELECT, INSERT, UPDATE, DELETE \| by the platform \| – \| no rows: no policy \|/,
    );
    await useEngine('v2_shared');
    await remove('both.sql');
  });

  it('stands above a table when that is switched on, and follows what is typed', async () => {
    const settings = vscode.workspace.getConfiguration('fluxRls');
    const editor = await open('lens.sql', SQL);
    const { uri } = editor.document;
    const lenses = async (): Promise<string> =>
      (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 9))
        .map(({ command, range }) => `${range.start.line}: ${command?.title ?? ''}`)
        .join('\n');
    assert.equal(await lenses(), '');
    await settings.update('codeLens.enabled', true, vscode.ConfigurationTarget.Workspace);
    await until(
      'the lens',
      async () => (await lenses()) === '0: authenticated: read own, insert own, no update, no delete',
    );
    await type(editor, 'grant insert', 'grant delete');
    await until(
      'another lens',
      async () => (await lenses()) === '0: authenticated: read own, no insert, no update, no delete',
    );
    await settings.update('codeLens.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    await until('no lens', async () => (await lenses()) === '');
    await remove('lens.sql');
  });

  it('is shown as a page for the table at the cursor, and kept up to date', async () => {
    const editor = await open('page.sql', SQL);
    const { document } = editor;
    const at = document.positionAt(SQL.indexOf('notes_read') + 2);
    editor.selection = new vscode.Selection(at, at);
    await vscode.commands.executeCommand('fluxRls.showAccess');
    const page = (): string | undefined =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'flux-rls-access')?.getText();
    assert.equal(await until('the page', page), `# Who may do what\n\n${TABLE}\n`);
    const grant = document.positionAt(SQL.indexOf('update on notes'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, grant, 'delete, ');
    await vscode.workspace.applyEdit(edit);
    await until('the new page', () => page()?.includes('| authenticated | UPDATE, DELETE | yes |'));
    await remove('page.sql');
  });

  it('is shown for the table that is picked where the cursor is at none', async () => {
    await open('pick.sql', SQL);
    await acceptAll(vscode.commands.executeCommand('fluxRls.showAccess'));
    await until('the page', () =>
      vscode.workspace.textDocuments
        .find(({ uri }) => uri.scheme === 'flux-rls-access')
        ?.getText()
        .includes('notes'),
    );
    await remove('pick.sql');
  });

  it('is an outline with tables, their columns and policies, views and functions', async () => {
    const { document } = await open(
      'outline.sql',
      `${SQL}create view recent with (security_invoker) as select * from notes;
create function api.latest(n int) returns int language sql as 'select n';
create policy theirs on elsewhere for select using (true);
`,
    );
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    const lines = (list: readonly vscode.DocumentSymbol[], indent = ''): string[] =>
      list.flatMap(({ name, kind, detail, children, selectionRange }) => {
        assert.ok(document.getText(selectionRange).includes(name.replace(/^.*\./, '')), name);
        return [`${indent}${vscode.SymbolKind[kind]} ${name}: ${detail}`, ...lines(children, `${indent}  `)];
      });
    assert.deepEqual(lines(symbols), [
      'Struct notes: table',
      '  Field id: uuid',
      '  Field owner_id: text',
      '  Field body: text',
      '  Key notes_read: for select to authenticated',
      '  Key notes_insert: for insert to authenticated',
      'Interface recent: view',
      'Function api.latest: function',
      'Struct elsewhere: made elsewhere',
      '  Key theirs: for select to public',
    ]);
    await remove('outline.sql');
  });
});
