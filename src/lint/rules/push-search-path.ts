import { constantText, defineRule, removeStatement, textsOf, type Node, type Statement } from '../rule';

export default defineRule({
  id: 'push-search-path',
  title: 'Search path changed in a push',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A pushed file sets `search_path`, as the head of every dump does.',
    why: 'A v2 push has set it to the project’s schema, so that unqualified names land there. After the change they land elsewhere: CREATE TABLE answers 3F000 "no schema has been selected to create in" or 42501, and the push is rolled back.',
    how: 'Delete the statement. Inside a function use `set search_path from current`, which is not meant here.',
    falseAlarm: 'The path is set to the project’s own schema; that is not reported.',
    bad: `select pg_catalog.set_config('search_path', '', false);
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const statement of model.statements) {
      const path = searchPath(statement);
      if (path === undefined || (path.length > 0 && path[0] === model.apiSchema)) continue;
      const file = files.find(({ name }) => name === statement.file);
      report({
        at: statement.at,
        message:
          'After this, unqualified names do not land in the project’s schema: the push fails with 3F000 or 42501.',
        ...(file && {
          fix: { title: 'Remove the statement', edits: [removeStatement(statement, file.text)] },
        }),
      });
    }
  },
});

/** Schemas that the statement puts into the search path; undefined when it leaves the path alone. */
function searchPath({ node }: Statement): string[] | undefined {
  if ('VariableSetStmt' in node) {
    const { name, args, kind } = node.VariableSetStmt;
    if (name !== 'search_path' || kind !== 'VAR_SET_VALUE') return undefined;
    return (args ?? []).flatMap(part => constantText(part) ?? []);
  }
  if (!('SelectStmt' in node)) return undefined;
  for (const target of node.SelectStmt.targetList ?? []) {
    const path = 'ResTarget' in target ? setConfig(target.ResTarget.val) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

function setConfig(node: Node | undefined): string[] | undefined {
  if (!node || !('FuncCall' in node) || textsOf(node.FuncCall.funcname).at(-1) !== 'set_config')
    return undefined;
  const [setting, value] = node.FuncCall.args ?? [];
  if (constantText(setting) !== 'search_path') return undefined;
  const text = constantText(value) ?? '';
  return text === '' ? [] : text.split(',').map(name => name.trim().replace(/^"|"$/g, ''));
}
