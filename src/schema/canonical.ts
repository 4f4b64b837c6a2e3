import type { A_Const, A_Expr, ColumnRef, Node, RangeVar, SubLink, TypeCast } from '@pgsql/types';
import { textsOf } from './ast';
import type { ColumnUse, Source } from './scope';
import { onlyTarget, typeName } from './subject';

/** An expression in the form that two spellings of one meaning share, as nested lists and texts. */
export type Canonical = string | null | readonly Canonical[];

/** What of an expression says something by itself, for two that are not the same. ANDs and ORs are left to the form. */
export interface Words {
  readonly columns: string[];
  readonly functions: string[];
  readonly operators: string[];
  readonly relations: string[];
  readonly constants: string[];
  /** PostgreSQL writes part of it in a way that files do not, or nobody knows the columns it names. */
  isUncertain: boolean;
}

/** Casts that PostgreSQL adds and takes away as it likes. */
const IMPLICIT: ReadonlySet<string> = new Set([
  'text',
  'varchar',
  'bpchar',
  'name',
  'numeric',
  'float8',
  'int8',
  'timestamp',
  'timestamptz',
]);
/** Types whose values PostgreSQL writes in a form of its own, such as `01:00:00` for an hour. */
const REWRITTEN: ReadonlySet<string> = new Set([
  'bytea',
  'cidr',
  'date',
  'inet',
  'interval',
  'json',
  'jsonb',
  'time',
  'timestamp',
  'timestamptz',
  'timetz',
  'uuid',
]);

/** Where the parser says something that has no meaning of its own. */
const DROPPED: ReadonlySet<string> = new Set([
  'agg_within_group',
  'alias',
  'argisrow',
  'funcformat',
  'inh',
  'location',
  'list_end',
  'list_start',
  'operName',
  'relpersistence',
  'rexpr_list_end',
  'rexpr_list_start',
  'rtindex',
  'subLinkId',
]);

/** Brings an expression into its canonical form; `uses` resolves its columns. */
export class Canonicalizer {
  readonly words: Words = {
    columns: [],
    functions: [],
    operators: [],
    relations: [],
    constants: [],
    isUncertain: false,
  };
  readonly #uses: ReadonlyMap<ColumnRef, ColumnUse>;
  readonly #sources: Source[] = [];

  constructor(
    uses: readonly ColumnUse[],
    private readonly apiSchema: string | undefined,
    /** Whether casts count that PostgreSQL adds to neither columns nor constants by itself. */
    private readonly isStrict: boolean,
  ) {
    this.#uses = new Map(uses.map(use => [use.node, use]));
  }

