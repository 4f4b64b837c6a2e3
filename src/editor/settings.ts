import * as vscode from 'vscode';
import { isEngine, type Engine } from '../flux/engine';
import { isSeverity, type Severity } from '../lint/severity';

/** Where the settings live. */
export const SETTINGS = 'fluxRls';

export type LintRun = 'onType' | 'onSave' | 'off';
/** `auto`: full on this machine, no-write everywhere else. */
export type ChecklistMode = 'auto' | 'full' | 'no-write';

/** The settings that hold in a folder. An empty text means: not set. */
export interface Settings {
  readonly lintRun: LintRun;
  /** Severities by rule id, in place of the rules' own; what is no severity is left out. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
  readonly codeLens: boolean;
  readonly engine: Engine | undefined;
  readonly schema: string | undefined;
  readonly gatewayUrl: string | undefined;
  readonly tokenRole: string;
  readonly tokenLifetime: string;
  readonly checklistMode: ChecklistMode;
  /** As written; see `readProfiles`. */
  readonly profiles: unknown;
  readonly appUrl: string | undefined;
  readonly appRoute: string | undefined;
  readonly appTable: string | undefined;
}

/** Reads the settings as they hold for a resource. The only place that does. */
export function readSettings(scope: vscode.ConfigurationScope | undefined): Settings {
  const settings = vscode.workspace.getConfiguration(SETTINGS, scope);
  const text = (key: string): string | undefined => {
    const value = settings.get<string>(key)?.trim();
    return value === '' ? undefined : value;
  };
  const engine = text('engine');
  return {
    lintRun: settings.get<LintRun>('lint.run') ?? 'onType',
    severities: severitiesOf(settings.get('lint.rules')),
    codeLens: settings.get<boolean>('codeLens.enabled') ?? false,
    engine: isEngine(engine) ? engine : undefined,
    schema: text('schema'),
    gatewayUrl: text('gatewayUrl'),
    tokenRole: text('token.role') ?? 'authenticated',
    tokenLifetime: text('token.lifetime') ?? '5m',
    checklistMode: modeOf(text('checklist.mode')),
    profiles: settings.get('profiles'),
    appUrl: text('app.url'),
    appRoute: text('app.route'),
    appTable: text('app.table'),
  };
}

/** A word that is no mode writes nothing where it should not. */
function modeOf(text: string | undefined): ChecklistMode {
  return text === 'full' || text === 'no-write' ? text : 'auto';
}

function severitiesOf(rules: unknown): Map<string, Severity | 'off'> {
  const entries = typeof rules === 'object' && rules !== null ? Object.entries(rules) : [];
  return new Map(
    entries.flatMap(([id, severity]: [string, unknown]) =>
      severity === 'off' || isSeverity(severity) ? [[id, severity] as const] : [],
    ),
  );
}
