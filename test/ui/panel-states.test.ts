import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { NEVER } from '../../src/editor/checklist/checklist-run';
import type { PanelState } from '../../src/panel/messages';
import { doneRun, FORGED, panelState, result, someResults, without } from '../support/panel-states';
import { launchChromium } from '../workbench/chromium';
import { until } from '../workbench/until';
import { PanelPage } from './panel-page';
import { OUTPUT } from './support';

const TWELVE = [
  'notes',
  'organizations',
  'organization_members',
  'project_milestone_attachments_with_a_very_long_name',
  ...Array.from({ length: 8 }, (_, index) => `table_${index + 5}`),
];

const partly = someResults(['notes', 'todos']).slice(0, 17);

/** Every state with its sentence and its one primary action. */
const STATES: readonly {
  readonly name: string;
  readonly state: PanelState;
  readonly sentence: RegExp;
  /** Undefined where there is nothing to be done first. */
  readonly action: string | undefined;
  readonly sends?: string;
}[] = [
  {
    name: 'no folder',
    state: panelState(NEVER, { project: null }),
    sentence: /Open the folder of your app/,
    action: 'Open Folder',
    sends: 'vscode.openFolder',
  },
  {
    name: 'untrusted',
    state: panelState(NEVER, { trusted: false }),
    sentence: /not trusted/,
    action: 'Manage Workspace Trust',
    sends: 'workbench.trust.manage',
  },
  {
    name: 'no project',
    state: without('gateway', 'schema', 'secret', 'app route'),
    sentence: /No Flux project was found in this folder\..*Start Local Flux/,
    action: 'Scaffold Auth.js Files…',
    sends: 'fluxRls.scaffold',
  },
  {
    name: 'no gateway',
    state: without('gateway'),
    sentence: /The gateway URL is not known/,
    action: 'Set gateway URL…',
    sends: 'fluxRls.setGatewayUrl',
  },
  {
    name: 'no secret',
    state: without('secret'),
    sentence: /The project secret is not known.*SecretStorage and the \.env files/,
    action: 'Enter secret…',
    sends: 'fluxRls.enterSecret',
  },
  {
    name: 'unreachable',
    state: panelState({ ...NEVER, state: 'failed', problem: 'Nothing answers at http://127.0.0.1:1.' }),
    sentence: /Nothing answers at/,
    action: 'Retry',
    sends: 'fluxRls.runChecklist',
  },
  {
    name: 'never run',
    state: panelState(),
    sentence: /Never run\./,
    action: 'Run checklist',
    sends: 'fluxRls.runChecklist',
  },
  {
    name: 'left behind',
    state: panelState(doneRun(someResults(), { leftBehind: 2 })),
    sentence: /2 rows of a run that was broken off are still in their tables/,
    action: 'Clean up',
    sends: 'fluxRls.cleanUpRows',
  },
  {
    name: 'running',
    state: panelState(
      doneRun(partly, {
        state: 'running',
        report: undefined,
        ended: undefined,
        tables: [
          { table: 'notes', shared: false, finished: 13, checks: 13 },
          { table: 'todos', shared: false, finished: 4, checks: 13 },
          { table: 'countries', shared: true, finished: 0, checks: 4 },
        ],
        current: [{ table: 'todos', check: 'read-own' }],
        waiting: 'The gateway limits requests: the run goes on in 12 s.',
      }),
    ),
    sentence: /Asking the gateway….*The gateway limits requests/,
    action: undefined,
  },
  {
    name: 'cleaning',
    state: panelState(doneRun(someResults(), { state: 'cleaning', report: undefined })),
    sentence: /Removing the rows it made…/,
    action: undefined,
  },
  {
    name: 'cancelled',
    state: panelState(doneRun(partly, { state: 'cancelled' })),
    sentence: /Cancelled\..*4 rows made, 4 removed/,
    action: undefined,
  },
  {
    name: 'done',
    state: panelState(
      doneRun(someResults(['notes', 'todos']), {
        notChecked: [{ table: 'audit', reason: 'has no owner column' }],
      }),
    ),
    sentence: /no-write mode · 46 requests in 3\.1 s · 9\.4 s one by one · /,
    action: undefined,
  },
  {
    name: 'twelve tables',
    state: panelState(doneRun(someResults(TWELVE))),
    sentence: /1 failed/,
    action: undefined,
  },
];

