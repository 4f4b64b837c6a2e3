import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import type { LocalFlux } from '../../src/stack/local-flux';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';
import type { TemporaryFolder } from '../support/temporary-folder';
import type { Workbench } from '../workbench/page';
import { until } from '../workbench/until';
import { endOfRun, notesApp, openPanel, packVsix, preview, Session, shoot, verdictsOf } from './support';

/** A push in which somebody forgot ENABLE ROW LEVEL SECURITY: every row is everybody's. */
const OPEN_SQL = `create table notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  body text not null
);
create policy notes_owner on notes to authenticated
  using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
`;

describe('where a run of the checklist goes, in a browser', function () {
  this.timeout(120_000);
  let flux: LocalFlux;
  let session: Session;
  let app: TemporaryFolder;
  let workbench: Workbench;
  let panel: FrameLocator;

  before(async () => {
    flux = await localFlux('v2_shared');
    await pushAlone(flux, OPEN_SQL);
    app = notesApp(flux, OPEN_SQL);
    session = await Session.start(packVsix());
    workbench = await session.workbench(app.path);
    await workbench.openFile('schema.sql');
    panel = await openPanel(workbench);
  });

  after(async () => {
    await session.stop();
    app.remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shoot(workbench, `FAILED ${this.currentTest.title}`);
  });

  it('shows every request as a page before one is sent', async () => {
    await panel.getByRole('button', { name: 'More of the checklist…' }).click();
    await workbench.answerQuickInput('Show what would be asked', { pick: true });
    const page = await preview(workbench, 'Requests of the isolation checklist');
    await page.getByText('not sent yet').waitFor();
    await page.getByRole('heading', { name: 'An insert in another subject’s name is refused' }).waitFor();
    await shoot(workbench, 'checklist-plan');
    assert.equal(await panel.locator('.cell').count(), 0, 'nothing was asked');
    await workbench.runCommand('View: Close Editor');
  });

  it('opens the first failure with its cause and its place in the SQL', async () => {
    await panel.getByRole('button', { name: 'Run checklist' }).click();
    await endOfRun(panel, /[1-9]\d* failed/);
    assert.ok((await verdictsOf(panel)).includes('notes, A to B, read: failed'));
    const failed = panel.locator('#evidence .point.fail').first();
    assert.equal(await failed.locator('.tag').first().innerText(), 'rls-off');
    await failed.getByRole('button', { name: 'Open schema.sql:1' }).waitFor();
    await failed.getByRole('button', { name: /^Fix: / }).waitFor();
  });

  it('puts what it proved into Problems, at the line', async () => {
    await workbench.runCommand('View: Toggle Problems');
    const problem = workbench.page.locator('.markers-panel .monaco-list-row', {
      hasText: 'Proved at 127.0.0.1:',
    });
    await problem.filter({ hasText: 'own-rows-only' }).filter({ hasText: 'Ln 1,' }).waitFor();
    assert.equal(await problem.count(), 1, 'one cause is told once');
    await problem.filter({ hasText: '9 more checks fail for it.' }).waitFor();
    await shoot(workbench, 'checklist-problems');
    await workbench.runCommand('View: Toggle Problems');
  });

  it('lists tables and checks in the Test Explorer with their verdicts', async () => {
    await workbench.runCommand('Testing: Focus on Test Explorer View');
    const { page } = workbench;
    const row = (text: string) => page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();
    await row('notes').click();
    await page.keyboard.press('ArrowRight');
    await row('A signed-in subject sees only its own rows').getByText('failed').waitFor();
    await row('A request without a token is refused').getByText('passed').waitFor();
    await shoot(workbench, 'checklist-test-explorer');
  });

  it('explains a failure as a page', async () => {
    panel = await openPanel(workbench);
    await panel
      .getByRole('button', { name: /^Explain: / })
      .first()
      .click();
    const page = await preview(workbench, 'notes · own-rows-only');
    await page.getByText('schema.sql:1').first().waitFor();
    await shoot(workbench, 'checklist-explained');
    await workbench.clearNotifications();
    await workbench.runCommand('View: Close Editor');
  });

  it('exports a report, and shows it', async () => {
    await workbench.runCommand('Flux RLS: Export Report…');
    await workbench.answerQuickInput('Markdown', { pick: true });
    await workbench.page.getByText('Export the report of the checklist').waitFor();
    await workbench.page.keyboard.press('Enter');
    const page = await preview(workbench, 'Isolation checklist');
    await page.getByText('What did not pass').waitFor();
    await shoot(workbench, 'checklist-report');
    const file = path.join(app.path, 'flux-rls-report.md');
    assert.ok(existsSync(file));
    assert.ok(!readFileSync(file, 'utf8').includes(flux.jwtSecret.reveal()));
    await workbench.runCommand('View: Close Editor');
  });

  it('leads from a failure to the linter’s fix, and proves it by the next run', async () => {
    panel = await openPanel(workbench);
    await panel
      .getByRole('button', { name: /^Fix: / })
      .first()
      .click();
    const menu = workbench.page.locator('.action-widget:visible');
    await menu.getByText('Enable row-level security on notes').first().waitFor();
    await shoot(workbench, 'checklist-fix');
    await menu.getByText('Enable row-level security on notes').first().click();
    await workbench.saveActive();
    const fixed = readFileSync(path.join(app.path, 'schema.sql'), 'utf8');
    assert.match(fixed, /alter table notes enable row level security/);
    await runSql(flux, `alter table ${TEST_SCHEMA}.notes enable row level security`);
    await panel.getByRole('button', { name: 'Run checklist' }).click();
    await endOfRun(panel, /[1-9]\d* passed, 0 failed, 0 cannot tell/);
    await until('no problem left', async () => (await workbench.problemsCount()).errors === 0);
  });
});
