import type { SourceFile, Span } from '../../sql/source-file';
import type { Finding } from '../finding';
import type { SuppressedFinding } from '../suppressions';

/** What a run of the linter has to report. */
export interface LintRun {
  readonly findings: readonly Finding[];
  /** Findings that a comment hides. */
  readonly suppressed: readonly SuppressedFinding[];
  /** Names of the files that findings were asked for. */
  readonly asked: readonly string[];
  /** Every file that was read: a finding may point into one that was not asked for. */
  readonly files: readonly SourceFile[];
}

/** Where something is: lines and columns count from 1, columns in UTF-16 units; the end is the place after it. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Tells places of the files that were read. */
export function placesIn(files: readonly SourceFile[]): (span: Span) => Place {
  const lines = new Map(files.map(file => [file.name, file.lines]));
  return ({ file, start, end }) => {
    const first = lines.get(file)?.at(start) ?? { line: 1, column: 1 };
    const last = lines.get(file)?.at(end) ?? first;
    return { line: first.line, column: first.column, endLine: last.line, endColumn: last.column };
  };
}
