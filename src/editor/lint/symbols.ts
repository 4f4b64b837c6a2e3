import * as vscode from 'vscode';
import { modelFromStatements } from '../../schema/from-statements';
import type { Policy, Table } from '../../schema/model';
import type { SourceFile, Span } from '../../sql/source-file';
import { Converter } from './convert';
import { SQL_SELECTOR } from './documents';
import type { Pushes } from './pushes';

const { Field, Function: Routine, Interface, Key, Struct } = vscode.SymbolKind;

/** The outline of an SQL document: tables with their columns and policies, views, functions. */
export class Symbols implements vscode.DocumentSymbolProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(private readonly pushes: Pushes) {
    this.#registration = vscode.languages.registerDocumentSymbolProvider(SQL_SELECTOR, this);
  }

  async provideDocumentSymbols(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentSymbol[]> {
    const push = await this.pushes.settled(document, token);
    const file = push?.fileOf(document.uri);
    if (!push || !file) return [];
    // What another file drops or renames is still written here; the engine makes no difference to an outline.
    const { engine = 'v2_shared', apiSchema } = push;
    const model = modelFromStatements([file], { engine, apiSchema });
    const symbols = new FileSymbols(file);
    return [
      ...[...model.tables.values()].map(table => symbols.table(table)),
      ...[...model.views.values()].map(({ written, statement, at, materialized }) =>
        symbols.make(Interface, written, materialized ? 'materialized view' : 'view', statement.at, at),
      ),
      ...[...model.routines.values()]
        .flat()
        .map(({ written, kind, statement, at }) => symbols.make(Routine, written, kind, statement.at, at)),
    ].sort((a, b) => a.range.start.compareTo(b.range.start));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

class FileSymbols {
  readonly #convert: Converter;

  constructor(private readonly file: SourceFile) {
    this.#convert = new Converter([file]);
  }

  table({ created, kind, written, at, columns, policies }: Table): vscode.DocumentSymbol {
    const symbol = this.make(Struct, written, created ? kind : 'made elsewhere', created?.at ?? at, at);
    symbol.children = [
      ...[...columns.values()].map(({ name, typeAt, at: place }) =>
        this.make(Field, name, this.#textOf(typeAt), place, place),
      ),
      ...policies.map(policy => this.make(Key, policy.name, scopeOf(policy), policy.statement.at, policy.at)),
    ];
    return symbol;
  }

  make(kind: vscode.SymbolKind, name: string, detail: string, whole: Span, at: Span): vscode.DocumentSymbol {
    // VS Code refuses a symbol without a name, which a quoted blank would be.
    return new vscode.DocumentSymbol(
      name.trim() || '""',
      detail,
      kind,
      this.#convert.range(whole),
      this.#convert.range(at),
    );
  }

  #textOf({ start, end }: Span): string {
    return this.file.text.slice(start, end);
  }
}

function scopeOf({ permissive, verb, roles }: Policy): string {
  const to = roles.length > 0 ? roles.map(({ name }) => name).join(', ') : 'public';
  return `${permissive ? '' : 'restrictive, '}for ${verb} to ${to}`;
}
