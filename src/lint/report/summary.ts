import type { Finding } from '../finding';
import type { Severity } from '../severity';

/** How many findings of each severity, over how many files. */
export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly hints: number;
  readonly files: number;
}

export function summarize(findings: readonly Finding[], files: number): Summary {
  const count = (severity: Severity): number =>
    findings.filter(finding => finding.severity === severity).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    infos: count('info'),
    hints: count('hint'),
    files,
  };
}

export function summaryInWords({ errors, warnings, infos, hints, files }: Summary): string {
  const counts = [
    [errors, 'error'],
    [warnings, 'warning'],
    [infos, 'info'],
    [hints, 'hint'],
  ] as const;
  const found = counts.filter(([count]) => count > 0).map(([count, name]) => plural(count, name));
  return `${found.length > 0 ? found.join(', ') : 'No findings'} in ${plural(files, 'file')}`;
}

/** `1 file`, `2 files`. */
export function plural(count: number, name: string, many = `${name}s`): string {
  return `${count} ${count === 1 ? name : many}`;
}
