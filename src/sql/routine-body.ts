import type { Node } from '@pgsql/types';
import type { SqlParser } from './parser';

/** One query of a body, and where its text stands. */
export interface BodyPart {
  readonly node: Node;
  /** What was parsed; locations in the tree count from its start. */
  readonly text: string;
  /** Where that is in the text of CREATE FUNCTION or DO; undefined where quoting keeps it from being found. */
  readonly start: number | undefined;
}

/** What a function or DO block runs, as far as PostgreSQL's parsers can read it. */
export interface RoutineBody {
  /** As {@link queries}, with their places. */
  readonly parts: readonly BodyPart[];
  /** The SQL inside, in the order of the text; PL/pgSQL conditions and values count as `select <expression>`. */
  readonly queries: readonly Node[];
  /** It builds SQL at run time (EXECUTE), which nobody can judge from the text. */
  readonly dynamic: boolean;
  /** It could not be read: another language, or text the parser refuses. */
  readonly opaque: boolean;
}

const OPAQUE: RoutineBody = { parts: [], queries: [], dynamic: false, opaque: true };

function bodyOf(parts: readonly BodyPart[], dynamic = false): RoutineBody {
  return { parts, queries: parts.map(({ node }) => node), dynamic, opaque: false };
}

/** Reads the body of CREATE FUNCTION, CREATE PROCEDURE or DO; undefined for any other statement. */
export function readRoutineBody(parser: SqlParser, text: string, node: Node): RoutineBody | undefined {
  if ('DoStmt' in node) return readBlock(parser, text, optionText(node.DoStmt.args, 'as'));
  if (!('CreateFunctionStmt' in node)) return undefined;
  const { sql_body: atomic, options } = node.CreateFunctionStmt;
  if (atomic) return bodyOf(atomicQueries(atomic).map(query => ({ node: query, text, start: 0 })));
  const language = optionText(options, 'language')?.toLowerCase();
  const source = optionText(options, 'as');
  if (source === undefined) return OPAQUE;
  const start = offsetIn(text, source);
  if (language === 'plpgsql') return fromPlpgsql(parser, text, source, start);
  const queries = language === 'sql' ? parser.parseAll(source) : undefined;
  return queries ? bodyOf(queries.map(query => ({ node: query, text: source, start }))) : OPAQUE;
}

/** A DO block is read as the body of a function, for that is what PostgreSQL makes of it. */
function readBlock(parser: SqlParser, text: string, source: string | undefined): RoutineBody {
  if (source === undefined) return OPAQUE;
  const quote = dollarQuote(source);
  return fromPlpgsql(
    parser,
    `create function body() returns void language plpgsql as ${quote}${source}${quote}`,
    source,
    offsetIn(text, source),
  );
}

function dollarQuote(source: string): string {
  let tag = 'body';
  while (source.includes(`$${tag}$`)) tag += '_';
  return `$${tag}$`;
}

/** Dollar-quoted text stands in the statement as it is; doubled quotes do not. */
function offsetIn(text: string, source: string): number | undefined {
  const start = text.indexOf(source);
  return start === -1 ? undefined : start;
}

function fromPlpgsql(
  parser: SqlParser,
  createFunction: string,
  source: string,
  start: number | undefined,
): RoutineBody {
  const tree = parser.parsePlpgsql(createFunction);
  if (tree === undefined) return OPAQUE;
  const parts: BodyPart[] = [];
  let dynamic = false;
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key === 'PLpgSQL_stmt_dynexecute' || key === 'PLpgSQL_stmt_dynfors') dynamic = true;
      if (key === 'PLpgSQL_expr')
        parts.push(...readExpression(parser, value as PlpgsqlExpression, source, start));
      else visit(value);
    }
  };
  visit(tree);
  return bodyOf(parts, dynamic);
}

interface PlpgsqlExpression {
  readonly query?: string;
  /** 0 is a statement, 2 an expression, 3 and above the right side of an assignment. */
  readonly parseMode?: number;
}

function readExpression(
  parser: SqlParser,
  { query = '', parseMode = 0 }: PlpgsqlExpression,
  source: string,
  start: number | undefined,
): BodyPart[] {
  const target = parseMode > 2 ? (/^[^:=]*:?=/.exec(query)?.[0].length ?? 0) : 0;
  const prefix = parseMode === 0 ? '' : 'select ';
  const text = prefix + query.slice(target);
  const place = start === undefined ? undefined : placeOf(query, source);
  const at = place === undefined || start === undefined ? undefined : start + place + target - prefix.length;
  return (parser.parseAll(text) ?? []).map(node => ({ node, text, start: at }));
}

/** PL/pgSQL keeps the text of a query, with blanks for INTO and SELECT for PERFORM. */
function placeOf(query: string, source: string): number | undefined {
  for (let at = source.indexOf(query.charAt(0)); at !== -1; at = source.indexOf(query.charAt(0), at + 1))
    if (!joins(source, at, query.charAt(0)) && isSameBut(query, source, at)) return at;
  if (!query.startsWith('SELECT')) return undefined;
  for (const { index } of source.matchAll(/\bperform\b/gi)) {
    const end = index + 'perform'.length;
    if (isSameBut(query.slice('SELECT'.length), source, end)) return end - 'SELECT'.length;
  }
  return undefined;
}

/** Whether a word starts in the middle of another one. */
function joins(source: string, at: number, first: string): boolean {
  return /\w/.test(first) && /\w/.test(source.charAt(at - 1));
}

/** Whether a text is in the source at a place, but for its blanks. */
function isSameBut(text: string, source: string, at: number): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (text[index] !== ' ' && text[index] !== source[at + index]) return false;
  return text.length > 0;
}

function atomicQueries(body: Node): Node[] {
  if ('ReturnStmt' in body) {
    const { returnval } = body.ReturnStmt;
    return returnval ? [{ SelectStmt: { targetList: [{ ResTarget: { val: returnval } }] } }] : [];
  }
  if (!('List' in body)) return [body];
  return (body.List.items ?? []).flatMap(atomicQueries);
}

function optionText(options: readonly Node[] | undefined, name: string): string | undefined {
  for (const option of options ?? []) {
    if (!('DefElem' in option) || option.DefElem.defname !== name) continue;
    const { arg } = option.DefElem;
    if (arg && 'String' in arg) return arg.String.sval ?? '';
    const [first] = arg && 'List' in arg ? (arg.List.items ?? []) : [];
    if (first && 'String' in first) return first.String.sval ?? '';
  }
  return undefined;
}
