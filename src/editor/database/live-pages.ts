import * as vscode from 'vscode';
import type { Difference } from '../../schema/differences';
import type { LiveReport } from '../../lint/report/live';
import { DisposableStore } from '../disposables';
import { Converter, SOURCE } from '../lint/convert';

const SCHEME = 'flux-rls-live';

/** Documents of audited databases: the live schema as SQL, with what is found in it, and a page of the differences. */
export class LivePages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  readonly #diagnostics = this.#store.add(vscode.languages.createDiagnosticCollection('flux-rls-live'));
  readonly #texts = new Map<string, string>();

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#store.add(
      // VS Code keeps such a document for minutes after its tab is closed.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed)
          if (input instanceof vscode.TabInputText && input.uri.scheme === SCHEME)
            this.#diagnostics.delete(input.uri);
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'Run “Flux RLS: Audit Live Database” again.\n';
  }

  /** A document of a folder's database, such as `live.sql`. */
  uri(folder: vscode.WorkspaceFolder, name: string): vscode.Uri {
    return vscode.Uri.from({ scheme: SCHEME, path: `/${folder.name}/${name}` });
  }

  put(uri: vscode.Uri, text: string): void {
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
  }

  /** Shows findings and differences in the live schema; each difference leads to its place in the files. */
  mark(uri: vscode.Uri, { audit, differences = [], files }: LiveReport): void {
    const convert = new Converter([audit.file, ...files]);
    this.#diagnostics.set(uri, [
      ...audit.findings.map(finding => convert.diagnostic(finding)),
      ...differences.map(difference => differenceDiagnostic(difference, convert)),
    ]);
  }

  dispose(): void {
    this.#store.dispose();
  }
}

function differenceDiagnostic(difference: Difference, convert: Converter): vscode.Diagnostic {
  const { at, liveAt, message, kind, severity } = difference;
  const range = liveAt ? convert.range(liveAt) : new vscode.Range(0, 0, 0, 0);
  const level =
    severity === 'dangerous' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
  const diagnostic = new vscode.Diagnostic(range, message, level);
  diagnostic.source = SOURCE;
  diagnostic.code = `live-differs ${kind}`;
  if (at) {
    diagnostic.relatedInformation = [
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(vscode.Uri.parse(at.file), convert.range(at)),
        'In the files',
      ),
    ];
  }
  return diagnostic;
}
