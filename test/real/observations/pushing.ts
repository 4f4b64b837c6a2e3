import { exampleFiles } from '../../../src/lint/docs';
import editedMigration from '../../../src/lint/rules/push-edited-migration';
import { PushFailed } from '../../../src/stack/push';
import { emptySchema, pushFiles, runSql, selectSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, pushOnly, type Observation, type Observations } from './observation';

export const OBSERVATIONS: Observations = {
  'push-create-extension': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42501 permission denied to create extension "pgcrypto"' },
    good: 'pushed',
  },
  'push-destructive': {
    // What notes hold of ann's row after the push of the second file.
    observe: fileByFile(
      async flux => {
        await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id, body) values ('ann', 'hers')`);
      },
      async flux => {
        const [row] = await selectSql(
          flux,
          `select to_jsonb(n) ? 'body' as kept from ${TEST_SCHEMA}.notes n`,
        );
        return row?.kept === true ? 'kept' : 'lost';
      },
    ),
    bad: 'lost',
    good: 'kept',
  },
  'push-dml-on-forced': {
    observe: afterPush(flux => answer(flux, '/notes', { as: 'ann' })),
    bad: { v2_shared: 'refused 42501 new row violates row-level security policy for table "notes"' },
    good: '200 ann',
  },
  'push-dynamic-sql': {
    // The policy is for every role, which no statement of the file says.
    observe: afterPush(async flux => {
      const [row] = await selectSql(
        flux,
        `select roles::text from pg_policies where schemaname = '${TEST_SCHEMA}'`,
      );
      return String(row?.roles);
    }),
    bad: '{public}',
    good: { v1_dedicated: '{authenticated}', v2_shared: '{t_1a2b3c4d5e6f_role}' },
  },
  'push-edited-migration': {
    // The files as they were, and then as they are: what the edited one adds never arrives.
    observe: async (flux, example) => {
      const committed = exampleFiles(editedMigration.docs.committed ?? '');
      await pushFiles(flux, committed);
      const applied = new Map(committed.map(({ name, text }) => [name, text]));
      const rest = exampleFiles(example).filter(({ name, text }) => applied.get(name) !== text);
      return flux.push(rest).then(
        () => 'pushed',
        (error: unknown) => {
          if (!(error instanceof PushFailed)) throw error;
          return `refused ${error.code ?? ''}`;
        },
      );
    },
    bad: 'refused 42P07',
    good: 'pushed',
  },
  'push-enum-value-used': {
    observe: pushOnly,
    bad: 'refused 55P04 unsafe use of new value "wild" of enum type mood',
    good: 'pushed',
  },
  'push-escalation-words': {
    observe: pushOnly,
    bad: { v2_shared: 'refused  SQL contains disallowed privilege escalation statements' },
    good: 'pushed',
  },
  'push-extension-function': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42883 function uuid_generate_v4() does not exist' },
    good: 'pushed',
  },
  'push-non-transactional': {
    observe: pushOnly,
    bad: 'refused 25001 CREATE INDEX CONCURRENTLY cannot run inside a transaction block',
    good: 'pushed',
  },
  'push-not-idempotent': {
    observe: async (flux, example) => {
      const first = await pushOnly(flux, example);
      return `${first}, then ${await afterSecond(flux, example)}`;
    },
    bad: 'pushed, then refused 42710 policy "notes_owner_read" for table "notes" already exists',
    good: 'pushed, then pushed',
  },
  'push-order': {
    observe: pushOnly,
    bad: 'refused 42703 column "body" does not exist',
    good: 'pushed',
  },
  'push-psql-command': {
    observe: pushOnly,
    bad: 'refused 42601 syntax error at or near "\\"',
    good: 'pushed',
  },
  'push-required-column': {
    observe: fileByFile(
      async flux => {
        await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
      },
      flux => answer(flux, '/notes?select=owner_id', { as: 'ann' }),
    ),
    bad: 'refused 23502 column "pinned" of relation "notes" contains null values',
    good: '200 ann',
  },
  'push-search-path': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 3F000 no schema has been selected to create in' },
    good: 'pushed',
  },
  'push-superuser': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42501 permission denied to create role' },
    good: 'pushed',
  },
  'push-too-large': {
    observe: pushOnly,
    bad: 'refused  The file is larger than the 4 MiB that a push takes.',
    good: 'pushed',
  },
  'push-transaction-control': {
    // The file fails at its end: is anything of it there?
    observe: async (flux, example) => {
      const pushed = await pushOnly(flux, example);
      const [row] = await selectSql(flux, `select to_regclass('${TEST_SCHEMA}.notes') is null as gone`);
      return `${pushed}; ${row?.gone === true ? 'rolled back' : 'notes stay'}`;
    },
    bad: 'refused 22012 division by zero; notes stay',
    good: 'refused 22012 division by zero; rolled back',
  },
  'sql-syntax': {
    observe: pushOnly,
    bad: 'refused 42601 syntax error at or near "not"',
    good: 'pushed',
  },
};

type Flux = Parameters<Observation['observe']>[0];

/** Pushes the first file, does something, and pushes the others. */
function fileByFile(
  between: (flux: Flux) => Promise<void>,
  look: (flux: Flux) => Promise<string>,
): Observation['observe'] {
  return async (flux, example) => {
    const [first, ...others] = exampleFiles(example);
    await emptySchema(flux);
    await flux.push(first ? [first] : []);
    await between(flux);
    return afterFiles(flux, others, look);
  };
}

async function afterSecond(flux: Flux, example: Parameters<Observation['observe']>[1]): Promise<string> {
  return afterFiles(flux, exampleFiles(example), () => Promise.resolve('pushed'));
}

async function afterFiles(
  flux: Flux,
  files: ReturnType<typeof exampleFiles>,
  look: (flux: Flux) => Promise<string>,
): Promise<string> {
  try {
    await flux.push(files);
  } catch (error) {
    if (!(error instanceof PushFailed)) throw error;
    return `refused ${error.code ?? ''} ${error.reason}`;
  }
  return look(flux);
}
