import type { Policy, SchemaModel } from '../schema/model';
import type { Verb } from './check-ids';
import type { Opening, Openings } from './defect-effects';

/** A verb of the checklist as SQL has it. */
export const SQL_VERBS = { read: 'select', insert: 'insert', update: 'update', delete: 'delete' } as const;
export const VERBS = Object.keys(SQL_VERBS) as Verb[];
/** The verbs that a policy is about. */
export function verbsOf({ verb }: Policy): Verb[] {
  return VERBS.filter(each => verb === 'all' || SQL_VERBS[each] === verb);
}

/** Its verb, as a defect has it. */
export function verbOf(policy: Policy): Verb | 'all' {
  return policy.verb === 'all' ? 'all' : (verbsOf(policy)[0] ?? 'all');
}

/** What a clause opens when it lets everything through; USING judges what is written where WITH CHECK is missing. */
export function openings(policy: Policy, word: 'using' | 'with check', opening: Opening): Openings {
  const { verb, check } = policy;
  const is = (each: Policy['verb']): boolean => verb === each || verb === 'all';
  const writes = word === 'with check' || (!check && verb !== 'select' && verb !== 'delete');
  return {
    ...(word === 'using' && is('select') && { read: opening }),
    ...(word === 'using' && is('update') && { found: opening }),
    ...(word === 'using' && is('delete') && { delete: opening }),
    ...(writes && is('insert') && { insert: opening }),
    ...(writes && is('update') && { written: opening }),
  };
}

/** BEFORE INSERT triggers of a table whose function speaks of a column. */
export function triggersOn(model: SchemaModel, key: string, column: string): string[] {
  const mentions = new RegExp(`(?<![\\w$])${column.replace(/\W/g, '\\$&')}(?![\\w$])`, 'i');
  return model.triggers
    .filter(({ table, before, events }) => table === key && before && events.has('insert'))
    .filter(({ routine }) => {
      const [found] = model.routines.get(routine) ?? [];
      return found === undefined || mentions.test(found.statement.text);
    })
    .map(({ name }) => name);
}
