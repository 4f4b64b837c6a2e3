import type { LineIndex } from '../../sql/offsets';
import type { SourceFile } from '../../sql/source-file';
import type { Finding } from '../finding';
import { summarize } from './summary';

/**
 * The findings as JSON, format version 1: lines and columns count from 1, `start` and `end` of edits are UTF-16
 * offsets of the file.
 */
export function jsonReport(findings: readonly Finding[], files: readonly SourceFile[]): string {
  const lines = new Map<string, LineIndex>(files.map(file => [file.name, file.lines]));
  const place = (file: string, offset: number): { line: number; column: number } =>
    lines.get(file)?.at(offset) ?? { line: 1, column: 1 };
  return JSON.stringify(
    {
      version: 1,
      findings: findings.map(({ rule, severity, at, message, fix }) => {
        const start = place(at.file, at.start);
        const end = place(at.file, at.end);
        return {
          rule,
          severity,
          file: at.file,
          line: start.line,
          column: start.column,
          endLine: end.line,
          endColumn: end.column,
          message,
          fix: fix
            ? { title: fix.title, edits: fix.edits.map(({ at: edit, text }) => ({ ...edit, text })) }
            : null,
        };
      }),
      summary: summarize(findings, files.length),
    },
    null,
    2,
  );
}
