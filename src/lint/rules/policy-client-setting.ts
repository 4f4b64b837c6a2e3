import {
  constantText,
  defineRule,
  holds,
  requestCode,
  textOf,
  walk,
  type A_Expr,
  type RequestCode,
  type SettingRead,
} from '../rule';

/** What PostgREST copies from the request as it came. */
const FROM_CLIENT = /^request\.(?:headers?|cookies?)(?:$|\.)/i;
/** A header whose value one must have been told says more than who one claims to be. */
const SECRET = /token|secret|key|code|invite|share|password|signature/i;

export default defineRule({
  id: 'policy-client-setting',
  title: 'Identity read from what the client sends',
  severity: 'error',
  fixable: false,
  sources: [],
  docs: {
    what: 'A policy, a function it calls, or a default reads `request.headers` or `request.cookies`.',
    why:
      'Nobody checks these: the client writes any header it likes, and is whoever it says it is. Only the claims come from a ' +
      'verified token.',
    how: 'Use `auth.uid()`.',
    falseAlarm:
      'A header that holds a secret which the row knows as well, such as a share token. Where the header’s name says so the ' +
      'finding is information.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.headers', true)::json ->> 'x-user');
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      if (!code.decides && code.owner.kind !== 'default') continue;
      for (const setting of code.settings) {
        if (!FROM_CLIENT.test(setting.name)) continue;
        const header = headerRead(code, setting);
        const isSecret = header !== undefined && SECRET.test(header);
        report({
          at: code.spanOf(setting.call.args?.[0]),
          severity: isSecret ? 'info' : 'error',
          message: isSecret
            ? `Whoever sends the right ${header} passes ${code.name}: it is only as good as the secret in it.`
            : `Every client writes ${header === undefined ? setting.name : `the header ${header}`} as it likes, and ${code.name} believes it: anyone is anyone. auth.uid() is the verified subject.`,
        });
      }
    }
  },
});

/** The key right of `->` or `->>`, or the end of the old `request.header.<name>`. */
function headerRead(code: RequestCode, { name, call }: SettingRead): string | undefined {
  let header = /^request\.(?:header|cookie)\.(.+)$/i.exec(name)?.[1];
  walk(code.node, (type, fields) => {
    if (type !== 'A_Expr') return;
    const { name: operator, lexpr, rexpr }: A_Expr = fields;
    if (!['->', '->>'].includes(textOf(operator?.[0]) ?? '')) return;
    if (lexpr && holds(lexpr, call)) header ??= constantText(rexpr);
  });
  return header;
}
