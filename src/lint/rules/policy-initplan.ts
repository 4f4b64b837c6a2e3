import {
  bodyMentionsSubject,
  defineRule,
  onlyTarget,
  readClaim,
  readSetting,
  readSubject,
  replaceAt,
  routinesOf,
  type Node,
  type Policy,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'policy-initplan',
  title: 'Subject asked for with every row',
  severity: 'info',
  fixable: true,
  sources: ['pgrls PERF001', 'splinter 0003_auth_rls_initplan', 'rls-probe AUTH-INITPLAN'],
  docs: {
    what: 'A policy calls `auth.uid()`, reads a claim or calls a function that asks for the subject without `(select …)` around it.',
    why:
      'PostgreSQL evaluates it with every row that it looks at: on a large table the request spends its time reading the ' +
      'same claims again. In `(select …)` it is evaluated once, and the plan shows an InitPlan.',
    how: 'Write `(select auth.uid())`.',
    falseAlarm:
      'A small table. Where an index begins with the owner column PostgreSQL evaluates it once anyway, and nothing is reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = (select auth.uid()));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const { using, verb, table } = policy;
      // WITH CHECK sees the few rows of one request, and indexes of a table made elsewhere are not known.
      if (!using || verb === 'insert' || !table.created || isIndexed(policy)) continue;
      const [first, ...others] = perRow(using.node, model);
      if (!first) continue;
      const all = [first, ...others].map(node => using.spanOf(node));
      report({
        at: using.spanOf(first),
        message: `${policy.name} evaluates ${using.statement.textOf(using.spanOf(first))} with every row of ${table.name}. In (select …) it is evaluated once.`,
        fix: {
          title: 'Evaluate it once',
          edits: all.map(at => replaceAt(at, `(select ${using.statement.textOf(at)})`)),
        },
      });
    }
  },
});

/** An index on the owner column is searched for one value, which is then worked out once. */
function isIndexed({ table, using }: Policy): boolean {
  const first = [...table.indexes, ...table.uniqueKeys].map(({ columns }) => columns[0]);
  return first.some(
    column =>
      column !== undefined &&
      using?.requires(fact => fact.kind === 'owner' && fact.column === column && fact.wrapping === 'bare'),
  );
}

/** The largest parts that ask for the subject or a claim, outside of subqueries, whose plans are their own. */
function perRow(node: Node, model: SchemaModel): Node[] {
  if ('SubLink' in node) return [];
  if (isSession(node, model)) return [node];
  return Object.values(node)
    .flatMap((fields: object) => Object.values(fields) as unknown[])
    .flat()
    .filter((part): part is Node => typeof part === 'object' && part !== null)
    .flatMap(part => perRow(part, model));
}

function isSession(node: Node, model: SchemaModel): boolean {
  if ('TypeCast' in node && node.TypeCast.arg && onlyTarget(node.TypeCast.arg)) return false;
  if ('FuncCall' in node && !node.FuncCall.args?.length)
    if (routinesOf(node.FuncCall, model).some(bodyMentionsSubject)) return true;
  return Boolean(readSubject(node) ?? readClaim(node) ?? readSetting(node));
}
