import type { ChecklistReport } from '../verdict';
import type { ReportOptions } from './in-words';
import { jsonReport } from './json';
import { junitReport } from './junit';
import { markdownReport } from './markdown';
import { textReport } from './text';

export { summaryInWords, titleOf, type ReportOptions, type ResultPlace } from './in-words';
export { oneLine } from './plain';
export { jsonReport, junitReport, markdownReport, textReport };

/** The ways to write a report; the first is the terminal's. */
export const REPORT_FORMATS = ['text', 'json', 'junit', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What writes each format. */
export const REPORTS: Readonly<
  Record<ReportFormat, (report: ChecklistReport, options?: ReportOptions) => string>
> = { text: textReport, json: jsonReport, junit: junitReport, markdown: markdownReport };
