import { defineRule, projectNamesIn, tenantOf, type SchemaModel, type SourceFile, type Span } from '../rule';

export default defineRule({
  id: 'policy-hard-coded-tenant',
  title: 'One project’s schema or role written out',
  severity: 'info',
  fixable: false,
  sources: [],
  docs: {
    what: 'The files name the project’s own schema `t_<12 hex>_api` or role `t_<12 hex>_role`, where unqualified names and `authenticated` would do. The schema that the settings or flux.json name is not reported.',
    why: 'The names are the project’s alone. Pushed to another one (a second stage, a colleague’s, a new one) the same file fails with 3F000 "schema … does not exist" or 42704 "role … does not exist".',
    how: 'Leave the schema away: a push puts unqualified names into the project’s schema. Write `authenticated` for the role, and on v2 shared `on schema public` in GRANT; a push replaces both.',
    falseAlarm: 'Files that are meant for one project and no other.',
    bad: `create table t_0f9e8d7c6b5a_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_0f9e8d7c6b5a_api.notes enable row level security;
create policy notes_owner_read on t_0f9e8d7c6b5a_api.notes for select to authenticated using (owner_id = auth.uid());
grant select on t_0f9e8d7c6b5a_api.notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const file of files) {
      for (const [name, { at, count }] of ownNames(file, model)) {
        const places = count === 1 ? '' : ` (${count} places in this file)`;
        report({
          at,
          message: name.endsWith('_api')
            ? `${name} ties this file to one project${places}: pushed to another it fails with 3F000. Unqualified names land in the project's schema.`
            : `${name} ties this file to one project${places}: pushed to another it fails with 42704. A push puts the project's role in place of authenticated.`,
        });
      }
    }
  },
});

/** Names of the project's own tenant in a file: where each stands first, and how often. */
function ownNames({ statements }: SourceFile, model: SchemaModel): Map<string, { at: Span; count: number }> {
  const found = new Map<string, { at: Span; count: number }>();
  const own = model.ownSchema === undefined ? undefined : tenantOf(model.ownSchema);
  for (const statement of statements) {
    for (const { name, index } of projectNamesIn(statement)) {
      const tenant = tenantOf(name);
      // What the settings say, too, is meant; other projects' names are errors of their own.
      if (!tenant || name === model.configuredSchema || (own && own.id !== tenant.id)) continue;
      // The role of a project is not there on v1.
      if (model.isSampleName(name) || (name !== tenant.schema && model.engine === 'v1_dedicated')) continue;
      const known = found.get(name);
      if (known) known.count += 1;
      else found.set(name, { at: statement.tokenSpan(index), count: 1 });
    }
  }
  return found;
}
