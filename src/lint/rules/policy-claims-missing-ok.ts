import { defineRule, insertAt, requestCode } from '../rule';

/** Settings of a request that other rules do not call wrong as such. */
const OF_A_REQUEST: ReadonlySet<string> = new Set(['request.jwt.claims', 'request.method', 'request.path']);

export default defineRule({
  id: 'policy-claims-missing-ok',
  title: 'Claims that must be there',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC019'],
  docs: {
    what: '`current_setting` reads the claims without `true` as its second argument.',
    why:
      'Where no request has set the claims, the call fails with 42704 "unrecognized configuration parameter" instead of ' +
      'yielding NULL. That meets every migration, job and psql session that touches the table under the policy.',
    how: 'Add `, true`, or use `auth.uid()`.',
    falseAlarm: 'Code that is meant to fail outside of a request.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.jwt.claims')::json ->> 'sub');
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub');
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      for (const { name, missingOk, call } of code.settings) {
        // A second argument that is no constant is the author's own judgment.
        if (missingOk || call.args?.length !== 1 || !OF_A_REQUEST.has(name.toLowerCase())) continue;
        const at = code.spanOf({ FuncCall: call });
        report({
          at,
          message: `Outside of a request ${code.name} fails with 42704, for nothing has set ${name} there. Add true as second argument.`,
          ...(code.statement && {
            fix: {
              title: 'Take a missing setting for NULL',
              edits: [insertAt(at.file, at.end - 1, ', true')],
            },
          }),
        });
      }
    }
  },
});
