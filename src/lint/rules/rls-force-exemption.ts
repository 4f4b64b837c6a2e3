import {
  commentsIn,
  defineRule,
  insertAt,
  NO_FORCE_MARKER,
  relationsOf,
  type CommentOn,
  type SchemaModel,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'rls-force-exemption',
  title: 'Exemption from FORCE without a reason',
  severity: { v1_dedicated: 'off', v2_shared: 'warning' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A table comment says `flux:no-force-rls` and does not say why.',
    why:
      'The marker keeps the table out of the sweep that forces row-level security at the end of a v2 push. From then on a ' +
      'view without `security_invoker`, or a SECURITY DEFINER function, shows every row of the table to whoever may use it. ' +
      'A reader has to know what the exemption is for, and when it may go.',
    how: 'Write the reason after the marker: `flux:no-force-rls: is_member() reads it`.',
    falseAlarm: 'The reason is written down somewhere else.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
comment on table notes is 'flux:no-force-rls';
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
comment on table notes is 'flux:no-force-rls: the weekly report counts all notes';
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const last = new Map<string, CommentOn>();
    for (const comment of commentsIn(model))
      if (comment.kind === 'table') last.set(comment.relation ?? '', comment);
    for (const [relation, comment] of last) {
      const marker = comment.text.indexOf(NO_FORCE_MARKER);
      if (marker === -1 || /\p{L}{2}/u.test(comment.text.slice(marker + NO_FORCE_MARKER.length))) continue;
      const table = model.tables.get(relation);
      // The sweep does not visit partitioned tables or those without row security.
      if (table?.partitioned || table?.rowSecurity === false) continue;
      const edits = reasonAfter(comment, reasonFor(model, relation));
      report({
        at: comment.at,
        message: `This keeps ${table?.name ?? 'the table'} out of FORCE and does not say why: views and SECURITY DEFINER functions over it show every row. Write the reason after the marker.`,
        ...(edits && { fix: { title: 'Write what the exemption does after the marker', edits: [edits] } }),
      });
    }
  },
});

/** What reads the table with its owner's rights, as far as the files tell. */
function reasonFor(model: SchemaModel, relation: string): string {
  const view = [...model.views.values()].find(
    ({ reads, securityInvoker }) => !securityInvoker && reads.includes(relation),
  );
  const routine = [...model.routines.values()]
    .flat()
    .find(
      ({ definer, statement }) =>
        definer &&
        (statement.body?.queries ?? []).some(query =>
          relationsOf(query).some(
            ({ relname = '', schemaname }) => model.keyOf(relname, schemaname) === relation,
          ),
        ),
    );
  const reader = view ? `the view ${view.name}` : routine && `the function ${routine.name}`;
  return reader ? `${reader} reads every row` : 'what runs as the owner reads every row';
}

/** Puts the reason behind the marker of a string constant. */
function reasonAfter({ statement, at }: CommentOn, reason: string): TextEdit | undefined {
  const marker = statement.textOf(at).indexOf(NO_FORCE_MARKER);
  const end = at.start + marker + NO_FORCE_MARKER.length;
  return marker === -1 ? undefined : insertAt(at.file, end, `: ${reason.replaceAll("'", "''")}`);
}
