import * as vscode from 'vscode';

/** What a notification offers to do. */
export interface Offer {
  readonly label: string;
  readonly run: () => unknown;
}

/** The way to a setting. */
export function openSetting(id: string): Offer {
  return {
    label: 'Open Setting',
    run: () => vscode.commands.executeCommand('workbench.action.openSettings', id),
  };
}

/** Tells something and offers one action, without making anybody wait for the answer. */
export function tell(message: string, offer?: Offer): void {
  void answer(
    vscode.window.showInformationMessage(`Flux RLS: ${message}`, ...(offer ? [offer.label] : [])),
    offer,
  );
}

/** Tells of an error, with the one action that helps. */
export function tellError(message: string, offer: Offer): void {
  void answer(vscode.window.showErrorMessage(`Flux RLS: ${message}`, offer.label), offer);
}

async function answer(shown: Thenable<string | undefined>, offer: Offer | undefined): Promise<void> {
  const chosen = await shown;
  if (offer && chosen === offer.label) await offer.run();
}
