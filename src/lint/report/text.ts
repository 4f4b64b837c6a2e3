import type { SourceFile } from '../../sql/source-file';
import type { Finding } from '../finding';
import { summarize, summaryInWords } from './summary';

/** The findings as lines a person and a problem matcher read: `file:line:column severity rule message`. */
export function textReport(findings: readonly Finding[], files: readonly SourceFile[]): string {
  const lines = new Map(files.map(file => [file.name, file.lines]));
  const reported = findings.map(({ rule, severity, at, message, fix }) => {
    const { line, column } = lines.get(at.file)?.at(at.start) ?? { line: 1, column: 1 };
    return `${at.file}:${line}:${column} ${severity} ${rule} ${message}${fix ? ` [fix: ${fix.title}]` : ''}`;
  });
  return [...reported, summaryInWords(summarize(findings, files.length))].join('\n');
}
