import {
  defineRule,
  insertAt,
  readSetting,
  requestCode,
  typeName,
  walk,
  type Node,
  type SettingRead,
  type TypeCast,
} from '../rule';

export default defineRule({
  id: 'policy-claims-empty-cast',
  title: 'Empty claims cannot be read as JSON',
  severity: 'info',
  fixable: true,
  sources: [],
  docs: {
    what: 'The claims are cast to JSON without NULLIF.',
    why:
      'A session that has served a request keeps the setting, as an empty text instead of NULL. Whatever the session does next ' +
      'without claims fails with 22P02 "invalid input syntax for type json". PostgREST sets the claims with every ' +
      'request; jobs and pools that share its sessions do not.',
    how: "Write `nullif(current_setting('request.jwt.claims', true), '')::json`, or use `auth.uid()` for the subject.",
    falseAlarm: 'Only PostgREST ever uses the database. The platform’s own `auth.uid()` has the same trait.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub');
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub');
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      if (code.settings.length === 0) continue;
      walk(code.node, (type, fields) => {
        const setting = type === 'TypeCast' ? castToJson(fields) : undefined;
        // Without `true` the call itself fails first, which is another rule's.
        if (!setting?.missingOk) return;
        const at = code.spanOf({ FuncCall: setting.call });
        report({
          at,
          message: `After a request the setting is empty, not NULL, and this cast in ${code.name} fails with 22P02. Put nullif(…, '') around it.`,
          ...(code.statement && {
            fix: {
              title: 'Take empty claims for NULL',
              edits: [insertAt(at.file, at.start, 'nullif('), insertAt(at.file, at.end, ", '')")],
            },
          }),
        });
      });
    }
  },
});

/** The claims, when an empty text of theirs reaches a cast to JSON. */
function castToJson({ typeName: type, arg }: TypeCast): SettingRead | undefined {
  if (!['json', 'jsonb'].includes(typeName(type))) return undefined;
  const inner: Node | undefined = arg && 'CoalesceExpr' in arg ? arg.CoalesceExpr.args?.[0] : arg;
  const setting = readSetting(inner);
  return setting?.name === 'request.jwt.claims' ? setting : undefined;
}
