import type { TenantNames } from './names';

/**
 * Rewrites SQL as a v2 push does before it runs it: `authenticated` in GRANT, REVOKE, ALTER DEFAULT PRIVILEGES and
 * CREATE POLICY becomes the tenant's role, `ON SCHEMA public` and `IN SCHEMA public` there become the tenant's schema.
 * Comments, strings, quoted identifiers and dollar bodies stay as they are; so do `ALL TABLES IN SCHEMA public`, lists
 * of schemas and ALTER POLICY, because the platform leaves them, too. Source: `wire-facts`, "How flux push adapts SQL".
 */
export function adaptForV2(sql: string, tenant: TenantNames): string {
  const edits: Edit[] = [];
  for (const statement of executableStatements(sql)) {
    for (const pattern of SCHEMA_PUBLIC) {
      for (const match of statement.text.matchAll(pattern)) {
        const end = match.index + match[0].length;
        edits.push(statement.edit(end - 'public'.length, end, tenant.schema));
      }
    }
    if (!PRIVILEGE_STATEMENT.test(statement.text)) continue;
    for (const match of statement.text.matchAll(/\bauthenticated\b/gi)) {
      edits.push(statement.edit(match.index, match.index + match[0].length, tenant.role));
    }
  }
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, edit) => `${text.slice(0, edit.start)}"${edit.name}"${text.slice(edit.end)}`, sql);
}

/**
 * Whether a v2 push refuses the text outright. The platform looks at the raw text, so comments and strings count.
 */
export function hasEscalationWords(sql: string): boolean {
  return sql.search(ESCALATION_WORDS) !== -1;
}

/** Where those words stand. */
export function escalationWords(sql: string): { readonly start: number; readonly end: number }[] {
  return [...sql.matchAll(ESCALATION_WORDS)].map(match => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

const ESCALATION_WORDS = /\b(?:SET\s+(?:LOCAL\s+)?(?:ROLE|SESSION\s+AUTHORIZATION)|RESET\s+ROLE)\b/gi;

const PRIVILEGE_STATEMENT = /\b(?:GRANT|REVOKE|ALTER\s+DEFAULT\s+PRIVILEGES|CREATE\s+POLICY)\b/i;
const SCHEMA_PUBLIC = [
  /\b(?:GRANT|REVOKE)\b[\s\S]*?\bON\s+SCHEMA\s+public\b/gi,
  /\bALTER\s+DEFAULT\s+PRIVILEGES\b[\s\S]*?\bIN\s+SCHEMA\s+public\b/gi,
];

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** One statement's executable characters, joined, and where each of them stands in the file. */
class ExecutableStatement {
  text = '';
  readonly #offsets: number[] = [];

  add(character: string, offset: number): void {
    this.text += character;
    this.#offsets.push(offset);
  }

  edit(start: number, end: number, name: string): Edit {
    return { start: this.#offsets[start] ?? 0, end: (this.#offsets[end - 1] ?? 0) + 1, name };
  }
}

function executableStatements(sql: string): ExecutableStatement[] {
  const statements = [new ExecutableStatement()];
  for (let i = 0; i < sql.length;) {
    const skipped = inertLength(sql, i);
    if (skipped > 0) {
      i += skipped;
      continue;
    }
    const character = sql.charAt(i);
    statements.at(-1)?.add(character, i);
    if (character === ';') statements.push(new ExecutableStatement());
    i += 1;
  }
  return statements;
}

const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const LINE_COMMENT = /--[^\n]*/y;
const QUOTED_IDENTIFIER = /"(?:[^"]|"")*"?/y;
const PLAIN_STRING = /'(?:[^']|'')*'?/y;
const ESCAPE_STRING = /'(?:[^'\\]|''|\\[\s\S])*'?/y;

/** Length of the comment, string, quoted identifier or dollar body that starts at `i`; 0 for executable text. */
function inertLength(sql: string, i: number): number {
  const at = (pattern: RegExp): number => {
    pattern.lastIndex = i;
    return pattern.exec(sql)?.[0].length ?? 0;
  };
  switch (sql[i]) {
    case '-':
      return at(LINE_COMMENT);
    case '/':
      return sql[i + 1] === '*' ? blockCommentLength(sql, i) : 0;
    case '"':
      return at(QUOTED_IDENTIFIER);
    case "'":
      return at(
        /(?:^|[^A-Za-z0-9_$])[eE]$/.test(sql.slice(Math.max(0, i - 2), i)) ? ESCAPE_STRING : PLAIN_STRING,
      );
    case '$': {
      const tag = at(DOLLAR_TAG);
      if (tag === 0) return 0;
      const close = sql.indexOf(sql.slice(i, i + tag), i + tag);
      return close === -1 ? sql.length - i : close + tag - i;
    }
    default:
      return 0;
  }
}

function blockCommentLength(sql: string, start: number): number {
  let depth = 0;
  for (let i = start; i < sql.length; i += 1) {
    const pair = sql.slice(i, i + 2);
    if (pair === '/*') depth += 1;
    else if (pair === '*/') depth -= 1;
    else continue;
    i += 1;
    if (depth === 0) return i + 1 - start;
  }
  return sql.length - start;
}
