import { closedPolicyPlaces, policyPlace, tablePlace } from './explain-sql-places';
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
} from './explain-words';

/** A policy refused a written row: 42501 "new row violates row-level security policy". */
export function refusedRow(asked: Asked): Draft | undefined {
  const { code, message } = asked;
  if (code !== '42501' || !message.includes('row-level security policy')) return undefined;
  const onConflict = message.includes('(USING expression)');
  const causes = onConflict
    ? [upsertOther(asked), noUpdatePolicy(asked)]
    : asked.verb === 'update'
      ? [
          givesAway(asked),
          newRowHidden(),
          noPolicy(asked),
          otherRoleCause(asked, verbSql(asked.verb) ?? 'insert'),
          differsFromSql(asked),
        ]
      : [
          signedOut(asked),
          noSub(asked),
          forgedOwner(asked),
          ownerLeftOut(asked),
          noPolicy(asked),
          otherRoleCause(asked, verbSql(asked.verb) ?? 'insert'),
          noSelectPolicy(asked),
          restrictive(asked),
          differsFromSql(asked),
        ];
  const obstacle = obstacleCause(asked, asked.verb === 'update' ? 'update' : 'insert', true);
  return {
    layer: 'policy',
    summary: `A policy of ${tableWords(asked)} refused the row that was ${asked.verb === 'update' ? 'made of an old one' : 'to be written'} (42501). The privilege is there: PostgreSQL asks for it first. Nothing was written.`,
    causes: [...causes, obstacle].flatMap(cause => cause ?? []),
  };
}

const SAME_TEXT = 'The answer is the same for a forged owner, a missing one, and no policy at all';

function forgedOwner(asked: Asked): Weighed {
  const { subject, sql, answer } = asked;
  const owner = ownerSql(asked);
  const sent = asked.owner === undefined ? undefined : answer.request.row?.[asked.owner];
  const test = sql?.ownerTest('insert', true);
  const base = {
    id: 'forged-owner',
    title: 'The row’s owner is not the subject of the token',
    confirm: `Insert the same row with ${owner} = ${subject === undefined ? 'the sub of the token' : `"${subject}"`} and Prefer: return=minimal: 201 means that this was it.`,
    fix: `Send the token's sub as ${owner}, or leave it out and give the column "default auth.uid()". An e-mail address is not the sub unless the app signs it as sub.`,
    rules: ['owner-inconsistent', 'owner-email-key'],
    ...(test && { place: policyPlace(test.policy, test.clause) }),
  } as const;
  if (sent !== undefined && sent !== null && subject !== undefined) {
    return sent === subject
      ? {
          ...base,
          weight: 3,
          certainty: 'possible',
          why: `The request sends ${owner} = "${subject}", which is the subject: this speaks against it.`,
        }
      : {
          ...base,
          weight: 98,
          certainty: 'likely',
          why: `The request sends ${owner} = ${JSON.stringify(sent)}, and the subject is "${subject}".`,
        };
  }
  if (test) {
    return {
      ...base,
      weight: 85,
      certainty: 'likely',
      why: `In your SQL ${test.policy.name} lets only rows in whose ${test.column} is auth.uid(), so a row with another owner is refused with these words.`,
    };
  }
  return {
    ...base,
    weight: 60,
    certainty: 'possible',
    why: `${SAME_TEXT}; a row in another user's name is the commonest.`,
  };
}

