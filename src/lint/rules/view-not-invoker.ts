import {
  defineRule,
  derivesFromSubject,
  insertAt,
  ownerGets,
  replaceAt,
  servedViews,
  type SchemaModel,
  type Severity,
  type Table,
  type TextEdit,
  type View,
} from '../rule';

export default defineRule({
  id: 'view-not-invoker',
  title: 'View that reads with its owner’s rights',
  severity: { v1_dedicated: 'error', v2_shared: 'warning' },
  fixable: true,
  sources: [
    'splinter 0010_security_definer_view',
    'pgrls VIEW001',
    'rls-probe VIEW-DEFINER',
    'rlsautotest L011',
  ],
  docs: {
    what: 'An exposed view reads a table with row-level security and lacks `security_invoker`.',
    why:
      'Such a view reads as its owner. On v1 dedicated the owner is a superuser, so everybody reads and writes every row ' +
      'through the view, signed-out visitors included, and the platform’s gate lets it pass. On v2 shared the owner is itself ' +
      'subject to the policies: policies TO authenticated do not speak of it, and the view is empty for everybody. Only where ' +
      'the table is kept out of FORCE (`flux:no-force-rls`, a partitioned table) everybody reads every row there, too.',
    how: 'Add `with (security_invoker = true)`.',
    falseAlarm:
      'A view that is meant to show a public part of every row, and shows nothing else. One that filters by the subject itself ' +
      'is a warning on v1, and one whose table has policies for every role is information on v2.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create view note_bodies as select owner_id, body from notes;
grant select on note_bodies to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create view note_bodies with (security_invoker = true) as select owner_id, body from notes;
grant select on note_bodies to authenticated;`,
  },

  check(model, report) {
    for (const view of servedViews(model)) {
      const found = worstTable(model, view);
      if (!found) continue;
      const { table, gets } = found;
      report({
        at: view.at,
        severity: severityOf(model, view, gets),
        message: messageFor(model, view, table, gets),
        related: [{ at: table.at, message: `${table.name} has row-level security` }],
        fix: { title: `Add security_invoker to ${view.name}`, edits: [withInvoker(view)] },
      });
    }
  },
});

type OwnerGets = NonNullable<ReturnType<typeof ownerGets>>;

/** From the worst to the least. */
const GETS: readonly OwnerGets[] = ['everything', 'nothing', 'public-policies'];

/** The table behind a view, through other views as well, of which its owner gets the most that callers should not. */
function worstTable(model: SchemaModel, view: View): { table: Table; gets: OwnerGets } | undefined {
  const found = model.tablesBehind(view).flatMap(table => {
    const gets = ownerGets(model, table, 'select');
    return gets ? { table, gets } : [];
  });
  return found.sort((a, b) => GETS.indexOf(a.gets) - GETS.indexOf(b.gets))[0];
}

function severityOf(model: SchemaModel, view: View, gets: OwnerGets): Severity {
  if (gets !== 'everything') return gets === 'nothing' ? 'warning' : 'info';
  return derivesFromSubject(view.query, model) ? 'warning' : 'error';
}

function messageFor(model: SchemaModel, view: View, table: Table, gets: OwnerGets): string {
  const reads = `${view.name} reads ${table.name}`;
  switch (gets) {
    case 'everything':
      return derivesFromSubject(view.query, model)
        ? `${reads} with its owner's rights: its own WHERE is all that keeps users apart, and writes through it pass no policy.`
        : `${reads} with its owner's rights: everybody sees and changes every row through it.`;
    case 'nothing':
      return `${reads} as the schema's owner, whom policies TO authenticated leave out: it is empty for everybody.`;
    case 'public-policies':
      return `${reads} as the schema's owner: only policies for every role count, and with "to authenticated" it is empty.`;
  }
}

/** The option is written anew, joins the options that are there, or comes before AS. */
function withInvoker({ statement, invokerOptionAt }: View): TextEdit {
  const option = 'security_invoker = true';
  if (invokerOptionAt) return replaceAt(invokerOptionAt, option);
  const { tokens, at } = statement;
  const as = tokens.findIndex(({ kind, value }) => kind === 'word' && value === 'as');
  const options = tokens.slice(0, as).findIndex(({ kind, value }) => kind === 'word' && value === 'with');
  if (options !== -1) return insertAt(at.file, tokens[options + 1]?.end ?? at.end, `${option}, `);
  return insertAt(at.file, tokens[as - 1]?.end ?? at.end, ` with (${option})`);
}
