import {
  AUTHENTICATED,
  defineRule,
  policyRolesIn,
  replaceAt,
  tenantOf,
  type SchemaModel,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'policy-other-tenant-role',
  title: 'Policy for another project’s role',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy is written for the request role of another project: `t_<12 hex>_role` with other digits than the project’s schema. On v1 dedicated no project has such a role.',
    why: 'Where the role does not exist the push fails with 42704. On a shared cluster that happens to have it, the policy speaks of somebody else’s requests, and the project’s own are denied.',
    how: 'Name `authenticated`; a v2 push turns it into the project’s own role.',
    falseAlarm: 'None known, as long as the API schema in the settings is the project’s.',
    bad: `create table t_1a2b3c4d5e6f_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_1a2b3c4d5e6f_api.notes enable row level security;
create policy notes_owner_read on t_1a2b3c4d5e6f_api.notes for select to t_0f9e8d7c6b5a_role using (owner_id = auth.uid());
grant select on t_1a2b3c4d5e6f_api.notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const isShared = model.engine === 'v2_shared';
    for (const statement of model.statements) {
      for (const { name, at } of policyRolesIn(statement)) {
        if (tenantOf(name)?.role !== name || model.isSampleName(name) || model.createdRoles.has(name))
          continue;
        const own = ownRole(model, statement);
        // Nothing tells whose project this is.
        if (isShared && (own === undefined || own === name)) continue;
        // ALTER POLICY is not adapted by the push: only the real name exists there.
        const meant =
          isShared && own !== undefined && 'AlterPolicyStmt' in statement.node ? own : AUTHENTICATED;
        report({
          at,
          message: isShared
            ? `${name} is another project's role; this project's is ${own ?? ''}. The push fails with 42704, or the policy never applies.`
            : `${name} is a role of v2 shared: v1 dedicated does not have it, and the push fails with 42704.`,
          fix: { title: `Change to ${meant}`, edits: [replaceAt(at, meant)] },
        });
      }
    }
  },
});

/** The request role that goes with the schema of the policy's table. */
function ownRole(model: SchemaModel, { node }: Statement): string | undefined {
  const table =
    'CreatePolicyStmt' in node
      ? node.CreatePolicyStmt.table
      : 'AlterPolicyStmt' in node
        ? node.AlterPolicyStmt.table
        : undefined;
  const schema = model.configuredSchema ?? table?.schemaname ?? model.apiSchema;
  return schema === undefined ? undefined : tenantOf(schema)?.role;
}