function ownerLeftOut(asked: Asked): Weighed {
  const { sql, answer } = asked;
  const owner = ownerSql(asked);
  const { row } = answer.request;
  const column = asked.owner === undefined ? undefined : sql?.table?.columns.get(asked.owner);
  const hasDefault = column?.default !== undefined;
  const isLeftOut = row !== undefined && asked.owner !== undefined && (row[asked.owner] ?? null) === null;
  const weight = hasDefault ? 5 : isLeftOut ? 97 : row !== undefined ? 5 : 55;
  return {
    id: 'owner-left-out',
    title: 'The row was sent without its owner, and nothing fills it in',
    why: isLeftOut
      ? `The request does not send ${owner}${hasDefault ? ', but your SQL gives it a default' : ''}. The policy is asked before NOT NULL, so this answers 42501 and not 23502.`
      : `The policy is asked before NOT NULL, so a missing ${owner} answers 42501 and not 23502.${hasDefault ? ' Your SQL gives the column a default, which speaks against it.' : ''}`,
    confirm: `select column_default from information_schema.columns where table_name = '${tableWords(asked)}' and column_name = '${asked.owner ?? 'owner_id'}';`,
    fix: `alter table ${tableSql(asked)} alter column ${owner} set default auth.uid();`,
    certainty: isLeftOut && !hasDefault ? 'likely' : 'possible',
    rules: ['owner-no-default'],
    weight,
    ...(column && { place: { ...column.at, name: column.name, statement: column.statement.at } }),
  };
}

function noPolicy(asked: Asked): Weighed {
  const { sql } = asked;
  const verb = verbSql(asked.verb) ?? 'insert';
  const own = ownerSql(asked);
  const isKnown = sql?.table !== undefined && !sql.isOpen;
  const isMissing = isKnown && sql.policies(verb).filter(({ permissive }) => permissive).length === 0;
  const place = isMissing ? closedPolicyPlaces(sql.model, sql.table, verb)[0]?.place : undefined;
  return {
    id: 'no-policy',
    title: `No policy lets anybody ${verb === 'update' ? 'change rows of' : 'insert into'} ${tableWords(asked)}`,
    why: isMissing
      ? `Your SQL turns row security on for ${tableWords(asked)} and has no permissive policy for ${verb.toUpperCase()}: every row is refused.`
      : isKnown
        ? `Your SQL has a policy for ${verb.toUpperCase()}, so this is it only if the SQL was not pushed.`
        : `Without a policy for ${verb.toUpperCase()} every row is refused with the same words, one's own as well.`,
    confirm: policiesQuery(asked),
    fix:
      verb === 'update'
        ? `create policy ${policyName(asked, 'owner_update')} on ${tableSql(asked)} for update to authenticated using (${own} = auth.uid()) with check (${own} = auth.uid());`
        : `create policy ${policyName(asked, 'owner_insert')} on ${tableSql(asked)} for insert to authenticated with check (${own} = auth.uid());`,
    certainty: isMissing ? 'likely' : 'possible',
    rules: ['rls-enabled-no-policy', 'grant-without-policy', 'policy-clauseless', 'policy-missing-verb'],
    weight: isMissing ? 99 : isKnown ? 4 : 50,
    ...(place ? { place } : isMissing && { place: tablePlace(sql.table) }),
  };
}

function noSelectPolicy(asked: Asked): Weighed | undefined {
  const { sql, answer } = asked;
  const { prefer } = answer.request;
  if (prefer !== undefined && !prefer.includes('return=representation')) return undefined;
  const asksBack = prefer !== undefined;
  const isMissing = sql?.table !== undefined && !sql.isOpen && sql.permitting('select').length === 0;
  const [writer] = sql?.permitting('insert') ?? [];
  return {
    id: 'no-select-policy',
    title: 'The new row is asked back, and no SELECT policy shows it',
    why: `${asksBack ? 'The request asks for the row (return=representation)' : 'Prefer: return=representation, or .select() of a client, reads the new row'}: it has to pass the SELECT policy as well, else the INSERT is refused with the same words.${isMissing ? ' Your SQL has no SELECT policy for the role.' : ''}`,
    confirm: 'Send the same INSERT with Prefer: return=minimal: 201 means that the INSERT policy is fine.',
    fix: `create policy ${policyName(asked, 'owner_read')} on ${tableSql(asked)} for select to authenticated using (${ownerSql(asked)} = auth.uid());`,
    certainty: isMissing && asksBack ? 'likely' : 'possible',
    rules: ['policy-returning-needs-select', 'policy-insert-not-visible'],
    weight: isMissing && writer ? (asksBack ? 97 : 70) : sql?.table ? 10 : asksBack ? 58 : 30,
    ...(isMissing && writer && { place: policyPlace(writer) }),
  };
}

