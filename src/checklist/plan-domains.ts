import type { Node } from '@pgsql/types';
import { textsOf } from '../schema/ast';
import type { SchemaModel } from '../schema/model';
import { typeName } from '../schema/subject';

/** A type that the files make of another one. */
export interface Domain {
  /** Short name of the type it is made of. */
  readonly type: string;
  /** Number in parentheses after that type. */
  readonly length: number | undefined;
  readonly notNull: boolean;
  /** It has a default. */
  readonly filled: boolean;
  /** Conditions on `value`. */
  readonly checks: readonly Node[];
}

/** The domains of a push by name; one of another one has the conditions of both. */
export function domainsOf({ statements }: SchemaModel): ReadonlyMap<string, Domain> {
  const domains = new Map<string, Domain>();
  for (const { node } of statements) {
    if (!('CreateDomainStmt' in node)) continue;
    const { domainname, typeName: made, constraints = [] } = node.CreateDomainStmt;
    const own = constraints.flatMap(item => ('Constraint' in item ? item.Constraint : []));
    const base = domains.get(typeName(made));
    const [modifier] = made?.typmods ?? [];
    const length = modifier && 'A_Const' in modifier ? modifier.A_Const.ival?.ival : undefined;
    domains.set(textsOf(domainname).at(-1) ?? '', {
      type: base?.type ?? `${typeName(made)}${made?.arrayBounds ? '[]' : ''}`,
      length: length ?? base?.length,
      notNull: (base?.notNull ?? false) || own.some(({ contype }) => contype === 'CONSTR_NOTNULL'),
      filled: (base?.filled ?? false) || own.some(({ contype }) => contype === 'CONSTR_DEFAULT'),
      checks: [
        ...(base?.checks ?? []),
        ...own.flatMap(({ contype, raw_expr: node }) => (contype === 'CONSTR_CHECK' && node ? [node] : [])),
      ],
    });
  }
  return domains;
}
