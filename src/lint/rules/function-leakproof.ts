import { defineRule, removeAt, type Node, type Statement } from '../rule';

export default defineRule({
  id: 'function-leakproof',
  title: 'LEAKPROOF, which only a superuser may say',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: ['pgrls SEC017'],
  docs: {
    what: 'A function is declared LEAKPROOF.',
    why: 'On v2 shared nobody who pushes is a superuser: the push answers 42501 "only superuser can define a leakproof function".',
    how: 'Leave the word out.',
    falseAlarm: 'None on v2.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function first_line(body text) returns text language sql immutable leakproof
  as $$ select split_part(body, chr(10), 1) $$;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function first_line(body text) returns text language sql immutable
  as $$ select split_part(body, chr(10), 1) $$;`,
  },

  check(model, report) {
    // PostgreSQL refuses the statement, whatever a later one makes of the function.
    for (const statement of model.statements) {
      const options = optionsOf(statement);
      const option = options.find(
        node =>
          'DefElem' in node &&
          node.DefElem.defname === 'leakproof' &&
          node.DefElem.arg &&
          'Boolean' in node.DefElem.arg &&
          node.DefElem.arg.Boolean.boolval,
      );
      if (!option || !('DefElem' in option)) continue;
      const at = statement.tokenSpan(statement.tokenIndexAt(option.DefElem.location ?? 0));
      report({
        at,
        message: 'Only a superuser may say LEAKPROOF: on v2 the push fails with 42501. Leave the word out.',
        // ALTER FUNCTION with nothing left to alter is no statement.
        ...(('CreateFunctionStmt' in statement.node || options.length > 1) && {
          fix: { title: 'Leave LEAKPROOF out', edits: [removeAt(statement, at)] },
        }),
      });
    }
  },
});

function optionsOf({ node }: Statement): readonly Node[] {
  if ('CreateFunctionStmt' in node) return node.CreateFunctionStmt.options ?? [];
  return 'AlterFunctionStmt' in node ? (node.AlterFunctionStmt.actions ?? []) : [];
}
