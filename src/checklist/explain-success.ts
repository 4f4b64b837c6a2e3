import { isTiedToSubject } from '../schema/audience';
import { doorPlace, policyPlace, rowSecurityPlaces } from './explain-sql-places';
import type { Asked, Draft, Weighed } from './explain-types';
import {
  ownerSql,
  policiesQuery,
  rowSecurityQuery,
  tablePath,
  tableSql,
  tableWords,
  verbSql,
} from './explain-words';

/** A success: nothing refused it. What may be wrong is that nothing did, which only the SQL or the rows can tell. */
export function success(asked: Asked): Draft | undefined {
  const { status, code, answer } = asked;
  const isSuccess = status === undefined ? answer.body === 'rows' : status < 300;
  if (!isSuccess || code !== undefined) return undefined;
  const rows = answer.rows;
  const causes = [everyRow(asked), openTable(asked), openPolicy(asked), bypass(asked)];
  return {
    layer: 'none',
    summary: `The request succeeded${status === undefined ? '' : ` (${status})`}${rows === undefined ? '' : ` with ${rows} ${rows === 1 ? 'row' : 'rows'}`}: privileges and policies let it pass. Whether all of the rows are the subject's own the answer does not say; the checklist asks for that.`,
    causes: causes.flatMap(cause => cause ?? []),
  };
}

function everyRow(asked: Asked): Weighed | undefined {
  const role = asked.claims?.role;
  if (asked.engine === 'v2_shared' || (role !== 'service_role' && role !== 'postgres')) return undefined;
  return {
    id: 'role-claim',
    title: `The token's role ${role} is not bound by policies`,
    why: 'v1 obeys the role claim, service_role and postgres included: they see every row of every owner.',
    confirm: 'Send the same request with role "authenticated".',
    fix: 'Sign role "authenticated" for users; keep the project secret on the server.',
    certainty: 'certain',
    rules: ['rls-bypass-role'],
    weight: 99,
  };
}

function openTable(asked: Asked): Weighed | undefined {
  const { sql } = asked;
  if (!sql?.table || !sql.isOpen) return undefined;
  const place = rowSecurityPlaces(sql.table)[0]?.place;
  return {
    id: 'rls-off',
    title: `Row security is off on ${tableWords(asked)}`,
    why: 'Your SQL does not turn it on: every token of the project reaches every row.',
    confirm: rowSecurityQuery(asked),
    fix: `alter table ${tableSql(asked)} enable row level security; with policies for each verb.`,
    certainty: 'likely',
    rules: ['rls-not-enabled', 'rls-policy-without-rls', 'rls-weakened-later'],
    weight: 95,
    ...(place && { place }),
  };
}

function openPolicy(asked: Asked): Weighed | undefined {
  const { sql } = asked;
  if (!sql || sql.isOpen) return undefined;
  const verb = verbSql(asked.verb) ?? 'select';
  const written = verb === 'insert';
  for (const policy of sql.permitting(verb)) {
    const clause = written ? (policy.check ?? policy.using) : policy.using;
    if (!clause || isTiedToSubject(clause.audience) || clause.audience === 'unknown') continue;
    return {
      id: 'open-policy',
      title: `${policy.name} lets rows of others through`,
      why: `In your SQL its condition is (${clause.text}), which does not tie a row to the subject.`,
      confirm: policiesQuery(asked),
      fix: `Ask for the owner: (${ownerSql(asked)} = auth.uid()).`,
      certainty: 'possible',
      rules: [
        'policy-always-true',
        'policy-any-authenticated',
        'policy-no-subject',
        'policy-widened',
        'policy-insert-unchecked-owner',
      ],
      weight: 80,
      place: policyPlace(policy, clause),
    };
  }
  return undefined;
}

function bypass(asked: Asked): Weighed | undefined {
  const { sql } = asked;
  if (!sql?.view || !sql.viewShowsEverything) return undefined;
  const place = doorPlace(sql.model, sql.view.name)?.place;
  return {
    id: 'bypassing-door',
    title: `The view ${sql.view.name} passes the policies of its tables by`,
    why: 'It has no security_invoker, so it reads with the rights of who made it, whom the policies do not bind.',
    confirm: `GET ${tablePath(asked)} as another subject: the same rows mean that it does.`,
    fix: `alter view ${sql.view.written} set (security_invoker = true);`,
    certainty: 'likely',
    rules: ['view-not-invoker', 'table-materialized-exposed', 'rls-force-exemption'],
    weight: 97,
    ...(place && { place }),
  };
}
