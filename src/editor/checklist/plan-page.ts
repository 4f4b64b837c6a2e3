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
      tableOf(
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

function tableOf(table: string, requests: readonly PlannedRequest[]): string {
  return [
    `## ${text(table)}`,
    '',
    '| check | request | as | expected |',
    '|---|---|---|---|',
    ...requests.map(
      ({ check, method, path, as, body, headers, expected }) =>
        `| ${text(check === 'clean-up' ? 'Clean-up' : CHECK_FACTS[check].title)} | ${[`${method} ${path}`, ...headers, ...(body === '' ? [] : [body])].map(code).join('<br>')} | ${code(as)} | ${text(expected)} |`,
    ),
  ].join('\n');
}

function code(value: string): string {
  const shown = value.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``;
}

function text(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+!|<>~-]/g, '\\$&');
}