function newRowHidden(): Weighed {
  return {
    id: 'new-row-hidden',
    title: 'The changed row would not be visible any more',
    why: 'An UPDATE with a filter or with return=representation also asks the SELECT policy for the new row; a soft delete that hides the row, or a changed owner, fails there.',
    confirm:
      'Change a column that no policy speaks of, on the same row: 204 means that the new value is what is refused.',
    fix: 'Let the SELECT policy show the row after the change too, or make the change in a function.',
    certainty: 'possible',
    rules: ['policy-soft-delete-hidden', 'policy-write-needs-select'],
    weight: 45,
  };
}

function givesAway(asked: Asked): Weighed {
  const { sql, answer, subject } = asked;
  const test = sql?.ownerTest('update', true);
  const sent = asked.owner === undefined ? undefined : answer.request.row?.[asked.owner];
  const isSent = sent !== undefined && sent !== subject;
  return {
    id: 'gives-away',
    title: 'The change gives the row to another owner',
    why: isSent
      ? `The request sets ${ownerSql(asked)} to ${JSON.stringify(sent)}.`
      : test
        ? `In your SQL ${test.policy.name} wants the changed row to be the subject's.`
        : 'A changed owner column is what WITH CHECK is there to refuse.',
    confirm: `Send the same PATCH without ${ownerSql(asked)}: 204 means that this was it.`,
    fix: `Leave ${ownerSql(asked)} out of what the client sends.`,
    certainty: test || isSent ? 'likely' : 'possible',
    rules: [],
    weight: isSent ? 97 : test ? 85 : 60,
    ...(test && { place: policyPlace(test.policy, test.clause) }),
  };
}

function upsertOther(asked: Asked): Weighed {
  return {
    id: 'upsert-other',
    title: 'The upsert meets a row that the caller may not change',
    why: 'The words "(USING expression)" come only from an upsert or a PUT whose key is taken by a row that the UPDATE policy does not let the caller at.',
    confirm: `Send the row with another key: 201 means that the key belongs to somebody else. GET ${tablePath(asked)} by the key answers [] then.`,
    fix: 'Let the database make keys (default gen_random_uuid()), or make the key unique per owner.',
    certainty: 'likely',
    rules: ['policy-existence-oracle'],
    weight: 90,
  };
}

function noUpdatePolicy(asked: Asked): Weighed {
  const { sql } = asked;
  const isMissing = sql?.table !== undefined && !sql.isOpen && sql.permitting('update').length === 0;
  const [writer] = sql?.permitting('insert') ?? [];
  return {
    id: 'no-policy',
    title: 'An upsert needs an UPDATE policy, and there is none',
    why: isMissing
      ? `Your SQL has no UPDATE policy for ${sql.role} on ${tableWords(asked)}: no upsert can change a row, one's own included.`
      : 'Where the key is taken, an upsert is an UPDATE and needs its policy.',
    confirm: policiesQuery(asked),
    fix: `create policy ${policyName(asked, 'owner_update')} on ${tableSql(asked)} for update to authenticated using (${ownerSql(asked)} = auth.uid()) with check (${ownerSql(asked)} = auth.uid());`,
    certainty: isMissing ? 'likely' : 'possible',
    rules: ['policy-upsert-needs'],
    weight: isMissing ? 95 : 50,
    ...(isMissing && writer && { place: policyPlace(writer) }),
  };
}

function restrictive(asked: Asked): Weighed | undefined {
  const [policy] = asked.sql?.restrictive('insert') ?? [];
  if (!policy) return undefined;
  return {
    id: 'restrictive-policy',
    title: 'A restrictive policy refuses the row',
    why: `${policy.name} is restrictive: rows have to pass it on top of the others. PostgreSQL names it only where it alone refuses.`,
    confirm: policiesQuery(asked),
    fix: `Send a row that meets ${policy.name}, or change its condition.`,
    certainty: asked.message.includes(`"${policy.name}"`) ? 'likely' : 'possible',
    rules: ['policy-restrictive-only'],
    weight: asked.message.includes(`"${policy.name}"`) ? 99 : 40,
    place: policyPlace(policy, policy.check),
  };
}
