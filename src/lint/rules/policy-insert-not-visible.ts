import {
  columnUses,
  constantText,
  defineRule,
  readSubject,
  relationKey,
  requires,
  textsOf,
  type Atom,
  type Column,
  type Predicate,
  type SchemaModel,
  type Span,
  type Table,
} from '../rule';

export default defineRule({
  id: 'policy-insert-not-visible',
  title: 'Inserted row that its SELECT policy hides',
  severity: 'info',
  fixable: false,
  sources: [],
  docs: {
    what: 'The SELECT policies ask for something that a row just inserted does not have: another owner column, a flag that is off by default, or rows of a table that refers to it.',
    why:
      'A row that is returned has to pass the SELECT policies before it is stored. With `return=representation`, or `.select()` ' +
      'after `.insert()`, the request answers 403 with code 42501 and "new row violates row-level security policy", although the INSERT policy lets the row in. ' +
      'A trigger that adds the membership comes too late.',
    how: 'Let a SELECT policy show the author the row, or insert with `return=minimal`.',
    falseAlarm: 'Clients always send the value, or never ask for the row.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, published boolean not null default false);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid() and published);
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, published boolean not null default false);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.tables.values()) {
      if (!table.created || table.rowSecurity !== true || table.policies.length < 2) continue;
      for (const role of model.requestRoles) {
        const [inserter] = model.permitting(table, 'insert', role);
        const check = inserter?.check ?? inserter?.using;
        const readers = model.permitting(table, 'select', role);
        if (!inserter || !check || readers.length === 0) continue;
        const hidden = readers.map(({ using }) => using && hiddenBy(model, table, using, check));
        const [first] = hidden;
        if (!first || hidden.includes(undefined)) continue;
        report({
          at: inserter.at,
          message: `A row that ${inserter.name} lets in is not visible at once: returning it (return=representation, .select()) answers 403, 42501.`,
          related: hidden.flatMap(at => (at ? [{ at, message: 'This hides the new row' }] : [])),
        });
        break;
      }
    }
  },
});

/** The condition without which the SELECT policy shows nothing, and which a new row does not meet. */
function hiddenBy(model: SchemaModel, table: Table, using: Predicate, check: Predicate): Span | undefined {
  const isRequired = (atom: Atom): boolean => requires(using.condition, other => other === atom);
  const atom = using.atoms.find(each => isRequired(each) && isUnmet(model, table, using, each, check));
  return atom && using !== check ? using.spanOf(atom.node) : undefined;
}

function isUnmet(model: SchemaModel, table: Table, using: Predicate, atom: Atom, check: Predicate): boolean {
  const fact = using.factOf(atom);
  const key = relationKey(table.schema, table.name);
  const own = columnUses(atom.node, table, model).flatMap(use => (use.of === 'own' ? use.column : []));
  if (fact.kind === 'related') {
    // Rows that refer to this one cannot be there before it.
    const isKey = (name: string): boolean => table.uniqueKeys.some(({ columns }) => columns.includes(name));
    const refers = (other: string): boolean =>
      model.tables.get(other)?.foreignKeys.some(foreign => foreign.table === key) ?? false;
    return own.length > 0 && own.every(isKey) && fact.relations.some(refers);
  }
  const column = own.length === 1 ? table.columns.get(own[0] ?? '') : undefined;
  // What the check looks at is up to the check, and a trigger may set the rest.
  const isChecked = check.columns.some(use => use.of === 'own' && use.column === column?.name);
  const isSet = model.triggers.some(each => each.table === key && each.before && each.events.has('insert'));
  if (!column || isChecked || isSet) return false;
  return fact.kind === 'owner' ? !readSubject(column.default?.node) : isFalseByDefault(atom, column);
}

/** `published` or `published_at is not null` of a row that says nothing of the column. */
function isFalseByDefault({ node, negated }: Atom, column: Column): boolean {
  const value = column.default?.node;
  if ('NullTest' in node)
    return !value && !column.generated && (node.NullTest.nulltesttype === 'IS_NULL') === negated;
  if ('ColumnRef' in node && value && 'A_Const' in value && value.A_Const.boolval)
    return (value.A_Const.boolval.boolval ?? false) === negated;
  if (!('A_Expr' in node) || negated || textsOf(node.A_Expr.name)[0] !== '=') return false;
  const [wanted, given] = [constantText(node.A_Expr.rexpr), constantText(value)];
  return wanted !== undefined && given !== undefined && wanted !== given;
}
