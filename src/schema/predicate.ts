import type { FuncCall, Node, RangeVar, TypeCast } from '@pgsql/types';
import type { Span, Statement } from '../sql/source-file';
import { relationsOf, textOf, textsOf, walk } from './ast';
import { audienceOf, waysPast, type Audience, type Way } from './audience';
import { columnComparisons, type ColumnComparison } from './comparisons';
import { atomsOf, conditionOf, requires, type Atom, type Condition } from './condition';
import { callsIn, factOf, mentionsSubject, type Fact } from './facts';
import type { SchemaModel } from './model';
import type { Table } from './objects';
import { columnUses, type ColumnUse } from './scope';
import { claimsIn, settingsIn, type ClaimRead, type SettingRead } from './settings';
import { admitsSignedOut } from './signed-out';
import { spanOfNode } from './spans';
import { readSubject, type SubjectExpression } from './subject';
import { isAlwaysTrue, truthOf, type Truth, type TruthAssumptions } from './truth';

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

/** A boolean expression of a policy: its USING or its WITH CHECK. What it says is worked out when first asked for. */
export class Predicate {
  readonly #known = new Map<string, unknown>();

  constructor(
    readonly node: Node,
    /** The expression without its parentheses. */
    readonly at: Span,
    /** The words `using` or `with check`. */
    readonly keywordsAt: Span,
    /** From those words to the closing parenthesis. */
    readonly clauseAt: Span,
    /** CREATE or ALTER POLICY, whichever wrote it last. */
    readonly statement: Statement,
    private readonly table: Table,
    private readonly model: SchemaModel,
  ) {}

  /** The same clause with other names in it, as a rename leaves it; its ranges stay those of the text. */
  withNode(node: Node): Predicate {
    const { at, keywordsAt, clauseAt, statement, table, model } = this;
    return new Predicate(node, at, keywordsAt, clauseAt, statement, table, model);
  }

  /** The expression as written. */
  get text(): string {
    return this.statement.textOf(this.at);
  }

  /** What it can be, for all that the table's NOT NULLs and the given assumptions tell. */
  truth(assume: TruthAssumptions = {}): Truth {
    const { name: table, columns } = this.table;
    return truthOf(this.node, { table, notNull: column => columns.get(column)?.notNull ?? false, ...assume });
  }

  /** Its ANDs and ORs, with every NOT at an atom. */
  get condition(): Condition {
    return this.#once('condition', () => conditionOf(this.node));
  }

  get atoms(): readonly Atom[] {
    return this.#once('atoms', () => atomsOf(this.condition));
  }

  /** What one of its atoms says of a row. */
  factOf(atom: Atom): Fact {
    return this.#facts.get(atom) ?? UNKNOWN;
  }

  /** What its atoms say, in the order of the text. */
  get facts(): readonly Fact[] {
    return this.#once('factList', () => [...this.#facts.values()]);
  }

  /** Who gets a row past it. */
  get audience(): Audience {
    return this.#once('audience', () =>
      isAlwaysTrue(this.truth()) ? 'everybody' : audienceOf(this.condition, atom => this.factOf(atom)),
    );
  }

  /** The atoms that decide who gets past it. */
  get ways(): readonly Way[] {
    return this.#once('ways', () => waysPast(this.condition, atom => this.factOf(atom)));
  }

  /** Whether it asks for rows that somebody chose to show, by the names in it: `state = 'published'`. */
  get shows(): boolean {
    return this.#once('shows', () =>
      this.atoms.some(atom => {
        const { kind } = this.factOf(atom);
        return (
          (kind === 'row' || kind === 'literal') &&
          SHOWING.test(this.statement.textOf(this.spanOf(atom.node)))
        );
      }),
    );
  }

  /** Whether a caller without a subject gets some row past it; false where the files cannot tell. */
  get admitsSignedOut(): boolean {
    return this.#once('admitsSignedOut', () =>
      admitsSignedOut(this.condition, atom => this.factOf(atom), this.table, this.model),
    );
  }

  /** Whether it can be true only where a fact holds that `proves` says yes to. */
  requires(proves: (fact: Fact) => boolean): boolean {
    return requires(this.condition, atom => proves(this.factOf(atom)));
  }

  /** Whether it can be true only for rows whose `column` is the subject. */
  tiesOwner(column: string): boolean {
    return this.requires(fact => fact.kind === 'owner' && fact.column === column);
  }

  /** Every column it names, resolved as PostgreSQL resolves it. */
  get columns(): readonly ColumnUse[] {
    return this.#once('columns', () => columnUses(this.node, this.table, this.model));
  }

  /** Those of them that a part of it names. */
  columnsIn(part: Node): ColumnUse[] {
    const byNode = this.#once('columnsByNode', () => new Map(this.columns.map(use => [use.node, use])));
    const uses: ColumnUse[] = [];
    walk(part, (type, fields) => {
      const use = type === 'ColumnRef' ? byNode.get(fields) : undefined;
      if (use) uses.push(use);
    });
    return uses;
  }

  /** Comparisons of a column with something else, wherever they stand. */
  get comparisons(): readonly ColumnComparison[] {
    return this.#once('comparisons', () =>
      columnComparisons(this.node, this.columns, this.table, this.model),
    );
  }

  get calls(): readonly FuncCall[] {
    return this.#once('calls', () => callsIn(this.node));
  }

  get settings(): readonly SettingRead[] {
    return this.#once('settings', () => settingsIn(this.node));
  }

  get claims(): readonly ClaimRead[] {
    return this.#once('claims', () => claimsIn(this.node));
  }

  /** The relations its subqueries read. */
  get relations(): readonly RangeVar[] {
    return this.#once('relations', () => relationsOf(this.node));
  }

  /** Whether the subject occurs anywhere, subqueries included. */
  get mentionsSubject(): boolean {
    return this.#once('mentionsSubject', () => mentionsSubject(this.node));
  }

  /** Comparisons between the subject and a column of the policy's own table; subqueries have their own columns. */
  get subjectComparisons(): readonly SubjectComparison[] {
    return this.#once('subjectComparisons', () => comparisonsIn(this.node, this.table.name));
  }

  get subjectCasts(): readonly SubjectCast[] {
    return this.#once('subjectCasts', () => subjectCastsIn(this.node, this.statement));
  }

  /** Range of a part of the expression; the whole where the part has no place of its own. */
  spanOf(part: unknown): Span {
    return spanOfNode(this.statement, part) ?? this.at;
  }

  get #facts(): ReadonlyMap<Atom, Fact> {
    return this.#once(
      'facts',
      () => new Map(this.atoms.map(atom => [atom, factOf(atom, this.table, this.model)])),
    );
  }

  #once<T>(name: string, make: () => T): T {
    if (!this.#known.has(name)) this.#known.set(name, make());
    return this.#known.get(name) as T;
  }
}

const UNKNOWN: Fact = { kind: 'unknown' };
const SHOWING = /public|publish|visib|shared|listed|template|featured|released/i;

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
    return (rexpr.List.items ?? []).flatMap(
      item => comparison(lexpr, item, operator, table) ?? comparison(item, lexpr, operator, table) ?? [],
    );
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
