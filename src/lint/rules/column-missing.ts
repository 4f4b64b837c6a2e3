import { columnMentions, columnThen, defineRule, inSql, nearestName, replaceAt } from '../rule';

export default defineRule({
  id: 'column-missing',
  title: 'Column that the table does not have',
  severity: 'error',
  fixable: true,
  sources: ['pgrls HYG001'],
  docs: {
    what: 'A policy, an index or a column grant names a column that the table does not have at that point of the push.',
    why: 'The push answers 42703 "column … does not exist" and is rolled back. A column that a policy names cannot be dropped afterwards either: that answers 2BP01.',
    how: 'Correct the name, or add the column before it is used.',
    falseAlarm: 'None known: tables whose columns the files do not tell are left alone.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (ownr_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const mention of columnMentions(model)) {
      const { tables, name, statement, isPolicy } = mention;
      const then = tables.map(table => columnThen(model, table, name, statement));
      if (then.some(({ kind }) => kind === 'there' || (kind === 'dropped' && !isPolicy))) continue;
      const told = then.flatMap(each => ('at' in each ? [each] : []))[0];
      const at = mention.at();
      const nearest = nearestName(
        name,
        tables.flatMap(({ columns }) => [...columns.keys()]),
      );
      const where = tables.map(table => table.name).join(' and ');
      const lack = told ? `gets ${name} only later` : `lacks ${name}`;
      report({
        at,
        message:
          told?.kind === 'dropped'
            ? `${name} is dropped later while this policy needs it: the push fails with 2BP01. Drop the policy first.`
            : `${where} ${lack}: the push fails with 42703 "column ${name} does not exist".`,
        related: told ? [{ at: told.at, message: `Here ${name} comes or goes` }] : [],
        ...(!told &&
          nearest !== undefined && {
            fix: { title: `Change to ${nearest}`, edits: [replaceAt(at, inSql(nearest))] },
          }),
      });
    }
  },
});
