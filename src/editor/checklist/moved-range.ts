import * as vscode from 'vscode';

/** Where a range is after a change of the text before it; as it was after one behind it or across it. */
export function moved(
  range: vscode.Range,
  { range: replaced, text }: Pick<vscode.TextDocumentContentChangeEvent, 'range' | 'text'>,
): vscode.Range {
  if (replaced.end.isAfter(range.start)) return range;
  const lines = text.split('\n');
  const added = lines.length - 1 - (replaced.end.line - replaced.start.line);
  // What stands on the line where the change ends moves along that line, too.
  const shift =
    (lines.length === 1 ? replaced.start.character : 0) +
    (lines.at(-1)?.length ?? 0) -
    replaced.end.character;
  const move = ({ line, character }: vscode.Position): vscode.Position =>
    new vscode.Position(line + added, line === replaced.end.line ? character + shift : character);
  return new vscode.Range(move(range.start), move(range.end));
}
