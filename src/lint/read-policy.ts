import type { Policy, Table } from '../schema/model';
import { isTiedToSubject } from '../schema/audience';
import type { Predicate } from '../schema/predicate';
import type { SourceFile } from '../sql/source-file';
import { addStatementAfter, inSql, lastOf } from './edits';
import type { Fix } from './finding';

/** A SELECT policy for the rows and roles of another policy; undefined where its predicate is not tied to the caller. */
export function readPolicyLike(
  { table, roles, statement }: Policy,
  predicate: Predicate | undefined,
  files: readonly SourceFile[],
): Fix | undefined {
  const name = `${table.name}_read`;
  if (!predicate || !isTiedToSubject(predicate.audience) || hasPolicy(table, name)) return undefined;
  const last = lastOf([statement, ...table.policies.map(policy => policy.statement)], files) ?? statement;
  const to = roles.length === 0 ? '' : ` to ${roles.map(role => inSql(role.name)).join(', ')}`;
  const sql = `create policy ${inSql(name)} on ${table.written} for select${to} using (${predicate.text})`;
  return { title: `Let the same rows of ${table.name} be read`, edits: [addStatementAfter(last, sql)] };
}

function hasPolicy({ policies }: Table, name: string): boolean {
  return policies.some(policy => policy.name === name);
}
