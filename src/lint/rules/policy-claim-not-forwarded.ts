import { defineRule, requestCode, V2_FORWARDED_CLAIMS } from '../rule';

const FORWARDED: ReadonlySet<string> = new Set(V2_FORWARDED_CLAIMS);

export default defineRule({
  id: 'policy-claim-not-forwarded',
  title: 'Claim that never reaches the database',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: false,
  sources: [],
  docs: {
    what: 'A claim other than `sub`, `email`, `role`, `tenant_id`, `iat`, `nbf` and `exp` is read.',
    why:
      'On v2 shared the gateway checks the app’s token and signs a new one with only these claims. Any other, such as ' +
      '`org_id`, `app_metadata` or `user_metadata`, is NULL in the database: no comparison with it is true, and requests ' +
      'answer 200 with an empty array.',
    how: 'Keep what the claim says in a table keyed by the subject, and look it up there.',
    falseAlarm: 'SQL that only ever runs on v1 dedicated, where the whole token reaches the database.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, org_id text);
alter table notes enable row level security;
create policy notes_org_read on notes for select to authenticated
  using (org_id = current_setting('request.jwt.claims', true)::json ->> 'org_id');
grant select on notes to authenticated;`,
    good: `create table members (org_id text not null, member_sub text not null, primary key (org_id, member_sub));
alter table members enable row level security;
create policy members_own_read on members for select to authenticated using (member_sub = auth.uid());
grant select on members to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, org_id text);
alter table notes enable row level security;
create policy notes_org_read on notes for select to authenticated
  using (org_id in (select m.org_id from members m where m.member_sub = auth.uid()));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      for (const { path, key } of code.claims) {
        const [claim = ''] = path;
        if (FORWARDED.has(claim)) continue;
        report({
          at: code.spanOf(key),
          message: `The v2 gateway does not hand on the claim ${claim}: in ${code.name} it is always NULL. Look it up in a table by auth.uid().`,
        });
      }
    }
  },
});
