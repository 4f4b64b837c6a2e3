import * as vscode from 'vscode';
import { relationKey } from '../../schema/model';
import { accessMarkdown } from './access-text';
import { Converter } from './convert';
import { SQL_SELECTOR } from './documents';
import { mentionAt } from './named-tables';
import type { Push, Pushes } from './pushes';

/** Hover on the name of a table or a policy: who may do what with the table. */
export class AccessHover implements vscode.HoverProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(private readonly pushes: Pushes) {
    this.#registration = vscode.languages.registerHoverProvider(SQL_SELECTOR, this);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const push = await this.pushes.settled(document, token);
    const named = push && tableAt(push, document, position);
    const tables = named ? push.tablesOf(named.key) : [];
    if (!named || tables.length === 0) return undefined;
    return new vscode.Hover(new vscode.MarkdownString(accessMarkdown(tables)), named.range);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

/** A place in a document that names a table. */
export interface NamedTable {
  /** The table's key in the model. */
  readonly key: string;
  readonly range: vscode.Range;
}

/** The table that is named at a position, itself or by one of its policies. */
export function tableAt(
  push: Push,
  document: vscode.TextDocument,
  position: vscode.Position,
): NamedTable | undefined {
  const offset = document.offsetAt(position);
  const statement = push
    .fileOf(document.uri)
    ?.statements.find(({ at }) => at.start <= offset && offset <= at.end);
  const [model] = push.models;
  const mention = statement && model && mentionAt(statement, offset, model);
  if (!mention) return undefined;
  const { at, table } = mention;
  return { key: relationKey(table.schema, table.name), range: new Converter(push.files).range(at) };
}
