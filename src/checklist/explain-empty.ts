import type { TableVerb } from '../flux/engine';
import { doorPlace, policyPlace, tablePlace } from './explain-sql-places';
import { differsFromSql, noSub, obstacleCause, otherRoleCause, signedOut } from './explain-shared-causes';
import type { Asked, Draft, Weighed } from './explain-types';
import {
  ownerSql,
  policiesQuery,
  policyName,
  tablePath,
  tableSql,
  tableWords,
  verbSql,
  verbWords,
} from './explain-words';

/** A success that touched nothing: RLS takes rows away without a word. */
export function empty(asked: Asked): Draft | undefined {
  const { status, code, answer, verb } = asked;
  const isSingle = code === 'PGRST116';
  const saysZero = answer.rows === 0 || answer.total === 0;
  if (isSingle) {
    // Without its details the answer does not tell none from many.
    if (/contains (?!0 )\d+ rows/.test(answer.details ?? '')) return undefined;
  } else if (status === undefined ? answer.body !== 'rows' || !saysZero : status >= 300) return undefined;
  if (status === 201 || (verb === 'insert' && saysZero)) return saysZero ? nothingInserted(asked) : undefined;
  const isWrite = verb === 'update' || verb === 'delete';
  const isSilentWrite = isWrite && status === 204 && answer.total === undefined;
  if (!saysZero && !isSilentWrite && !isSingle) return undefined;
  const asksBack = verbSql(verb) ?? 'select';
  const causes = [
    signedOut(asked),
    noSub(asked),
    viewOwner(asked),
    subjectDiffers(asked),
    noPolicy(asked, asksBack),
    ...(isWrite ? [noPolicy(asked, 'select')] : []),
    otherRoleCause(asked, asksBack),
    obstacleCause(asked, asksBack, false) ?? (isWrite ? obstacleCause(asked, 'select', false) : undefined),
    claimDropped(asked),
    ownerAsText(asked),
    noMatchingRow(asked),
    differsFromSql(asked),
    ...(isWrite ? [nothingSent(asked)] : []),
    ...(isSingle && answer.details === undefined ? [manyRows()] : []),
  ];
  return {
    layer: isSingle ? 'postgrest' : 'none',
    summary: isSilentWrite
      ? `${verbWords(verb)} answers 204 whether it reached rows or not: row security leaves rows out without an error. Ask with "Prefer: count=exact" and read content-range: */0 is nothing.`
      : isSingle
        ? 'One row was asked for and not found (406): it does not exist, or row security keeps it out of sight. The answer is the same.'
        : isWrite
          ? `${verbWords(verb)} succeeded and reached no row: row security leaves rows out without an error.`
          : 'The request succeeded and shows no rows. An empty table, a filter that fits nothing and row security that filters everything answer alike.',
    causes: causes.flatMap(cause => cause ?? []),
  };
}

/** How sure it is that policies, and not the data, leave nothing over: only another token can tell. */
function subjectDiffers(asked: Asked): Weighed {
  const { sql, subject, verb } = asked;
  const asksFor = verbSql(verb) ?? 'select';
  const test = sql?.ownerTest(asksFor, false);
  const owner = ownerSql(asked);
  return {
    id: 'subject-differs',
    title: 'The sub of the token is not what the rows have as their owner',
    why: `${test ? `In your SQL ${test.policy.name} shows rows whose ${test.column} is auth.uid().` : 'Owner policies compare a column with the sub, letter by letter.'} An e-mail address in one place and an id in the other, another spelling, or another user give no rows.${subject === undefined ? '' : ` The subject is "${subject}".`}`,
    confirm: `select distinct ${owner} from ${tableSql(asked)}; as the table's owner, beside the sub of the token.`,
    fix: `Sign as sub exactly what the app writes into ${owner}.`,
    certainty: 'possible',
    rules: ['owner-email-key', 'owner-inconsistent'],
    weight: test ? 70 : 60,
    ...(test && { place: policyPlace(test.policy, test.clause) }),
  };
}

function noPolicy(asked: Asked, verb: TableVerb): Weighed {
  const { sql } = asked;
  const isKnown = sql?.table !== undefined && !sql.isOpen;
  const isMissing = isKnown && !sql.policies(verb).some(({ permissive }) => permissive);
  const own = ownerSql(asked);
  const needs = verb === 'select' && asked.verb !== undefined && asked.verb !== 'read';
  return {
    id: needs ? 'no-select-policy' : 'no-policy',
    title: `Row security is on, and no policy is about ${verb.toUpperCase()}`,
    why: `${isMissing ? `Your SQL turns row security on for ${tableWords(asked)} and has no permissive policy for ${verb.toUpperCase()}.` : isKnown ? `Your SQL has a policy for ${verb.toUpperCase()}, which speaks against it.` : 'Without a policy nobody reaches a row, and nobody is told.'}${needs ? ` A filtered ${verbWords(asked.verb)} reads rows first, so it needs the SELECT policy too.` : ''}`,
    confirm: policiesQuery(asked),
    fix: `create policy ${policyName(asked, verb === 'select' ? 'owner_read' : `owner_${verb}`)} on ${tableSql(asked)} for ${verb} to authenticated using (${own} = auth.uid());`,
    certainty: isMissing ? 'likely' : 'possible',
    rules: [
      'rls-enabled-no-policy',
      'grant-without-policy',
      'policy-write-needs-select',
      'policy-missing-verb',
    ],
    weight: isMissing ? (needs ? 96 : 98) : isKnown ? 4 : needs ? 38 : 50,
    ...(isMissing && { place: tablePlace(sql.table) }),
  };
}