  of(tree: unknown): Canonical {
    if (tree === undefined || tree === null) return null;
    if (typeof tree !== 'object') return JSON.stringify(tree);
    if (Array.isArray(tree)) return tree.map(part => this.of(part));
    const node = tree as Node;
    if ('TypeCast' in node) return this.#cast(node.TypeCast);
    if ('A_Const' in node) return this.#constant(constantOf(node.A_Const));
    if ('ColumnRef' in node) return this.#column(node.ColumnRef);
    if ('A_Expr' in node) return this.#operation(node.A_Expr);
    if ('BoolExpr' in node) {
      const { boolop = 'AND_EXPR', args } = node.BoolExpr;
      const parts = (args ?? []).map(arg => this.of(arg));
      // PostgreSQL keeps the nesting of ANDs, and makes one of a BETWEEN.
      return [
        boolop,
        ...parts.flatMap(part => (boolop !== 'NOT_EXPR' && isList(part, boolop) ? part.slice(1) : [part])),
      ];
    }
    if ('SubLink' in node) return this.#subquery(node.SubLink);
    if ('RangeVar' in node) return this.#relation(node.RangeVar);
    if ('ResTarget' in node) return this.of(node.ResTarget.val);
    if ('FuncCall' in node) {
      const name = this.#unqualified(textsOf(node.FuncCall.funcname)).join('.');
      this.words.functions.push(name);
      return [
        'call',
        name,
        this.of(node.FuncCall.args ?? []),
        this.#fields({ ...node.FuncCall, funcname: undefined, args: undefined }),
      ];
    }
    if ('CaseExpr' in node) {
      const { arg, args, defresult } = node.CaseExpr;
      // A CASE without ELSE has one that says NULL.
      return ['case', this.of(arg), this.of(args), defresult ? this.of(defresult) : this.#constant('null')];
    }
    if ('RowExpr' in node) this.words.isUncertain = true;
    return this.#fields(node);
  }

  #fields(fields: object): Canonical {
    return Object.entries(fields)
      .filter(([key, value]) => !DROPPED.has(key) && value !== undefined && value !== false)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]: [string, unknown]) => [key, this.of(value)]);
  }

  #cast({ arg, typeName: type }: TypeCast): Canonical {
    const to = typeName(type);
    const literal = literalOf(arg);
    if (literal !== undefined) {
      if (REWRITTEN.has(to)) this.words.isUncertain = true;
      if (to === 'bool' && /^[tf]$/.test(literal)) return this.#constant(literal === 't' ? 'true' : 'false');
      return this.#constant(literal);
    }
    const inner = this.of(arg);
    return IMPLICIT.has(to) || !this.isStrict ? inner : ['cast', to, inner];
  }

  #constant(value: string): Canonical {
    this.words.constants.push(value);
    return ['constant', value];
  }

  #column(node: ColumnRef): Canonical {
    const use = this.#uses.get(node);
    const fields = textsOf(node.fields);
    const name = fields.at(-1) ?? '*';
    if (node.fields?.some(field => 'A_Star' in field)) {
      this.words.isUncertain = true;
      return ['column', '*'];
    }
    // A column of the row itself is another one than that of a subquery, whatever they are called.
    this.words.columns.push(use?.of === 'own' ? `own ${name}` : name);
    if (use?.of === 'own') return ['column', 'own', name];
    if (!use?.source) {
      this.words.isUncertain = true;
      return ['column', fields.length > 1 ? (fields.at(-2) ?? '') : '', name];
    }
    if (!this.#sources.includes(use.source)) this.#sources.push(use.source);
    return ['column', String(this.#sources.indexOf(use.source)), name];
  }

  #operation({ kind, name, lexpr, rexpr }: A_Expr): Canonical {
    const operator = textsOf(name).at(-1) ?? '';
    if (kind === 'AEXPR_IN' && rexpr && 'List' in rexpr)
      return this.#among(operator, lexpr, rexpr.List.items ?? []);
    if ((kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN') && rexpr && 'List' in rexpr) {
      const [low, high] = rexpr.List.items ?? [];
      const isNot = kind === 'AEXPR_NOT_BETWEEN';
      return [
        isNot ? 'OR_EXPR' : 'AND_EXPR',
        this.#binary(isNot ? '<' : '>=', lexpr, low),
        this.#binary(isNot ? '>' : '<=', lexpr, high),
      ];
    }
    if (kind === 'AEXPR_NOT_DISTINCT') {
      this.words.operators.push('AEXPR_DISTINCT =');
      return ['NOT_EXPR', ['AEXPR_DISTINCT', '=', this.of(lexpr), this.of(rexpr)]];
    }
    const isPlain = kind === 'AEXPR_OP' || kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE';
    if (isPlain) return this.#binary(operator, lexpr, rexpr);
    this.words.operators.push(`${kind ?? ''} ${operator}`);
    return [kind ?? '', operator, this.of(lexpr), this.of(rexpr)];
  }

  #binary(operator: string, left: Node | undefined, right: Node | undefined): Canonical {
    this.words.operators.push(operator);
    return ['AEXPR_OP', operator, this.of(left), this.of(right)];
  }

  /** `x in (1, 2)` is `x = any (array[1, 2])`; items that name columns are compared one by one. */
  #among(operator: string, left: Node | undefined, items: readonly Node[]): Canonical {
    const isIn = operator === '=';
    const [fixed, varying] = [items.filter(item => !namesColumn(item)), items.filter(namesColumn)];
    const single = fixed.length === 1 ? fixed : [];
    const kind = isIn ? 'AEXPR_OP_ANY' : 'AEXPR_OP_ALL';
    const parts: Canonical[] = [];
    if (fixed.length > 1) {
      this.words.operators.push(`${kind} ${operator}`);
      parts.push([
        kind,
        operator,
        this.of(left),
        [['A_ArrayExpr', [['elements', fixed.map(item => this.of(item))]]]],
      ]);
    }
    for (const item of [...single, ...varying]) parts.push(this.#binary(operator, left, item));
    if (parts.length === 1) return parts[0] ?? null;
    return [isIn ? 'OR_EXPR' : 'AND_EXPR', ...parts];
  }

  #subquery(link: SubLink): Canonical {
    const value = onlyTarget({ SubLink: link });
    if (value) return this.of(value);
    const { subLinkType = '', testexpr, subselect, operName } = link;
    const operator = textsOf(operName).at(-1) ?? '=';
    if (operator !== '=') this.words.operators.push(operator);
    const query = subselect && 'SelectStmt' in subselect ? subselect.SelectStmt : {};
    // What EXISTS selects does not matter, and PostgreSQL writes it out.
    const { targetList, ...rest } = query;
    const selected = subLinkType === 'EXISTS_SUBLINK' ? null : this.of(targetList);
    return [subLinkType, operator, this.of(testexpr), selected, this.#fields(rest)];
  }

  #relation({ schemaname, relname = '' }: RangeVar): Canonical {
    const name = this.#unqualified([...(schemaname === undefined ? [] : [schemaname]), relname]).join('.');
    this.words.relations.push(name);
    return ['relation', name];
  }

  #unqualified(names: readonly string[]): readonly string[] {
    const [schema] = names;
    return names.length > 1 && (schema === 'pg_catalog' || schema === this.apiSchema)
      ? names.slice(1)
      : names;
  }
}

function isList(form: Canonical, head: string): form is readonly Canonical[] {
  return Array.isArray(form) && form[0] === head;
}

function namesColumn(tree: unknown): boolean {
  return JSON.stringify(tree).includes('"ColumnRef"');
}

function literalOf(node: Node | undefined): string | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) return literalOf(node.TypeCast.arg);
  return 'A_Const' in node ? constantOf(node.A_Const) : undefined;
}

function constantOf({ isnull, ival, fval, sval, bsval, boolval }: A_Const): string {
  if (isnull) return 'null';
  if (ival) return String(ival.ival ?? 0);
  if (boolval) return boolval.boolval ? 'true' : 'false';
  return fval?.fval ?? sval?.sval ?? bsval?.bsval ?? '';
}
