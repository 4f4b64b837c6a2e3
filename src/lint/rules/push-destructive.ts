import { defineRule, textOf, textsOf, type Node, type SchemaModel, type Span, type Statement } from '../rule';

export default defineRule({
  id: 'push-destructive',
  title: 'Statement that loses data',
  severity: 'warning',
  fixable: false,
  sources: ['squawk ban-drop-table', 'squawk ban-drop-column', 'postgres-language-server banDropTable'],
  docs: {
    what: 'DROP TABLE, DROP COLUMN, DROP SCHEMA, TRUNCATE, or DELETE without WHERE.',
    why: 'The rows are gone when the push commits; there is no way back but a backup. Policies and grants of a dropped table go with it.',
    how: 'Be sure. Where you are, say so: `-- flux-rls-disable-next-line push-destructive: <why>`.',
    falseAlarm: 'The data is not needed. What the same file has made before is not reported.',
    bad: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_no_body.sql': `alter table notes drop column body;`,
    },
    good: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_body_unused.sql': `comment on column notes.body is 'no longer used';`,
    },
  },

  check(model, report, files) {
    for (const { statements } of files) {
      const made = new Set<string>();
      for (const statement of statements) {
        const { node } = statement;
        if ('CreateStmt' in node) {
          const { relation } = node.CreateStmt;
          made.add(model.keyOf(relation?.relname ?? '', relation?.schemaname));
        }
        for (const { what, at } of losses(model, statement, made)) {
          report({ at, message: `${what}: this cannot be undone once the push has committed.` });
        }
      }
    }
  },
});

interface Loss {
  readonly what: string;
  readonly at: Span;
}

function losses(model: SchemaModel, statement: Statement, made: ReadonlySet<string>): Loss[] {
  const { node } = statement;
  const start = statement.tokenSpan(0, Math.min(1, statement.tokens.length - 1));
  const isMade = (name: string, schema: string | undefined): boolean => made.has(model.keyOf(name, schema));
  if ('DropStmt' in node) {
    const { removeType, objects } = node.DropStmt;
    if (removeType === 'OBJECT_SCHEMA')
      return (objects ?? []).map(object => ({
        what: `Every table of ${textOf(object) ?? 'the schema'} is dropped`,
        at: start,
      }));
    if (removeType !== 'OBJECT_TABLE') return [];
    return (objects ?? [])
      .map(object => ('List' in object ? textsOf(object.List.items) : []))
      .filter(names => !isMade(names.at(-1) ?? '', names.at(-2)))
      .map(names => ({ what: `${names.at(-1) ?? 'The table'} is dropped with all its rows`, at: start }));
  }
  if ('TruncateStmt' in node)
    return (node.TruncateStmt.relations ?? []).flatMap((relation: Node) =>
      'RangeVar' in relation && !isMade(relation.RangeVar.relname ?? '', relation.RangeVar.schemaname)
        ? { what: `Every row of ${relation.RangeVar.relname ?? 'the table'} is removed`, at: start }
        : [],
    );
  if ('DeleteStmt' in node) {
    const { relation, whereClause, usingClause } = node.DeleteStmt;
    if (whereClause || usingClause || isMade(relation?.relname ?? '', relation?.schemaname)) return [];
    return [
      {
        what: `Every row of ${relation?.relname ?? 'the table'} is removed, for there is no WHERE`,
        at: start,
      },
    ];
  }
  if (!('AlterTableStmt' in node)) return [];
  const { relation, cmds } = node.AlterTableStmt;
  if (isMade(relation?.relname ?? '', relation?.schemaname)) return [];
  return (cmds ?? []).flatMap(command =>
    'AlterTableCmd' in command && command.AlterTableCmd.subtype === 'AT_DropColumn'
      ? {
          what: `${relation?.relname ?? ''}.${command.AlterTableCmd.name ?? ''} is dropped with its values`,
          at: statement.tokenSpan(
            Math.max(
              0,
              statement.tokens.findIndex(({ value }) => value === command.AlterTableCmd.name),
            ),
          ),
        }
      : [],
  );
}
