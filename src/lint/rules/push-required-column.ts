import { defineRule, insertAt, textsOf, type SchemaModel, type Statement, type Table } from '../rule';

export default defineRule({
  id: 'push-required-column',
  title: 'Required column without a value for the rows that are there',
  severity: 'warning',
  fixable: true,
  sources: ['squawk adding-required-field', 'postgres-language-server addingRequiredField'],
  docs: {
    what: 'ADD COLUMN with NOT NULL and without a default, on a table that an earlier push made.',
    why: 'As soon as the table holds a row PostgreSQL refuses with 23502 "column contains null values", and the push is rolled back. It works on the empty table of a new project, and fails where it counts.',
    how: 'Give a default, or add the column without NOT NULL, fill it and set NOT NULL afterwards.',
    falseAlarm: 'The table is empty wherever the file will be pushed.',
    bad: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_pinned.sql': `alter table notes add column pinned boolean not null;`,
    },
    good: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_pinned.sql': `alter table notes add column pinned boolean not null default false;`,
    },
  },

  check(model, report) {
    for (const statement of model.statements) {
      for (const { table, column, type, at, end } of requiredColumns(model, statement)) {
        const value = DEFAULTS[type];
        report({
          at,
          message: `${column} is required and has no default: the push fails with 23502 as soon as ${table.name} holds a row.`,
          ...(value !== undefined && {
            fix: {
              title: `Add default ${value}`,
              edits: [insertAt(statement.file, end, ` default ${value}`)],
            },
          }),
        });
      }
    }
  },
});

/** A value that means "nothing yet", by type. */
const DEFAULTS: Readonly<Record<string, string>> = {
  bool: 'false',
  text: "''",
  varchar: "''",
  int2: '0',
  int4: '0',
  int8: '0',
  numeric: '0',
  float8: '0',
  jsonb: "'{}'",
  json: "'{}'",
  timestamptz: 'now()',
  timestamp: 'now()',
  date: 'current_date',
  uuid: 'gen_random_uuid()',
};

interface RequiredColumn {
  readonly table: Table;
  readonly column: string;
  readonly type: string;
  readonly at: Statement['at'];
  readonly end: number;
}

function requiredColumns(model: SchemaModel, statement: Statement): RequiredColumn[] {
  if (!('AlterTableStmt' in statement.node)) return [];
  const { relation, cmds } = statement.node.AlterTableStmt;
  const table = model.tableNamed(relation?.relname ?? '', relation?.schemaname);
  // A table of this very file is empty, or was filled by it.
  if (!table || table.created?.file === statement.file) return [];
  return (cmds ?? []).flatMap(command => {
    if (!('AlterTableCmd' in command) || command.AlterTableCmd.subtype !== 'AT_AddColumn') return [];
    const { def } = command.AlterTableCmd;
    if (!def || !('ColumnDef' in def)) return [];
    const kinds = (def.ColumnDef.constraints ?? []).map(node =>
      'Constraint' in node ? node.Constraint.contype : undefined,
    );
    const isRequired = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY');
    const isFilled = ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].some(kind =>
      kinds.includes(kind as (typeof kinds)[number]),
    );
    const type = textsOf(def.ColumnDef.typeName?.names).at(-1) ?? '';
    if (!isRequired || isFilled || type.includes('serial')) return [];
    const column = table.columns.get(def.ColumnDef.colname ?? '');
    const at = statement.tokenSpan(statement.tokenIndexAt(def.ColumnDef.location ?? 0));
    const end = column?.statement === statement ? column.constraintsAt.start : at.end;
    const simple = def.ColumnDef.typeName?.arrayBounds ? '' : type;
    return { table, column: def.ColumnDef.colname ?? '', type: column ? simple : '', at, end };
  });
}
