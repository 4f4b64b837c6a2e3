import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jwtVerify } from 'jose';
import type { FrameLocator } from 'playwright-core';
import type { LocalFlux } from '../../src/stack/local-flux';
import { countRows } from '../support/checklist';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';
import { TemporaryFolder } from '../support/temporary-folder';
import type { Workbench } from '../workbench/page';
import { until } from '../workbench/until';
import {
  endOfRun,
  notesApp,
  openPanel,
  OUTPUT,
  packVsix,
  preview,
  Session,
  shoot,
  verdictsOf,
} from './support';

const SCHEMA_SQL = `-- Each subject sees and changes only its own notes.
create table notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  body text not null
);
alter table notes enable row level security;

create policy notes_owner_read on notes
  for select to authenticated
  using (owner_id = (select auth.uid()));

create policy notes_owner_insert on notes
  for insert to authenticated
  with check (owner_id = (select auth.uid()));

create policy notes_owner_delete on notes
  for delete to authenticated
  using (owner_id = (select auth.uid()));

grant select, insert, delete on notes to authenticated;
`;

const GREEN = /[1-9]\d* passed, 0 failed, 0 cannot tell/;

/** What must not be, in the words of the cells. */
const GUARDED = ['notes, A to B, read', 'notes, A to B, insert', 'notes, signed out, read'];

