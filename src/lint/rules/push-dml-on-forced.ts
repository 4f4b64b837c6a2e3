import {
  defineRule,
  insertAt,
  isExemptFromForce,
  isForPublic,
  type SchemaModel,
  type Statement,
  type Table,
} from '../rule';

export default defineRule({
  id: 'push-dml-on-forced',
  title: 'Data changed under forced row-level security',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A file inserts, updates or deletes rows of a table on which an earlier push has forced row-level security.',
    why: 'A v2 push forces row-level security on every table that has it on, and the next push is subject to the policies like anybody, without a subject: INSERT is refused with 42501, UPDATE and DELETE change 0 rows without a word.',
    how: 'Lift FORCE around the change: `alter table … no force row level security`, the change, and `alter table … force row level security`.',
    falseAlarm:
      'A policy that lets the pushing role itself write. On v1 dedicated the pushing role is a superuser and nothing is reported.',
    bad: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_welcome.sql': `insert into notes (owner_id, body) values ('ann', 'welcome');`,
    },
    good: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_welcome.sql': `alter table notes no force row level security;
insert into notes (owner_id, body) values ('ann', 'welcome');
alter table notes force row level security;`,
    },
  },

  check(model, report) {
    for (const statement of model.statements) {
      const change = dataChange(model, statement);
      if (!change || !isForcedHere(model, change.table, statement) || letsPusherWrite(change.table)) continue;
      const { table, verb } = change;
      report({
        at: statement.tokenSpan(0, 1),
        severity: verb === 'INSERT' ? 'error' : 'warning',
        message:
          verb === 'INSERT'
            ? `An earlier push has forced row-level security on ${table.name}: this INSERT is refused with 42501.`
            : `An earlier push has forced row-level security on ${table.name}: this ${verb} changes 0 rows without a word.`,
        related: [{ at: table.at, message: `${table.name} is made here` }],
        fix: { title: 'Lift FORCE around it', edits: liftForce(table, statement) },
      });
    }
  },
});

function dataChange(model: SchemaModel, { node }: Statement): { table: Table; verb: string } | undefined {
  const [verb, relation] =
    'InsertStmt' in node
      ? ['INSERT', node.InsertStmt.relation]
      : 'UpdateStmt' in node
        ? ['UPDATE', node.UpdateStmt.relation]
        : 'DeleteStmt' in node
          ? ['DELETE', node.DeleteStmt.relation]
          : [];
  const table = relation && model.tableNamed(relation.relname ?? '', relation.schemaname);
  return table && verb !== undefined ? { table, verb } : undefined;
}

/** Forced at the end of an earlier file, and not lifted in this one before the statement. */
function isForcedHere(model: SchemaModel, table: Table, statement: Statement): boolean {
  if (isExemptFromForce(table) || table.partitioned) return false;
  const here = model.orderOf(statement);
  let enabledBefore = false;
  let lifted = false;
  for (const entry of model.history) {
    if (!('table' in entry) || entry.table !== table || model.orderOf(entry.statement) > here) continue;
    const isEarlierFile = entry.statement.file !== statement.file;
    if (entry.kind === 'row-security-enabled' && isEarlierFile) enabledBefore = true;
    else if (entry.kind === 'row-security-disabled') enabledBefore = false;
    else if (entry.kind === 'force-removed' && !isEarlierFile) lifted = true;
    else if (entry.kind === 'forced' && !isEarlierFile) lifted = false;
  }
  return enabledBefore && !lifted;
}

/** A policy for every role whose predicates ask for no subject speaks for the pushing role, too. */
function letsPusherWrite(table: Table): boolean {
  return table.policies.some(
    policy =>
      policy.permissive &&
      policy.verb !== 'select' &&
      isForPublic(policy) &&
      [policy.using, policy.check].some(predicate => predicate && !predicate.mentionsSubject),
  );
}

function liftForce({ written }: Table, { at, terminatedAt }: Statement): ReturnType<typeof insertAt>[] {
  const end = terminatedAt === undefined ? ';' : '';
  return [
    insertAt(at.file, at.start, `alter table ${written} no force row level security;\n`),
    insertAt(at.file, terminatedAt ?? at.end, `${end}\nalter table ${written} force row level security;`),
  ];
}
