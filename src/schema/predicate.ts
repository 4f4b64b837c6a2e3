import type { Node, TypeCast } from '@pgsql/types';
import type { Span, Statement } from '../sql/source-file';
import { textOf, textsOf, walk } from './ast';
import { readSubject, type SubjectExpression } from './subject';
import { truthOf, type Truth, type TruthAssumptions } from './truth';

/** `column = subject`, or another operator between the two. */
export interface SubjectComparison {
  readonly column: string;
  readonly operator: string;
  /** The column is cast before it is compared: `owner_id::text = auth.uid()`. */
  readonly columnIsCast: boolean;
  readonly subject: SubjectExpression;
}

/** A cast of the subject to a type that not every subject has. */
export interface SubjectCast {
  readonly castTo: string;
  readonly cast: TypeCast;
  /** Range of `::uuid`, or of the whole `cast(… as uuid)`. */
  readonly at: Span;
  /** What remains when the cast is taken away, for `cast(… as …)`. */
  readonly inner?: string;
}

/** A boolean expression of a policy: its USING or its WITH CHECK. */
export class Predicate {
  constructor(
    readonly node: Node,
    /** The expression without its parentheses. */
    readonly at: Span,
    /** The words `using` or `with check`. */
    readonly keywordsAt: Span,
    /** From those words to the closing parenthesis. */
    readonly clauseAt: Span,
    private readonly statement: Statement,
    private readonly table: string,
  ) {}

  truth(assume: TruthAssumptions = {}): Truth {
    return truthOf(this.node, assume);
  }

  /** Whether the subject occurs anywhere, subqueries included. */
  get mentionsSubject(): boolean {
    let mentioned = false;
    walk(this.node, (type, fields) => {
      mentioned ||= readSubject({ [type]: fields } as unknown as Node) !== undefined;
    });
    return mentioned;
  }

  /** Comparisons between the subject and a column of the policy's own table; subqueries have their own columns. */
  get subjectComparisons(): SubjectComparison[] {
    return comparisonsIn(this.node, this.table);
  }

  get subjectCasts(): SubjectCast[] {
    return subjectCastsIn(this.node, this.statement);
  }
}

/** Casts of the subject anywhere in an expression, the outermost of each. */
export function subjectCastsIn(node: Node | undefined, statement: Statement): SubjectCast[] {
  const casts: SubjectCast[] = [];
  const nested = new Set<unknown>();
  walk(node, (type, fields) => {
    if (type !== 'TypeCast') return;
    const subject = readSubject({ TypeCast: fields });
    if (!subject?.cast || subject.castTo === undefined || nested.has(subject.cast)) return;
    nested.add(subject.cast);
    const place = castPlace(subject.cast.location ?? 0, subject.cast.typeName?.location ?? 0, statement);
    if (place) casts.push({ cast: subject.cast, castTo: subject.castTo, ...place });
  });
  return casts;
}

/** `x::uuid` is located at its `::`, `cast(x as uuid)` at its first word. */
function castPlace(
  castAt: number,
  typeAt: number,
  statement: Statement,
): Pick<SubjectCast, 'at' | 'inner'> | undefined {
  const first = statement.tokenIndexAt(castAt);
  const type = statement.tokenIndexAt(typeAt);
  if (first === -1 || type === -1) return undefined;
  const typeEnd = endOfTypeName(statement, type);
  if (statement.tokens[first]?.value !== 'cast') return { at: statement.tokenSpan(first, typeEnd) };
  const inner = statement.textOf(statement.tokenSpan(first + 2, type - 2));
  return { at: statement.tokenSpan(first, typeEnd + 1), inner };
}

/** Index of the last token of a type name: `uuid`, `pg_catalog.uuid`, `character varying(36)` stay simple on purpose. */
function endOfTypeName(statement: Statement, index: number): number {
  return statement.tokens[index + 1]?.value === '.' ? index + 2 : index;
}

function comparisonsIn(node: Node, table: string): SubjectComparison[] {
  if ('BoolExpr' in node) return (node.BoolExpr.args ?? []).flatMap(part => comparisonsIn(part, table));
  if (!('A_Expr' in node)) return [];
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const operator = kind === 'AEXPR_NOT_DISTINCT' ? '=' : (textOf(name?.[0]) ?? '');
  if (kind === 'AEXPR_IN' && rexpr && 'List' in rexpr) {
    return (rexpr.List.items ?? []).flatMap(item => comparison(lexpr, item, operator, table) ?? []);
  }
  return [comparison(lexpr, rexpr, operator, table) ?? comparison(rexpr, lexpr, operator, table)].flatMap(
    c => c ?? [],
  );
}

function comparison(
  column: Node | undefined,
  value: Node | undefined,
  operator: string,
  table: string,
): SubjectComparison | undefined {
  const subject = readSubject(value);
  const named = columnOf(column, table);
  return subject && named && { ...named, operator, subject };
}

function columnOf(
  node: Node | undefined,
  table: string,
): Pick<SubjectComparison, 'column' | 'columnIsCast'> | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) {
    const inner = columnOf(node.TypeCast.arg, table);
    return inner && { ...inner, columnIsCast: true };
  }
  if (!('ColumnRef' in node)) return undefined;
  const names = textsOf(node.ColumnRef.fields);
  const column = names.at(-1);
  const qualifier = names.at(-2);
  if (column === undefined || names.length !== node.ColumnRef.fields?.length) return undefined;
  return qualifier === undefined || qualifier === table ? { column, columnIsCast: false } : undefined;
}
