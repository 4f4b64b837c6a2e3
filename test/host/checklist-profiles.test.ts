import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { modeFor } from '../../src/editor/checklist/host-consent';
import { closeEditors, folder, handle, remove, until, write } from './support';

const SQL = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid());
alter table notes enable row level security;
create policy notes_own on notes to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
`;

describe('where the checklist asks [one folder]', function () {
  this.timeout(60_000);

  before(async () => {
    await write('schema.sql', SQL);
    await handle();
    await vscode.commands.executeCommand('fluxRls.startLocalFlux');
  });
  after(async () => {
    await vscode.commands.executeCommand('fluxRls.stopLocalFlux');
    await closeEditors();
    await remove('schema.sql');
  });

  afterEach(async () => {
    const settings = vscode.workspace.getConfiguration('fluxRls');
    if (settings.inspect('profiles')?.workspaceValue === undefined) return;
    await vscode.commands.executeCommand('fluxRls.chooseProfile', '');
    await settings.update('profiles', undefined, vscode.ConfigurationTarget.Workspace);
    await remove('.env.local');
  });

  it('switches to a profile, whose gateway gets no token of another environment’s secret', async () => {
    const { localFlux, panel } = await handle();
    await write('.env.local', 'FLUX_JWT_SECRET=a-project-secret-of-more-than-32-bytes\n');
    await write('.env.staging', 'STAGING_SECRET=a-staging-secret-of-more-than-32-bytes\n');
    const settings = vscode.workspace.getConfiguration('fluxRls');
    const profiles = {
      staging: { gatewayUrl: 'http://127.0.0.1:9', secret: { file: '.env.staging', name: 'STAGING_SECRET' } },
      bare: { gatewayUrl: 'http://127.0.0.1:8' },
    };
    await settings.update('profiles', profiles, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('fluxRls.panel.focus');
    const rows = (): string =>
      (panel.shown?.project?.rows ?? [])
        .filter(({ label }) => label === 'gateway' || label === 'secret')
        .map(({ label, value, source }) => `${label} ${value} (${source})`)
        .join(', ');
    await vscode.commands.executeCommand('fluxRls.chooseProfile', 'staging');
    await until(
      'staging is shown',
      () =>
        rows() ===
        'gateway http://127.0.0.1:9 (setting fluxRls.profiles.staging), secret known (.env.staging)',
    );
    await vscode.commands.executeCommand('fluxRls.chooseProfile', 'bare');
    await until(
      'no secret is known',
      () => rows() === 'gateway http://127.0.0.1:8 (setting fluxRls.profiles.bare), secret not set ()',
    );
    await vscode.commands.executeCommand('fluxRls.chooseProfile', '');
    const { url } = localFlux.runningFor(folder())!;
    await until('the local Flux is back', () => rows().startsWith(`gateway ${url} (the local Flux)`));
    await remove('.env.staging');
  });

  it('asks nothing of a host elsewhere before that is agreed to', async () => {
    const { checklist } = await handle();
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end('[]');
    });
    await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    // It leads to this machine, and does not count as this machine.
    const gatewayUrl = `http://0.0.0.0:${port}`;
    await write('.env.local', 'FLUX_JWT_SECRET=a-project-secret-of-more-than-32-bytes\n');
    const settings = vscode.workspace.getConfiguration('fluxRls');
    const elsewhere = { gatewayUrl, secret: { file: '.env.local', name: 'FLUX_JWT_SECRET' } };
    await settings.update('profiles', { elsewhere }, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('fluxRls.chooseProfile', 'elsewhere');
    const before = checklist.runOf(folder());
    const run = vscode.commands.executeCommand('fluxRls.runChecklist');
    await until('the run is prepared', () => checklist.isPreparing);
    await vscode.commands.executeCommand('fluxRls.showChecklistPlan');
    const page = await until('the page of a host elsewhere', () =>
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === 'flux-rls-plan')
        .map(document => document.getText())
        .find(text => text.includes(gatewayUrl)),
    );
    assert.match(page, /in no-write mode: only in forms that cannot write/);
    assert.match(page, /`GET \/notes/);
    checklist.cancel();
    await run;
    assert.deepEqual([requests, checklist.runOf(folder()).ended], [0, before.ended]);
    assert.equal(checklist.isRunning, false);

    server.close();
    await closeEditors();
  });

  it('writes on this machine only, unless it is told otherwise', () => {
    assert.deepEqual(
      ['http://127.0.0.1:3000', 'http://localhost', 'http://[::1]:3000', 'https://api.example.com'].map(url =>
        modeFor('auto', url),
      ),
      ['full', 'full', 'full', 'no-write'],
    );
    assert.equal(modeFor('no-write', 'http://127.0.0.1:3000'), 'no-write');
    assert.equal(modeFor('full', 'https://api.example.com'), 'full');
  });
});
