import * as vscode from 'vscode';

/** A table that nothing tells of, named by hand with the column that holds the owner. */
export interface NamedTable {
  readonly table: string;
  readonly owner: string;
}

/** Asks for a table and its owner column; undefined when the person changes their mind. */
export async function nameTable(): Promise<NamedTable | undefined> {
  const title = 'Neither the SQL nor the gateway tells of a table with an owner';
  const table = await vscode.window.showInputBox({
    title: `${title} (1/2)`,
    prompt: 'Table to check',
    ignoreFocusOut: true,
  });
  if (!table?.trim()) return undefined;
  const owner = await nameOwner(table.trim(), `${title} (2/2)`);
  return owner === undefined ? undefined : { table: table.trim(), owner };
}

/** Asks for the owner column of a table. */
export async function nameOwner(
  table: string,
  title: string,
  known = 'owner_id',
): Promise<string | undefined> {
  const owner = await vscode.window.showInputBox({
    title,
    prompt: `Column of ${table} that holds the owner`,
    value: known,
    ignoreFocusOut: true,
  });
  return owner?.trim() ? owner.trim() : undefined;
}
