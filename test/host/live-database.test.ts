import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, folder, handle, remove, ruleOf, until, write } from './support';

const SQL = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid());
alter table notes enable row level security;
create policy notes_own on notes to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
`;

/** The text of a document of the audited database. */
function page(name: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    ({ uri }) => uri.scheme === 'flux-rls-live' && uri.path.endsWith(`/${name}`),
  );
}

describe('the live database [one folder]', () => {
  before(async function () {
    this.timeout(60_000);
    await write('schema.sql', SQL);
    await vscode.commands.executeCommand('fluxRls.startLocalFlux');
    assert.equal((await handle()).localFlux.state, 'running');
  });
  after(async () => {
    await vscode.commands.executeCommand('fluxRls.stopLocalFlux');
    await closeEditors();
    await remove('schema.sql');
  });

  it('of the local Flux is audited without asking for its URL, and does not differ from what was pushed', async () => {
    await vscode.commands.executeCommand('fluxRls.auditLiveDatabase');
    const live = await until('the live schema', () => page('live.sql'));
    assert.match(live.getText(), /^create policy notes_own on notes for all to authenticated$/m);
    assert.equal(live.languageId, 'sql');
    const differences = await until('the page', () => page('differences.md')?.getText());
    assert.match(differences, /^The files and the database do not differ\.$/m);
    assert.deepEqual(errors(live.uri), []);
  });

  it('shows a leak that somebody made in it, with its place in the files', async () => {
    const { localFlux } = await handle();
    await localFlux
      .runningFor(folder())!
      .administer(`alter policy notes_own on ${localFlux.runningFor(folder())!.schema}.notes using (true)`);
    await vscode.commands.executeCommand('fluxRls.auditLiveDatabase');
    const live = page('live.sql')!;
    await until('the live schema is read again', () => live.getText().includes('using (true)'));
    const found = await until('the findings', () => {
      const all = errors(live.uri);
      return all.length > 1 && all;
    });
    assert.ok(found.some(diagnostic => ruleOf(diagnostic) === 'policy-always-true'));
    const differs = found.find(diagnostic => ruleOf(diagnostic) === 'live-differs policy-using');
    assert.equal(live.getText(differs?.range), 'true');
    const [related] = differs?.relatedInformation ?? [];
    assert.ok(related);
    assert.ok(related.location.uri.path.endsWith('/schema.sql'));
    assert.equal(related.location.range.start.line, 2);
    await until('the page tells of it', () =>
      page('differences.md')?.getText().includes('[schema.sql:3](/schema.sql#L3)'),
    );
  });

  it('leaves no findings behind when its document is closed', async () => {
    const { uri } = page('live.sql')!;
    await closeEditors();
    await until('they are gone', () => vscode.languages.getDiagnostics(uri).length === 0);
  });
});

/** Findings from warning up: remarks about the style of the files are not what is looked for. */
function errors(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
}
