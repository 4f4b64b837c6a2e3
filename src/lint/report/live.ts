import { engineLabel } from '../../flux/engine';
import type { Difference } from '../../schema/differences';
import type { LiveProject } from '../../schema/from-catalog';
import type { SourceFile, Span } from '../../sql/source-file';
import type { Finding } from '../finding';
import type { LiveAudit } from '../live-audit';
import type { Rule } from '../rule';
import type { Severity } from '../severity';
import { placesIn, type LintRun } from './lint-run';
import { plural, summarize } from './summary';

/** What an audit of a live schema has to report. */
export interface LiveReport {
  readonly project: LiveProject;
  readonly audit: LiveAudit;
  /** Undefined where there are no files to compare with. */
  readonly differences: readonly Difference[] | undefined;
  /** The files that it was compared with. */
  readonly files: readonly SourceFile[];
}

/** Lines for a person: findings, then differences. */
export function liveText(report: LiveReport): string {
  const { project, audit, differences, files } = report;
  const placeOf = placesIn([audit.file, ...files]);
  const at = (span: Span): string => {
    const { line, column } = placeOf(span);
    return `${span.file}:${line}:${column}`;
  };
  const { errors, warnings, infos, hints } = summarize(audit.findings, 1);
  return [
    ...audit.findings.map(
      ({ rule, severity, at: span, message }) => `${at(span)} ${severity} ${rule} ${message}`,
    ),
    `${project.schema} (${engineLabel(project.engine)}): ${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(infos + hints, 'remark')} in the live schema.`,
    ...(audit.unread > 0
      ? [
          `${plural(audit.unread, 'statement')} of it could not be read and ${audit.unread === 1 ? 'was' : 'were'} not judged.`,
        ]
      : []),
    '',
    ...(differences === undefined
      ? ['There are no SQL files here to compare it with.']
      : [
          ...differences.map(difference => {
            const span = difference.at ?? difference.liveAt;
            return `${span ? `${at(span)} ` : ''}${difference.severity} ${difference.kind} ${difference.message}`;
          }),
          differencesInWords(differences),
        ]),
  ].join('\n');
}

/** `2 differences between the files and the database, 1 of them dangerous.` */
export function differencesInWords(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The files and the database do not differ.';
  const dangerous = differences.filter(({ severity }) => severity === 'dangerous').length;
  return `${plural(differences.length, 'difference')} between the files and the database, ${dangerous === 0 ? 'none' : dangerous} of them dangerous.`;
}

/** The same as JSON, format version 1; lines and columns count from 1. */
export function liveJson({ project, audit, differences, files }: LiveReport): string {
  const placeOf = placesIn([audit.file, ...files]);
  const placed = (span: Span | undefined): object | null =>
    span ? { file: span.file, ...placeOf(span) } : null;
  return JSON.stringify(
    {
      version: 1,
      ...project,
      findings: audit.findings.map(({ rule, severity, at, message }) => ({
        rule,
        severity,
        ...placed(at),
        message,
      })),
      unread: audit.unread,
      differences:
        differences?.map(({ at, liveAt, ...difference }) => ({
          ...difference,
          inFiles: placed(at),
          inDatabase: placed(liveAt),
        })) ?? null,
      summary: summarize(audit.findings, 1),
    },
    null,
    2,
  );
}

/** What a report for code scanning says differences are of. */
export const DIFFERS: Pick<Rule, 'id' | 'title' | 'severity' | 'fixable' | 'docs' | 'sources'> = {
  id: 'live-differs',
  title: 'The database differs from the files',
  severity: 'error',
  fixable: false,
  docs: {
    what: 'The live schema is not what a push of the files makes.',
    why: 'What is proved about the files does not hold for the database.',
    how: 'Push the files, or write into them what was changed in the database.',
    falseAlarm: 'PostgreSQL writes some expressions in a form of its own; such a difference says “may”.',
    bad: 'alter table notes disable row level security;',
    good: 'alter table notes enable row level security;',
  },
  sources: [],
};

/** The findings of a report together with its differences, for reports that know findings only. */
export function liveRun({ audit, differences, files }: LiveReport): LintRun {
  const asFindings = (differences ?? []).map(({ at, liveAt, message, severity, certain }): Finding => ({
    rule: DIFFERS.id,
    severity: severityOf(severity, certain),
    at: at ?? liveAt ?? { file: audit.file.name, start: 0, end: 0 },
    message,
    related: at && liveAt ? [{ at: liveAt, message: 'In the database' }] : [],
  }));
  return {
    findings: [...audit.findings, ...asFindings],
    suppressed: [],
    asked: [audit.file.name, ...files.map(({ name }) => name)],
    files: [audit.file, ...files],
  };
}

function severityOf(severity: Difference['severity'], certain: boolean): Severity {
  if (severity === 'harmless') return certain ? 'info' : 'hint';
  return certain ? 'error' : 'warning';
}
