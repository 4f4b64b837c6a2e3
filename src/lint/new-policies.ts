import type { TableVerb } from '../flux/engine';
import { isTiedToSubject } from '../schema/audience';
import type { Policy, SchemaModel, Table } from '../schema/model';
import type { Predicate } from '../schema/predicate';
import type { SourceFile } from '../sql/source-file';
import { addStatementAfter, inSql, lastOf } from './edits';
import type { Fix, TextEdit } from './finding';

/** A SELECT policy for the rows and roles of another policy; undefined where its predicate is not tied to the caller. */
export function readPolicyLike(
  { table, roles, statement }: Policy,
  predicate: Predicate | undefined,
  files: readonly SourceFile[],
): Fix | undefined {
  const name = `${table.name}_read`;
  if (!predicate || !isTiedToSubject(predicate.audience) || hasPolicy(table, [name])) return undefined;
  const last = lastOf([statement, ...table.policies.map(policy => policy.statement)], files) ?? statement;
  const to = roles.length === 0 ? '' : ` to ${roles.map(role => inSql(role.name)).join(', ')}`;
  const sql = `create policy ${inSql(name)} on ${table.written} for select${to} using (${predicate.text})`;
  return { title: `Let the same rows of ${table.name} be read`, edits: [addStatementAfter(last, sql)] };
}

/** The owner's policies for some verbs; none where it is not one text column that says who owns a row. */
export function ownerPolicies(
  model: SchemaModel,
  table: Table,
  verbs: readonly TableVerb[],
  files: readonly SourceFile[],
): TextEdit[] {
  const [owner, other] = model.ownerColumns(table);
  const statements = table.policies.map(({ statement }) => statement);
  const last = lastOf(statements, files);
  const nameFor = (verb: TableVerb): string => `${table.name}_owner_${verb}`;
  if (owner?.type !== 'text' || other || !last || hasPolicy(table, verbs.map(nameFor))) return [];
  const sql = verbs.map(verb => {
    const clause = verb === 'insert' ? 'with check' : 'using';
    return `create policy ${inSql(nameFor(verb))} on ${table.written} for ${verb} to authenticated ${clause} (${inSql(owner.name)} = auth.uid())`;
  });
  return [addStatementAfter(last, sql.join(';\n'))];
}

function hasPolicy({ policies }: Table, names: readonly string[]): boolean {
  return policies.some(({ name }) => names.includes(name));
}
