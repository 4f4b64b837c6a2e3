import { CHECK_FACTS } from '../../checklist/check-ids';
import { CHECKS } from '../../checklist/checks';
import type { ChecklistOptions } from '../../checklist/options';
import type { PlannedRequest } from './planned-request';

const METHODS = { read: 'GET', insert: 'POST', update: 'PATCH', delete: 'DELETE' } as const;

/** What each check asks, one request each. */
export function firstRequests({ plan, subjects }: ChecklistOptions): PlannedRequest[] {
  return plan.tables.flatMap(({ table }) =>
    CHECKS.map(({ id }) => ({
      table,
      check: id,
      method: METHODS[CHECK_FACTS[id].verb],
      path: `/${encodeURIComponent(table)}`,
      as: CHECK_FACTS[id].actor === 'none' ? 'nobody' : subjects[0],
      body: '',
      headers: [],
      expected: CHECK_FACTS[id].title,
    })),
  );
}
