import {
  defineRule,
  removeStatement,
  replaceAt,
  type SchemaModel,
  type Span,
  type Statement,
  type View,
} from '../rule';

export default defineRule({
  id: 'rls-on-view',
  title: 'Row-level security on a view',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A statement enables or forces row-level security on a view or materialized view, or creates a policy on one.',
    why: 'Only tables have row-level security: the push answers 42809 and is rolled back.',
    how: 'Give the view `security_invoker`, and it shows what the policies of its tables let the caller see. A materialized view cannot; revoke what the request roles hold on it.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create view note_owners with (security_invoker = true) as select owner_id from notes;
alter table note_owners enable row level security;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create view note_owners with (security_invoker = true) as select owner_id from notes;`,
  },

  check(model, report, files) {
    if (model.views.size === 0) return;
    for (const statement of model.statements) {
      const found = onView(model, statement);
      if (!found) continue;
      const { view, what, at, isAlone } = found;
      const text = files.find(({ name }) => name === statement.file)?.text ?? '';
      const option = `alter view ${view.written} set (security_invoker = true)`;
      report({
        at,
        message: `${view.name} is a ${view.materialized ? 'materialized view' : 'view'}, and only tables have ${what}: the push fails with 42809.${view.materialized || view.securityInvoker ? '' : ' security_invoker makes the policies of its tables count.'}`,
        related: [{ at: view.at, message: `${view.name} is made here` }],
        ...(isAlone &&
          !view.materialized && {
            fix: view.securityInvoker
              ? { title: 'Remove the statement', edits: [removeStatement(statement, text)] }
              : { title: `Add security_invoker to ${view.name}`, edits: [replaceAt(statement.at, option)] },
          }),
      });
    }
  },
});

interface Found {
  readonly view: View;
  readonly what: string;
  readonly at: Span;
  /** The statement does nothing else. */
  readonly isAlone: boolean;
}

const SWITCHES: ReadonlySet<string> = new Set([
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
]);

function onView(model: SchemaModel, statement: Statement): Found | undefined {
  const { node } = statement;
  const isPolicy = 'CreatePolicyStmt' in node;
  if (!isPolicy && !('AlterTableStmt' in node)) return undefined;
  const relation = isPolicy ? node.CreatePolicyStmt.table : node.AlterTableStmt.relation;
  const view = model.views.get(model.keyOf(relation?.relname ?? '', relation?.schemaname));
  // Before the view was made the name stood for something else.
  if (!view || model.orderOf(view.statement) > model.orderOf(statement)) return undefined;
  const first = statement.tokenIndexAt(relation?.location ?? 0);
  const at = statement.tokenSpan(first, first + (relation?.schemaname === undefined ? 0 : 2));
  if (isPolicy) return { view, what: 'policies', at, isAlone: true };
  const commands = (node.AlterTableStmt.cmds ?? []).flatMap(command =>
    'AlterTableCmd' in command ? (command.AlterTableCmd.subtype ?? '') : [],
  );
  if (!commands.some(command => SWITCHES.has(command))) return undefined;
  return { view, what: 'row-level security', at, isAlone: commands.length === 1 };
}
