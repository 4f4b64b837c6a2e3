import { defineRule, openingOf, replaceAt } from '../rule';

export default defineRule({
  id: 'policy-check-weaker',
  title: 'WITH CHECK that lets through what USING would not',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC020, SEC040', 'rlsautotest L002, L009', 'splinter 0024_rls_policy_always_true'],
  docs: {
    what: 'USING asks for the owner, and WITH CHECK of the same policy does not.',
    why:
      'USING finds the rows that an UPDATE may touch; WITH CHECK judges what becomes of them. With a weaker check a user can ' +
      'give a row away, or make it look like another user’s; FOR ALL also lets rows be inserted in another user’s name. Such ' +
      'an UPDATE shows only with `Prefer: return=minimal` and without a filter, where no SELECT policy judges the new row.',
    how: 'Leave WITH CHECK out: PostgreSQL then uses USING for the new row as well. Or copy USING into it.',
    falseAlarm:
      'Handing rows over to somebody else of the same group, which is therefore a warning only. A policy whose USING is too ' +
      'wide itself is reported for that, and not here.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid()) with check (true);
grant select, update on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, update on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const opening = openingOf(policy, model);
      if (opening?.kind !== 'check-weaker' || !policy.using) continue;
      const { table, name, using } = policy;
      const what =
        policy.verb === 'all' ? 'insert rows in another user’s name and give rows away' : 'give rows away';
      report({
        at: opening.clause.at,
        severity: opening.severity,
        message: `WITH CHECK of ${name} lets through what USING would not: users of ${table.name} can ${what}. Use the same condition in both.`,
        related: [{ at: using.at, message: 'USING' }],
        fix: { title: 'Copy USING into WITH CHECK', edits: [replaceAt(opening.clause.at, using.text)] },
      });
    }
  },
});
