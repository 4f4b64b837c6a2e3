import type { PlannedRequest } from '../checklist/dry-run';
import { oneLine, titleOf, type ReportFormat } from '../checklist/report';
import { UsageError } from './io';

/** The requests of a dry run, as text by table and check or as JSON of format version 1. */
export function requestsReport(format: ReportFormat, requests: readonly PlannedRequest[]): string {
  switch (format) {
    case 'text':
      return [...textLines(requests), `${counted(requests.length)} would be sent; none was.`].join('\n');
    case 'json':
      return JSON.stringify({ version: 1, requests }, null, 2);
    case 'junit':
    case 'markdown':
      throw new UsageError(`--dry-run is written as text or json, not as ${format}.`);
  }
}

function textLines(requests: readonly PlannedRequest[]): string[] {
  return requests.flatMap(({ table, check, method, path, as, body, headers, expected }, index) => {
    const before = requests[index - 1];
    const isNew = before?.table !== table || before.check !== check;
    const sent = [...headers, body].filter(part => part !== '').map(part => `        ${oneLine(part)}`);
    return [
      ...(isNew
        ? [
            oneLine(
              `${table} · ${check === 'clean-up' ? 'Removing the rows that were made' : titleOf(check)}`,
            ),
          ]
        : []),
      oneLine(`    ${method} ${path} as ${as}${expected === '' ? '' : ` → ${expected}`}`),
      ...sent,
    ];
  });
}

function counted(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}
