import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { panelHtml } from '../../../src/editor/panel/panel-html';
import { redact } from '../../../src/editor/redact';
import { CHECKLIST_ACTIONS, PANEL_COMMANDS, parseToHost } from '../../../src/panel/messages';
import { REPOSITORY } from '../../support/local-flux';

describe('the panel’s page', () => {
  const page = panelHtml({
    cspSource: 'https://csp',
    nonce: 'abc',
    script: 'https://csp/panel.js',
    styles: ['https://csp/a.css'],
  });

  it('allows its own script and styles, and nothing else', () => {
    const policy = /content="(default-src[^"]+)"/.exec(page)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-abc'; style-src https://csp; font-src https://csp",
    );
    assert.equal(page.match(/<script/g)?.length, 1);
    assert.doesNotMatch(page, /style="|onclick|unsafe/);
  });

  it('is drawn without markup from data', () => {
    const files = readdirSync(path.join(REPOSITORY, 'src/panel')).filter(file => file.endsWith('.ts'));
    assert.ok(files.includes('main.ts'));
    for (const file of files) {
      const text = readFileSync(path.join(REPOSITORY, 'src/panel', file), 'utf8');
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/, file);
    }
  });
});

describe('messages of the page', () => {
  it('are read when they are of the protocol', () => {
    assert.deepEqual(parseToHost({ type: 'ready', more: 1 }), { type: 'ready' });
    for (const command of PANEL_COMMANDS)
      assert.deepEqual(parseToHost({ type: 'command', command }), { type: 'command', command });
    assert.deepEqual(parseToHost({ type: 'subject', action: 'copyToken', subject: 'ann' }), {
      type: 'subject',
      action: 'copyToken',
      subject: 'ann',
    });
    assert.deepEqual(parseToHost({ type: 'menu' }), { type: 'menu' });
    for (const action of CHECKLIST_ACTIONS) {
      const target = { table: 'notes', check: 'view-read', through: 'all_notes' };
      assert.deepEqual(parseToHost({ type: 'checklist', action, target: { ...target, more: 1 } }), {
        type: 'checklist',
        action,
        target,
      });
    }
    assert.deepEqual(parseToHost({ type: 'checklist', action: 'run', target: { table: 'notes' } }), {
      type: 'checklist',
      action: 'run',
      target: { table: 'notes' },
    });
  });

  it('are dropped otherwise', () => {
    for (const message of [
      undefined,
      null,
      'ready',
      {},
      { type: 'command', command: 'workbench.action.terminal.sendSequence' },
      { type: 'command' },
      { type: 'subject', action: 'copyToken' },
      { type: 'subject', action: 'eval', subject: 'ann' },
      { type: 'checklist', action: 'run' },
      { type: 'checklist', action: 'run', target: {} },
      { type: 'checklist', action: 'delete', target: { table: 'notes' } },
      { type: 'checklist', action: 'run', target: { table: 'notes', check: 1 } },
      { type: 'checklist', action: 'run', target: { table: 'notes', through: null } },
    ]) {
      assert.equal(parseToHost(message), undefined);
    }
  });
});

describe('the log', () => {
  it('takes secrets out of every line', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.s3cr3t_-';
    assert.equal(redact(`Bearer ${token}, sent`), 'Bearer [token], sent');
    assert.equal(
      redact('postgres://postgres:hunter2@127.0.0.1/db'),
      'postgres://postgres:[password]@127.0.0.1/db',
    );
    assert.equal(
      redact('FLUX_JWT_SECRET=abc def AUTH_SECRET: x'),
      'FLUX_JWT_SECRET=[secret] def AUTH_SECRET: [secret]',
    );
    assert.equal(redact('nothing to hide: notes.owner_id'), 'nothing to hide: notes.owner_id');
  });
});
