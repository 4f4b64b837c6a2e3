import { oneLine, withoutTokens } from './plain';

/** Whatever starts something in Markdown or HTML within a line, and at its beginning. */
const MARKS = /[\\`*_{}[\]<>#~&$]|^[-+=]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text of others, as it is, on one line. */
export function text(plain: string): string {
  return oneLine(withoutTokens(plain))
    .trim()
    .replace(MARKS, mark => ENTITIES[mark] ?? `\\${mark}`)
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A text of others as code, on one line. */
export function code(plain: string): string {
  const content = oneLine(withoutTokens(plain))
    // In a table, readers disagree whose backslash it is in `\\|`.
    .replace(/\\(?=\|)/g, '\\ ');
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || content.trim() === '' ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** A table of Markdown cells. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
