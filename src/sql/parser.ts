import type { Node } from '@pgsql/types';
import { utf16OffsetOfCharacter } from './offsets';

/** Why PostgreSQL's parser refuses a text, and where (UTF-16 offset in it). */
export interface ParseError {
  readonly message: string;
  readonly offset: number;
}

export type ParseResult =
  | { readonly node: Node; readonly error?: undefined }
  | { readonly node?: undefined; readonly error: ParseError };

/** Parse trees kept at a time; the oldest unused one goes first. */
const CACHE_SIZE = 4_000;

/** PostgreSQL's own parser, compiled to WebAssembly. One instance serves the whole process. */
export class SqlParser {
  readonly #cache = new Map<string, ParseResult>();

  private constructor(
    private readonly parseSync: (sql: string) => { stmts?: { stmt?: Node }[] },
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
    const known = this.#cache.get(sql);
    const result = known ?? this.#parse(sql);
    this.#cache.delete(sql);
    this.#cache.set(sql, result);
    if (this.#cache.size > CACHE_SIZE) {
      const oldest = this.#cache.keys().next();
      if (!oldest.done) this.#cache.delete(oldest.value);
    }
    return result;
  }

  /** Parses any number of statements at once; undefined when one is refused. */
  parseAll(sql: string): Node[] | undefined {
    try {
      return (this.parseSync(sql).stmts ?? []).flatMap(({ stmt }) => stmt ?? []);
    } catch {
      return undefined;
    }
  }

  /** Parses the body of a CREATE FUNCTION in PL/pgSQL; undefined when it is refused. */
  parsePlpgsql(createFunction: string): unknown {
    try {
      return this.parsePlPgSQLSync(createFunction);
    } catch {
      return undefined;
    }
  }

  #parse(sql: string): ParseResult {
    try {
      const node = this.parseSync(sql).stmts?.[0]?.stmt;
      return node ? { node } : { error: { message: 'syntax error', offset: 0 } };
    } catch (error) {
      const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition: number } };
      return { error: { message, offset: utf16OffsetOfCharacter(sql, sqlDetails?.cursorPosition ?? 0) } };
    }
  }
}
