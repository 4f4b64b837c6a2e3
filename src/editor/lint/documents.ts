import type * as vscode from 'vscode';

/** Languages whose documents are linted; other extensions give `.sql` other ids. */
export const SQL_LANGUAGES = ['sql', 'postgres', 'pgsql', 'plpgsql'] as const;

/** Documents the linter answers for: real and untitled files, no diffs and no previews. */
export const SQL_SELECTOR: vscode.DocumentSelector = SQL_LANGUAGES.flatMap(language => [
  { language, scheme: 'file' },
  { language, scheme: 'untitled' },
  { language, scheme: 'vscode-vfs' },
]);

export function isLinted({ languageId, uri }: vscode.TextDocument): boolean {
  const languages: readonly string[] = SQL_LANGUAGES;
  return languages.includes(languageId) && ['file', 'untitled', 'vscode-vfs'].includes(uri.scheme);
}
