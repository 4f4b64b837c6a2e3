import {
  defineRule,
  isDatabaseRole,
  onlyTarget,
  replaceAt,
  type Node,
  type SchemaModel,
  type Span,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'owner-current-user',
  title: 'Owner compared with the database role',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC018'],
  docs: {
    what: 'A policy compares a column with `current_user` or `session_user`, or an owner column has it as its default.',
    why:
      'These are database roles, and all users of a project share one: `authenticated` on v1 dedicated, the project’s own ' +
      'role on v2 shared. Every row belongs to that role, so every signed-in user reads and writes the rows of all others.',
    how: 'Use `auth.uid()`, which is the user of the request.',
    falseAlarm: 'A column that really holds database roles.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = current_user);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { at, column, table, isDefault } of placesOf(model)) {
      report({
        at,
        message: isDefault
          ? `This is the database role, which all users share: every new row of ${table} gets the same ${column}. Use auth.uid().`
          : `This is the database role, which all users share: as ${column} it lets every signed-in user at the rows of all others. Use auth.uid().`,
        fix: { title: 'Use auth.uid()', edits: [replaceAt(at, 'auth.uid()')] },
      });
    }
  },
});

interface Place {
  readonly at: Span;
  readonly column: string;
  readonly table: string;
  readonly isDefault: boolean;
}

function placesOf(model: SchemaModel): Place[] {
  const places: Place[] = [];
  const add = (value: Node, statement: Statement, place: Omit<Place, 'at'>): void => {
    const location = roleLocation(value);
    if (location === undefined) return;
    places.push({ ...place, at: statement.tokenSpan(statement.tokenIndexAt(location)) });
  };
  for (const { using, check, table } of model.policies) {
    for (const predicate of [using, check]) {
      for (const { operator, use, value } of predicate?.comparisons ?? []) {
        if (predicate && operator === '=')
          add(value, predicate.statement, { column: use.column, table: table.name, isDefault: false });
      }
    }
  }
  for (const table of model.exposedTables) {
    for (const { name, default: fallback } of model.ownerColumns(table)) {
      if (fallback)
        add(fallback.node, fallback.statement, { column: name, table: table.name, isDefault: true });
    }
  }
  return places;
}

/** Where `current_user` stands, behind casts and `(select …)`. */
function roleLocation(node: Node | undefined): number | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) return roleLocation(node.TypeCast.arg);
  if ('SubLink' in node) return roleLocation(onlyTarget(node));
  return isDatabaseRole(node) && 'SQLValueFunction' in node ? node.SQLValueFunction.location : undefined;
}
