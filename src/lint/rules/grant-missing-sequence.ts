import {
  addStatementAfter,
  callsIn,
  constantText,
  defineRule,
  grantsOn,
  inSql,
  lastOf,
  sequenceObject,
  textsOf,
  type Column,
  type SchemaModel,
  type Table,
} from '../rule';

export default defineRule({
  id: 'grant-missing-sequence',
  title: 'Sequence of a default that the role may not use',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A role may insert, and a `serial` column or a `nextval` default takes its value from a sequence of which the role has no USAGE.',
    why:
      'Every insert that leaves the column out answers 403 with code 42501 and "permission denied for sequence", before any ' +
      'policy is asked. The platform grants USAGE on new sequences of the API schema, so this happens after a REVOKE, or with ' +
      'a sequence of another schema.',
    how: 'Grant USAGE on the sequence, or make the column `generated always as identity`, which needs no privilege.',
    falseAlarm: 'Clients always send the value themselves.',
    bad: `create table notes (id serial primary key, owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;
revoke all on sequence notes_id_seq from authenticated;`,
    good: `create table notes (id int generated always as identity primary key, owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report, files) {
    if (model.sequences.size === 0) return;
    for (const [key, table] of model.tables) {
      const { created } = table;
      if (!created || !model.isExposedTable(table)) continue;
      const inserters = model.requestRoles.filter(role => mayInsert(model, key, table, role));
      if (inserters.length === 0) continue;
      for (const column of table.columns.values()) {
        const sequence = sequenceOf(model, table, column);
        if (!sequence || !model.sequences.has(sequence.key)) continue;
        const object = sequenceObject(sequence.key);
        const roles = inserters.filter(role =>
          ['usage', 'update'].every(
            privilege => model.privileges.origin(object, role, privilege) === undefined,
          ),
        );
        if (roles.length === 0) continue;
        const last = lastOf([created, column.statement, ...grantsOn(model, object)], files) ?? created;
        report({
          at: column.at,
          message: `${table.name}.${column.name} takes its value from sequence ${sequence.written}, which ${roles.join(' and ')} may not use: inserts answer 403, 42501 "permission denied for sequence".`,
          fix: {
            title: `Grant USAGE on sequence ${sequence.written}`,
            edits: [
              addStatementAfter(last, `grant usage on sequence ${sequence.written} to ${roles.join(', ')}`),
            ],
          },
        });
      }
    }
  },
});

/** Without a policy no row gets in anyway. */
function mayInsert(model: SchemaModel, key: string, table: Table, role: string): boolean {
  if (model.privileges.origin(key, role, 'insert') === undefined) return false;
  return (
    table.rowSecurity !== true ||
    model.policiesFor(table, 'insert').some(policy => policy.permissive && model.appliesTo(policy, role))
  );
}

/** Identity columns have sequences, too, but use them with the owner's rights. */
function sequenceOf(
  model: SchemaModel,
  table: Table,
  column: Column,
): { readonly key: string; readonly written: string } | undefined {
  if (column.serial) {
    const name = `${table.name}_${column.name}_seq`;
    const schema = /^(.*\.)?(?:"(?:[^"]|"")*"|[^."]+)$/.exec(table.written)?.[1] ?? '';
    return { key: model.keyOf(name, table.schema), written: `${schema}${inSql(name)}` };
  }
  if (!column.default) return undefined;
  const call = callsIn(column.default.node).find(({ funcname }) => textsOf(funcname).at(-1) === 'nextval');
  const written = constantText(call?.args?.[0]);
  if (written === undefined) return undefined;
  const names = [...written.matchAll(/"((?:[^"]|"")*)"|[^."\s]+/g)].map(
    ([word, quoted]) => quoted?.replaceAll('""', '"') ?? word.toLowerCase(),
  );
  return { key: model.keyOf(names.at(-1) ?? '', names.at(-2)), written };
}
