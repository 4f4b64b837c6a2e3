/** The one protocol between the panel's page and the extension host. No message holds a token or a secret. */

/** What can be told about one value of the project. */
export interface ProjectRow {
  readonly label: string;
  readonly state: 'found' | 'missing' | 'wrong' | 'unknown';
  readonly value: string;
  /** Where the value came from, in words. */
  readonly source: string;
  /** What was measured of it, `42 ms`. */
  readonly note?: string;
  /** What puts it right; the label of a button. */
  readonly action?: { readonly label: string; readonly command: PanelCommand };
}

export interface PanelProject {
  readonly name: string;
  readonly engine: string;
  /** The saved profile that is active; null without one. */
  readonly profile: string | null;
  readonly rows: readonly ProjectRow[];
  readonly problems: readonly string[];
}

/** Colors of subjects, by the names of the theme's chart colors; none of them is a verdict's. */
export const SUBJECT_COLORS = ['blue', 'yellow', 'purple', 'orange'] as const;
export type SubjectColor = (typeof SUBJECT_COLORS)[number];

/** How a subject is recognized wherever it appears. */
export interface PanelMark {
  readonly subject: string;
  /** Letter that stands for the subject, next to its color: A, B, C … */
  readonly mark: string;
  readonly color: SubjectColor;
}

export interface PanelSubject extends PanelMark {
  /** What the person calls the subject; empty without a name of its own. */
  readonly label: string;
  readonly role: string;
  /** Names of the claims that are added to its tokens. */
  readonly claims: readonly string[];
  /** When the token copied last expires, Unix seconds; null when none was made. */
  readonly expiresAt: number | null;
  /** Seconds that token was made for. */
  readonly lifetime: number;
}

export interface PanelEvidence {
  readonly method: string;
  readonly path: string;
  readonly as: string;
  readonly body: string;
  readonly headers: readonly string[];
  readonly expected: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly answer: string;
  readonly control: boolean;
}

/** A statement in the project's SQL. */
export interface PanelPlace {
  /** Relative to the folder, with slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What stands there, such as the name of a policy. */
  readonly label: string;
}

export const POINT_STATES = ['fail', 'unknown', 'pass', 'skipped', 'running', 'waiting'] as const;
export type PointState = (typeof POINT_STATES)[number];

/** One check of a cell. */
export interface PanelPoint {
  readonly check: string;
  /** The view or function through which the table was asked. */
  readonly through: string | null;
  readonly title: string;
  readonly state: PointState;
  readonly cause: string | null;
  readonly message: string;
  readonly advice: string;
  /** Where the cause stands in the project's SQL. */
  readonly place?: PanelPlace;
  /** Lint rules that find the cause. */
  readonly rules: readonly string[];
  /** Why a cause that comes to mind first is not the one. */
  readonly ruledOut?: { readonly title: string; readonly text: string };
  readonly evidence: readonly PanelEvidence[];
}

export const PANEL_VERBS = ['read', 'insert', 'update', 'delete'] as const;
export type PanelVerb = (typeof PANEL_VERBS)[number];

export interface PanelCell {
  readonly verb: PanelVerb;
  /** The worst of its checks'; `none` where nothing was asked. */
  readonly state: PointState | 'none';
  readonly points: readonly PanelPoint[];
}

export interface PanelRow {
  readonly actor: 'own' | 'other' | 'none' | 'all';
  /** `A→B` */
  readonly label: string;
  /** `A to B`, for a screen reader. */
  readonly spoken: string;
  readonly cells: readonly PanelCell[];
}

export interface PanelTable {
  /** Name of the table, or the path of the app's route. */
  readonly name: string;
  readonly kind: 'table' | 'app';
  /** Meant to be read by everybody. */
  readonly shared: boolean;
  /** Checks that are finished, of how many. */
  readonly finished: number;
  readonly checks: number;
  readonly rows: readonly PanelRow[];
}

