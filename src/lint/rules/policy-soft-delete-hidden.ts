import {
  defineRule,
  requires,
  textsOf,
  type Atom,
  type Node,
  type Policy,
  type Predicate,
  type SchemaModel,
  type Table,
} from '../rule';

export default defineRule({
  id: 'policy-soft-delete-hidden',
  title: 'Soft delete that its own SELECT policy refuses',
  severity: 'warning',
  fixable: false,
  sources: [],
  docs: {
    what: 'Every SELECT policy hides rows by a column such as `deleted_at` or `archived`, and requests may update that column.',
    why:
      'A row that is changed by a filter, or returned, has to pass the SELECT policies as it is afterwards, too. The request that sets ' +
      'the column makes the row invisible and so answers 403 with code 42501 and "new row violates row-level security policy": ' +
      'nothing can be deleted softly.',
    how: 'Let the policy show the owner the deleted rows, and filter in the request or in a view with `security_invoker`; or delete softly in a function.',
    falseAlarm: 'The column is set by a function or by another role only.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, deleted_at timestamptz);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid() and deleted_at is null);
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, update on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, deleted_at timestamptz);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, update on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.tables.values()) {
      if (!table.created || table.rowSecurity !== true || table.policies.length === 0) continue;
      const markers = [...table.columns.keys()].filter(name => MARKER.test(name));
      if (markers.length === 0) continue;
      for (const role of model.requestRoles) {
        const found = markers.flatMap(column => hiding(model, table, role, column) ?? [])[0];
        if (!found) continue;
        const { predicate, atom, column, writer } = found;
        report({
          at: predicate.spanOf(atom.node),
          message: `A row of ${table.name} whose ${column} is set is not visible any more, so setting it answers 403, 42501 "new row violates row-level security policy".`,
          related: [{ at: writer.at, message: `${writer.name} lets requests try` }],
        });
        break;
      }
    }
  },
});

/** Names of columns that mark a row as gone. */
const MARKER = /^(?:is_)?(?:soft_)?(?:deleted|archived|removed|trashed|hidden)(?:_at|_on)?$/;

interface Hiding {
  readonly predicate: Predicate;
  readonly atom: Atom;
  readonly column: string;
  readonly writer: Policy;
}

/** The first condition that hides rows by the column, where every SELECT policy has one and the column can be set. */
function hiding(model: SchemaModel, table: Table, role: string, column: string): Hiding | undefined {
  const [writer] = model.permitting(table, 'update', role);
  const readers = model.permitting(table, 'select', role);
  const key = model.keyOf(table.name, table.schema);
  const isWhole = model.privileges.wholeOrigin(key, role, 'update') !== undefined;
  const maySet = isWhole || model.privileges.columnsOf(key, role, 'update').has(column);
  if (!writer || readers.length === 0 || !maySet) return undefined;
  let first: Omit<Hiding, 'writer' | 'column'> | undefined;
  const isHidden = readers.every(({ using: predicate }) => {
    const hides = (atom: Atom): boolean => {
      if (markedBy(atom) !== column) return false;
      if (predicate) first ??= { predicate, atom };
      return true;
    };
    return predicate !== undefined && requires(predicate.condition, hides);
  });
  return isHidden && first ? { ...first, column, writer } : undefined;
}

/** The column that an atom wants unset: `deleted_at is null`, `not archived`, `archived = false`. */
function markedBy({ node, negated }: Atom): string | undefined {
  if ('NullTest' in node)
    return (node.NullTest.nulltesttype === 'IS_NULL') !== negated ? columnOf(node.NullTest.arg) : undefined;
  if ('A_Expr' in node) {
    const { name, lexpr, rexpr } = node.A_Expr;
    const isEqual = (textsOf(name)[0] === '=') !== negated;
    const isFalse = rexpr && 'A_Const' in rexpr && rexpr.A_Const.boolval && !rexpr.A_Const.boolval.boolval;
    return isEqual && isFalse ? columnOf(lexpr) : undefined;
  }
  return negated ? columnOf(node) : undefined;
}

function columnOf(node: Node | undefined): string | undefined {
  return node && 'ColumnRef' in node ? textsOf(node.ColumnRef.fields).at(-1) : undefined;
}
