import * as vscode from 'vscode';
import { isEngine, type Engine } from '../flux/engine';

/** Where the settings live. */
export const SETTINGS = 'fluxRls';

export type LintRun = 'onType' | 'onSave' | 'off';

/** The settings that hold in a folder. An empty text means: not set. */
export interface Settings {
  readonly lintRun: LintRun;
  readonly engine: Engine | undefined;
  readonly schema: string | undefined;
  readonly gatewayUrl: string | undefined;
  readonly tokenRole: string;
  readonly tokenLifetime: string;
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
    engine: isEngine(engine) ? engine : undefined,
    schema: text('schema'),
    gatewayUrl: text('gatewayUrl'),
    tokenRole: text('token.role') ?? 'authenticated',
    tokenLifetime: text('token.lifetime') ?? '5m',
  };
}
