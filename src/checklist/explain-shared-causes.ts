import type { TableVerb } from '../flux/engine';
import { policyPlace, tablePlace } from './explain-sql-places';
import type { Obstacle } from './explain-sql-view';
import type { Asked, Weighed } from './explain-types';
import {
  policiesQuery,
  rowSecurityQuery,
  sqlName,
  tablePath,
  tableSql,
  tableWords,
  WHOAMI,
} from './explain-words';

/** On v1 a request without a token, or without a role claim, runs as `anon`; v2 refuses it before. */
export function signedOut(asked: Asked): Weighed | undefined {
  const { engine, status, answer, isAnonymous, claims } = asked;
  const sentNone = answer.request.hasToken === false;
  if (engine === 'v2_shared' || (answer.request.hasToken === true && !isAnonymous)) return undefined;
  const isRefusal = status === 401;
  return {
    id: 'signed-out',
    title: 'The request ran as anon: it brought no token, or one without a role',
    why: isRefusal
      ? 'PostgREST answers 42501 with 401, and not 403, exactly when the request ran as anon. The SQL did run.'
      : `On v1 a request without "Authorization: Bearer <token>" is not refused: it runs as anon, for whom auth.uid() is NULL.${sentNone ? ' This request brought none.' : ''}${claims && claims.role === undefined ? ' The token has no role claim.' : ''}`,
    confirm: `Send the request with "Authorization: Bearer <a token with role and sub>". ${WHOAMI}`,
    fix: 'Send the project JWT, with role "authenticated" and a sub. An apikey header or another scheme than Bearer counts as no token.',
    certainty: isRefusal ? 'certain' : isAnonymous ? 'likely' : 'possible',
    rules: [],
    weight: isRefusal ? 100 : isAnonymous ? 92 : engine === 'v1_dedicated' ? 35 : 25,
  };
}

/** A token without a subject, which v1 lets through. */
export function noSub({ engine, subject, claims, answer }: Asked): Weighed | undefined {
  if (engine === 'v2_shared' || answer.request.hasToken === false) return undefined;
  const sub = claims?.sub ?? subject;
  const isMissing = claims !== undefined && (typeof sub !== 'string' || sub.trim() === '');
  if (!isMissing && typeof sub === 'string') return undefined;
  return {
    id: 'no-sub',
    title: 'The token has no sub',
    why: `v1 lets a token without a sub through: auth.uid() is NULL, and no row is its own.${isMissing ? ' The claims of this one have none.' : ''}`,
    confirm: `Look at the claims of the token ("Inspect Token"). ${WHOAMI}`,
    fix: 'Sign the id of the user as sub, as a text.',
    certainty: isMissing ? 'likely' : 'possible',
    rules: [],
    weight: isMissing ? 96 : 20,
  };
}

/** A policy that speaks of another role than the one the request ran as. */
export function otherRoleCause(asked: Asked, verb: TableVerb): Weighed {
  const { sql } = asked;
  const others = sql?.forOthers(verb) ?? [];
  const isShown = sql !== undefined && others.length > 0 && sql.permitting(verb).length === 0;
  const [policy] = others;
  const isKnown = sql?.table !== undefined;
  return {
    id: 'policy-other-role',
    title: 'The policy is for another role than the request ran as',
    why:
      isShown && policy
        ? `In your SQL ${policy.name} is only for ${policy.roles.map(({ name }) => name).join(', ')}, and the request ran as ${sql.role}.`
        : isKnown
          ? `Your SQL has ${sql.permitting(verb).length === 0 ? 'no policy for any role' : `a policy for ${sql.role}`}, which speaks against it.`
          : 'A policy with TO anon, TO another project’s role or TO a role of its own is never asked for these requests.',
    confirm: `${policiesQuery(asked)} Compare roles with the current_user of a request: ${WHOAMI}`,
    fix: policy
      ? `drop policy ${policy.name} on ${tableSql(asked)}; and create it again with "to authenticated".`
      : 'Create the policy "to authenticated"; a v2 push makes that the project’s own role.',
    certainty: isShown ? 'likely' : 'possible',
    rules: ['policy-other-tenant-role', 'policy-unknown-role', 'policy-not-adapted', 'policy-role-claim'],
    weight: isShown ? 98 : isKnown ? 2 : 40,
    ...(isShown && policy && { place: policyPlace(policy) }),
  };
}

