import { engineLabel, type TableVerb } from '../../flux/engine';
import { accessOf, verdictOf, type Access } from '../../schema/access';
import type { Audience } from '../../schema/audience';
import type { SchemaModel, Table } from '../../schema/model';

/** A table as one engine would have it. */
export interface ModeledTable {
  readonly model: SchemaModel;
  readonly table: Table;
}

/** Who may do what with a table, as Markdown: one small table, or one an engine where nothing tells which it is. */
export function accessMarkdown(tables: readonly ModeledTable[]): string {
  return tables.map(({ model, table }) => engineMarkdown(model, table)).join('\n\n');
}

/** The same in one line: `authenticated: read own, insert own, no update, no delete · anon: nothing`. */
export function accessSummary(tables: readonly ModeledTable[]): string {
  const summaries = tables.map(({ model, table }) => {
    const lines = accessOf(model, table);
    const roles = [...new Set(lines.map(({ role }) => role))];
    return {
      engine: engineLabel(model.engine),
      text: roles.map(role => `${role}: ${inWords(lines.filter(line => line.role === role))}`).join(' · '),
    };
  });
  const [only] = summaries;
  if (only && summaries.length === 1) return only.text;
  return summaries.map(({ engine, text }) => `${engine} – ${text}`).join(' | ');
}

function engineMarkdown(model: SchemaModel, table: Table): string {
  const rows = grouped(accessOf(model, table)).map(lines => {
    const [first] = lines;
    const verbs = lines.map(({ verb }) => verb.toUpperCase()).join(', ');
    const policies = first.policies.map(
      ({ name, permissive }) => cell(name) + (permissive ? '' : ' (restrictive)'),
    );
    return `| ${cell(first.role)} | ${verbs} | ${grantInWords(first)} | ${policies.join(', ') || '–'} | ${verdictOf(first)} |`;
  });
  return [
    `**${cell(table.written)}** on ${engineLabel(model.engine)}`,
    ...(model.isExposed(table.schema) ? [] : ['Requests cannot name it: its schema is not the API schema.']),
    ['| role | verb | granted | policies | verdict |', '|---|---|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

/** Lines next to each other that say the same of a role, put together. */
function grouped(lines: readonly Access[]): [Access, ...Access[]][] {
  const groups: [Access, ...Access[]][] = [];
  for (const line of lines) {
    const group = groups.at(-1);
    if (group && saysOf(group[0]) === saysOf(line)) group.push(line);
    else groups.push([line]);
  }
  return groups;
}

function saysOf(access: Access): string {
  const policies = access.policies.map(({ name }) => name);
  return JSON.stringify([access.role, grantInWords(access), policies, verdictOf(access)]);
}

function grantInWords({ granted, columns, reason }: Access): string {
  if (columns.length > 0) return `on ${columns.map(cell).join(', ')}`;
  if (granted === 'platform') return 'by the platform';
  if (granted === 'files') return 'yes';
  return reason === 'made elsewhere' ? 'cannot tell' : 'no';
}

const VERBS: Readonly<Record<TableVerb, string>> = {
  select: 'read',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
};

function inWords(lines: readonly Access[]): string {
  if (lines.every(({ reach }) => reach === 'nobody')) return 'nothing';
  if (lines.every(({ reach }) => reach === undefined)) return 'cannot tell';
  return lines
    .map(({ verb, reach = 'unknown' }) =>
      reach === 'nobody' ? `no ${VERBS[verb]}` : `${VERBS[verb]} ${REACHES[reach]}`,
    )
    .join(', ');
}

const REACHES: Readonly<Record<Exclude<Audience, 'nobody'>, string>> = {
  'signed-out': 'signed out',
  owner: 'own',
  members: 'shared',
  'certain-users': 'some',
  unknown: 'some',
  others: 'others’',
  'row-decides': 'some',
  'signed-in': 'all',
  everybody: 'all',
};

/** A name as text of a Markdown table. */
function cell(name: string): string {
  return name.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+!|<>~-]/g, '\\$&');
}
