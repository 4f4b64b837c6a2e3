import { rowSecurityPlaces } from './explain-sql-places';
import type { Asked, CauseId, Certainty, Draft, Weighed } from './explain-types';
import { rowSecurityQuery, sqlText, tableSql, tableWords } from './explain-words';

/** Constraints and types of a row that had passed privileges and policies. */
export function constraint(asked: Asked): Draft | undefined {
  const make = BY_CODE[asked.code ?? ''];
  if (!make) return undefined;
  const { code = '', answer } = asked;
  // Where PostgreSQL shows a row's values, row security does not run for the caller.
  const shows =
    (code === '23502' && answer.details?.startsWith('Failing row contains') === true) ||
    (code === '23505' && answer.details?.startsWith('Key (') === true);
  const passed = code.startsWith('23')
    ? ' Privileges and policies let it pass: constraints come after them.'
    : '';
  return {
    layer: 'constraint',
    summary: `${SUMMARIES[code] ?? 'The row does not fit the table'} (${code}).${passed} Nothing was written.`,
    causes: [...make(asked), ...(shows ? [rowSecurityOff(asked)] : [])],
  };
}

const SUMMARIES: Readonly<Record<string, string>> = {
  '23502': 'A required column got no value',
  '23503': 'A foreign key points at nothing, or rows still point here',
  '23505': 'The key is taken',
  '23514': 'A CHECK refuses the row',
  '22001': 'A text is too long for its column',
  '22003': 'A number is too large for its column',
  '428C9': 'A column that PostgreSQL fills in was sent',
};

const BY_CODE: Readonly<Record<string, (asked: Asked) => Weighed[]>> = {
  '23502': asked => {
    const name = /column "([^"]*)"/.exec(asked.message)?.[1] ?? '';
    const column = asked.sql?.table?.columns.get(name);
    const isOwner = name !== '' && name === asked.owner;
    return [
      {
        ...one(
          'not-null',
          'certain',
          `${name === '' ? 'A column' : name} is NOT NULL, and the request sends nothing for it`,
          `PostgreSQL names the column.${isOwner ? ' It is the owner: that a policy did not refuse it first says that the INSERT policy does not ask for the owner, or that row security is off.' : ''}`,
          `select column_default, is_nullable from information_schema.columns where table_name = ${sqlText(tableWords(asked))} and column_name = ${sqlText(name)};`,
          isOwner
            ? `alter table ${tableSql(asked)} alter column ${name} set default auth.uid();`
            : `Send ${name === '' ? 'the column' : name}, or give it a default.`,
          isOwner ? ['owner-no-default', 'policy-insert-unchecked-owner', 'rls-not-enabled'] : [],
        ),
        ...(column && { place: { ...column.at, name, statement: column.statement.at } }),
      },
    ];
  },
  '23503': asked => {
    const isDelete = asked.message.includes('update or delete on table');
    return [
      one(
        'parent-missing',
        'certain',
        isDelete ? 'Rows of another table still point at it' : 'The row it points at is not there',
        `${asked.answer.details ?? asked.message}. Foreign keys are checked past row security: a parent that the caller cannot see counts as there.`,
        isDelete
          ? 'Look for the rows that point at it, as the owner of that table.'
          : 'GET the parent by its key: [] can also mean that it is somebody else’s.',
        isDelete
          ? 'Delete those first, or declare ON DELETE CASCADE.'
          : 'Make the parent first. Let the INSERT policy ask for one’s own parent.',
        isDelete ? [] : ['policy-parent-not-checked'],
      ),
    ];
  },
  '23505': asked => [
    one(
      'duplicate',
      'certain',
      'A row with this key is there already, perhaps another user’s',
      `${/constraint "([^"]*)"/.exec(asked.message)?.[1] ?? 'The constraint'} is unique over all users; row security does not hide that a key is taken.`,
      'GET the row by this key: [] means that it is somebody else’s.',
      'Let the database make the key, make it unique per owner, or send an upsert for rows of one’s own.',
      ['policy-existence-oracle'],
    ),
  ],
  '23514': asked => {
    const name = /constraint "([^"]*)"/.exec(asked.message)?.[1] ?? '';
    return [
      one(
        'constraint',
        'certain',
        `The row breaks ${name === '' ? 'a CHECK' : name}`,
        `It says: ${asked.message}.`,
        `select pg_get_constraintdef(oid) from pg_constraint where conname = ${sqlText(name)};`,
        'Send a value that the CHECK allows.',
      ),
    ];
  },
  '22001': asked => [
    one(
      'too-long',
      'certain',
      'The text is longer than its column takes',
      `It says: ${asked.message}.${asked.subject !== undefined && asked.subject.length > 36 ? ` The subject has ${asked.subject.length} characters.` : ''} An owner column has to hold every sub.`,
      `select column_name, character_maximum_length from information_schema.columns where table_name = ${sqlText(tableWords(asked))};`,
      'Make the column text; send a shorter text where the limit is meant.',
      ['owner-not-text'],
    ),
  ],
  '22003': asked => [
    one(
      'constraint',
      'certain',
      'The number does not fit',
      `It says: ${asked.answer.details ?? asked.message}.`,
      'Look at the type of the column.',
      'Send a smaller number, or make the type larger.',
    ),
  ],
  '428C9': asked => [
    one(
      'column-generated',
      'certain',
      `${/column "([^"]*)"/.exec(asked.message)?.[1] ?? 'The column'} is made by PostgreSQL and may not be sent`,
      asked.answer.details ?? `It says: ${asked.message}.`,
      `select column_name, is_identity, is_generated from information_schema.columns where table_name = ${sqlText(tableWords(asked))};`,
      'Leave the column out of the body.',
    ),
  ],
};

function rowSecurityOff(asked: Asked): Weighed {
  const place = asked.sql?.table && rowSecurityPlaces(asked.sql.table)[0]?.place;
  return {
    id: 'rls-off',
    title: 'Beside this: row security does not run for the caller',
    why: 'PostgreSQL hides the values of a refused row in details while row security is on. It shows them here, so it is off, or the role bypasses it.',
    confirm: rowSecurityQuery(asked),
    fix: `alter table ${tableSql(asked)} enable row level security; with policies for each verb.`,
    certainty: 'likely',
    rules: ['rls-not-enabled', 'rls-policy-without-rls', 'rls-bypass-role'],
    weight: 50,
    ...(place && { place }),
  };
}

function one(
  id: CauseId,
  certainty: Certainty,
  title: string,
  why: string,
  confirm: string,
  fix: string,
  rules: readonly string[] = [],
): Weighed {
  return { id, certainty, title, why, confirm, fix, rules, weight: 90 };
}
