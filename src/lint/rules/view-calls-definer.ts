import {
  bodyMentionsSubject,
  callsIn,
  defineRule,
  ownerGets,
  routinesOf,
  spanOfNode,
  tablesUsedBy,
  type Routine,
  type SchemaModel,
  type Table,
} from '../rule';

export default defineRule({
  id: 'view-calls-definer',
  title: 'View over a function with its owner’s rights',
  severity: 'warning',
  fixable: false,
  sources: ['pgrls VIEW004'],
  docs: {
    what: 'An exposed view calls a SECURITY DEFINER function that reads a table with row-level security and does not ask for the subject.',
    why:
      'The function reads as its owner, and `security_invoker` on the view does not change that. On v1 dedicated everybody who ' +
      'reads the view sees every row. On v2 shared the owner is left out of policies TO authenticated, and the view is empty.',
    how: 'Read the table in the view itself, with `security_invoker`, or make the function SECURITY INVOKER.',
    falseAlarm: 'A function that shows a public part of every row on purpose.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function all_notes() returns setof notes language sql stable security definer set search_path from current
  as $$ select * from notes $$;
revoke execute on function all_notes() from public;
grant execute on function all_notes() to authenticated;
create view note_bodies with (security_invoker = true) as select owner_id, body from all_notes();
grant select on note_bodies to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function all_notes() returns setof notes language sql stable security invoker
  as $$ select * from notes $$;
create view note_bodies with (security_invoker = true) as select owner_id, body from all_notes();
grant select on note_bodies to authenticated;`,
  },

  check(model, report) {
    for (const view of model.views.values()) {
      if (view.materialized || !model.isExposed(view.schema)) continue;
      for (const call of callsIn(view.query)) {
        for (const routine of routinesOf(call, model)) {
          const table = hiddenTable(routine, model);
          if (!table) continue;
          const isOpen = ownerGets(model, table, 'select') === 'everything';
          report({
            at: spanOfNode(view.statement, { FuncCall: call }) ?? view.at,
            message: isOpen
              ? `${routine.name} reads ${table.name} with its owner's rights: whoever reads ${view.name} sees rows that the policies hide.`
              : `${routine.name} reads ${table.name} as the schema's owner, whom policies TO authenticated leave out: ${view.name} is empty.`,
            related: [{ at: routine.at, message: `${routine.name} is SECURITY DEFINER` }],
          });
        }
      }
    }
  },
});

/** A table that the function's owner gets other rows of than the caller would. */
function hiddenTable(routine: Routine, model: SchemaModel): Table | undefined {
  if (!routine.definer || bodyMentionsSubject(routine)) return undefined;
  return tablesUsedBy(routine, model).find(({ table }) => {
    const gets = ownerGets(model, table, 'select');
    return gets === 'everything' || gets === 'nothing';
  })?.table;
}
