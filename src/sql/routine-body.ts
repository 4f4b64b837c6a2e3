import type { Node } from '@pgsql/types';
import type { SqlParser } from './parser';

/** What a function or DO block runs, as far as PostgreSQL's parsers can read it. */
export interface RoutineBody {
  /** The SQL inside, in the order of the text; PL/pgSQL conditions and values count as `select <expression>`. */
  readonly queries: readonly Node[];
  /** It builds SQL at run time (EXECUTE), which nobody can judge from the text. */
  readonly dynamic: boolean;
  /** It could not be read: another language, or text the parser refuses. */
  readonly opaque: boolean;
}

const OPAQUE: RoutineBody = { queries: [], dynamic: false, opaque: true };

/** Reads the body of CREATE FUNCTION, CREATE PROCEDURE or DO; undefined for any other statement. */
export function readRoutineBody(parser: SqlParser, text: string, node: Node): RoutineBody | undefined {
  if ('DoStmt' in node) return readBlock(parser, optionText(node.DoStmt.args, 'as'));
  if (!('CreateFunctionStmt' in node)) return undefined;
  const { sql_body: atomic, options } = node.CreateFunctionStmt;
  if (atomic) return { queries: atomicQueries(atomic), dynamic: false, opaque: false };
  const language = optionText(options, 'language')?.toLowerCase();
  const source = optionText(options, 'as');
  if (source === undefined) return OPAQUE;
  if (language === 'plpgsql') return fromPlpgsql(parser, text);
  if (language !== 'sql') return OPAQUE;
  const queries = parser.parseAll(source);
  return queries ? { queries, dynamic: false, opaque: false } : OPAQUE;
}

/** A DO block is read as the body of a function, for that is what PostgreSQL makes of it. */
function readBlock(parser: SqlParser, source: string | undefined): RoutineBody {
  if (source === undefined) return OPAQUE;
  const quote = dollarQuote(source);
  return fromPlpgsql(
    parser,
    `create function body() returns void language plpgsql as ${quote}${source}${quote}`,
  );
}

function dollarQuote(source: string): string {
  let tag = 'body';
  while (source.includes(`$${tag}$`)) tag += '_';
  return `$${tag}$`;
}

function fromPlpgsql(parser: SqlParser, text: string): RoutineBody {
  const tree = parser.parsePlpgsql(text);
  if (tree === undefined) return OPAQUE;
  const queries: Node[] = [];
  let dynamic = false;
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key === 'PLpgSQL_stmt_dynexecute' || key === 'PLpgSQL_stmt_dynfors') dynamic = true;
      if (key === 'PLpgSQL_expr') queries.push(...readExpression(parser, value as PlpgsqlExpression));
      else visit(value);
    }
  };
  visit(tree);
  return { queries, dynamic, opaque: false };
}

interface PlpgsqlExpression {
  readonly query?: string;
  /** 0 is a statement, 2 an expression, 3 and above the right side of an assignment. */
  readonly parseMode?: number;
}

function readExpression(
  parser: SqlParser,
  { query = '', parseMode = 0 }: PlpgsqlExpression,
): readonly Node[] {
  const statement =
    parseMode === 0 ? query : `select ${parseMode > 2 ? query.replace(/^[^:=]*:?=/, '') : query}`;
  return parser.parseAll(statement) ?? [];
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
