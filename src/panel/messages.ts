/** The one protocol between the panel's page and the extension host. No message holds a token or a secret. */

/** What can be told about one value of the project. */
export interface ProjectRow {
  readonly label: string;
  readonly state: 'found' | 'missing' | 'wrong' | 'unknown';
  readonly value: string;
  /** Where the value came from, in words. */
  readonly source: string;
  /** What puts it right; the label of a button. */
  readonly action?: { readonly label: string; readonly command: PanelCommand };
}

export interface PanelProject {
  readonly name: string;
  readonly engine: string;
  readonly rows: readonly ProjectRow[];
  readonly problems: readonly string[];
}

export interface PanelSubject {
  readonly subject: string;
  readonly role: string;
  /** Letter that stands for the subject, next to its color: A, B, C … */
  readonly mark: string;
  /** When the token copied last expires, Unix seconds; null when none was made. */
  readonly expiresAt: number | null;
}

export interface PanelEvidence {
  readonly method: string;
  readonly path: string;
  readonly as: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly answer: string;
  readonly control: boolean;
}

export interface PanelPoint {
  readonly id: string;
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'pass' | 'fail' | 'unknown' | 'skipped';
  readonly cause: string | null;
  readonly message: string;
  readonly advice: string;
  readonly evidence: readonly PanelEvidence[];
}

export interface PanelChecklist {
  readonly state: 'never' | 'running' | 'cleaning' | 'done' | 'cancelled' | 'failed';
  readonly table: string;
  readonly owner: string;
  readonly subjects: readonly string[];
  readonly points: readonly PanelPoint[];
  /** Why nothing could be asked, for `failed`. */
  readonly problem: string;
  readonly rows: { readonly created: number; readonly removed: number; readonly left: readonly string[] };
  /** When it ended, as the person's clock says; empty before. */
  readonly ranAt: string;
  readonly seconds: number;
}

/** Everything the page shows. */
export interface PanelState {
  readonly trusted: boolean;
  /** Null without a folder. */
  readonly project: PanelProject | null;
  readonly localFlux: 'stopped' | 'starting' | 'running';
  readonly subjects: readonly PanelSubject[];
  readonly checklist: PanelChecklist;
}

/** The commands a button of the page may run; the host runs no other. */
export const PANEL_COMMANDS = [
  'fluxRls.addSubject',
  'fluxRls.enterSecret',
  'fluxRls.scaffold',
  'fluxRls.setGatewayUrl',
  'fluxRls.showProjectSettings',
  'fluxRls.startLocalFlux',
  'fluxRls.stopLocalFlux',
  'fluxRls.runChecklist',
  'fluxRls.cancelChecklist',
  'vscode.openFolder',
  'workbench.trust.manage',
] as const;
export type PanelCommand = (typeof PANEL_COMMANDS)[number];

/** What can be done with one subject. */
export const SUBJECT_ACTIONS = ['copyToken', 'copyCurl', 'showClaims', 'removeSubject'] as const;
export type SubjectAction = (typeof SUBJECT_ACTIONS)[number];

/** From the host to the page. */
export interface ToPanel {
  readonly type: 'state';
  readonly state: PanelState;
}

/** From the page to the host. */
export type ToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'command'; readonly command: PanelCommand }
  | { readonly type: 'subject'; readonly action: SubjectAction; readonly subject: string };

/** Reads what the page sent; undefined for anything that is no message of the protocol. */
export function parseToHost(message: unknown): ToHost | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  const { type, command, action, subject } = message as Record<string, unknown>;
  if (type === 'ready') return { type };
  const known = PANEL_COMMANDS.find(candidate => candidate === command);
  if (type === 'command' && known) return { type, command: known };
  const knownAction = SUBJECT_ACTIONS.find(candidate => candidate === action);
  if (type === 'subject' && knownAction && typeof subject === 'string')
    return { type, action: knownAction, subject };
  return undefined;
}
