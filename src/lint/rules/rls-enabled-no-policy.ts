import {
  addStatementAfter,
  AUTHENTICATED,
  defineRule,
  inSql,
  lastOf,
  relationKey,
  TABLE_VERBS,
  type SchemaModel,
  type Table,
  type TableVerb,
} from '../rule';

export default defineRule({
  id: 'rls-enabled-no-policy',
  title: 'Row-level security without a policy',
  severity: 'warning',
  fixable: true,
  sources: [
    'splinter 0008_rls_enabled_no_policy',
    'pgrls SEC009',
    'rls-doctor rls-enabled-no-policies',
    'rls-probe RLS-NO-POLICY',
    'rlsautotest L004',
  ],
  docs: {
    what: 'Row-level security is on, requests may reach the table, and it has no policy.',
    why: 'Without a policy nothing is allowed: reading answers 200 and no rows to everybody, and an insert 403 with 42501 "new row violates row-level security policy".',
    how: 'Add policies that compare the owner with the subject. If nobody is to get in, say so: revoke the privileges, or add a deny-all policy with `using (false)`.',
    falseAlarm:
      'Policies that are made outside of the pushed files. A comment on the table that says "deny-all" keeps this rule silent.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.exposedTables) {
      // Partitions and children are read through their parents, and closed by their own names.
      if (table.rowSecurity !== true || table.policies.length > 0 || table.parents.length > 0) continue;
      if (!model.isReachable(table) || /deny[ -]?all/i.test(table.comment?.text ?? '')) continue;
      if (model.mayBeDoneByCode(table, /create\s+policy/i)) continue;
      const { title, policies, columns } = wayOut(model, table);
      const touching = model.history.flatMap(entry =>
        (entry.kind === 'row-security-enabled' && entry.table === table) ||
        (entry.kind === 'policy-dropped' && entry.policy.table === table)
          ? [entry]
          : [],
      );
      const dropped = touching.filter(({ kind }) => kind === 'policy-dropped');
      const said = [table.namedBy, ...columns, ...touching.map(({ statement }) => statement)];
      const last = lastOf(
        said.flatMap(statement => statement ?? []),
        files,
      );
      report({
        at: table.at,
        message: `${table.name} has row-level security and no policy: reading answers no rows to everybody, inserting 403 with 42501.`,
        related: dropped.map(({ statement }) => ({ at: statement.at, message: 'A policy is dropped here' })),
        ...(last && { fix: { title, edits: [addStatementAfter(last, policies.join(';\n'))] } }),
      });
    }
  },
});

/** Policies for the owner where one column is called like one, else one that says that nobody is to get in. */
function wayOut(
  model: SchemaModel,
  table: Table,
): {
  readonly title: string;
  readonly policies: readonly string[];
  readonly columns: readonly Table['namedBy'][];
} {
  const { written, name } = table;
  const [owner, ...others] = model.ownerColumns(table);
  if (!owner || others.length > 0 || !['text', 'varchar'].includes(owner.type)) {
    const denied = `create policy ${inSql(`${name}_deny_all`)} on ${written} for all to ${AUTHENTICATED} using (false) with check (false)`;
    return { title: `Deny everything on ${name} with a policy`, policies: [denied], columns: [] };
  }
  const key = relationKey(table.schema, name);
  const isOwner = `(${inSql(owner.name)} = auth.uid())`;
  const clauses: Readonly<Record<TableVerb, string>> = {
    select: `using ${isOwner}`,
    insert: `with check ${isOwner}`,
    update: `using ${isOwner} with check ${isOwner}`,
    delete: `using ${isOwner}`,
  };
  const held = TABLE_VERBS.filter(verb => model.privileges.origin(key, AUTHENTICATED, verb) !== undefined);
  const policies = held.map(
    verb =>
      `create policy ${inSql(`${name}_owner_${verb === 'select' ? 'read' : verb}`)} on ${written} for ${verb} to ${AUTHENTICATED} ${clauses[verb]}`,
  );
  return { title: `Add owner policies to ${name}`, policies, columns: [owner.statement] };
}
