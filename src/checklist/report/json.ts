import { summarize, type ChecklistReport, type CheckResult, type Evidence } from '../verdict';
import type { ReportOptions } from './in-words';
import { withoutTokens } from './plain';

/**
 * The report as JSON, format version 2. Values of rows and tokens are in none of its fields.
 *
 * `verdict` is `pass`, `fail`, `unknown` (cannot tell) or `skipped`; `cause` is null for a pass, `place` null where the
 * project's SQL does not hold the cause, `through` null for the table itself; lines count from 1. `status` is null when
 * no answer came. Times are in seconds but for `milliseconds`; `requestSeconds` is what the requests took one by one,
 * `seconds` what the run took. `cancelled` tells that not everything was asked. Fields may be added within a version.
 */
export function jsonReport(report: ChecklistReport, { placeOf }: ReportOptions = {}): string {
  const { runId, url, engine, mode, subjects, started, seconds, requestSeconds, requests } = report;
  const { waits, results, notChecked, rows, cancelled } = report;
  const json = {
    version: 2,
    runId,
    url,
    engine,
    mode,
    subjects,
    started,
    seconds,
    requestSeconds,
    requests,
    cancelled,
    summary: summarize(results),
    results: results.map(result => ({ ...resultFields(result), place: placeOf?.(result) ?? null })),
    notChecked: notChecked.map(({ table, reason }) => ({ table, reason })),
    rows: {
      created: rows.created,
      removed: rows.removed,
      byTable: rows.byTable.map(({ table, created, removed }) => ({ table, created, removed })),
      left: rows.left.map(({ table, key, owner, reason }) => ({ table, key, owner, reason })),
    },
    waits: waits.map(({ reason, times, seconds: waited }) => ({ reason, times, seconds: waited })),
  };
  // A terminal obeys these as it obeys the escape character, which JSON never holds as it is.
  return withoutTokens(JSON.stringify(json, null, 2)).replace(
    /[\u007f-\u009f]/g,
    mark => `\\u00${mark.charCodeAt(0).toString(16)}`,
  );
}

// Named one by one, so that what is added to a result is not told before somebody decided so.
function resultFields(result: CheckResult): object {
  const { table, check, through, verb, actor, verdict, cause, message, advice, evidence } = result;
  return {
    table,
    check,
    through: through ?? null,
    verb,
    actor,
    verdict,
    cause,
    message,
    advice,
    evidence: evidence.map(evidenceFields),
  };
}

function evidenceFields(asked: Evidence): object {
  const { method, path, as, body, headers, expected, status, code, answer, control, milliseconds } = asked;
  return { method, path, as, body, headers, expected, status, code, answer, control, milliseconds };
}
