import { placesIn, type LintRun } from './lint-run';
import { summarize } from './summary';

/**
 * The findings as JSON, format version 1: lines and columns count from 1, `start` and `end` of edits are UTF-16
 * offsets of the file.
 */
export function jsonReport({ findings, asked, files }: LintRun): string {
  const placeOf = placesIn(files);
  return JSON.stringify(
    {
      version: 1,
      findings: findings.map(({ rule, severity, at, message, fix }) => ({
        rule,
        severity,
        file: at.file,
        ...placeOf(at),
        message,
        fix: fix
          ? { title: fix.title, edits: fix.edits.map(({ at: edit, text }) => ({ ...edit, text })) }
          : null,
      })),
      summary: summarize(findings, asked.length),
    },
    null,
    2,
  );
}