function viewOwner(asked: Asked): Weighed | undefined {
  const { sql } = asked;
  if (!sql?.viewShowsNothing) return undefined;
  const { view } = sql;
  const place = view && doorPlace(sql.model, view.name)?.place;
  return {
    id: 'view-owner',
    title: 'The view reads as its owner, and no policy is for its owner',
    why: `${tableWords(asked)} has no security_invoker: it reads with the rights of who made it. On v2 row security is forced on owners, and the policies behind it are all TO other roles, so nobody sees a row.`,
    confirm: `GET the table behind ${tableWords(asked)} with the same token: rows there mean that the view is the cause.`,
    fix: `alter view ${view?.written ?? 'your_view'} set (security_invoker = true);`,
    certainty: 'likely',
    rules: ['view-not-invoker'],
    weight: 99,
    ...(place && { place }),
  };
}

function claimDropped(asked: Asked): Weighed | undefined {
  const { engine, sql } = asked;
  // With the SQL at hand its policies were looked at one by one.
  if (sql?.table) return undefined;
  return {
    id: 'claim-dropped',
    title: 'A policy reads a claim or setting that is always NULL',
    why: `${engine === 'v1_dedicated' ? '' : 'The v2 gateway hands on only sub, email, role, tenant_id, iat, nbf and exp; org_id, app_metadata and the like never arrive. '}Nothing sets request.jwt.claim.sub on either engine.`,
    confirm: policiesQuery(asked),
    fix: 'Compare with auth.uid(), and look everything else up in a table by it.',
    certainty: 'possible',
    rules: ['policy-claim-not-forwarded', 'policy-legacy-claim-setting'],
    weight: engine === 'v1_dedicated' ? 15 : 32,
  };
}

function ownerAsText(asked: Asked): Weighed | undefined {
  if (asked.sql?.table) return undefined;
  return {
    id: 'owner-type',
    title: 'A uuid column is compared as text',
    why: 'owner_id::text = auth.uid() matches only a subject spelled as PostgreSQL spells a uuid, in lower case; any other gives no rows and no error.',
    confirm: policiesQuery(asked),
    fix: `Make ${ownerSql(asked)} text, and compare it with auth.uid() without a cast.`,
    certainty: 'possible',
    rules: ['owner-uuid-as-text', 'owner-uuid'],
    weight: 18,
  };
}

function noMatchingRow(asked: Asked): Weighed {
  const { path } = asked.answer.request;
  const isFiltered = path?.includes('?') ?? false;
  return {
    id: 'no-matching-row',
    title: 'There is no such row',
    why: `An empty table${isFiltered ? ', or a filter that fits no row,' : ''} answers the same.${asked.sql?.isOpen ? ' Your SQL has no row security on this table, so nothing filters.' : ''}`,
    confirm: `Insert a row as this subject, then GET ${tablePath(asked)} with the same token: seeing it means that the policies are fine.`,
    fix: 'Make the row first, or change the filter.',
    certainty: 'possible',
    rules: [],
    weight: asked.sql?.isOpen ? 92 : isFiltered ? 48 : 42,
  };
}

function nothingSent(asked: Asked): Weighed {
  const isEmpty =
    asked.answer.request.row !== undefined && Object.keys(asked.answer.request.row).length === 0;
  return {
    id: 'nothing-sent',
    title: 'The body names no column',
    why: 'A PATCH with {} changes nothing and answers like this.',
    confirm: 'Send the PATCH with one column in its body.',
    fix: 'Send what is to be changed.',
    certainty: isEmpty ? 'likely' : 'possible',
    rules: [],
    weight: isEmpty ? 95 : 5,
  };
}

function manyRows(): Weighed {
  return {
    id: 'many-rows',
    title: 'There is more than one such row',
    why: 'The message is the same for none and for many; details tells them apart, and is not in the text.',
    confirm: 'Send the request without .single(), or without Accept: application/vnd.pgrst.object+json.',
    fix: 'Filter by the primary key.',
    certainty: 'possible',
    rules: [],
    weight: 55,
  };
}

/** 201 with an empty array. */
function nothingInserted(asked: Asked): Draft {
  const { prefer } = asked.answer.request;
  const ignores = prefer?.includes('ignore-duplicates') ?? false;
  return {
    layer: 'none',
    summary: 'The INSERT succeeded and wrote nothing (201 with an empty array).',
    causes: [
      {
        id: 'duplicate-ignored',
        title: 'The key is taken, and duplicates were to be ignored',
        why: `With "Prefer: resolution=ignore-duplicates" a row whose key is taken, by whomever, is left out without an error.${ignores ? ' This request asks for that.' : ''}`,
        confirm: 'Send the row without the resolution: 409 with 23505 means that its key is taken.',
        fix: 'Use resolution=merge-duplicates to change the row that is there, or let the database make the key.',
        certainty: ignores ? 'likely' : 'possible',
        rules: ['policy-existence-oracle'],
        weight: 90,
      },
      {
        id: 'nothing-sent',
        title: 'The request sends no rows',
        why: 'A body of [] inserts nothing and answers 201 with [].',
        confirm: 'Look at the body of the request.',
        fix: 'Send at least one row.',
        certainty: 'possible',
        rules: [],
        weight: ignores ? 20 : 60,
      },
    ],
  };
}
