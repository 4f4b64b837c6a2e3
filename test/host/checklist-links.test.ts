import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { CHECK_FACTS } from '../../src/checklist/check-ids';
import { closeEditors, folder, handle, remove, until, write } from './support';

/** Items are whose list they are on; anybody signed in can put one on any list. Colors are everybody's; what is archived is written by nobody who asks. */
const SQL = `create table lists (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  title text not null
);
create table items (
  id uuid primary key default gen_random_uuid(),
  list_id uuid not null references lists (id) on delete cascade,
  body text not null
);
create table archive (id uuid primary key, owner_id text not null);
create table colors (name text primary key);
alter table lists enable row level security;
alter table items enable row level security;
alter table archive enable row level security;
alter table colors enable row level security;
create policy lists_own on lists to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy items_own on items to authenticated
  using (exists (select from lists where lists.id = items.list_id and lists.owner_id = auth.uid()))
  with check (true);
create policy archive_own on archive for select to authenticated using (owner_id = auth.uid());
create policy colors_read on colors for select to authenticated using (true);
grant select, insert, update, delete on lists, items to authenticated;
grant select on archive, colors to authenticated;
insert into colors values ('red');
`;

describe('the checklist on tables that hang together [one folder]', function () {
  this.timeout(60_000);
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

  it('judges a child by its parent and a shared table by its writes, and removes every row', async () => {
    const { checklist, testExplorer } = await handle();
    await vscode.commands.executeCommand('fluxRls.runChecklist');
    const { state, results, tables, notChecked, report } = checklist.runOf(folder());
    assert.equal(state, 'done');
    assert.deepEqual(notChecked, []);
    assert.deepEqual(tables.map(({ table, shared }) => `${table}${shared ? ' shared' : ''}`).sort(), [
      'archive',
      'colors shared',
      'items',
      'lists',
    ]);
    const failed = results.filter(({ verdict }) => verdict === 'fail');
    assert.ok(failed.length > 0 && failed.every(({ table }) => table === 'items'));
    assert.ok(failed.some(({ check }) => check === 'forged-insert'));
    const ofArchive = results.find(({ table, check }) => table === 'archive' && check === 'cross-read');
    assert.equal(ofArchive?.verdict, 'unknown');
    assert.match(ofArchive.message, /and the project’s SQL lets no subject insert one\.$/);
    const isPassed = (table: string, check: string): boolean =>
      results.some(result => result.table === table && result.check === check && result.verdict === 'pass');
    for (const check of ['shared-read', 'shared-insert', 'shared-update', 'shared-delete']) {
      assert.ok(isPassed('colors', check), check);
    }
    assert.ok(isPassed('items', 'own-rows-only') && isPassed('lists', 'forged-insert'));
    assert.ok(report!.rows.created > 0);
    assert.deepEqual([report!.rows.left, report!.rows.removed], [[], report!.rows.created]);

    const items = testExplorer.controller.items;
    const titles: string[] = [];
    items.forEach(table => {
      table.children.forEach(({ label, description }) =>
        titles.push(`${table.label} ${label} ${description}`),
      );
    });
    assert.ok(titles.includes(`items ${CHECK_FACTS['forged-insert'].title} failed`));
    assert.ok(titles.includes(`colors ${CHECK_FACTS['shared-insert'].title} passed`));
  });

  it('leads from the leak to the policy of the child', async () => {
    const problem = await until('the problem', () =>
      vscode.languages
        .getDiagnostics(file)
        .find(({ source, code }) => source === 'Flux RLS checklist' && code === 'forged-insert'),
    );
    const document = await vscode.workspace.openTextDocument(file);
    const statement = SQL.indexOf('create policy items_own');
    const at = document.offsetAt(problem.range.start);
    assert.ok(at >= statement && at < SQL.indexOf('create policy archive_own'));
    assert.match(problem.relatedInformation?.[0]?.message ?? '', /^POST \/items/);
  });
});
