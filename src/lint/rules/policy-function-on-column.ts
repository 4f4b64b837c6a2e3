import {
  defineRule,
  mentionsSubject,
  textOf,
  typeName,
  type Atom,
  type Column,
  type Node,
  type Predicate,
  type Table,
} from '../rule';

export default defineRule({
  id: 'policy-function-on-column',
  title: 'Column inside a function or cast',
  severity: 'info',
  fixable: false,
  sources: ['pgrls PERF004'],
  docs: {
    what: 'A policy compares `lower(column)`, `column::text` or the like instead of the column itself.',
    why:
      'An index on the column cannot serve such a comparison: every request reads the whole table and evaluates the function ' +
      'with every row.',
    how: 'Store the value as it is compared, or make an index on the same expression.',
    falseAlarm: 'A small table, or a column that no index serves anyway.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), member_email text not null);
create index notes_member_email on notes (member_email);
alter table notes enable row level security;
create policy notes_member_read on notes for select to authenticated
  using (lower(member_email) = (select lower(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'email')));
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), member_email text not null);
create index notes_member_email on notes (member_email);
alter table notes enable row level security;
create policy notes_member_read on notes for select to authenticated
  using (member_email = (select lower(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'email')));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { using, verb, table, name } of model.policies) {
      if (!using || verb === 'insert' || !table.created) continue;
      // An index on the expression serves it, and one on the owner column makes the rest cheap.
      if (table.indexes.some(({ columns }) => columns.includes(undefined))) continue;
      if (using.requires(fact => fact.kind === 'owner' && fact.wrapping === 'bare')) continue;
      for (const atom of using.atoms) {
        const found = wrappedColumn(atom, using, table);
        if (!found) continue;
        report({
          at: using.spanOf(found.node),
          message: `No index on ${found.column.name} serves ${using.statement.textOf(using.spanOf(found.node))}: ${name} reads every row of ${table.name}.`,
          related: [{ at: found.column.at, message: `${found.column.name} is ${found.column.type}` }],
        });
      }
    }
  },
});

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', 'BETWEEN']);

/** A column under a function or cast on one side of a comparison whose other side is the same for all rows. */
function wrappedColumn(
  { node, negated }: Atom,
  predicate: Predicate,
  table: Table,
): { node: Node; column: Column } | undefined {
  if (negated || !('A_Expr' in node)) return undefined;
  const { name, lexpr, rexpr } = node.A_Expr;
  // How a subject is compared is for other rules to say.
  if (!COMPARISONS.has(textOf(name?.at(-1)) ?? '') || !isWrapped(lexpr, rexpr)) return undefined;
  if (mentionsSubject(node)) return undefined;
  const isOn = (part: Node | undefined): boolean =>
    part !== undefined && predicate.columnsIn(part).some(({ of }) => of === 'own');
  const side = isOn(lexpr) ? lexpr : rexpr;
  if (!side || (isOn(lexpr) && isOn(rexpr)) || 'ColumnRef' in side) return undefined;
  const inner =
    'TypeCast' in side ? side.TypeCast.arg : 'FuncCall' in side ? side.FuncCall.args?.[0] : undefined;
  if (!inner || !('ColumnRef' in inner)) return undefined;
  const [use] = predicate.columnsIn(inner);
  const column = use?.of === 'own' ? table.columns.get(use.column) : undefined;
  if (!column) return undefined;
  const isSame = 'TypeCast' in side && isSameText(column.type, typeName(side.TypeCast.typeName));
  return isSame ? undefined : { node: side, column };
}

function isWrapped(...sides: readonly (Node | undefined)[]): boolean {
  return sides.some(side => side !== undefined && ('TypeCast' in side || 'FuncCall' in side));
}

/** Casts that change nothing but the name of the type. */
function isSameText(from: string, to: string): boolean {
  return from === to || (['text', 'varchar'].includes(from) && ['text', 'varchar'].includes(to));
}
