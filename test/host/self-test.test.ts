import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, handle, remove, until, write } from './support';

const SQL = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid());
alter table notes enable row level security;
create policy notes_own on notes to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
`;

/** The page of the last self-test. */
function page(): string | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'flux-rls-self-test')?.getText();
}

/** What the progress of commands says from now on, until it is not watched any more. */
function watchProgress(): { readonly messages: string[]; readonly stop: () => void } {
  const { withProgress } = vscode.window;
  const messages: string[] = [];
  const watched: typeof withProgress = (options, task) =>
    withProgress(options, (progress, token) =>
      task(
        {
          report: value => {
            messages.push(value.message ?? '');
            progress.report(value);
          },
        },
        token,
      ),
    );
  Object.assign(vscode.window, { withProgress: watched });
  return {
    messages,
    stop: () => {
      Object.assign(vscode.window, { withProgress });
    },
  };
}

describe('the self-test in VS Code [one folder]', function () {
  this.timeout(120_000);

  before(async () => {
    await write('schema.sql', SQL);
    await handle();
  });
  afterEach(closeEditors);
  after(() => remove('schema.sql'));

  it('ends in a page that says which planted defects were caught, beside what runs', async () => {
    await vscode.commands.executeCommand('fluxRls.selfTest');
    const shown = await until('the page', page);
    const [, caught, planted] =
      /^(\d+) of (\d+) planted defects caught, 0 not, \d+ without effect/m.exec(shown) ?? [];
    assert.ok(Number(caught) >= 10 && Number(planted) >= Number(caught), shown);
    assert.match(shown, /^\| notes \| .* \| ✔ .*cross-read/m);
    assert.doesNotMatch(shown, /eyJ/);
    const { localFlux } = await handle();
    assert.equal(localFlux.state, 'stopped', 'its local Flux is not the project’s');
  });

  it('says what it knows when it is cancelled, and can be run again', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    const progress = watchProgress();
    const run = vscode.commands.executeCommand('fluxRls.selfTest');
    await until('the second defect', () => progress.messages.some(message => message.startsWith('3 of ')));
    await vscode.commands.executeCommand('notification.acceptPrimaryAction');
    await run;
    progress.stop();
    const shown = await until('the page', () => page()?.includes('Cancelled.') && page());
    assert.match(shown, /^Cancelled\. 1 of 1 planted defects caught/m);
    assert.ok(!progress.messages.some(message => message.startsWith('9 of ')));
  });
});
