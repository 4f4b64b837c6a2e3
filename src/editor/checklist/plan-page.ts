import { CHECK_FACTS } from '../../checklist/check-ids';
import type { ChecklistOptions } from '../../checklist/options';
import type { PlannedRequest } from '../../checklist/dry-run';

type Facts = Pick<ChecklistOptions, 'gatewayUrl' | 'mode' | 'subjects' | 'plan'>;

/** Every request of a run before the first is sent, as Markdown; nothing in it is a secret. */
export function planPage(
  { gatewayUrl, mode, subjects, plan }: Facts,
  requests: readonly PlannedRequest[],
): string {
  const tables = [...new Set(requests.map(({ table }) => table))];
  const means =
    mode === 'full' ? 'rows are made, changed and removed again' : 'only in forms that cannot write';
  return [
    '# Requests of the isolation checklist',
    `To \`${gatewayUrl}\` as A = \`${subjects[0]}\` and B = \`${subjects[1]}\`, in ${mode} mode: ${means}. ${requests.length === 1 ? '1 request' : `${requests.length} requests`}, not sent yet. Some depend on the answers before them.`,
    ...tables.map(table =>
      sectionOf(
        table,
        requests.filter(request => request.table === table),
      ),
    ),
    ...(plan.notChecked.length === 0
      ? []
      : [
          [
            '## Not asked about',
            ...plan.notChecked.map(({ table, reason }) => `- ${text(table)}: ${text(reason)}`),
          ].join('\n'),
        ]),
    '',
  ].join('\n\n');
}

/** The checks of a table in the order of their first requests, each with its own table: they are many. */
function sectionOf(table: string, requests: readonly PlannedRequest[]): string {
  const checks = [...new Set(requests.map(({ check }) => check))];
  return [
    `## ${text(table)}`,
    ...checks.map(check =>
      [
        `### ${text(check === 'clean-up' ? 'Clean-up' : CHECK_FACTS[check].title)}`,
        '',
        '| as | request | expected |',
        '|---|---|---|',
        ...requests.filter(request => request.check === check).map(rowOf),
      ].join('\n'),
    ),
  ].join('\n\n');
}

function rowOf({ method, path, as, body, headers, expected }: PlannedRequest): string {
  const sent = [`${method} ${path}`, ...headers, ...(body === '' ? [] : [body])];
  return `| ${code(as)} | ${sent.map(code).join('<br>')} | ${text(expected)} |`;
}

function code(value: string): string {
  const shown = value.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``;
}

function text(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+!|<>~-]/g, '\\$&');
}
