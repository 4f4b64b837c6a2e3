import * as vscode from 'vscode';

type Item = vscode.QuickPickItem & { readonly command: string };

const SUBJECT_ITEMS: readonly Item[] = [
  { label: '$(copy) Copy as…', description: 'token, header, curl, .http, fetch', command: 'fluxRls.copyAs' },
  { label: '$(edit) Edit…', description: 'label, lifetime, role, claims', command: 'fluxRls.editSubject' },
  { label: '$(refresh) Renew token', command: 'fluxRls.renewToken' },
  { label: '$(json) Show claims', command: 'fluxRls.showClaims' },
  { label: '$(trash) Remove', command: 'fluxRls.removeSubject' },
];

const CHECKLIST_ITEMS: readonly Item[] = [
  { label: '$(list-ordered) Show what would be asked', command: 'fluxRls.showChecklistPlan' },
  {
    label: '$(settings) Choose mode…',
    description: 'no-write or full',
    command: 'fluxRls.chooseChecklistMode',
  },
  {
    label: '$(table) Choose tables…',
    description: 'left out, shared, owner column',
    command: 'fluxRls.chooseTables',
  },
  { label: '$(server) Choose profile…', command: 'fluxRls.chooseProfile' },
  { label: '$(export) Export report…', command: 'fluxRls.exportReport' },
  { label: '$(lightbulb) Explain an answer…', command: 'fluxRls.explainAnswer' },
  { label: '$(beaker) Self-test', description: 'on the local Flux', command: 'fluxRls.selfTest' },
];

/** What can be done with a subject besides copying its token. */
export async function showSubjectMenu(subject: string): Promise<void> {
  const picked = await vscode.window.showQuickPick(SUBJECT_ITEMS, { title: subject });
  if (picked) await vscode.commands.executeCommand(picked.command, subject);
}

/** What can be done with the checklist besides running it. */
export async function showChecklistMenu(): Promise<void> {
  const picked = await vscode.window.showQuickPick(CHECKLIST_ITEMS, { title: 'Isolation checklist' });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
