import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, folder, handle, remove, until, write } from './support';

const SQL = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid());
alter table notes enable row level security;
create policy notes_own on notes to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
create table drafts (id int primary key, owner_id text not null default auth.uid());
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

  let chosen: string;

  before(async () => {
    await write('schema.sql', SQL);
    const { workspaceState } = await handle();
    chosen = `checklist tables ${folder().uri.toString()}`;
    await workspaceState.update(chosen, { excluded: ['drafts'] });
  });
  afterEach(closeEditors);
  after(async () => {
    await (await handle()).workspaceState.update(chosen, undefined);
    await remove('schema.sql');
  });

  /** Runs it, and clicks Cancel once its progress says something. */
  async function cancelAt(message: string): Promise<readonly string[]> {
    await vscode.commands.executeCommand('notifications.clearAll');
    const { messages, stop } = watchProgress();
    const run = vscode.commands.executeCommand('fluxRls.selfTest');
    await until(message, () => messages.some(text => text.startsWith(message)));
    await vscode.commands.executeCommand('notification.acceptPrimaryAction');
    await run;
    stop();
    return messages;
  }

  it('ends in a page that says which planted defects were caught, beside what runs', async () => {
    await vscode.commands.executeCommand('fluxRls.selfTest');
    const shown = await until('the page', page);
    const [, caught, planted] =
      /^(\d+) of (\d+) planted defects caught, 0 not, \d+ without effect/m.exec(shown) ?? [];
    assert.ok(Number(caught) >= 10 && Number(planted) >= Number(caught), shown);
    assert.match(shown, /^\| notes \| .* \| ✔ .*cross-read/m);
    assert.doesNotMatch(shown, /eyJ|drafts/);
    const { localFlux } = await handle();
    assert.equal(localFlux.state, 'stopped', 'its local Flux is not the project’s');
  });

  it('says what it knows when it is cancelled', async () => {
    const messages = await cancelAt('3 of ');
    const shown = await until('the page', () => page()?.includes('Cancelled.') && page());
    assert.match(shown, /^Cancelled\. 1 of 1 planted defects caught/m);
    assert.ok(!messages.some(message => message.startsWith('9 of ')));
  });

  it('says nothing when it is cancelled before it knows anything', async () => {
    const messages = await cancelAt('starting');
    assert.deepEqual(messages, ['starting a local Flux']);
    assert.doesNotMatch(page() ?? '', /0 of 0/);
  });
});
