import {
  addStatementAfter,
  ANON,
  AUTHENTICATED,
  defineRule,
  grantsOn,
  lastOf,
  TABLE_VERBS,
  isUnclaimed,
} from '../rule';

export default defineRule({
  id: 'grant-private-table-readable',
  title: 'Table that only the platform opens',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  echoes: 'rls-not-enabled',
  sources: [],
  docs: {
    what: 'Nothing in the files opens the table to requests: no grant, no policy, no owner column. Row-level security is off, and SELECT was not revoked.',
    why:
      'v2 shared grants SELECT on every new table of the API schema to the project’s role and to `anon`, so each token of the ' +
      'project reads every row of a table that was meant for the project’s own use. A table that the files grant, that has an owner ' +
      'column, or that belongs to one that has, is left to rls-not-enabled, and so is everything on v1 dedicated.',
    how: 'Revoke everything from `authenticated` and `anon`; or enable row-level security without a policy.',
    falseAlarm:
      'Reference data that everybody may read. Say so with row-level security on, a policy `for select using (true)` and a GRANT.',
    bad: `create table jobs (id int primary key, payload text);`,
    good: `create table jobs (id int primary key, payload text);
revoke all on jobs from authenticated, anon;`,
  },

  check(model, report, files) {
    for (const [key, table] of model.tables) {
      const { created, kind, rowSecurity } = table;
      if (!created || kind !== 'table' || rowSecurity !== false || !model.isExposedTable(table)) continue;
      if (!isUnclaimed(model, table)) continue;
      if (!TABLE_VERBS.some(verb => model.privileges.origin(key, AUTHENTICATED, verb) !== undefined))
        continue;
      const last = lastOf([created, table.namedBy ?? created, ...grantsOn(model, key)], files) ?? created;
      report({
        at: table.at,
        message: `Nothing here opens ${table.name}, but the platform does: it grants SELECT, and every token of the project reads every row.`,
        fix: {
          title: `Revoke everything on ${table.name} from requests`,
          edits: [addStatementAfter(last, `revoke all on ${table.written} from ${AUTHENTICATED}, ${ANON}`)],
        },
      });
    }
  },
});
