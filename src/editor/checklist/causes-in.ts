import type { Verb } from '../../checklist/check-ids';
import type { CheckResult } from '../../checklist/verdict';
import type { TableVerb } from '../../flux/engine';
import type { SchemaModel } from '../../schema/model';
import type { CauseInSql } from './engine';

const VERBS: Readonly<Record<Verb, TableVerb>> = {
  read: 'select',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
};

/** The permissive policies that let through what should not be, else the table that no policy guards. */
export function causesIn({ table: name, verb, verdict }: CheckResult, model: SchemaModel): CauseInSql[] {
  const table = model.exposedTables.find(candidate => candidate.name === name);
  if (verdict !== 'fail' || !table) return [];
  if (table.rowSecurity !== true) return [{ place: table.at, rules: ['rls-not-enabled'] }];
  const policies = model.policiesFor(table, VERBS[verb]).filter(({ permissive }) => permissive);
  return policies.map(({ at }) => ({ place: at, rules: [] }));
}
