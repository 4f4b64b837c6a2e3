import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { folder, handle, remove, until, write } from './support';

describe('the palette in VS Code [one folder]', function () {
  this.timeout(60_000);

  after(() => remove('schema.sql'));

  it('has what stops a local Flux once one runs', async () => {
    await write('schema.sql', 'create table notes (id int primary key, owner_id text not null);\n');
    const { localFlux } = await handle();
    await vscode.commands.executeCommand('fluxRls.startLocalFlux');
    assert.ok(localFlux.runningFor(folder()));
    await vscode.commands.executeCommand('workbench.action.quickOpen', '>Flux RLS: Stop Local Flux');
    await until('it is stopped', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return localFlux.state === 'stopped';
    });
  });
});
