import { defineRule, requestCode } from '../rule';

/** Claims that identity providers let users write themselves: Supabase, Clerk, and OpenID Connect's own names. */
const EDITABLE: ReadonlySet<string> = new Set([
  'user_metadata',
  'raw_user_meta_data',
  'unsafe_metadata',
  'unsafeMetadata',
  'preferred_username',
  'nickname',
]);

export default defineRule({
  id: 'policy-editable-claim',
  title: 'Policy trusts what users write themselves',
  // On v2 these claims do not arrive, so nobody gains anything: policy-claim-not-forwarded tells that.
  severity: { v1_dedicated: 'error', v2_shared: 'off' },
  fixable: false,
  sources: ['splinter 0015_rls_references_user_metadata', 'pgrls SEC033', 'rls-probe USER-METADATA-POLICY'],
  docs: {
    what: 'A policy decides by `user_metadata`, `unsafe_metadata`, `preferred_username` or another claim that users set in their own profile.',
    why:
      'On v1 dedicated the whole token reaches the database. Whoever writes another organization into his profile gets a ' +
      'token that says so, and reads its rows.',
    how: 'Decide by `auth.uid()` and a table that users cannot write, or by a claim that only the app’s server sets.',
    falseAlarm: 'An identity provider that keeps users from changing the claim.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, org_id text);
alter table notes enable row level security;
create policy notes_org_read on notes for select to authenticated
  using (org_id = current_setting('request.jwt.claims', true)::json -> 'user_metadata' ->> 'org_id');
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
      if (!code.decides) continue;
      for (const { path, key } of code.claims) {
        const [claim = ''] = path;
        if (!EDITABLE.has(claim)) continue;
        report({
          at: code.spanOf(key),
          message: `Users write ${claim} themselves, and ${code.name} decides by it: whoever changes it gets other users' rows.`,
        });
      }
    }
  },
});
