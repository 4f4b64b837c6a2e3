import {
  AUTHENTICATED,
  defineRule,
  replaceAt,
  tenantOf,
  type GrantStatement,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'grant-other-tenant-role',
  title: 'GRANT to the role of another project',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A GRANT or REVOKE on one project’s schema names the role of another: `t_<a>_role` on `t_<b>_api`.',
    why:
      'The push fails with 42704 "role … does not exist". Where that project lives on the same cluster the GRANT goes to its role, ' +
      'and requests of this project answer 403 with code 42501. v1 dedicated has no such roles at all; there grant-unknown-role reports them.',
    how: 'Name `authenticated`: a push turns it into the project’s own role.',
    falseAlarm: 'None known.',
    bad: `create table t_1a2b3c4d5e6f_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_1a2b3c4d5e6f_api.notes enable row level security;
create policy notes_owner_read on t_1a2b3c4d5e6f_api.notes for select to authenticated using (owner_id = auth.uid());
grant select on t_1a2b3c4d5e6f_api.notes to t_0f1e2d3c4b5a_role;`,
    good: `create table t_1a2b3c4d5e6f_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_1a2b3c4d5e6f_api.notes enable row level security;
create policy notes_owner_read on t_1a2b3c4d5e6f_api.notes for select to authenticated using (owner_id = auth.uid());
grant select on t_1a2b3c4d5e6f_api.notes to authenticated;`,
  },

  check(model, report) {
    for (const grant of model.grants) {
      for (const { name, at } of grant.grantees) {
        const other = tenantOf(name);
        const own = other && schemasOf(model, grant).find(schema => isOfAnother(schema, other.id));
        if (own === undefined || other?.schema === name) continue;
        report({
          at,
          message: `${name} is not the role of ${own}: the push fails with 42704, or the privilege goes to another project.`,
          fix: { title: 'Change to authenticated', edits: [replaceAt(at, AUTHENTICATED)] },
        });
      }
    }
  },
});

/** Schemas that a statement is about; one that names none is about the project's own. */
function schemasOf(model: SchemaModel, { schemas }: GrantStatement): readonly string[] {
  return schemas.length > 0 ? schemas : [model.apiSchema ?? ''];
}

function isOfAnother(schema: string, id: string): boolean {
  const tenant = tenantOf(schema);
  return tenant !== undefined && tenant.id !== id;
}
