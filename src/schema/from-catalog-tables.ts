import type { CatalogRows, ColumnRow, PolicyRow, RelationRow } from './catalog-rows';

const SERIALS: Readonly<Record<string, string>> = {
  smallint: 'smallserial',
  integer: 'serial',
  bigint: 'bigserial',
};

/** CREATE TABLE with its columns and constraints. */
export function tableText(table: RelationRow, { columns, constraints }: CatalogRows): string {
  const parts = [
    ...columns
      .filter(column => column.relation === table.oid && !(column.inherited && table.parents.length > 0))
      .map(columnText),
    ...constraints
      .filter(({ relation }) => relation === table.oid)
      .map(({ written, definition }) => `constraint ${written} ${definition}`),
  ];
  const body = parts.length === 0 ? '' : ` (\n  ${parts.join(',\n  ')}\n)`;
  const create = `create ${table.kind === 'f' ? 'foreign ' : ''}table ${table.written}`;
  if (table.partitionBound !== null) {
    return `${create} partition of ${table.parents[0] ?? ''}${body} ${table.partitionBound}${partitionKey(table)};`;
  }
  const inherits = table.parents.length > 0 ? ` inherits (${table.parents.join(', ')})` : '';
  const server = table.server === null ? '' : ` server ${table.server}`;
  return `${create}${body === '' ? ' ()' : body}${inherits}${partitionKey(table)}${server};`;
}

function partitionKey({ partitionKey: key }: RelationRow): string {
  return key === null ? '' : ` partition by ${key}`;
}

function columnText(column: ColumnRow): string {
  const { written, type, notNull, expression, identity, generated, serial } = column;
  const serialType = serial ? SERIALS[type] : undefined;
  if (serialType !== undefined) return `${written} ${serialType}${notNull ? ' not null' : ''}`;
  const value =
    identity !== ''
      ? ` generated ${identity === 'a' ? 'always' : 'by default'} as identity`
      : generated !== ''
        ? ` generated always as ${inParentheses(expression ?? '')} ${generated === 's' ? 'stored' : 'virtual'}`
        : expression === null
          ? ''
          : ` default ${expression}`;
  return `${written} ${type}${notNull ? ' not null' : ''}${value}`;
}

/** CREATE POLICY with the roles as files name them. */
export function policyText(policy: PolicyRow, table: string, roleName: (role: string) => string): string {
  const { written, permissive, verb, roles, using, check } = policy;
  return [
    `create policy ${written} on ${table}${permissive ? '' : ' as restrictive'} for ${verb} to ${roles.map(roleName).join(', ')}`,
    ...(using === null ? [] : [`  using ${inParentheses(using)}`]),
    ...(check === null ? [] : [`  with check ${inParentheses(check)}`]),
  ]
    .join('\n')
    .concat(';');
}

/** An expression in parentheses, which PostgreSQL has put around most of them already. */
export function inParentheses(expression: string): string {
  return isEnclosed(expression) ? expression : `(${expression})`;
}

/** Whether the first parenthesis is closed by the last character. */
function isEnclosed(text: string): boolean {
  if (!text.startsWith('(')) return false;
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (part === '(') depth += 1;
    else if (part === ')' && (depth -= 1) === 0) return index === text.length - 1;
  }
  return false;
}
