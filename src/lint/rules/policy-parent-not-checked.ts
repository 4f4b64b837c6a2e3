import {
  andAlso,
  clausesOf,
  concernsRequests,
  defineRule,
  isChoosable,
  inSql,
  openingOf,
  provesParent,
  readersOf,
  type ForeignKey,
  type SchemaModel,
  type Table,
} from '../rule';

export default defineRule({
  id: 'policy-parent-not-checked',
  title: 'Child row whose parent may be somebody else’s',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A table points at a table whose rows have owners, and its policy for INSERT or UPDATE never asks whose the parent is.',
    why:
      'A foreign key is checked without regard to policies. A user who knows or guesses a key attaches rows to another user’s ' +
      'parent: they turn up in that user’s lists, counts and totals.',
    how: 'Ask for the parent as well: `exists (select 1 from notes where notes.id = lines.note_id)`. The parent’s own row-level security makes it the caller’s.',
    falseAlarm:
      'Parents that others may add to, such as posts that everybody comments on; nothing is said where the parent’s SELECT ' +
      'policies show rows of others. A foreign key that includes the owner (`(note_id, owner_id)`) is proof, and so is a function that is given the key.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create table lines (id uuid primary key default gen_random_uuid(), owner_id text not null, note_id uuid not null references notes (id));
alter table lines enable row level security;
create policy lines_owner_read on lines for select to authenticated using (owner_id = auth.uid());
create policy lines_owner_insert on lines for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on lines to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create table lines (id uuid primary key default gen_random_uuid(), owner_id text not null, note_id uuid not null references notes (id));
alter table lines enable row level security;
create policy lines_owner_read on lines for select to authenticated using (owner_id = auth.uid());
create policy lines_owner_insert on lines for insert to authenticated
  with check (owner_id = auth.uid() and exists (select 1 from notes where notes.id = lines.note_id));
grant select, insert on lines to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const { written } = clausesOf(policy);
      if (!written || !policy.permissive || policy.table.foreignKeys.length === 0) continue;
      if (!concernsRequests(policy, model) || openingOf(policy, model) || LEFT_ALONE.has(written.audience))
        continue;
      const verbs = WRITING[policy.verb] ?? [];
      for (const key of policy.table.foreignKeys) {
        const parent = model.tables.get(key.table);
        if (!parent || parent === policy.table || !isOthersHidden(parent, model)) continue;
        if (
          !verbs.some(verb => isChoosable(policy.table, key.columns, verb, model)) ||
          provesParent(written, key)
        )
          continue;
        const columns = key.columns.join(', ');
        const test = parentTest(key, policy.table, parent);
        report({
          at: written.at,
          message: `${policy.name} never asks whose ${parent.name} row ${columns} points at: users can attach rows of ${policy.table.name} to another user's ${parent.name}.`,
          related: [{ at: key.at, message: `${columns} references ${parent.name}` }],
          ...(test !== undefined && {
            fix: { title: `Ask for the ${parent.name} row`, edits: [andAlso(written, test)] },
          }),
        });
        break;
      }
    }
  },
});

const WRITING: Readonly<Record<string, readonly ('insert' | 'update')[]>> = {
  insert: ['insert'],
  update: ['update'],
  all: ['insert', 'update'],
};

/** Nobody to write, administrators, and what the files cannot tell. */
const LEFT_ALONE: ReadonlySet<string> = new Set(['nobody', 'signed-out', 'certain-users', 'unknown']);

/** Rows have owners, and the policies keep them from others: attaching to them is no part of what is shared. */
function isOthersHidden(parent: Table, model: SchemaModel): boolean {
  const readers = readersOf(parent, model);
  return readers === 'owner' || readers === 'members';
}

function parentTest({ columns, targets }: ForeignKey, child: Table, parent: Table): string | undefined {
  const keys = targets.length > 0 ? targets : parent.uniqueKeys.find(({ primary }) => primary)?.columns;
  if (keys?.length !== columns.length) return undefined;
  const [inner, outer] = [inSql(parent.name), inSql(child.name)];
  const pairs = columns.map((column, index) => `${inner}.${keys[index] ?? ''} = ${outer}.${column}`);
  return `exists (select 1 from ${parent.written} where ${pairs.join(' and ')})`;
}
