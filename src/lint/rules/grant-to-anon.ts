import {
  ANON,
  defineRule,
  isOnTables,
  privilegesAt,
  replaceAt,
  stillGiven,
  withoutGrantee,
  type GrantStatement,
  type Named,
  type SchemaModel,
  type SourceFile,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'grant-to-anon',
  title: 'Table privileges for signed-out visitors',
  severity: { v1_dedicated: 'error', v2_shared: 'warning' },
  fixable: true,
  sources: ['pgrls SEC039'],
  docs: {
    what: 'A GRANT or ALTER DEFAULT PRIVILEGES gives `anon` a privilege on tables.',
    why:
      'On v1 dedicated requests without a token run as `anon`. With the privilege only a policy refuses their rows, and where ' +
      'row-level security is off the platform’s gate refuses the push. The gateway of v2 shared answers 401 to every request ' +
      'without a token, so there the GRANT does nothing, and a write is a warning. Reading is information.',
    how: 'Take `anon` out of the GRANT. v1 dedicated gives `anon` all privileges by itself; `revoke all on … from anon` ends that.',
    falseAlarm: 'A form that visitors send without signing in.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
revoke all on notes from anon;
grant select on notes to authenticated;
grant insert on notes to anon;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
revoke all on notes from anon;
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const grant of model.grants) {
      const anon = grant.grantees.find(({ name }) => name === ANON);
      if (!grant.isGrant || !anon || !isOnTables(grant)) continue;
      const writes = given(model, grant, WRITES);
      if (writes.length === 0 && given(model, grant, ['select']).length === 0) continue;
      report({
        at: anon.at,
        ...(writes.length === 0 && { severity: 'info' as const }),
        message:
          writes.length === 0
            ? 'anon may read: on v1 whoever asks without a token, as far as policies let them.'
            : `anon may ${writes.join(', ').toUpperCase()}: on v1 whoever asks without a token, as far as policies let them.`,
        ...(writes.length > 0 && {
          fix: { title: 'Take the writes from anon', edits: [withoutWrites(grant, anon, files)] },
        }),
      });
    }
  },
});

const WRITES = ['insert', 'update', 'delete', 'truncate'] as const;

/** Which of the privileges the GRANT gives, and no later statement takes back. */
function given(model: SchemaModel, grant: GrantStatement, privileges: readonly string[]): string[] {
  return privileges.filter(
    privilege =>
      grant.privileges.some(({ name }) => name === privilege || name === 'all') &&
      (grant.target === 'default' || stillGiven(model, grant, ANON, privilege).length > 0),
  );
}

/** Keeps what anon may read where the GRANT is for anon alone. */
function withoutWrites(grant: GrantStatement, anon: Named, files: readonly SourceFile[]): TextEdit {
  const { grantees, privileges, statement } = grant;
  const reads = privileges.filter(({ name }) => name === 'select').map(({ at }) => statement.textOf(at));
  if (grantees.length === 1 && reads.length > 0) return replaceAt(privilegesAt(grant), reads.join(', '));
  return withoutGrantee(grant, anon, files);
}
