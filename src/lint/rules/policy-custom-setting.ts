import {
  defineRule,
  requestCode,
  settingsMadeBy,
  type FuncCall,
  type RequestCode,
  type Severity,
} from '../rule';

export default defineRule({
  id: 'policy-custom-setting',
  title: 'Setting that nothing sets',
  severity: 'error',
  fixable: false,
  sources: ['pgrls SEC024'],
  docs: {
    what: 'A setting such as `app.user_id` is read to learn who is calling, and nothing sets it.',
    why:
      'PostgREST tells the database about a request in `request.jwt.claims` and a few more settings of its own. ' +
      'Any other is NULL: no comparison with it is true, and requests answer 200 with an empty array. Without `true` as ' +
      'second argument they answer 42704.',
    how: 'Use `auth.uid()` for the subject.',
    falseAlarm:
      'A setting made by hand in an administrator’s session, as a way past the policy. Beside an owner test it is a warning only, ' +
      'and a setting that the files set is not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('app.user_id', true));
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    let made: ReadonlySet<string> | undefined;
    for (const code of requestCode(model)) {
      for (const { name, call } of code.settings) {
        if (!isCustom(name)) continue;
        made ??= new Set(model.statements.flatMap(settingsMadeBy));
        if (made.has(name.toLowerCase())) continue;
        report({
          at: code.spanOf(call.args?.[0]),
          severity: severityOf(code, call),
          message: `Nothing sets ${name} in a request: in ${code.name} it is always NULL and matches no row. auth.uid() is the subject.`,
        });
      }
    }
  },
});

/** What PostgREST sets; names without a dot are PostgreSQL's own. */
const BY_POSTGREST =
  /^request\.(?:jwt\.claims?|jwt\.claim\..*|headers?|header\..*|cookies?|cookie\..*|method|path)$/i;

function isCustom(name: string): boolean {
  return name.includes('.') && !BY_POSTGREST.test(name);
}

/** Beside an owner test, and in a routine that no policy calls, it may serve an administrator who sets it by hand. */
function severityOf(code: RequestCode, call: FuncCall): Severity {
  switch (code.owner.kind) {
    case 'policy':
      return code.needs(call) ? 'error' : 'warning';
    case 'default':
      return 'error';
    case 'view':
      return 'warning';
    case 'routine':
      return code.decides ? 'error' : 'info';
  }
}
