import { placesIn, type LintRun } from './lint-run';
import { summarize, summaryInWords } from './summary';

/** The findings as lines a person and a problem matcher read: `file:line:column severity rule message`. */
export function textReport({ findings, asked, files }: LintRun): string {
  const placeOf = placesIn(files);
  const reported = findings.map(({ rule, severity, at, message, fix }) => {
    const { line, column } = placeOf(at);
    return `${at.file}:${line}:${column} ${severity} ${rule} ${message}${fix ? ` [fix: ${fix.title}]` : ''}`;
  });
  return [...reported, summaryInWords(summarize(findings, asked.length))].join('\n');
}
