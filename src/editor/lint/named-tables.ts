import { relationKey, type SchemaModel, type Table } from '../../schema/model';
import type { Span, Statement } from '../../sql/source-file';

/** A place that names a table, or one of its policies. */
export interface TableMention {
  readonly at: Span;
  readonly table: Table;
}

/** The table that is named at an offset of a statement, by its own name or by that of its policy. */
export function mentionAt(
  statement: Statement,
  offset: number,
  model: SchemaModel,
): TableMention | undefined {
  for (const { at, names } of [
    ...policyNames(statement),
    ...listedNames(statement),
    ...relationNames(statement),
  ]) {
    if (offset < at.start || offset > at.end) continue;
    const table = model.tables.get(relationKey(names.at(-2) ?? model.apiSchema ?? '', names.at(-1) ?? ''));
    if (table) return { at, table };
  }
  return undefined;
}

interface TableName {
  readonly at: Span;
  /** Parts of the table's dotted name. */
  readonly names: readonly string[];
}

/** Relations that the parser locates, but for the names that a WITH clause defines. */
function relationNames(statement: Statement): TableName[] {
  const found: { relname: string; location?: number }[] = [];
  const defined = new Set<unknown>();
  const read = (tree: unknown): void => {
    if (typeof tree !== 'object' || tree === null) return;
    if ('relname' in tree && typeof tree.relname === 'string') found.push(tree as (typeof found)[number]);
    if ('ctename' in tree) defined.add(tree.ctename);
    for (const part of Object.values(tree)) read(part);
  };
  read(statement.node);
  return found
    .map(({ location = 0 }) => dottedName(statement, statement.tokenIndexAt(location)))
    .filter(({ names }) => names.length > 1 || !defined.has(names[0]));
}

/** DROP TABLE and COMMENT ON TABLE: the parser does not say where their names stand. */
function listedNames(statement: Statement): TableName[] {
  const { node, tokens } = statement;
  if (!('DropStmt' in node) && !('CommentStmt' in node)) return [];
  const keyword = tokens.slice(0, 3).findIndex(({ value }) => value === 'table');
  const names: TableName[] = [];
  for (
    let index = keyword === -1 ? tokens.length : afterIfExists(statement, keyword + 1);
    index < tokens.length;
  ) {
    const name = dottedName(statement, index);
    names.push(name);
    index += 2 * name.names.length;
    if (tokens[index - 1]?.value !== ',') break;
  }
  return names;
}

/** `… policy [if exists] <policy> on <table>`, in every statement about policies. */
function policyNames(statement: Statement): TableName[] {
  const { tokens } = statement;
  const keyword = tokens.slice(0, 3).findIndex(({ kind, value }) => kind === 'word' && value === 'policy');
  if (keyword === -1) return [];
  const policy = afterIfExists(statement, keyword + 1);
  if (tokens[policy + 1]?.value !== 'on') return [];
  const table = dottedName(statement, policy + 2);
  return [{ at: statement.tokenSpan(policy), names: table.names }, table];
}

function afterIfExists({ tokens }: Statement, index: number): number {
  return tokens[index]?.value === 'if' && tokens[index + 1]?.value === 'exists' ? index + 2 : index;
}

/** The dotted name that begins at a token. */
function dottedName(statement: Statement, first: number): TableName {
  const { tokens } = statement;
  let last = first;
  while (tokens[last + 1]?.value === '.' && tokens[last + 1]?.kind === 'punctuation') last += 2;
  const names = tokens
    .slice(first, last + 1)
    .flatMap(({ kind, value }) => (kind === 'punctuation' ? [] : [value]));
  return { at: statement.tokenSpan(first, last), names };
}
