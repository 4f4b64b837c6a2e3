import { AUTHENTICATED } from '../flux/engine';
import { isChoosable } from './choosable';
import { audienceThrough, clausesOf, concernsRequests } from './clauses';
import { relationKey, type SchemaModel } from './model';
import type { Policy, Table } from './objects';

/** Columns of a person's own row that say what the person is allowed, and that the person may write. */
export interface Escalation {
  readonly policy: Policy;
  readonly columns: readonly string[];
  readonly verbs: readonly Writing[];
}

type Writing = 'insert' | 'update';

/** What users can make of their own row in a table of people; undefined for nothing. */
export function escalationOf(table: Table, model: SchemaModel): Escalation | undefined {
  const telling = [...table.columns.keys()].filter(name => TELLING.test(name));
  if (telling.length === 0 || !isOfPeople(table, model)) return undefined;
  const found = table.policies.flatMap(policy => {
    const spoken = new Set(clausesOf(policy).written?.columns.map(({ column }) => column));
    const verbs = ownRowVerbs(policy, model);
    const columns = telling.filter(
      name => !spoken.has(name) && verbs.some(verb => isChoosable(table, [name], verb, model)),
    );
    return columns.length > 0 ? { policy, columns, verbs } : [];
  });
  const first = found.find(({ policy }) => policy.verb !== 'insert') ?? found[0];
  return (
    first && {
      policy: first.policy,
      columns: telling.filter(name => found.some(({ columns }) => columns.includes(name))),
      verbs: WRITING.filter(verb => found.some(({ verbs }) => verbs.includes(verb))),
    }
  );
}

const WRITING: readonly Writing[] = ['insert', 'update'];

/** The verbs by which a policy lets users write their own row, as far as they are granted. */
function ownRowVerbs(policy: Policy, model: SchemaModel): Writing[] {
  if (!policy.permissive || !concernsRequests(policy, model)) return [];
  if (audienceThrough(policy, 'written', model) !== 'owner') return [];
  const { schema, name } = policy.table;
  return WRITING.filter(
    verb =>
      (policy.verb === verb || policy.verb === 'all') &&
      model.privileges.origin(relationKey(schema, name), AUTHENTICATED, verb) !== undefined,
  );
}

const TELLING =
  /^(?:(?:user|member|account|app|system)_?)?(?:roles?|permissions?|scopes?|is_?admin|is_?superuser|is_?super_?admin|is_?staff|is_?owner|is_?moderator|is_?verified|is_?premium|is_?pro|is_?banned|admin|superuser|plan|tier|subscription(?:_(?:plan|tier|status))?|credits?|balance|quota|access_level)$/;

const PEOPLE = /user|profile|member|account|person|people|staff|customer|employee/;

/** One row for each person: the owner column is the key, or the table's name says so. */
function isOfPeople(table: Table, model: SchemaModel): boolean {
  if (PEOPLE.test(table.name)) return true;
  const owners = model.ownerColumnsByUse(table);
  return table.uniqueKeys.some(
    ({ columns }) => columns.length === 1 && columns.every(column => owners.has(column)),
  );
}
