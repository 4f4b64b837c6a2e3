import { defineRule, readPolicyLike, type Policy, type SchemaModel, type Table } from '../rule';

export default defineRule({
  id: 'policy-write-needs-select',
  title: 'UPDATE or DELETE policy without a SELECT policy',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A table has a policy for UPDATE or DELETE and none that lets the same role select.',
    why:
      'PostgREST changes rows by a filter, and what a filter looks at has to pass the SELECT policies first. Without one it finds ' +
      'nothing: `PATCH /notes?id=eq.1` answers 204, changes 0 rows and reports no error. Only a request without any filter and with ' +
      '`return=minimal` reaches the rows, and changes all of the caller’s at once.',
    how: 'Add a SELECT policy for the rows that may be changed.',
    falseAlarm: 'All changes go through functions.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, update on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, update on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      if (!table.created || table.rowSecurity !== true || table.policies.length === 0) continue;
      for (const role of model.requestRoles) {
        const writers = (['update', 'delete'] as const).flatMap(verb => model.permitting(table, verb, role));
        const [writer] = writers;
        if (!writer || readersOf(model, table, role).length > 0) continue;
        const fix = readPolicyLike(writer, writer.using, files);
        report({
          at: writer.at,
          message: `No policy lets ${role} select from ${table.name}: requests that filter find no row to ${writer.verb}, answer 204 and change nothing.`,
          related: writers.slice(1).map(({ at, name }) => ({ at, message: `${name} finds no row either` })),
          ...(fix && { fix }),
        });
        break;
      }
    }
  },
});

/** SELECT policies that can let a row through; one without USING is policy-clauseless’s. */
function readersOf(model: SchemaModel, table: Table, role: string): Policy[] {
  return model
    .permitting(table, 'select', role)
    .filter(({ using }) => using === undefined || using.truth().canBeTrue);
}
