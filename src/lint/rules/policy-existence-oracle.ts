import {
  defineRule,
  insertAt,
  type Column,
  type Fix,
  type Policy,
  type SchemaModel,
  type Table,
  type UniqueKey,
} from '../rule';

export default defineRule({
  id: 'policy-existence-oracle',
  title: 'Key that tells what others have',
  severity: 'hint',
  fixable: true,
  sources: ['pgrls SEC035, SEC047'],
  docs: {
    what: 'A UNIQUE constraint spans the rows of all users, or a foreign key points at a table whose rows policies hide.',
    why:
      'Constraints look past policies. Who tries a value learns that somebody has it: the insert answers 409 with code 23505, or ' +
      'without 23503 where a hidden row exists.',
    how: 'Put the owner column first into the key: `unique (owner_id, slug)`.',
    falseAlarm: 'A value that must be unique among all users, such as a public handle.',
    bad: `create table notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null,
  slug text not null default 'first',
  unique (slug)
);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null,
  slug text not null default 'first',
  unique (owner_id, slug)
);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.exposedTables) {
      const writer = model.policiesFor(table, 'insert').find(({ permissive }) => permissive);
      if (!table.rowSecurity || !writer) continue;
      const owners = model.ownerColumnsByUse(table);
      for (const key of table.uniqueKeys) {
        if (key.columns.some(name => owners.has(name) || isRandom(table.columns.get(name)))) continue;
        const [owner] = owners;
        if (owner === undefined) continue;
        const fix = perOwner(key, table, owner, model);
        report({
          at: key.at,
          message: `${key.columns.join(', ')} is unique among the rows of all users: an insert that answers 409, 23505 tells that somebody has the value.`,
          ...(fix && { fix }),
        });
      }
      for (const { table: parentKey, targets, at } of table.foreignKeys) {
        const parent = model.tables.get(parentKey);
        if (!parent || parent === table || !hidesFrom(model, parent, parentKey, writer)) continue;
        const primary = parent.uniqueKeys.find(key => key.primary)?.columns ?? [];
        const key = targets.length > 0 ? targets : primary;
        if (key.length === 0 || key.some(name => isRandom(parent.columns.get(name)))) continue;
        report({
          at,
          message: `The foreign key tells whether a row of ${parent.name} exists that policies hide: without it the insert answers 409, 23503.`,
        });
      }
    }
  },
});

/** Nobody guesses a random UUID. */
function isRandom(column: Column | undefined): boolean {
  return column === undefined || column.type === 'uuid' || column.generated;
}

/** Whether rows of the parent are hidden, and the child's own check does not ask for the parent first. */
function hidesFrom(model: SchemaModel, parent: Table, parentKey: string, writer: Policy): boolean {
  // Of a parent that somebody owns, policy-parent-not-checked says the same and more.
  if (!parent.rowSecurity || model.ownerColumns(parent).length > 0) return false;
  const check = writer.check ?? writer.using;
  return !check?.requires(fact => fact.kind === 'related' && fact.relations.includes(parentKey));
}

/** Only a key that lists its columns can take another one, and none that a foreign key points at. */
function perOwner(key: UniqueKey, table: Table, owner: string, model: SchemaModel): Fix | undefined {
  const { statement, at, columns, primary } = key;
  const isTarget = [...model.tables.values()].some(({ foreignKeys }) =>
    foreignKeys.some(
      ({ table: to, targets }) => model.tables.get(to) === table && targets.join() === columns.join(),
    ),
  );
  if (primary || isTarget) return undefined;
  const from = statement.tokens.filter(({ start }) => start >= at.start);
  const open = from.findIndex(({ value }) => value === '(');
  const words = from.slice(0, open).map(({ value }) => value);
  const place = from[open];
  // After a column's own UNIQUE the next list is something else's.
  const isList = 'IndexStmt' in statement.node || ['unique', 'distinct'].includes(words.at(-1) ?? '');
  if (!place || !isList || words.includes(',') || !/^[a-z_][a-z0-9_]*$/.test(owner)) return undefined;
  return { title: `Make it unique per ${owner}`, edits: [insertAt(at.file, place.end, `${owner}, `)] };
}
