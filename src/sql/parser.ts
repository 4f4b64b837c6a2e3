import type { Node } from '@pgsql/types';
import { isBodyTooDeep, isTooDeep } from './nesting';
import { ByteOffsets, utf16OffsetOfCharacter } from './offsets';

/** Why a text cannot be read, and where (UTF-16 offset in it). */
export interface ParseError {
  readonly message: string;
  readonly offset: number;
  /** Set where it is not PostgreSQL's parser that refuses it. */
  readonly kind?: 'not-text' | 'too-deep';
}

export interface ParsedStatement {
  readonly node: Node;
  /** Where a second statement begins, if the text has more than one. */
  readonly rest?: number;
  readonly error?: undefined;
}

export type ParseResult =
  ParsedStatement | { readonly node?: undefined; readonly rest?: undefined; readonly error: ParseError };

interface ParseTree {
  readonly stmts?: readonly { readonly stmt?: Node; readonly stmt_len?: number }[];
}

/** Parse trees of each of the two generations that are kept. */
const GENERATION_SIZE = 4_000;

/** PostgreSQL's own parser, compiled to WebAssembly. One instance serves the whole process. */
export class SqlParser {
  /** A tree that is asked for moves to the recent ones; when these are many, they replace the older ones. */
  #recent = new Map<string, ParseResult>();
  #older = new Map<string, ParseResult>();

  private constructor(
    private readonly parseSync: (sql: string) => ParseTree,
    private readonly parsePlPgSQLSync: (sql: string) => unknown,
  ) {}

  /** Loads the WebAssembly module; nothing of it is touched before the first call. */
  static async load(): Promise<SqlParser> {
    const { loadModule, parseSync, parsePlPgSQLSync } = await import('libpg-query');
    await loadModule();
    return new SqlParser(parseSync, parsePlPgSQLSync);
  }

  /** Parses the text of one statement. The same text gives the same tree object. */
  parse(sql: string): ParseResult {
    const recent = this.#recent.get(sql);
    if (recent) return recent;
    const result = this.#older.get(sql) ?? this.#parse(sql);
    if (this.#recent.size >= GENERATION_SIZE) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(sql, result);
    return result;
  }

  /** Parses any number of statements at once; undefined when one is refused. */
  parseAll(sql: string): Node[] | undefined {
    if (isTooDeep(sql)) return undefined;
    try {
      return (this.parseSync(sql).stmts ?? []).flatMap(({ stmt }) => stmt ?? []);
    } catch {
      return undefined;
    }
  }

  /** Parses the body of a CREATE FUNCTION in PL/pgSQL; undefined when it is refused. */
  parsePlpgsql(createFunction: string): unknown {
    if (isBodyTooDeep(createFunction)) return undefined;
    try {
      return this.parsePlPgSQLSync(createFunction);
    } catch {
      return undefined;
    }
  }

  #parse(sql: string): ParseResult {
    const nul = sql.indexOf('\0');
    // The parser takes a C string: it would end there, and what follows would pass as read.
    if (nul !== -1) return { error: { message: 'NUL character', offset: nul, kind: 'not-text' } };
    if (isTooDeep(sql)) return { error: { message: TOO_DEEP, offset: 0, kind: 'too-deep' } };
    try {
      const [first, second] = this.parseSync(wellFormed(sql)).stmts ?? [];
      const node = first?.stmt;
      if (!node) return { error: { message: 'syntax error', offset: 0 } };
      // The length ends before the semicolon.
      return second ? { node, rest: new ByteOffsets(sql).utf16(first.stmt_len ?? 0) + 1 } : { node };
    } catch (error) {
      return { error: readError(sql, error as Error & { sqlDetails?: { cursorPosition: number } }) };
    }
  }
}

const TOO_DEEP = 'Nested too deeply to be judged';

function readError(
  sql: string,
  { name, message, sqlDetails }: Error & { sqlDetails?: { cursorPosition: number } },
): ParseError {
  const offset = utf16OffsetOfCharacter(sql, sqlDetails?.cursorPosition ?? 0);
  // PostgreSQL's grammar and the WebAssembly stack have their own limits.
  if (name === 'RangeError' || message.startsWith('memory exhausted'))
    return { message: TOO_DEEP, offset, kind: 'too-deep' };
  return { message, offset };
}

/** Half a character cannot be written in UTF-8; what takes its place is as long. */
function wellFormed(sql: string): string {
  return /[\ud800-\udfff]/.test(sql) ? sql.replace(/\p{Surrogate}/gu, '\ufffd') : sql;
}
