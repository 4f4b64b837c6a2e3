import {
  defineRule,
  textsOf,
  typeName,
  walk,
  type SchemaModel,
  type Statement,
  type TypeCast,
} from '../rule';

export default defineRule({
  id: 'push-enum-value-used',
  title: 'New enum value used in the same push',
  severity: 'error',
  fixable: false,
  sources: ['postgres-language-server avoidAlterEnumAddValue'],
  docs: {
    what: 'A file adds a value to an enum type and uses the value.',
    why: 'A file is one transaction, and PostgreSQL does not let a transaction use an enum value that it added itself to an existing type: 55P04 "unsafe use of new value". The push is rolled back.',
    how: 'Put the use into a later file.',
    falseAlarm:
      'A string that only looks like the value. A type made in the same file may be used at once, and is not reported.',
    bad: {
      'migrations/0001_mood.sql': `create type mood as enum ('calm');
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, mood mood);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_wild.sql': `alter type mood add value 'wild';
alter table notes alter column mood set default 'wild'::mood;`,
    },
    good: {
      'migrations/0001_mood.sql': `create type mood as enum ('calm');
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, mood mood);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_wild.sql': `alter type mood add value 'wild';`,
      'migrations/0003_wild_default.sql': `alter table notes alter column mood set default 'wild'::mood;`,
    },
  },

  check(model, report, files) {
    for (const { statements } of files) {
      const added: { type: string; label: string; statement: Statement }[] = [];
      const made = new Set<string>();
      for (const statement of statements) {
        const { node } = statement;
        for (const { type, label, statement: adds } of added) {
          if (!uses(model, statement, type, label)) continue;
          report({
            at: statement.at,
            message: `'${label}' was added to ${type} in this file: using it in the same transaction fails with 55P04. Put this into a later file.`,
            related: [{ at: adds.at, message: `'${label}' is added here` }],
          });
        }
        if ('CreateEnumStmt' in node) made.add(textsOf(node.CreateEnumStmt.typeName).at(-1) ?? '');
        if ('AlterEnumStmt' in node && node.AlterEnumStmt.newVal !== undefined) {
          const type = textsOf(node.AlterEnumStmt.typeName).at(-1) ?? '';
          if (!made.has(type)) added.push({ type, label: node.AlterEnumStmt.newVal, statement });
        }
      }
    }
  },
});

/** The value cast to the type, or written into a table that has a column of it. */
function uses(model: SchemaModel, { node }: Statement, type: string, label: string): boolean {
  if ('AlterEnumStmt' in node || 'CommentStmt' in node) return false;
  const texts = new Set<unknown>();
  const casts = new Set<string>();
  walk(node, (kind, fields) => {
    if (kind === 'A_Const') texts.add((fields.sval as { sval?: string } | undefined)?.sval);
    else if (kind === 'TypeCast') casts.add(typeName(fields.typeName as TypeCast['typeName']));
  });
  return texts.has(label) && (casts.has(type) || writesColumnOf(model, node, type));
}

function writesColumnOf(model: SchemaModel, node: Statement['node'], type: string): boolean {
  const relation =
    'InsertStmt' in node
      ? node.InsertStmt.relation
      : 'UpdateStmt' in node
        ? node.UpdateStmt.relation
        : undefined;
  const table = relation && model.tableNamed(relation.relname ?? '', relation.schemaname);
  return [...(table?.columns.values() ?? [])].some(column => column.type === type);
}