describe('the panel’s page', function () {
  this.timeout(60_000);
  let browser: Browser;

  before(async () => {
    mkdirSync(OUTPUT, { recursive: true });
    browser = await launchChromium();
  });

  after(() => browser.close());

  for (const width of [300, 220]) {
    it(`tells each state in one sentence with one thing to do, ${width} pixels wide`, async () => {
      const panel = await PanelPage.open(browser, width);
      for (const { name, state, sentence, action, sends } of STATES) {
        await panel.show(state);
        const text = (await panel.page.locator('main').innerText()).replace(/\s+/g, ' ');
        assert.match(text, sentence, `${name}: ${text}`);
        const primary = panel.page.locator('button.primary');
        assert.deepEqual(
          await primary.allInnerTexts(),
          action === undefined ? [] : [action],
          `${name}: what to do first`,
        );
        if (sends !== undefined) {
          await primary.click();
          assert.deepEqual((await panel.sent()).at(-1), { type: 'command', command: sends });
        }
        assert.equal(await panel.overflow(), 0, `${name}: nothing is cut off sideways`);
        await panel.page.screenshot({
          path: path.join(OUTPUT, `page ${name} ${width}.png`),
          fullPage: true,
        });
      }
      await panel.page.close();
    });
  }

  for (const theme of ['light', 'high-contrast'] as const) {
    it(`is drawn in ${theme}`, async () => {
      const panel = await PanelPage.open(browser, 300, theme);
      for (const name of ['done', 'running', 'never run']) {
        await panel.show(STATES.find(one => one.name === name)!.state);
        await panel.page.screenshot({
          path: path.join(OUTPUT, `page ${name} ${theme}.png`),
          fullPage: true,
        });
      }
      await panel.page.close();
    });
  }

  it('names every cell and every button, and has one cell in the order of Tab', async () => {
    const panel = await PanelPage.open(browser, 300);
    await panel.show(panelState(doneRun(someResults(TWELVE))));
    const cells = await panel.page.locator('.cell').all();
    assert.equal(cells.length, 12 * 12 + 4 + 3);
    assert.equal(
      await panel.page.getByRole('button', { name: 'notes, A to B, insert: failed', exact: true }).count(),
      1,
    );
    assert.equal(await panel.page.locator('.cell[tabindex="0"]').count(), 1);
    for (const button of await panel.page.locator('button').all()) {
      const name = (await button.getAttribute('aria-label')) ?? (await button.innerText());
      assert.notEqual(name.trim(), '');
    }
    await panel.page.close();
  });

  it('is read by the keyboard: arrows, Enter to the evidence, Escape back', async () => {
    const panel = await PanelPage.open(browser, 300);
    const { keyboard } = panel.page;
    await panel.show(panelState(doneRun(someResults(['notes', 'todos']))));
    await panel.page.locator('.cell[tabindex="0"]').focus();
    assert.equal(await panel.focused(), 'notes, A to B, insert: failed', 'the first failure is the way in');
    const path: [key: string, name: string][] = [
      ['ArrowRight', 'notes, A to B, update: cannot tell'],
      ['ArrowDown', 'notes, signed out, update: passed'],
      ['ArrowDown', 'todos, A to A, update: passed'],
      ['End', 'todos, A to A, delete: passed'],
      ['ArrowRight', 'todos, A to A, delete: passed'],
      ['Control+End', '/api/my-notes, signed out, read: passed'],
      ['Control+Home', 'notes, A to A, read: passed'],
    ];
    for (const [key, name] of path) {
      await keyboard.press(key);
      assert.equal(await panel.focused(), name, key);
    }
    await keyboard.press('Enter');
    assert.equal(await panel.focused(), 'notes, A to A, read');
    await keyboard.press('Escape');
    assert.equal(await panel.focused(), 'notes, A to A, read: passed');
    assert.equal(await panel.page.locator('#evidence').count(), 0);
    await panel.page.close();
  });

  it('opens the first failure by itself, and tells all of it', async () => {
    const panel = await PanelPage.open(browser, 300);
    const results = someResults();
    await panel.show(panelState(doneRun(results.slice(0, 6), { state: 'running', report: undefined })));
    assert.equal(await panel.page.locator('#evidence').count(), 0);
    await panel.show(panelState(doneRun(results)));
    const drawer = panel.page.locator('#evidence');
    await drawer.getByText('Why this cannot be a missing GRANT').click();
    await drawer.getByText('What was asked and answered').click();
    const text = (await drawer.innerText()).replace(/\s+/g, ' ');
    for (const part of [
      'notes · A→B · insert',
      'An insert in another subject’s name is refused',
      'Accepted. The insert policy does not tie owner_id to the subject.',
      'flux-rls.sql:24',
      'notes_owner_insert',
      'POST /notes?columns=owner_id,body',
      '{"owner_id":"ann@example.com","body":"…"}',
      'control as A 104923',
      'expected: 403 with 42501',
      '201 · accepted',
      'PostgreSQL looks at privileges before policies',
    ]) {
      assert.ok(text.includes(part), part);
    }
    const target = { table: 'notes', check: 'forged-insert' };
    for (const [name, action] of [
      [/^Explain: /, 'explain'],
      [/^Run again: /, 'run'],
      [/^Copy as curl: /, 'copyCurl'],
      [/^Fix: /, 'fix'],
      [/^Open flux-rls\.sql:24/, 'open'],
    ] as const) {
      await drawer.getByRole('button', { name }).click();
      assert.deepEqual((await panel.sent()).at(-1), { type: 'checklist', action, target });
    }
    await drawer.getByRole('button', { name: 'Run all checks of notes again' }).click();
    assert.deepEqual((await panel.sent()).at(-1), {
      type: 'checklist',
      action: 'run',
      target: { table: 'notes' },
    });
    await panel.page.close();
  });

  it('tells once what one cause makes fail', async () => {
    const panel = await PanelPage.open(browser, 300);
    const other = { ...FORGED, cause: 'rls-off' } as const;
    await panel.show(
      panelState(
        doneRun([
          result('notes', 'forged-insert', FORGED),
          result('notes', 'bulk-insert', FORGED),
          result('notes', 'upsert-other', other),
        ]),
      ),
    );
    const open = await panel.page
      .locator('#evidence .point')
      .evaluateAll((points: { open: boolean }[]) => points.map(point => point.open));
    assert.deepEqual(open, [true, false, true]);
    await panel.page.close();
  });

  it('keeps focus, scroll and what is open when it is drawn anew, until it was closed', async () => {
    const panel = await PanelPage.open(browser, 220);
    const results = someResults(TWELVE);
    await panel.show(panelState(doneRun(results)));
    await panel.page.getByText('What was asked and answered').first().click();
    await panel.page
      .getByRole('button', { name: /^Explain/ })
      .first()
      .focus();
    const before = await panel.page.evaluate('window.scrollY');
    assert.notEqual(before, 0);
    await panel.show(panelState(doneRun(results, { seconds: 4 })));
    assert.match((await panel.focused()) ?? '', /^Explain: An insert/);
    assert.equal(await panel.page.evaluate('window.scrollY'), before);
    assert.equal(await panel.page.locator('#evidence details.details[open]').count(), 1);

    await panel.page.getByRole('button', { name: /^Close notes/ }).click();
    await panel.show(panelState(doneRun(results)));
    assert.equal(await panel.page.locator('#evidence').count(), 0);
    await panel.show(panelState(doneRun(results, { state: 'running', report: undefined })));
    assert.equal(await panel.page.locator('#evidence').count(), 1, 'the next run shows its failure');
    await panel.page.close();
  });

  it('tells a screen reader what a run does and how it ended, not each verdict', async () => {
    const panel = await PanelPage.open(browser, 300);
    const said = (): Promise<string> => panel.page.locator('[role="status"]').innerText();
    const results = someResults();
    await panel.show(panelState());
    assert.equal(await said(), '');
    await panel.page.evaluate('window.region = document.querySelector("[role=status]")');
    for (const [run, words] of [
      [doneRun(results.slice(0, 6), { state: 'running' }), 'Asking the gateway…'],
      [doneRun(results, { state: 'running', waiting: 'It waits 3 s.' }), 'It waits 3 s.'],
      [doneRun(results, { state: 'cleaning' }), 'Removing the rows it made…'],
      [doneRun(results), '18 passed, 1 failed, 1 cannot tell'],
      [doneRun(results, { state: 'cancelled' }), 'Cancelled. 18 passed, 1 failed, 1 cannot tell'],
      [doneRun([], { state: 'failed', problem: 'Nothing answers.' }), 'Nothing answers.'],
    ] as const) {
      await panel.show(panelState(run));
      assert.equal(await said(), words);
    }
    const stays = await panel.page.evaluate('window.region === document.querySelector("[role=status]")');
    assert.equal(stays, true, 'a new region would not be heard');
    await panel.page.close();
  });

  it('takes a click although results come in between', async () => {
    const panel = await PanelPage.open(browser, 300);
    const { page } = panel;
    const going = doneRun(someResults().slice(0, 6), { state: 'running', report: undefined });
    await panel.show(panelState(going));
    await page.getByRole('button', { name: 'Cancel' }).hover();
    await page.mouse.down();
    await panel.show(panelState({ ...going, state: 'cleaning' }));
    assert.equal(
      await page.locator('.doing', { hasText: 'Removing the rows it made…' }).count(),
      0,
      'the button stays in place',
    );
    await page.mouse.up();
    await page.locator('.doing', { hasText: 'Removing the rows it made…' }).waitFor();
    assert.deepEqual((await panel.sent()).at(-1), { type: 'command', command: 'fluxRls.cancelChecklist' });

    await page.getByRole('button', { name: 'Cancel' }).focus();
    const sent = (await panel.sent()).length;
    await page.keyboard.down(' ');
    await panel.show(panelState(going));
    await page.keyboard.up(' ');
    await page.locator('.doing', { hasText: 'Asking the gateway…' }).waitFor();
    assert.equal((await panel.sent()).length, sent + 1);
    await page.close();
  });

  it('names the view through which a table is asked, in the cell of the table', async () => {
    const panel = await PanelPage.open(browser, 300);
    const leak = { ...FORGED, through: 'all_notes', cause: 'bypassing-door' } as const;
    await panel.show(panelState(doneRun([...someResults(), result('notes', 'view-read', leak)])));
    await panel.page.getByText('through all_notes').waitFor();
    await panel.page.getByRole('button', { name: /^Explain: .* \(all_notes\)$/ }).click();
    assert.deepEqual((await panel.sent()).at(-1), {
      type: 'checklist',
      action: 'explain',
      target: { table: 'notes', check: 'view-read', through: 'all_notes' },
    });
    await panel.page.close();
  });

  it('counts a token’s life down while it is seen, and offers to renew it', async () => {
    const panel = await PanelPage.open(browser, 300);
    await panel.page.clock.install({ time: new Date('2026-01-01T11:00:00Z') });
    await panel.page.clock.pauseAt(new Date('2026-01-01T12:00:00Z'));
    const now = Date.parse('2026-01-01T12:00:00Z') / 1000;
    const state = panelState();
    const [first] = state.subjects;
    await panel.show({ ...state, subjects: [{ ...first!, expiresAt: now + 62 }] });
    const life = panel.page.locator('.life');
    assert.equal(await life.innerText(), '1:02');
    await panel.page.clock.runFor(3000);
    assert.equal(await life.innerText(), '0:59');

    await panel.page.evaluate(
      `Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`,
    );
    await panel.page.clock.runFor(10_000);
    assert.equal(await life.innerText(), '0:59', 'nothing runs while it is hidden');
    await panel.page.evaluate(
      `Object.defineProperty(document, 'hidden', { value: false, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`,
    );
    assert.equal(await life.innerText(), '0:49');

    await panel.page.clock.runFor(50_000);
    assert.equal(await life.innerText(), 'expired');
    await panel.page.getByRole('button', { name: 'Renew the token for 104923' }).click();
    assert.deepEqual((await panel.sent()).at(-1), {
      type: 'subject',
      action: 'renewToken',
      subject: '104923',
    });
    await until('no timer left', async () => (await life.innerText()) === 'expired');
    await panel.page.close();
  });
});