/** Row security is off in the SQL, and the answer says that it is on. */
export function differsFromSql(asked: Asked): Weighed | undefined {
  const { sql } = asked;
  if (!sql?.table || !sql.isOpen) return undefined;
  return {
    id: 'differs-from-sql',
    title: 'The database is not what your SQL says',
    why: `In your SQL row security is off on ${tableWords(asked)}, and policies answered: something else was pushed, or done by hand.`,
    confirm: `${rowSecurityQuery(asked)} ${policiesQuery(asked)}`,
    fix: 'Push the SQL, or bring into it what was changed by hand.',
    certainty: 'likely',
    rules: [],
    weight: 88,
    place: tablePlace(sql.table),
  };
}

const OBSTACLES: Readonly<
  Record<
    Obstacle['kind'],
    {
      readonly id: Weighed['id'];
      readonly title: string;
      readonly why: (obstacle: Obstacle) => string;
      readonly fix: (obstacle: Obstacle, owner: string) => string;
      readonly rules: readonly string[];
    }
  >
> = {
  'never true': {
    id: 'policy-never-true',
    title: 'The policy is never true',
    why: ({ policy, clause }) => `In your SQL ${policy.name} asks for (${clause.text}), which nothing meets.`,
    fix: (_, owner) => `Ask for the owner: (${owner} = auth.uid()).`,
    rules: ['policy-always-false', 'policy-null-subject'],
  },
  'dropped claim': {
    id: 'claim-dropped',
    title: 'The policy reads a claim that the v2 gateway drops',
    why: ({ policy, name }) =>
      `In your SQL ${policy.name} asks for the claim ${name}; v2 hands on only sub, email, role, tenant_id, iat, nbf and exp, so it is always NULL.`,
    fix: () => 'Keep what the claim says in a table, and look it up there by auth.uid().',
    rules: ['policy-claim-not-forwarded'],
  },
  'legacy setting': {
    id: 'claim-dropped',
    title: 'The policy reads a setting that nothing sets',
    why: ({ policy, name }) =>
      `In your SQL ${policy.name} reads ${name}, which PostgREST 12 does not set: it is always NULL.`,
    fix: () => "Use auth.uid(), or current_setting('request.jwt.claims', true)::json for other claims.",
    rules: ['policy-legacy-claim-setting'],
  },
  inverted: {
    id: 'inverted-policy',
    title: 'The policy lets everybody in but the owner',
    why: ({ policy, name }) => `In your SQL ${policy.name} wants ${name} to differ from the subject.`,
    fix: (_, owner) => `Compare with =: (${owner} = auth.uid()).`,
    rules: ['policy-inverted-subject'],
  },
  'database role': {
    id: 'subject-differs',
    title: 'The policy compares the owner with the database role',
    why: ({ policy, name }) =>
      `In your SQL ${policy.name} compares ${name} with the role, which is one for all users and never a user's id.`,
    fix: (_, owner) => `Compare with the subject: (${owner} = auth.uid()).`,
    rules: ['owner-current-user'],
  },
  'uuid as text': {
    id: 'owner-type',
    title: 'A uuid column is compared as text',
    why: ({ policy, name }) =>
      `In your SQL ${policy.name} compares ${name}, a uuid, as text: only a subject spelled like PostgreSQL's own lower-case uuid can ever match.`,
    fix: (_, owner) =>
      `alter table … alter column ${owner} type text; and compare it with auth.uid() without a cast.`,
    rules: ['owner-uuid-as-text', 'owner-uuid'],
  },
};

/** What in the policies of the SQL keeps a signed-in subject from its own rows. */
export function obstacleCause(asked: Asked, verb: TableVerb, written: boolean): Weighed | undefined {
  const obstacle = asked.sql?.obstacle(verb, written);
  if (!obstacle) return undefined;
  const { id, title, why, fix, rules } = OBSTACLES[obstacle.kind];
  return {
    id,
    title,
    why: why(obstacle),
    confirm: `${policiesQuery(asked)} Then GET ${tablePath(asked)} with a token of the row's owner.`,
    fix: fix(obstacle, sqlName(asked.owner ?? 'owner_id')),
    certainty: 'likely',
    rules,
    weight: 95,
    place: policyPlace(obstacle.policy, obstacle.clause),
  };
}
