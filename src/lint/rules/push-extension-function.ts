import { defineRule, replaceAt, spanOfNode, statementCalls, textsOf } from '../rule';

export default defineRule({
  id: 'push-extension-function',
  title: 'Function of an extension that is not there',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A pushed file calls a function that an extension would bring, such as `uuid_generate_v4()` or `crypt()`.',
    why: 'On v2 shared no such extension is installed and none can be: the push is refused with 42883 "function does not exist" and rolled back.',
    how: '`gen_random_uuid()` is built in and takes the place of `uuid_generate_v4()`. Hash passwords in the app, or leave them to the sign-in provider.',
    falseAlarm:
      'The operator has installed the extension for you. A function of that name that the files define is not reported.',
    bad: `create table notes (id uuid primary key default uuid_generate_v4(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      for (const call of statementCalls(statement)) {
        const names = textsOf(call.funcname);
        const name = names.at(-1) ?? '';
        const extension = EXTENSION_OF[name];
        if (extension === undefined || !mayMeanExtension(names)) continue;
        if (model.routines.has(model.keyOf(name, names.at(-2)))) continue;
        const at = spanOfNode(statement, { FuncCall: call }) ?? statement.at;
        report({
          at,
          message: `${name}() belongs to the extension ${extension}, which a v2 project does not have: the push fails with 42883.`,
          ...(UUID_V4.has(name) && {
            fix: { title: 'Use gen_random_uuid()', edits: [replaceAt(at, 'gen_random_uuid()')] },
          }),
        });
      }
    }
  },
});

const UUID_V4: ReadonlySet<string> = new Set(['uuid_generate_v4', 'uuid_generate_v1', 'uuid_generate_v1mc']);

/** Functions that people use most, by the extension that brings them. */
const EXTENSION_OF: Readonly<Record<string, string>> = {
  uuid_generate_v1: 'uuid-ossp',
  uuid_generate_v1mc: 'uuid-ossp',
  uuid_generate_v4: 'uuid-ossp',
  uuid_generate_v5: 'uuid-ossp',
  crypt: 'pgcrypto',
  gen_salt: 'pgcrypto',
  digest: 'pgcrypto',
  hmac: 'pgcrypto',
  gen_random_bytes: 'pgcrypto',
  pgp_sym_encrypt: 'pgcrypto',
  pgp_sym_decrypt: 'pgcrypto',
  similarity: 'pg_trgm',
  word_similarity: 'pg_trgm',
  unaccent: 'unaccent',
  http_get: 'http',
  http_post: 'http',
};

/** Unqualified, or in a schema where extensions are usually put. */
function mayMeanExtension(names: readonly string[]): boolean {
  return names.length === 1 || ['extensions', 'public'].includes(names[0] ?? '');
}
