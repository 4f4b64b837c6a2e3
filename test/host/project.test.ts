import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { jwtVerify } from 'jose';
import * as vscode from 'vscode';
import { readFluxProject } from '../../src/flux/project';
import { settingItems } from '../../src/editor/project/project-commands';
import { acceptAll, closeEditors, folder, handle, open, remove, until, write } from './support';

const SECRET = 'a-project-secret-of-more-than-32-bytes';
const ENV = `FLUX_URL=http://127.0.0.1:9\nFLUX_JWT_SECRET=${SECRET}\nFLUX_POSTGREST_SCHEMA=t_1a2b3c4d5e6f_api\n`;

describe('a project in VS Code [one folder]', () => {
  afterEach(closeEditors);

  it('shows what was found and what is missing, without a secret', async () => {
    const project = await readFluxProject({
      folder: '/app',
      readFile: name => Promise.resolve(name === '.env.local' ? ENV : name === 'flux.json' ? '{' : undefined),
    });
    const items = settingItems(project);
    const lines = items.map(
      ({ label, description = '', detail = '' }) => `${label} | ${description} | ${detail}`,
    );
    assert.deepEqual(lines, [
      '$(pass) Gateway URL | http://127.0.0.1:9 | from .env.local',
      '$(circle-large-outline) Engine | missing | Set fluxRls.engine; until then the stricter engine counts.',
      '$(pass) API schema | t_1a2b3c4d5e6f_api | from .env.local',
      '$(pass) Project secret | known | from .env.local',
      '$(circle-large-outline) AUTH_SECRET | missing | Auth.js needs it; "Scaffold Auth.js Files" makes one.',
      '$(warning) flux.json is not valid JSON. |  | flux.json',
    ]);
    assert.ok(!JSON.stringify(items).includes(SECRET));
  });

  it('mints tokens to the clipboard, with the role and lifetime of the settings', async () => {
    await write('.env.local', ENV);
    await handle();
    await vscode.env.clipboard.writeText('');
    const returned: unknown = await vscode.commands.executeCommand('fluxRls.mintToken', 'ann');
    assert.equal(returned, undefined, 'no command returns a secret');
    const token = await vscode.env.clipboard.readText();
    const { payload } = await jwtVerify(token, Buffer.from(SECRET));
    assert.deepEqual([payload.sub, payload.role, payload.exp! - payload.iat!], ['ann', 'authenticated', 300]);

    const settings = vscode.workspace.getConfiguration('fluxRls');
    await settings.update('token.lifetime', '90s', vscode.ConfigurationTarget.Workspace);
    await settings.update('token.role', 'anon', vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('fluxRls.mintToken', 'bob');
    const short = await jwtVerify(await vscode.env.clipboard.readText(), Buffer.from(SECRET));
    assert.deepEqual([short.payload.role, short.payload.exp! - short.payload.iat!], ['anon', 90]);
    for (const key of ['token.lifetime', 'token.role']) {
      await settings.update(key, undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('copies a curl line for the table of its SQL', async () => {
    await write('.env.local', ENV);
    await write(
      'schema.sql',
      'create table tasks (id int, owner_id text not null); alter table tasks enable row level security; create policy p on tasks using (owner_id = auth.uid());',
    );
    await vscode.commands.executeCommand('fluxRls.copyCurl', 'ann');
    const line = await vscode.env.clipboard.readText();
    assert.match(
      line,
      /^curl -i 'http:\/\/127\.0\.0\.1:9\/tasks\?limit=10' -H 'Authorization: Bearer eyJ[\w.-]+' -H 'Accept-Profile: t_1a2b3c4d5e6f_api'$/,
    );
    await remove('schema.sql');
  });

  it('shows the claims of a token, and never the token', async () => {
    await vscode.commands.executeCommand('fluxRls.showClaims', 'ann');
    const page = await until('the page', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'flux-rls-claims')?.getText(),
    );
    assert.match(page, /# Claims of ann/);
    assert.match(page, /"sub": "ann",\n {2}"role": "authenticated"/);
    assert.match(page, /is good for (?:5:00|4:5\d)/);
    assert.doesNotMatch(page, /eyJ/);
  });

  it('is scaffolded by a wizard whose answers are all there already', async () => {
    await remove('.env.local');
    const app = folder().uri.fsPath;
    await write('src/auth.ts', '// mine\n');
    await acceptAll(vscode.commands.executeCommand('fluxRls.scaffold'));
    const files = [
      'src/app/api/auth/[...nextauth]/route.ts',
      'src/lib/flux.ts',
      'src/lib/flux-token.ts',
      'src/app/api/my-notes/route.ts',
      'flux-rls.sql',
      '.env.local',
    ];
    for (const file of files) assert.ok(existsSync(path.join(app, file)), file);
    assert.equal(readFileSync(path.join(app, 'src/auth.ts'), 'utf8'), '// mine\n');
    assert.match(readFileSync(path.join(app, '.env.local'), 'utf8'), /^AUTH_SECRET=[\w-]{43}$/m);
    await until('the SQL is opened', () =>
      vscode.window.activeTextEditor?.document.uri.path.endsWith('flux-rls.sql'),
    );
    await closeEditors();
    await remove('src');
    await remove('.env.local');
  });

  it('is served by a local Flux, and proved by the checklist in the panel', async function () {
    this.timeout(60_000);
    const { checklist, localFlux, panel } = await handle();
    await vscode.commands.executeCommand('fluxRls.panel.focus');
    await until('the panel asked for its state', () => panel.shown !== undefined);

    await vscode.commands.executeCommand('fluxRls.startLocalFlux');
    assert.equal(localFlux.state, 'running');
    await until('the panel shows it', () => panel.shown?.localFlux === 'running');
    const rows = panel.shown?.project?.rows.map(({ label, state, source }) => `${label} ${state} ${source}`);
    assert.deepEqual(rows, [
      'gateway found the local Flux',
      'schema found the local Flux',
      'secret found the local Flux',
      'app route missing ',
    ]);

    await vscode.commands.executeCommand('fluxRls.runChecklist');
    assert.equal(checklist.runOf(folder()).state, 'done');
    await until('the panel shows the verdicts', () => panel.shown?.checklist.state === 'done');
    const shown = await until('the checklist in the panel', () => panel.shown?.checklist);
    const points = shown.tables.flatMap(({ name, rows }) =>
      rows.flatMap(({ label, cells }) =>
        cells.flatMap(cell => cell.points.map(({ check, state }) => `${name} ${label} ${check} ${state}`)),
      ),
    );
    assert.deepEqual(
      points.filter(point => !point.endsWith(' pass')),
      [],
    );
    for (const point of ['A→A read-own', 'A→B cross-read', 'A→B forged-insert', 'none signed-out']) {
      assert.ok(points.includes(`notes ${point} pass`), point);
    }
    const { created, removed, left } = shown.rows;
    assert.ok(created > 0);
    assert.deepEqual([removed, left], [created, []]);
    const flux = localFlux.runningFor(folder());
    const secret = flux!.jwtSecret.reveal();
    assert.ok(!JSON.stringify(panel.shown).includes(secret));
    assert.ok(!JSON.stringify(panel.shown).includes('eyJ'));

    await vscode.commands.executeCommand('fluxRls.stopLocalFlux');
    await until('it is stopped', () => panel.shown?.localFlux === 'stopped');
    await assert.rejects(fetch(flux!.url));
    await remove('flux-rls.sql');
  });

  it('tells in the panel that nobody answers at its gateway', async () => {
    const { panel } = await handle();
    await write('.env.local', ENV);
    await write('schema.sql', 'create table notes (id int, owner_id text not null);');
    await until('the panel has read it', () =>
      panel.shown?.project?.rows.every(({ label, state }) => label === 'app route' || state === 'found'),
    );
    await vscode.commands.executeCommand('fluxRls.runChecklist');
    await until('the panel says so', () => panel.shown?.checklist.state === 'failed');
    assert.match(
      panel.shown?.checklist.problem ?? '',
      /^http:\/\/127\.0\.0\.1:9: The gateway cannot be reached/,
    );
    await remove('.env.local');
    await remove('schema.sql');
  });

  it('is read again when one of its files changes', async () => {
    const { panel } = await handle();
    await until('nothing is known', () =>
      panel.shown?.project?.rows.every(({ state }) => state === 'missing'),
    );
    const editor = await open('.env.local', 'FLUX_URL=http://127.0.0.1:1\n');
    await until('the URL is found', () => panel.shown?.project?.rows[0]?.value === 'http://127.0.0.1:1');
    assert.equal(editor.document.isDirty, false);
    await remove('.env.local');
    await until('it is gone again', () => panel.shown?.project?.rows[0]?.state === 'missing');
  });
});
