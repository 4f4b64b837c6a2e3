import {
  addStatementAfter,
  defineRule,
  NO_FORCE_MARKER,
  ownerGets,
  requestCode,
  tablesUsed,
  type Fix,
  type Routine,
  type Table,
  type TableUse,
} from '../rule';

export default defineRule({
  id: 'function-definer-writes-forced',
  title: 'SECURITY DEFINER function that may not write',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A SECURITY DEFINER function or trigger writes a table whose policies leave the function’s owner out.',
    why:
      'On v2 shared the push puts FORCE on every table with row-level security, so the owner is judged by policies as well, and ' +
      'policies TO authenticated are not for it. An INSERT fails with 42501, and with it the caller’s own statement; ' +
      'UPDATE and DELETE change no row and say nothing.',
    how:
      `Keep the table out of FORCE with a comment that says why (\`${NO_FORCE_MARKER}: …\`), or make the function SECURITY INVOKER ` +
      'and give callers a policy and a grant.',
    falseAlarm: 'A function that nothing calls on v2.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
create table changes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid(), what text not null);
alter table changes enable row level security;
create policy changes_owner_read on changes for select to authenticated using (owner_id = auth.uid());
grant select on changes to authenticated;
create function log_change() returns trigger language plpgsql security definer set search_path from current
  as $$ begin insert into changes (what) values (tg_op); return null; end $$;
create trigger log_change after insert on notes for each row execute function log_change();`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;
create table changes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid(), what text not null);
comment on table changes is '${NO_FORCE_MARKER}: written by log_change, which runs as the owner';
alter table changes enable row level security;
create policy changes_owner_read on changes for select to authenticated using (owner_id = auth.uid());
grant select on changes to authenticated;
create function log_change() returns trigger language plpgsql security definer set search_path from current
  as $$ begin insert into changes (what) values (tg_op); return null; end $$;
create trigger log_change after insert on notes for each row execute function log_change();`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      if (code.owner.kind !== 'routine' || !code.owner.routine.definer) continue;
      const { routine } = code.owner;
      for (const { table, verb, node } of tablesUsed(code.node, model)) {
        if (verb === 'select' || ownerGets(model, table, verb) !== 'nothing') continue;
        const fix = exempted(table, routine);
        report({
          at: code.tokenAt(node.location),
          message: messageFor(routine, table, verb),
          related: [{ at: routine.at, message: `${routine.name} is SECURITY DEFINER` }],
          ...(fix && { fix }),
        });
      }
    }
  },
});

function messageFor({ name }: Routine, table: Table, verb: TableUse['verb']): string {
  const why = `${name} runs as the schema's owner, for whom ${table.name} has no ${verb.toUpperCase()} policy and whom the push forces under its policies`;
  return verb === 'insert'
    ? `${why}: the INSERT fails with 42501, and the caller's statement with it.`
    : `${why}: it changes no row and says nothing.`;
}

/** A comment that is there says something else, which only its author can join with the marker. */
function exempted({ created, comment, written, name }: Table, routine: Routine): Fix | undefined {
  if (!created || comment?.text) return undefined;
  const text = `${NO_FORCE_MARKER}: written by ${routine.name}, which runs as the owner`.replaceAll(
    "'",
    "''",
  );
  return {
    title: `Keep ${name} out of FORCE`,
    edits: [addStatementAfter(created, `comment on table ${written} is '${text}'`)],
  };
}
