import {
  callsIn,
  concernsRequests,
  defineRule,
  isPure,
  routinesOf,
  textsOf,
  type FuncCall,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'policy-helper-unknown',
  title: 'Policy that relies on a function nobody here can see into',
  severity: 'info',
  fixable: false,
  sources: ['rlsautotest L005'],
  docs: {
    what: 'Whom a policy lets pass is decided by a function that the files do not define, or whose body cannot be followed: dynamic SQL, several steps, another language.',
    why:
      'Nothing can be said about the policy then, neither that it is right nor that it is wrong. Where no earlier push made the ' +
      'function either, this push fails with 42883 "function does not exist".',
    how: 'Define the function in the files, as one SQL query over the caller and the row.',
    falseAlarm:
      'A function that an earlier push or another tool made. The checklist asks the running project what it really does.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), team_id text not null, body text);
alter table notes enable row level security;
create policy notes_team_read on notes for select to authenticated using (is_team_member(team_id));
grant select on notes to authenticated;`,
    good: `create table members (team_id text not null, user_sub text not null, primary key (team_id, user_sub));
alter table members enable row level security;
create policy members_own on members for select to authenticated using (user_sub = auth.uid());
grant select on members to authenticated;
create function is_team_member(team text) returns boolean language sql stable as
  $$ select exists (select 1 from members m where m.team_id = team and m.user_sub = auth.uid()) $$;
create table notes (id uuid primary key default gen_random_uuid(), team_id text not null, body text);
alter table notes enable row level security;
create policy notes_team_read on notes for select to authenticated using (is_team_member(team_id));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (!concernsRequests(policy, model)) continue;
      for (const predicate of [policy.using, policy.check]) {
        if (predicate?.audience !== 'unknown') continue;
        const calls = predicate.ways
          .filter(({ audience }) => audience === 'unknown')
          .flatMap(({ atom }) => callsIn(atom.node));
        const call = calls.find(candidate => isHelper(candidate));
        if (!call) continue;
        const name = textsOf(call.funcname).join('.');
        report({
          at: predicate.spanOf({ FuncCall: call }),
          message: `${name} decides whom ${policy.name} lets pass, and ${reasonFor(call, model)}: cannot tell whether it is right.`,
        });
      }
    }
  },
});

/** Everything that is neither PostgreSQL's nor the platform's. */
function isHelper(call: FuncCall): boolean {
  const names = textsOf(call.funcname);
  const schema = names.at(-2);
  if (schema !== undefined) return schema !== 'pg_catalog' && schema !== 'auth';
  return !isPure(call) && !BUILT_IN.test(names[0] ?? '');
}

const BUILT_IN =
  /^(?:pg_|has_|json|array_|string_|regexp_|to_|ts|current_|set_config|make_|generate_|num|int|date|time|unnest|count|max|min|sum|avg|bool_|every|any_value|xml|inet|host|network|mask|bit_|encode|decode|digest|sha\d|format|quote_|row_|nextval|lastval|random|gen_random_uuid|uuid)/;

function reasonFor(call: FuncCall, model: SchemaModel): string {
  return routinesOf(call, model).length === 0
    ? 'these files do not define it'
    : 'its body takes more than one plain query to follow';
}
