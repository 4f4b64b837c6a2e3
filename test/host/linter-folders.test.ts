import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { handle, shownFor, until } from './support';

const TABLE = 'create table notes (id uuid primary key, owner_id text not null);\n';

describe('linting a workspace in VS Code [two folders]', () => {
  it('lints every folder, each with its own severities', async () => {
    await handle();
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folders.length, 2);
    const files = folders.map(({ uri }) => vscode.Uri.joinPath(uri, 'packages/app/sql/1.sql'));
    for (const file of files) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(TABLE));
    const settings = vscode.workspace.getConfiguration('fluxRls', folders[1]!.uri);
    const useSeverities = (rules: object | undefined): Thenable<void> =>
      settings.update('lint.rules', rules, vscode.ConfigurationTarget.WorkspaceFolder);
    await useSeverities({ 'rls-not-enabled': 'warning' });
    await vscode.commands.executeCommand('fluxRls.lintWorkspace');
    const { Error: Bad, Warning } = vscode.DiagnosticSeverity;
    for (const [index, severity] of [Bad, Warning].entries()) {
      const file = files[index]!;
      const [finding] = await until(`a finding in ${file.path}`, () => {
        const found = shownFor(file);
        return found.length > 0 && found;
      });
      assert.equal(finding?.code, 'rls-not-enabled');
      assert.equal(finding.severity, severity);
    }
    await useSeverities(undefined);
    for (const folder of folders) {
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, 'packages'), { recursive: true });
    }
  });
});
