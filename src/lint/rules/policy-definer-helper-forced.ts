import {
  addStatementAfter,
  defineRule,
  isForPublic,
  lastOf,
  NO_FORCE_MARKER,
  relationsOf,
  routinesOf,
  tenantOf,
  type Policy,
  type Routine,
  type SchemaModel,
  type SourceFile,
  type Table,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-definer-helper-forced',
  title: 'SECURITY DEFINER helper that sees no rows',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy asks a SECURITY DEFINER function, the usual cure for recursion, and the function reads a table with forced row-level security.',
    why:
      'A push to v2 shared forces row-level security on every table, for the role that owns the function as well. Policies TO ' +
      'authenticated do not speak of that role, so the function sees no row and the policy lets nobody pass: 200 and an empty ' +
      'array. Where a policy without TO calls the function again, it ends with 54001 "stack depth limit exceeded".',
    how: 'Take the table out of the sweep with a comment that holds `flux:no-force-rls` and the reason.',
    falseAlarm: 'A function that is meant to see nothing there.',
    bad: `create table members (org_id text not null, user_sub text not null, primary key (org_id, user_sub));
alter table members enable row level security;
create function is_member(org text) returns boolean language sql stable security definer set search_path from current as
  $$ select exists (select 1 from members m where m.org_id = org and m.user_sub = auth.uid()) $$;
revoke execute on function is_member(text) from public;
grant execute on function is_member(text) to authenticated;
create policy members_read on members for select to authenticated using (is_member(org_id));
grant select on members to authenticated;`,
    good: `create table members (org_id text not null, user_sub text not null, primary key (org_id, user_sub));
alter table members enable row level security;
comment on table members is 'flux:no-force-rls: is_member reads it for its own policy';
create function is_member(org text) returns boolean language sql stable security definer set search_path from current as
  $$ select exists (select 1 from members m where m.org_id = org and m.user_sub = auth.uid()) $$;
revoke execute on function is_member(text) from public;
grant execute on function is_member(text) to authenticated;
create policy members_read on members for select to authenticated using (is_member(org_id));
grant select on members to authenticated;`,
  },

  check(model, report, files) {
    const told = new Set<Routine>();
    for (const policy of model.policies) {
      const predicates = [policy.using, policy.check].flatMap(predicate => predicate ?? []);
      for (const routine of predicates.flatMap(({ calls }) =>
        calls.flatMap(call => routinesOf(call, model)),
      )) {
        if (!routine.definer || told.has(routine)) continue;
        const table = readBy(routine, model).find(
          each => model.isForced(each) && !isOpenToOwner(each, routine, model),
        );
        if (!table) continue;
        told.add(routine);
        report({
          at: routine.at,
          message: `${table.name} has forced row-level security, for the owner of ${routine.name} too: the function sees none of its rows, and ${policy.name} lets nobody pass.`,
          related: [
            { at: policy.at, message: `${policy.name} relies on ${routine.name}` },
            { at: table.at, message: `${table.name} is forced by the push` },
          ],
          fix: { title: `Take ${table.name} out of the sweep`, edits: [exempted(table, routine, files)] },
        });
      }
    }
  },
});

function readBy({ statement }: Routine, model: SchemaModel): Table[] {
  const relations = (statement.body?.queries ?? []).flatMap(relationsOf);
  return relations.flatMap(({ relname = '', schemaname }) => model.tableNamed(relname, schemaname) ?? []);
}

/** Policies TO PUBLIC speak of the owner, too; one that calls the function again goes round in circles. */
function isOpenToOwner(table: Table, routine: Routine, model: SchemaModel): boolean {
  const concerned = model
    .policiesFor(table, 'select')
    .filter(policy => policy.permissive && policy.using && (isForPublic(policy) || isForDdlRole(policy)));
  const isCircular = concerned.some(({ using }) =>
    using?.calls.some(call => routinesOf(call, model).includes(routine)),
  );
  return concerned.length > 0 && !isCircular;
}

function isForDdlRole({ roles }: Policy): boolean {
  return roles.some(({ name }) => tenantOf(name)?.ddlRole === name || name === 'current_user');
}

/** What the comment says already is kept: the marker may stand anywhere in it. */
function exempted(table: Table, routine: Routine, files: readonly SourceFile[]): TextEdit {
  const { comment, created, written } = table;
  const statements = [routine.statement, created, comment?.statement].flatMap(each => each ?? []);
  const text = [comment?.text ?? '', `${NO_FORCE_MARKER}: ${routine.name} reads it`]
    .filter(Boolean)
    .join(' ');
  const sql = `comment on table ${written} is '${text.replaceAll("'", "''")}'`;
  return addStatementAfter(lastOf(statements, files) ?? routine.statement, sql);
}