export interface PanelChecklist {
  readonly state: 'never' | 'running' | 'cleaning' | 'done' | 'cancelled' | 'failed';
  readonly mode: 'full' | 'no-write';
  /** Those of the run, A and B. */
  readonly subjects: readonly PanelMark[];
  readonly tables: readonly PanelTable[];
  readonly counts: {
    readonly pass: number;
    readonly fail: number;
    readonly unknown: number;
    readonly skipped: number;
  };
  readonly notChecked: readonly { readonly table: string; readonly reason: string }[];
  /** Why nothing could be asked, for `failed`. */
  readonly problem: string;
  /** Why the run waits; empty while it does not. */
  readonly waiting: string;
  readonly rows: { readonly created: number; readonly removed: number; readonly left: readonly string[] };
  /** Rows of runs that died, still in their tables. */
  readonly leftBehind: number;
  /** When it ended, as the person's clock says; empty before. */
  readonly ranAt: string;
  readonly seconds: number;
  readonly requests: number;
  /** What the requests took one by one. */
  readonly requestSeconds: number;
  /** How often and how long the gateway had to be waited for. */
  readonly waits: readonly {
    readonly reason: string;
    readonly times: number;
    readonly seconds: number;
  }[];
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
  'fluxRls.cancelChecklist',
  'fluxRls.chooseProfile',
  'fluxRls.cleanUpRows',
  'fluxRls.enterSecret',
  'fluxRls.runChecklist',
  'fluxRls.scaffold',
  'fluxRls.setAppRoute',
  'fluxRls.setGatewayUrl',
  'fluxRls.showProjectSettings',
  'fluxRls.startLocalFlux',
  'fluxRls.stopLocalFlux',
  'vscode.openFolder',
  'workbench.trust.manage',
] as const;
export type PanelCommand = (typeof PANEL_COMMANDS)[number];

/** What can be done with one subject; `more` is a quick pick of the rest. */
export const SUBJECT_ACTIONS = ['copyToken', 'renewToken', 'more'] as const;
export type SubjectAction = (typeof SUBJECT_ACTIONS)[number];

/** What can be done with a check, or with a table where no check is named. */
export const CHECKLIST_ACTIONS = ['run', 'explain', 'fix', 'open', 'copyCurl'] as const;
export type ChecklistAction = (typeof CHECKLIST_ACTIONS)[number];

/** A check of the run, or a whole table. */
export interface ChecklistTarget {
  readonly table: string;
  readonly check?: string;
  readonly through?: string;
}

/** From the host to the page. */
export interface ToPanel {
  readonly type: 'state';
  readonly state: PanelState;
}

/** From the page to the host. */
export type ToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'command'; readonly command: PanelCommand }
  | { readonly type: 'subject'; readonly action: SubjectAction; readonly subject: string }
  | { readonly type: 'checklist'; readonly action: ChecklistAction; readonly target: ChecklistTarget }
  /** The rest of what can be done with the checklist, as a quick pick. */
  | { readonly type: 'menu' };

/** Reads what the page sent; undefined for anything that is no message of the protocol. */
export function parseToHost(message: unknown): ToHost | undefined {
  if (!isRecord(message)) return undefined;
  const { type, command, action, subject, target } = message;
  switch (type) {
    case 'ready':
    case 'menu':
      return { type };
    case 'command': {
      const known = PANEL_COMMANDS.find(candidate => candidate === command);
      return known && { type, command: known };
    }
    case 'subject': {
      const known = SUBJECT_ACTIONS.find(candidate => candidate === action);
      return known && typeof subject === 'string' ? { type, action: known, subject } : undefined;
    }
    case 'checklist': {
      const known = CHECKLIST_ACTIONS.find(candidate => candidate === action);
      const read = parseTarget(target);
      return known && read && { type, action: known, target: read };
    }
    default:
      return undefined;
  }
}

function parseTarget(target: unknown): ChecklistTarget | undefined {
  if (!isRecord(target)) return undefined;
  const { table, check, through } = target;
  if (typeof table !== 'string') return undefined;
  if (check !== undefined && typeof check !== 'string') return undefined;
  if (through !== undefined && typeof through !== 'string') return undefined;
  return { table, ...(check !== undefined && { check }), ...(through !== undefined && { through }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
