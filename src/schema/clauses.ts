import { TABLE_VERBS, type TableVerb } from '../flux/engine';
import { narrowest, widest, type Audience } from './audience';
import { isForPublic, type SchemaModel } from './model';
import type { Policy } from './objects';
import type { Predicate } from './predicate';

/** What a clause judges: rows as they are found, or rows as they are written. */
export type Judged = 'found' | 'written';

/** The predicates by which PostgreSQL judges what a policy's verbs find and what they write. */
export function clausesOf({ verb, using, check }: Policy): Readonly<Record<Judged, Predicate | undefined>> {
  if (verb === 'insert') return { found: undefined, written: check };
  if (verb === 'select' || verb === 'delete') return { found: using, written: undefined };
  // UPDATE and ALL judge what they write by USING where WITH CHECK is missing.
  return { found: using, written: check ?? using };
}

/** Whether requests can run as a role that the policy speaks of. */
export function concernsRequests(policy: Policy, model: SchemaModel): boolean {
  return rolesOf(policy, model).length > 0;
}

/** Who gets a row past a clause of a permissive policy after the restrictive ones have taken away from it. */
export function audienceThrough(policy: Policy, judged: Judged, model: SchemaModel): Audience {
  const predicate = clausesOf(policy)[judged];
  return predicate ? narrowest([predicate.audience, floorUnder(policy, judged, model)]) : 'nobody';
}

/** Who gets a row past the restrictive policies that narrow a permissive one, for the verb they narrow least. */
function floorUnder(policy: Policy, judged: Judged, model: SchemaModel): Audience {
  const roles = rolesOf(policy, model);
  const restrictive = policy.table.policies.filter(
    other => !other.permissive && (isForPublic(other) || roles.every(role => model.appliesTo(other, role))),
  );
  if (restrictive.length === 0) return 'everybody';
  return widest(
    verbsOf(policy, judged).map(verb =>
      narrowest(
        restrictive
          .filter(other => other.verb === verb || other.verb === 'all')
          .map(other => clausesOf(other)[judged]?.audience ?? 'everybody'),
      ),
    ),
  );
}

/** Verbs for which a policy's clause counts. */
function verbsOf({ verb }: Policy, judged: Judged): readonly TableVerb[] {
  if (verb !== 'all') return [verb];
  const writing: readonly TableVerb[] = ['insert', 'update'];
  return judged === 'written' ? writing : TABLE_VERBS.filter(each => each !== 'insert');
}

/** Roles of requests that the policy speaks of. */
function rolesOf(policy: Policy, model: SchemaModel): readonly string[] {
  return model.requestRoles.filter(role => model.appliesTo(policy, role));
}
