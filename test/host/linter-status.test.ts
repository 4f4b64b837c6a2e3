import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, handle, open, remove, until, write } from './support';

const TABLE = 'create table notes (id uuid primary key, owner_id text not null);\n';

describe('the language status in VS Code [one folder]', () => {
  afterEach(closeEditors);

  it('warns while engine or schema is unknown, and leads to the project settings', async () => {
    const { item, push } = (await handle()).lintStatus;
    await open('status.sql', TABLE);
    await until('the status', () => item.text === 'engine unknown · schema unknown');
    assert.equal(item.severity, vscode.LanguageStatusSeverity.Warning);
    assert.equal(item.detail, 'set both');
    await until('the push', () => push.text === 'push: this file');
    assert.equal(push.detail, 'a push of its own');
    assert.equal(item.command?.command, 'fluxRls.showProjectSettings');
    await remove('status.sql');
  });

  it('tells engine, schema and push directory, and where each came from', async () => {
    const { item, push } = (await handle()).lintStatus;
    await write('flux.json', '{"slug":"x","hash":"1a2b3c4","mode":"v2_shared"}');
    await write('.env.local', 'FLUX_POSTGREST_SCHEMA=t_1a2b3c4d5e6f_api\n');
    await write('sql/1.sql', TABLE);
    await open('packages/a/migrations/1.sql', TABLE);
    await until('the status', () => item.text === 'v2 shared · t_1a2b3c4d5e6f_api');
    await until('the push', () => push.text === 'push: packages/a/migrations/');
    assert.equal(item.severity, vscode.LanguageStatusSeverity.Information);
    assert.equal(item.detail, 'from flux.json and .env.local');
    await until('the number of pushes', () => push.detail === 'a push directory by its name, one of 2');
    await remove('flux.json');
    await until('the status without an engine', () => item.text === 'engine unknown · t_1a2b3c4d5e6f_api');
    assert.equal(item.detail, 'set fluxRls.engine');
    for (const file of ['.env.local', 'sql', 'packages']) await remove(file);
  });

  it('is busy while a push is judged', async () => {
    const { item } = (await handle()).lintStatus;
    await until('quiet', () => !item.busy);
    let wasBusy = false;
    const watch = setInterval(() => (wasBusy ||= item.busy), 1);
    // No default push, so that nothing else has read it before.
    await write('packages/b/migrations/1.sql', TABLE.repeat(400));
    await open('packages/b/migrations/2.sql', TABLE);
    await until('busy', () => wasBusy);
    await until('quiet again', () => !item.busy);
    clearInterval(watch);
    await remove('packages');
  });
});
