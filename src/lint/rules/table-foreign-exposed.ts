import { addStatementAfter, defineRule, lastOf, TABLE_VERBS } from '../rule';

export default defineRule({
  id: 'table-foreign-exposed',
  title: 'Foreign table that requests may reach',
  severity: 'error',
  fixable: true,
  sources: ['splinter 0017_foreign_table_in_api', 'pgrls SEC053'],
  docs: {
    what: 'The API schema holds a foreign table, and the request roles have privileges on it, if only by the platform’s defaults.',
    why: 'Row-level security cannot be enabled on a foreign table (42809): every token reads every row of the other server, on v1 dedicated also requests without one. The gate of a v1 push does not look at foreign tables. On v2 shared the foreign server has to be set up by the operator; without it the push fails with 42704.',
    how: 'Revoke every privilege of the request roles, and show what may be shown through a function or a table of its own.',
    falseAlarm: 'Data that everybody may read, such as a public price list.',
    bad: `create foreign table prices (item text, price numeric) server files options (filename 'prices.csv', format 'csv');`,
    good: `create foreign table prices (item text, price numeric) server files options (filename 'prices.csv', format 'csv');
revoke all on prices from anon, authenticated;`,
  },

  check(model, report, files) {
    for (const [key, table] of model.tables) {
      const { created, name, written } = table;
      if (table.kind !== 'foreign table' || !created || !model.isExposedTable(table)) continue;
      const roles = model.requestRoles.filter(role =>
        TABLE_VERBS.some(verb => model.privileges.origin(key, role, verb) !== undefined),
      );
      if (roles.length === 0) continue;
      const touching = model.grants
        .filter(({ objects }) => objects.includes(key))
        .map(({ statement }) => statement);
      const last = lastOf([created, ...touching], files) ?? created;
      report({
        at: table.at,
        message: `${name} is a foreign table, which cannot have row-level security: ${roles.join(' and ')} may reach every row of it.`,
        fix: {
          title: `Revoke ${name} from the request roles`,
          edits: [addStatementAfter(last, `revoke all on ${written} from anon, authenticated`)],
        },
      });
    }
  },
});
