import { ANON, type TableVerb } from '../flux/engine';
import { isTiedToSubject } from '../schema/audience';
import { isForPublic, type Policy, type SchemaModel, type Table } from '../schema/model';
import type { Verb } from './check-ids';
import { VERBS_OF_METHODS } from './explain-answer';
import { isAsExpected } from './explain-decisive';
import {
  closedPolicyPlaces,
  columnPlace,
  doorPlace,
  exposedTable,
  functionPlaces,
  missingGrantPlaces,
  ownerTypePlaces,
  policyPlace,
  policyPlaces,
  recursionPlaces,
  rowSecurityPlaces,
  sequencePlaces,
  tablePlace,
  type CauseInSql,
} from './explain-sql-places';
import type { CheckResult } from './verdict';

export type { CauseInSql, SqlPlace } from './explain-sql-places';

export const SQL_VERBS: Readonly<Record<Verb, TableVerb>> = {
  read: 'select',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
};

/**
 * Where the project's SQL holds the cause of a result that failed or could not be told, the likeliest place first. Empty
 * where the SQL does not hold it, or not visibly.
 */
export function causeInSql(result: CheckResult, model: SchemaModel): CauseInSql[] {
  const { verdict, cause, through } = result;
  if (cause === null || (verdict !== 'fail' && verdict !== 'unknown')) return [];
  const door = through === undefined ? undefined : doorPlace(model, through);
  if (door && (cause === 'bypassing-door' || verdict === 'fail')) return [door];
  const table = exposedTable(model, result.table);
  if (!table) return [];
  const verb = SQL_VERBS[verbAsked(result)];
  switch (cause) {
    case 'rls-off':
      return rowSecurityPlaces(table);
    case 'missing-grant':
      return missingGrantPlaces(model, table, verb);
    case 'missing-schema-usage':
      return [{ place: tablePlace(table), rules: ['grant-missing-schema-usage', 'schema-other'] }];
    case 'missing-sequence-grant':
      return sequencePlaces(table);
    case 'missing-function-grant':
      return functionPlaces(model, table, verb);
    case 'owner-type':
      return ownerTypePlaces(model, table, verb);
    case 'policy-recursion':
      return recursionPlaces(model, table);
    case 'owner-default':
      return model.ownerColumns(table).map(column => ({
        place: columnPlace(column),
        rules: ['owner-no-default'],
      }));
    case 'parent-not-checked':
      return policyPlaces(model, table, verb, ['policy-parent-not-checked']);
    case 'policy':
      return verdict === 'fail' && letsIn(result)
        ? openPolicyPlaces(model, table, result, verb)
        : closedPolicyPlaces(model, table, verb);
    case 'differs-from-sql':
      return policyPlaces(model, table, verb, []);
    default:
      return [];
  }
}

/** Whether a check that failed did so because somebody was let in; one's own refused row fails because nobody was. */
export function letsIn({ actor, check }: Pick<CheckResult, 'actor' | 'check'>): boolean {
  return actor !== 'own' && check !== 'shared-read';
}

function openPolicyPlaces(
  model: SchemaModel,
  table: Table,
  { actor, check }: CheckResult,
  verb: TableVerb,
): CauseInSql[] {
  const writes = verb === 'insert' || check === 'give-away';
  const asked = check === 'upsert-other' ? [verb, 'update' as const] : [verb];
  const all = asked
    .flatMap(each => model.policiesFor(table, each))
    .filter(policy => policy.permissive && (actor !== 'none' || reachesAnon(policy)))
    .map(policy => ({ policy, clause: writes ? (policy.check ?? policy.using) : policy.using }));
  const open = all.filter(({ clause }) =>
    actor === 'none' ? clause?.admitsSignedOut : clause && !isTiedToSubject(clause.audience),
  );
  const rules = actor === 'none' ? OPEN_TO_SIGNED_OUT : writes ? OPEN_FOR_WRITING : OPEN;
  return (open.length > 0 ? open : all).map(({ policy, clause }) => ({
    place: policyPlace(policy, clause),
    rules,
  }));
}

function reachesAnon(policy: Policy): boolean {
  return isForPublic(policy) || policy.roles.some(({ name }) => name === ANON);
}

const OPEN = [
  'policy-always-true',
  'policy-any-authenticated',
  'policy-no-subject',
  'policy-widened',
  'policy-null-subject',
  'policy-and-or-mixed',
  'policy-inverted-subject',
  'policy-like-subject',
  'policy-captured-column',
  'policy-reads-open-table',
  'policy-for-all-read-intent',
  'owner-current-user',
  'owner-nullable',
];
const OPEN_FOR_WRITING = ['policy-insert-unchecked-owner', 'policy-check-weaker', ...OPEN];
const OPEN_TO_SIGNED_OUT = ['policy-anon-write', 'policy-to-public', 'grant-to-anon', ...OPEN];

/** What cannot be told hangs on the control that was refused, which may be another verb's. */
function verbAsked({ verdict, verb, evidence }: CheckResult): Verb {
  if (verdict === 'fail') return verb;
  const refused = evidence.find(asked => asked.control && (asked.status ?? 0) >= 400 && !isAsExpected(asked));
  return VERBS_OF_METHODS[refused?.method ?? ''] ?? verb;
}
