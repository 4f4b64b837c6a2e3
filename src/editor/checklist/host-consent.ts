import * as vscode from 'vscode';
import { isLocalApp } from '../../checklist/app-route';
import type { Mode } from '../../checklist/verdict';
import { isThisMachine } from '../../flux/local-host';

/** What is about to happen at a host. */
export interface Undertaking {
  readonly gatewayUrl: string;
  readonly mode: Mode;
  /** How many tables are asked about. */
  readonly tables: number;
}

export type Consent = 'yes' | 'no' | 'show requests';

/** The mode that holds where nothing else was said: nothing is written on a host that is not this machine. */
export function modeFor(setting: 'auto' | Mode, gatewayUrl: string): Mode {
  if (setting !== 'auto') return setting;
  return isThisMachine(gatewayUrl) ? 'full' : 'no-write';
}

/** Asks once for each host that is not this machine, by its name, and once more before anything is written there. */
export class HostConsent {
  constructor(private readonly memento: vscode.Memento) {}

  /** Whether the person has agreed before, or need not be asked. */
  isGiven({ gatewayUrl, mode }: Pick<Undertaking, 'gatewayUrl' | 'mode'>): boolean {
    return isThisMachine(gatewayUrl) || (this.memento.get<boolean>(keyOf(gatewayUrl, mode)) ?? false);
  }

  async ask(undertaking: Undertaking): Promise<Consent> {
    if (this.isGiven(undertaking)) return 'yes';
    const { gatewayUrl, mode, tables } = undertaking;
    const { host } = new URL(gatewayUrl);
    const run = mode === 'full' ? `Write at ${host}` : `Ask ${host}`;
    const show = 'Show Requests First';
    const answer = await vscode.window.showWarningMessage(questionOf(mode, host, tables), run, show);
    if (answer === show) return 'show requests';
    if (answer !== run) return 'no';
    await this.memento.update(keyOf(gatewayUrl, mode), true);
    // Who lets the checklist write lets it ask.
    if (mode === 'full') await this.memento.update(keyOf(gatewayUrl, 'no-write'), true);
    return 'yes';
  }

  /** Asks once whether a gateway elsewhere may be asked for its tables, which writes nothing. */
  async askForTables(gatewayUrl: string): Promise<boolean> {
    if (this.isGiven({ gatewayUrl, mode: 'no-write' })) return true;
    const { host } = new URL(gatewayUrl);
    const ask = `Ask ${host}`;
    const answer = await vscode.window.showWarningMessage(
      `The SQL of this folder makes no tables. Ask ${host} for its list of tables, as a test subject?`,
      ask,
    );
    return answer === ask;
  }

  isGivenForApp(appUrl: string): boolean {
    return isLocalApp(appUrl) || (this.memento.get<boolean>(appKeyOf(appUrl)) ?? false);
  }

  /** Asks once whether an Auth.js session of a test subject may be sent to an app elsewhere. */
  async askForApp(appUrl: string): Promise<boolean> {
    if (!URL.canParse(appUrl)) return false;
    if (this.isGivenForApp(appUrl)) return true;
    const { host } = new URL(appUrl);
    const send = `Send to ${host}`;
    const answer = await vscode.window.showWarningMessage(
      `The app at ${host} is not on this machine. Its route is asked with session cookies of the test subjects, made with your AUTH_SECRET.`,
      send,
    );
    if (answer !== send) return false;
    await this.memento.update(appKeyOf(appUrl), true);
    return true;
  }
}

function questionOf(mode: Mode, host: string, tables: number): string {
  const what = `${tables} ${tables === 1 ? 'table' : 'tables'} at ${host}`;
  return mode === 'full'
    ? `Full mode makes rows in ${what}, changes them, and removes them again. Is this a database for tests?`
    : `The checklist asks about ${what}, only in forms that cannot write.`;
}

function keyOf(gatewayUrl: string, mode: Mode): string {
  return `host ${new URL(gatewayUrl).host} ${mode}`;
}

function appKeyOf(appUrl: string): string {
  return `app ${appUrl}`;
}
