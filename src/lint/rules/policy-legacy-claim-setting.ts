import { defineRule, replaceAt, requestCode, settingsIn, walk, type FuncCall, type Node } from '../rule';

const LEGACY = 'request.jwt.claim.';

export default defineRule({
  id: 'policy-legacy-claim-setting',
  title: 'Claim read from a setting that is gone',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A claim is read from `request.jwt.claim.<name>`, the form of PostgREST before version 12.',
    why:
      'Nothing sets it any more. It is always NULL, no comparison with it is true, and requests answer 200 with an empty ' +
      'array. Without `true` as second argument they answer 42704.',
    how: 'Use `auth.uid()` for the subject; other claims are in the JSON of `request.jwt.claims`.',
    falseAlarm:
      'None: neither engine runs such a PostgREST. A COALESCE that asks `request.jwt.claims` as well is not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.jwt.claim.sub', true));
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      const legacy = code.settings.filter(({ name }) => name.toLowerCase().startsWith(LEGACY));
      if (legacy.length === 0) continue;
      const covered = coveredCalls(code.node);
      for (const { name, call } of legacy) {
        if (covered.has(call)) continue;
        const claim = name.slice(LEGACY.length);
        const instead =
          claim === 'sub'
            ? 'auth.uid()'
            : `(nullif(current_setting('request.jwt.claims', true), '')::json ->> '${claim.replaceAll("'", "''")}')`;
        report({
          at: code.spanOf(call.args?.[0]),
          message: `Nothing sets ${name}: in ${code.name} it is always NULL and matches no row. Use ${instead}.`,
          ...(code.statement && {
            fix: {
              title: `Change to ${instead}`,
              edits: [replaceAt(code.spanOf({ FuncCall: call }), instead)],
            },
          }),
        });
      }
    }
  },
});

/** Reads beside one of `request.jwt.claims` in a COALESCE, which serves old and new servers alike. */
function coveredCalls(node: Node): ReadonlySet<FuncCall> {
  const covered = new Set<FuncCall>();
  walk(node, (type, fields) => {
    if (type !== 'CoalesceExpr') return;
    const settings = settingsIn(fields.args);
    if (settings.some(({ name }) => name === 'request.jwt.claims'))
      for (const { call } of settings) covered.add(call);
  });
  return covered;
}
