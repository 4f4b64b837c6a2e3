import { defineRule, replaceAt, requestCode, textsOf } from '../rule';

const CLAIMS = "nullif(current_setting('request.jwt.claims', true), '')::jsonb";

/** What says the same on Flux; undefined where nothing does. */
const ON_FLUX: Readonly<Record<string, string | undefined>> = {
  jwt: CLAIMS,
  email: `(${CLAIMS} ->> 'email')`,
  role: undefined,
  // Neon's names for the same.
  session: CLAIMS,
  user_id: 'auth.uid()',
};

export default defineRule({
  id: 'policy-supabase-function',
  title: 'Function that only another platform has',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: '`auth.jwt()`, `auth.role()`, `auth.email()` or another function of the `auth` schema that Flux does not have.',
    why:
      'Flux has `auth.uid()` and nothing else there: the push answers 42883 "function auth.jwt() does not exist" and is rolled ' +
      'back. Inside a PL/pgSQL function it passes the push and fails at every call.',
    how: 'Use `auth.uid()` for the subject, the claims expression for other claims, and `to authenticated` for the role.',
    falseAlarm: 'A v1 database in which somebody made such a function by hand.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.jwt() ->> 'sub');
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      for (const call of code.calls) {
        const [schema, name = ''] = textsOf(call.funcname);
        if (schema !== 'auth' || !Object.hasOwn(ON_FLUX, name) || model.routines.has(`auth.${name}`))
          continue;
        const at = code.spanOf({ FuncCall: call });
        const replacement = code.statement && ON_FLUX[name];
        report({
          at,
          message: `Flux has no auth.${name}(), so ${code.name} fails with 42883 "function auth.${name}() does not exist". ${
            name === 'role' ? 'A TO clause says for whom a policy is.' : 'Only auth.uid() is there.'
          }`,
          ...(replacement !== undefined && {
            fix: { title: `Write what auth.${name}() stands for`, edits: [replaceAt(at, replacement)] },
          }),
        });
      }
    }
  },
});