describe('the packed extension in a browser', function () {
  this.timeout(120_000);
  let flux: LocalFlux;
  let session: Session;
  let vsix: string;
  let app: TemporaryFolder;
  let workbench: Workbench;
  let panel: FrameLocator;

  before(async () => {
    flux = await localFlux('v2_shared');
    await pushAlone(flux, SCHEMA_SQL);
    vsix = packVsix();
    app = notesApp(flux, SCHEMA_SQL);
    session = await Session.start(vsix);
    workbench = await session.workbench(app.path);
    await workbench.openFile('schema.sql');
  });

  after(async () => {
    await session.stop();
    app.remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shoot(workbench, `FAILED ${this.currentTest.title}`);
  });

  it('shows the project in its panel, and the secret only as known', async () => {
    panel = await openPanel(workbench);
    await panel.getByText('notes-app').waitFor();
    const rows = await panel.locator('.row').allInnerTexts();
    assert.deepEqual(
      rows.map(row => row.replace(/\s+/g, ' ').trim()),
      [
        `found: gateway ${flux.url} .env.local`,
        `found: schema ${TEST_SCHEMA} .env.local`,
        'found: secret known .env.local',
        'missing: app route not set Set…',
      ],
    );
    assert.equal(await panel.getByText('v2 shared').count(), 1);
  });

  it('adds test subjects and copies tokens for them', async () => {
    for (const subject of ['104923', 'ann@example.com']) {
      await panel.getByRole('button', { name: 'Add test subject' }).click();
      await workbench.answerQuickInput(subject);
      await panel.locator('.subject', { hasText: subject }).waitFor();
    }
    await panel.getByRole('button', { name: 'Copy a token for 104923' }).click();
    await workbench.notification('token for 104923 copied. It is a live credential for 5:00.').waitFor();
    const token = await workbench.readClipboard();
    const { payload } = await jwtVerify(token, Buffer.from(flux.jwtSecret.reveal()));
    assert.equal(payload.sub, '104923');
    await panel.locator('.life', { hasText: /^4:\d\d$/ }).waitFor();
    await workbench.clearNotifications();
  });

  it('gives a subject a name and claims of its own, and says what becomes of them', async () => {
    const change = async (part: string, value: string): Promise<void> => {
      await workbench.answerQuickInput(part, { pick: true });
      await workbench.answerQuickInput(value);
    };
    await panel.getByRole('button', { name: 'More for 104923…' }).click();
    await workbench.answerQuickInput('Edit…', { pick: true });
    await change('Label', 'Owner');
    await change('Extra claims', '{"org_id":"acme"}');
    await workbench.page.locator('.quick-input-widget:visible').getByText('org_id').waitFor();
    await workbench.page.keyboard.press('Escape');
    await panel.locator('.subject', { hasText: /^Owner 104923$/ }).waitFor();

    await panel.getByRole('button', { name: 'More for 104923…' }).click();
    await workbench.answerQuickInput('Copy as…', { pick: true });
    await workbench.answerQuickInput('fetch call', { pick: true });
    await workbench.notification('org_id does not reach PostgreSQL').waitFor();
    const [, token = ''] = /"Bearer ([\w.-]+)"/.exec(await workbench.readClipboard()) ?? [];
    const { payload } = await jwtVerify(token, Buffer.from(flux.jwtSecret.reveal()));
    assert.deepEqual([payload.sub, payload.org_id], ['104923', 'acme']);
    await workbench.clearNotifications();
  });

  it('runs the checklist by a click, and every cell of the matrix is as it must be', async () => {
    await panel.getByRole('button', { name: 'Run checklist' }).click();
    await endOfRun(panel, GREEN);
    const verdicts = await verdictsOf(panel);
    for (const cell of GUARDED) assert.ok(verdicts.includes(`${cell}: passed`), cell);
    await panel.getByText(/^[1-9]\d* rows made, [1-9]\d* removed$/).waitFor();
    assert.equal(await countRows(flux), 0);
    assert.equal(await panel.locator('#evidence').count(), 0, 'nothing to look at');
    await shoot(workbench, 'panel-green-dark');
  });

  it('turns red with the cause when a policy is broken, and shows what was asked', async () => {
    await runSql(flux, `alter policy notes_owner_read on ${TEST_SCHEMA}.notes using (true)`);
    await panel.getByRole('button', { name: 'Run checklist' }).click();
    await endOfRun(panel, /passed, [1-9]\d* failed, 0 cannot tell/);
    const verdicts = await verdictsOf(panel);
    assert.ok(verdicts.includes('notes, A to B, read: failed'));
    assert.ok(verdicts.includes('notes, A to B, insert: passed'));
    assert.ok(verdicts.includes('notes, signed out, read: passed'));
    const failed = panel.locator('#evidence .point.fail').first();
    assert.equal(await failed.locator('.tag').first().innerText(), 'policy');
    await failed.getByText('104923 is shown rows of other subjects.').waitFor();
    await failed.getByText(/^Tie the SELECT policy .*using \(owner_id = auth\.uid\(\)\)\.$/).waitFor();
    await failed.getByText('What was asked and answered').click();
    await failed.getByText('GET /notes?select=owner_id&owner_id=isdistinct.104923&limit=5').waitFor();
    await shoot(workbench, 'panel-red-dark');
    await failed.getByRole('button', { name: /^Copy as curl/ }).click();
    await workbench.notification('curl line copied; set FLUX_TOKEN to a token for').waitFor();
    const line = await workbench.readClipboard();
    assert.match(line, /^curl -i 'http:\/\/127\.0\.0\.1:\d+\/notes\?.*Bearer \$FLUX_TOKEN"/);
    await workbench.clearNotifications();
    // The SQL is right and only the database is not, so that the linter has nothing to mend.
    await failed.getByRole('button', { name: /^Fix: / }).click();
    await workbench.notification('Tie the SELECT policy').waitFor();
    await workbench.page.locator('.statusbar').getByText('Ln 9,').waitFor();
    await workbench.clearNotifications();
    await runSql(flux, `alter policy notes_owner_read on ${TEST_SCHEMA}.notes using (owner_id = auth.uid())`);
  });

  it('has no secret and no token anywhere in its page', async () => {
    const html = await panel.locator('html').innerHTML();
    assert.ok(!html.includes(flux.jwtSecret.reveal()));
    assert.doesNotMatch(html, /eyJ/);
  });

  it('looks right in light and in high contrast, and when it is narrow', async () => {
    await workbench.setTheme('Light Modern', 'light');
    panel = await workbench.webview('flux-rls.flux-rls', { has: 'body.vscode-light #root > *' });
    await panel.locator('#evidence .point.fail').first().waitFor();
    await panel.locator('html').evaluate('window.scrollTo(0, 0)');
    await shoot(workbench, 'panel-red-light');
    await workbench.setTheme('Dark High Contrast', 'high contrast');
    panel = await workbench.webview('flux-rls.flux-rls', { has: 'body.vscode-high-contrast #root > *' });
    await panel.locator('html').evaluate('window.scrollTo(0, 0)');
    await shoot(workbench, 'panel-red-high-contrast');
    await workbench.setTheme('Dark Modern', 'dark');
    panel = await workbench.webview('flux-rls.flux-rls', { has: 'body.vscode-dark #root > *' });

    const sash = await workbench.page.locator('.part.sidebar').boundingBox();
    const edge = (sash?.x ?? 0) + (sash?.width ?? 0);
    await workbench.page.mouse.move(edge, 600);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(edge - 80, 600, { steps: 5 });
    await workbench.page.mouse.up();
    const overflow = await panel
      .locator('html')
      .evaluate<number, undefined>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        undefined,
      );
    assert.equal(overflow, 0, 'nothing is cut off sideways');
    await shoot(workbench, 'panel-narrow');
  });

  it('runs from the keyboard alone, and is told to a screen reader', async () => {
    const { keyboard } = workbench.page;
    const focused = async (): Promise<string | null> => panel.locator(':focus').getAttribute('aria-label');
    await panel.getByRole('button', { name: 'Run checklist' }).focus();
    await keyboard.press('Enter');
    await endOfRun(panel, GREEN);
    assert.equal(await panel.getByRole('status').filter({ hasText: GREEN }).count(), 1);
    assert.equal(await focused(), 'Run checklist', 'the focus stays where it was');
    await panel.getByRole('button', { name: 'notes, A to B, insert: passed' }).focus();
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowDown');
    assert.equal(await focused(), 'notes, signed out, read: passed');
    await keyboard.press('Enter');
    assert.equal(await focused(), 'notes, signed out, read', 'the evidence is read next');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await panel.getByText('Without a token: 401.').waitFor();
    await keyboard.press('Escape');
    assert.equal(await focused(), 'notes, signed out, read: passed');
    const names = await Promise.all(
      (await panel.locator('button').all()).map(
        async button => (await button.getAttribute('aria-label')) ?? (await button.innerText()),
      ),
    );
    assert.ok(names.length > 15);
    assert.deepEqual(
      names.filter(name => name.trim() === ''),
      [],
      'every button has a name',
    );
  });

  it('is cancelled by a click, and leaves no row', async () => {
    await runSql(
      flux,
      `create or replace function ${TEST_SCHEMA}.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return new; end $$;
      create trigger slow before insert on ${TEST_SCHEMA}.notes for each row execute function ${TEST_SCHEMA}.slow()`,
    );
    await panel.getByRole('button', { name: 'Run checklist' }).click();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByRole('status').filter({ hasText: 'Cancelled.' }).waitFor();
    assert.equal(await countRows(flux), 0);
    await runSql(flux, `drop function ${TEST_SCHEMA}.slow cascade`);
  });

  it('marks a finding while one types, explains it, and mends it', async () => {
    // What could be better is said, so it has been judged; nothing is wrong.
    await until('what could be better', async () => (await workbench.problemsCount()).infos > 0);
    const { errors, warnings } = await workbench.problemsCount();
    assert.deepEqual({ errors, warnings }, { errors: 0, warnings: 0 });
    writeFileSync(
      path.join(app.path, 'schema.sql'),
      SCHEMA_SQL.replace('grant select, insert, delete', 'grant select'),
    );
    await until('error in the status bar', async () => (await workbench.problemsCount()).errors === 1);
    const hover = await workbench.hoverSquiggle(
      'No GRANT gives authenticated INSERT, DELETE on notes',
      'error',
    );
    assert.match(hover, /Flux RLS\s*grant-missing-table/);
    await workbench.screenshot(path.join(OUTPUT, 'editor-hover.png'));
    await workbench.applyQuickFix('Grant INSERT, DELETE on notes to authenticated', 'error');
    await until('the finding gone', async () => (await workbench.problemsCount()).errors === 0);
    await workbench.saveActive();
    assert.ok(
      readFileSync(path.join(app.path, 'schema.sql'), 'utf8').endsWith(
        'grant select on notes to authenticated;\ngrant insert, delete on notes to authenticated;\n',
      ),
    );
    assert.equal(await workbench.squiggles('error').count(), 0);
  });

  it('forgets the findings of a file that is closed', async () => {
    writeFileSync(path.join(app.path, 'other.sql'), 'create table open (id int);\n');
    await workbench.openFile('other.sql');
    await until('its error', async () => (await workbench.problemsCount()).errors === 1);
    await workbench.runCommand('View: Close Editor');
    await until('it gone', async () => (await workbench.problemsCount()).errors === 0);
  });

  it('leads from the code in Problems to the rule’s page', async () => {
    writeFileSync(
      path.join(app.path, 'other.sql'),
      'create table open (owner_id uuid not null default auth.uid());\nalter table open enable row level security;\n',
    );
    await workbench.openFile('other.sql');
    await until('its error', async () => (await workbench.problemsCount()).errors === 1);
    const code = workbench.page.locator('.markers-panel a', { hasText: 'owner-uuid' }).first();
    // The command closes what is open already, as it may be on a slow machine.
    await until('Problems', async () => {
      if (!(await code.isVisible())) await workbench.runCommand('View: Toggle Problems');
      return code.isVisible();
    });
    await code.click();
    await preview(workbench, 'Owner column of type uuid');
    await shoot(workbench, 'rule-page');
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('View: Toggle Problems');
  });

  it('shows project settings as a list, and changes the secret through it', async () => {
    await workbench.runCommand('Flux RLS: Show Project Settings');
    const list = workbench.page.locator('.quick-input-widget:visible');
    await list.getByText('Project settings of notes-app').waitFor();
    const text = await list.innerText();
    assert.match(text, /Project secret\s*known\s*from \.env\.local/);
    assert.ok(!text.includes(flux.jwtSecret.reveal()));
    await shoot(workbench, 'project-settings');
    await workbench.answerQuickInput('Project secret', { pick: true });
    await workbench.page.locator('.quick-input-widget:visible input[type="password"]').waitFor();
    await workbench.answerQuickInput('the-secret-of-another-project-0123456789');
    await panel.getByText('SecretStorage').waitFor();
    await workbench.openContainer('Flux RLS');
    await panel.getByRole('button', { name: 'Run checklist' }).click();
    const cell = panel.getByRole('button', { name: 'notes, A to B, read: cannot tell' });
    await cell.click();
    const evidence = panel.locator('#evidence[aria-label="notes, A to B, read"] .point.unknown');
    assert.equal(await evidence.first().locator('.tag').first().innerText(), 'wrong-secret');
    await workbench.runCommand('Flux RLS: Forget Project Secret');
    await panel.locator('.row', { hasText: 'secret' }).getByText('.env.local').waitFor();
  });

  it('inspects a pasted token', async () => {
    await workbench.runCommand('Flux RLS: Inspect Token…');
    await workbench.answerQuickInput('eyJhbGciOiJub25lIn0.eyJzdWIiOiIiLCJleHAiOjF9.');
    const page = await preview(workbench, 'Token');
    await page.getByText('The gateway will refuse it.').waitFor();
    await page.getByText('It is signed with none; only HS256 is accepted (401).').waitFor();
    await shoot(workbench, 'token-inspector');
    await workbench.runCommand('View: Close All Editors');
  });

  it('scaffolds an app by quick picks, and shows a file before it would be overwritten', async () => {
    const next = new TemporaryFolder({
      'package.json': '{ "name": "shop", "dependencies": { "next": "16.4.5" } }',
      'src/auth.ts': '// mine\n',
    });
    const window = await session.workbench(next.path);
    try {
      await window.runCommand('Flux RLS: Scaffold Auth.js Files…');
      await window.answerQuickInput('GitHub', { pick: true });
      await window.answerQuickInput('t_1a2b3c4d5e6f_api');
      await window.page.getByText('Scaffold Auth.js files (3/3)').waitFor();
      await shoot(window, 'scaffold-plan');
      await window.page.keyboard.press('Enter');
      await window
        .notification('wrote 6 files. They need next-auth@5.0.0-beta.32 and jose@6.2.17.')
        .waitFor();
      assert.equal(readFileSync(path.join(next.path, 'src/auth.ts'), 'utf8'), '// mine\n');
      assert.match(readFileSync(path.join(next.path, 'flux-rls.sql'), 'utf8'), /t_1a2b3c4d5e6f_api\.notes/);
      await window.page.locator('.tab', { hasText: 'flux-rls.sql' }).first().waitFor();

      await window.runCommand('Flux RLS: Scaffold Auth.js Files…');
      await window.answerQuickInput('GitHub', { pick: true });
      await window.answerQuickInput('t_1a2b3c4d5e6f_api');
      await window.page.getByText('Scaffold Auth.js files (3/3)').waitFor();
      await window.page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'src/auth.ts' })
        .first()
        .click();
      await window.page.keyboard.press('Enter');
      await window.page.getByText('src/auth.ts is there already').waitFor();
      await window.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
      await shoot(window, 'scaffold-diff');
      await window.answerQuickInput('Overwrite with the right side', { pick: true });
      await until('the file overwritten', () =>
        readFileSync(path.join(next.path, 'src/auth.ts'), 'utf8').includes('NextAuth'),
      );
    } finally {
      await window.close();
      next.remove();
    }
  });

  it('leads an empty folder on, and starts a local Flux in it', async () => {
    const empty = new TemporaryFolder({ 'schema.sql': SCHEMA_SQL });
    const window = await session.workbench(empty.path);
    try {
      const page = await openPanel(window);
      await page.getByText('No Flux project was found in this folder.').waitFor();
      await page.getByRole('button', { name: 'Scaffold Auth.js Files…' }).waitFor();
      await shoot(window, 'panel-empty');
      assert.equal(await page.getByRole('button', { name: 'Run checklist' }).count(), 0);
      // The packed extension brings no servers; it asks before it fetches them.
      await page.getByRole('button', { name: 'Start Local Flux' }).click();
      await window.clickNotificationButton(
        'The local Flux needs PostgreSQL and PostgREST (about 80 MB)',
        'Download',
      );
      await window.notification('the local Flux runs at http://127.0.0.1:').waitFor({ timeout: 90_000 });
      await page.getByText('Local Flux is running').waitFor();
      await page.getByRole('button', { name: 'Run checklist' }).click();
      await endOfRun(page, GREEN);
      await page.getByRole('button', { name: 'Stop Local Flux' }).click();
      await page.getByText('Local Flux is stopped').waitFor();
    } finally {
      await window.close();
      empty.remove();
    }
  });
});

describe('the packed extension in a folder that is not trusted', function () {
  this.timeout(120_000);

  it('lints, and says why the rest waits', async () => {
    const vsix = packVsix();
    const app = new TemporaryFolder({ 'schema.sql': 'create table open (id int);\n' });
    const session = await Session.start(vsix, { workspaceTrust: true });
    try {
      const workbench = await session.workbench(app.path);
      await workbench.openFile('schema.sql');
      await until('a finding', async () => (await workbench.problemsCount()).errors === 1);
      const panel = await openPanel(workbench);
      await panel.getByText('This folder is not trusted.').waitFor();
      await shoot(workbench, 'panel-untrusted');
      assert.equal(await panel.getByRole('button', { name: 'Run checklist' }).count(), 0);
      await workbench.trustFolder();
      await panel.getByText('No Flux project was found in this folder.').waitFor();
    } finally {
      await session.stop();
      app.remove();
    }
  });
});
