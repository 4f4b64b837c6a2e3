import {
  defineRule,
  insertAt,
  relationPlace,
  routineObject,
  textsOf,
  withoutStatement,
  type RangeVar,
  type SchemaModel,
  type Span,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'grant-before-create',
  title: 'Statement about something that is made later',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A GRANT, REVOKE, CREATE POLICY or ALTER TABLE names a table, view or function that only a later statement of the push makes.',
    why: 'A push runs its files by name and their statements in order. The push fails with 42P01 "relation … does not exist", 42883 for a function, and nothing of the file is applied.',
    how: 'Move the statement behind the one that makes the object.',
    falseAlarm:
      'The object is there from an earlier push, and the later statement is CREATE … IF NOT EXISTS.',
    bad: `create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const statement of model.statements) {
      for (const { name, key, at } of namedBy(model, statement)) {
        const maker = makerOf(model, key);
        if (!maker || model.orderOf(maker) < model.orderOf(statement)) continue;
        if (mayBeThere(model, name, maker)) continue;
        const semicolon = maker.terminatedAt === undefined ? ';' : '';
        report({
          at,
          message: `${name} is made further on: here the push fails with ${key.startsWith(routineObject('')) ? '42883' : `42P01 relation "${name}" does not exist`}.`,
          related: [{ at: maker.at, message: `${name} is made here` }],
          fix: {
            title: `Move the statement behind the one that makes ${name}`,
            edits: [
              withoutStatement(statement, files),
              insertAt(maker.file, maker.terminatedAt ?? maker.at.end, `${semicolon}\n${statement.text};`),
            ],
          },
        });
        // One move may mend it all.
        break;
      }
    }
  },
});

interface NamedObject {
  readonly name: string;
  readonly key: string;
  readonly at: Span;
}

/** Objects that have to be there when the statement runs. */
function namedBy(model: SchemaModel, statement: Statement): NamedObject[] {
  const { node } = statement;
  const relation = (named: RangeVar | undefined): NamedObject[] => {
    const name = named?.relname;
    const { at } = relationPlace(statement, named);
    return name === undefined ? [] : [{ name, key: model.keyOf(name, named?.schemaname), at }];
  };
  if ('CreatePolicyStmt' in node) return relation(node.CreatePolicyStmt.table);
  if ('AlterTableStmt' in node)
    return node.AlterTableStmt.missing_ok ? [] : relation(node.AlterTableStmt.relation);
  if (!('GrantStmt' in node) || node.GrantStmt.targtype !== 'ACL_TARGET_OBJECT') return [];
  return (node.GrantStmt.objects ?? []).flatMap(object => {
    if ('RangeVar' in object)
      return node.GrantStmt.objtype === 'OBJECT_TABLE' ? relation(object.RangeVar) : [];
    if (!('ObjectWithArgs' in object)) return [];
    const names = textsOf(object.ObjectWithArgs.objname);
    const name = names.at(-1) ?? '';
    const index = statement.tokens.findIndex(({ value }) => value === name);
    const at = index === -1 ? statement.at : statement.tokenSpan(index);
    return { name, key: routineObject(model.keyOf(name, names.at(-2))), at };
  });
}

/** The statement that makes what is there at the end. */
function makerOf(model: SchemaModel, key: string): Statement | undefined {
  const prefix = routineObject('');
  if (key.startsWith(prefix)) return model.routines.get(key.slice(prefix.length))?.[0]?.statement;
  return model.tables.get(key)?.created ?? model.views.get(key)?.statement;
}

/** Whether another statement before that one makes, renames or drops something of the name: it may be there already. */
function mayBeThere(model: SchemaModel, name: string, maker: Statement): boolean {
  const before = model.statements.slice(0, model.orderOf(maker));
  return before.some(({ node, tokens }) => {
    const [type = ''] = Object.keys(node);
    const isMade = /^(?:CreateStmt|CreateTableAs|CreateForeignTable|CreateFunction|View)/.test(type);
    if (!isMade && !/^(?:Drop|Rename)/.test(type)) return false;
    // create unlogged table if not exists schema . name
    return tokens.slice(0, isMade ? 9 : undefined).some(({ value }) => value === name);
  });
}
