import assert from 'node:assert/strict';
import type { ChecklistOptions } from '../../src/checklist/run';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { Secret } from '../../src/flux/secret';
import { countRows, planOf, realNow, runOn, verdicts } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';

type Expected = readonly [signedOut: string, ownRowsOnly: string, forgedInsert: string, crossRead: string];

/** A defect planted into the guide's table, and what each point says of it. */
interface Defect {
  readonly name: string;
  /** Run by the superuser after the push, as a gate of the platform would refuse some of it. */
  readonly plant?: string | ((engine: Engine) => string);
  readonly options?: Partial<ChecklistOptions>;
  readonly v2: Expected;
  readonly v1: Expected;
  /** Rows that stay, because the defect keeps their owner from deleting them. */
  readonly left?: number;
}

const role = (engine: Engine): string => (engine === 'v2_shared' ? 't_1a2b3c4d5e6f_role' : 'authenticated');
const notes = `${TEST_SCHEMA}.notes`;
const unknown = (cause: string): string => `unknown ${cause}`;

const DEFECTS: readonly Defect[] = [
  { name: 'none', v2: ['pass', 'pass', 'pass', 'pass'], v1: ['pass', 'pass', 'pass', 'pass'] },
  {
    name: 'row-level security off',
    plant: `alter table ${notes} disable row level security`,
    v2: ['pass', 'fail rls-off', 'fail rls-off', 'fail rls-off'],
    v1: ['fail rls-off', 'fail rls-off', 'fail rls-off', 'fail rls-off'],
  },
  {
    name: 'a SELECT policy that lets everybody in',
    plant: `alter policy notes_owner_read on ${notes} using (true)`,
    v2: ['pass', 'fail policy', 'pass', 'fail policy'],
    // On v1 the policy has no TO clause, so it speaks of anon as well.
    v1: ['fail policy', 'fail policy', 'pass', 'fail policy'],
  },
  {
    name: 'a SELECT policy for every signed-in subject',
    plant: `alter policy notes_owner_read on ${notes} using (auth.uid() is not null)`,
    v2: ['pass', 'fail policy', 'pass', 'fail policy'],
    v1: ['pass', 'fail policy', 'pass', 'fail policy'],
  },
  {
    name: 'rows of nobody shown to everybody',
    plant: `alter table ${notes} alter owner_id drop not null; insert into ${notes} (owner_id, body) values (null, 'x');
      alter policy notes_owner_read on ${notes} using (owner_id = auth.uid() or owner_id is null and auth.uid() is not null)`,
    v2: ['pass', 'fail policy', 'pass', 'pass'],
    v1: ['pass', 'fail policy', 'pass', 'pass'],
    left: 1,
  },
  {
    name: 'an INSERT policy that lets everything through',
    plant: `alter policy notes_owner_insert on ${notes} with check (true)`,
    v2: ['pass', 'pass', 'fail policy', 'pass'],
    v1: ['pass', 'pass', 'fail policy', 'pass'],
  },
  {
    name: 'an INSERT policy that only a constraint makes up for',
    plant: `alter policy notes_owner_insert on ${notes} with check (true); alter table ${notes} add check (owner_id <> 'bob' or current_setting('request.jwt.claims')::json ->> 'sub' = 'bob')`,
    v2: ['pass', 'pass', 'fail policy', 'pass'],
    v1: ['pass', 'pass', 'fail policy', 'pass'],
  },
  {
    name: 'no GRANT of INSERT',
    plant: engine => `revoke insert on ${notes} from ${role(engine)}`,
    v2: ['pass', unknown('missing-grant'), unknown('missing-grant'), unknown('missing-grant')],
    v1: [
      unknown('missing-grant'),
      unknown('missing-grant'),
      unknown('missing-grant'),
      unknown('missing-grant'),
    ],
  },
  {
    name: 'no GRANT of SELECT',
    plant: engine => `revoke select on ${notes} from ${role(engine)}`,
    v2: ['pass', unknown('missing-grant'), unknown('missing-grant'), unknown('missing-grant')],
    v1: [
      unknown('missing-grant'),
      unknown('missing-grant'),
      unknown('missing-grant'),
      unknown('missing-grant'),
    ],
  },
  {
    name: 'no USAGE on the schema',
    plant: engine => `revoke usage on schema ${TEST_SCHEMA} from ${role(engine)}`,
    v2: [
      'pass',
      unknown('missing-schema-usage'),
      unknown('missing-schema-usage'),
      unknown('missing-schema-usage'),
    ],
    v1: [
      unknown('missing-schema-usage'),
      unknown('missing-schema-usage'),
      unknown('missing-schema-usage'),
      unknown('missing-schema-usage'),
    ],
  },
  {
    name: 'no INSERT policy',
    plant: `drop policy notes_owner_insert on ${notes}`,
    v2: ['pass', unknown('policy'), unknown('policy'), unknown('policy')],
    v1: [unknown('policy'), unknown('policy'), unknown('policy'), unknown('policy')],
  },
  {
    name: 'no SELECT policy: the rows cannot be found again',
    plant: `drop policy notes_owner_read on ${notes}`,
    v2: ['pass', unknown('policy'), unknown('policy'), unknown('policy')],
    v1: [unknown('policy'), unknown('policy'), unknown('policy'), unknown('policy')],
    left: 2,
  },
  {
    name: 'no DELETE policy: the rows cannot be removed',
    plant: `drop policy notes_owner_delete on ${notes}`,
    v2: ['pass', 'pass', 'pass', 'pass'],
    v1: ['pass', 'pass', 'pass', 'pass'],
    left: 2,
  },
  {
    name: 'an owner column of type uuid, and subjects cast to it',
    plant: `drop policy notes_owner_read on ${notes}; drop policy notes_owner_insert on ${notes};
      drop policy notes_owner_update on ${notes}; drop policy notes_owner_delete on ${notes};
      alter table ${notes} alter owner_id type uuid using null;
      create policy r on ${notes} using (owner_id = auth.uid()::uuid)`,
    v2: ['pass', unknown('owner-type'), unknown('owner-type'), unknown('owner-type')],
    v1: [unknown('owner-type'), unknown('owner-type'), unknown('owner-type'), unknown('owner-type')],
  },
  {
    name: 'a policy that reads its own table',
    plant: `alter policy notes_owner_read on ${notes} using (owner_id in (select owner_id from ${notes}))`,
    v2: ['pass', unknown('policy-recursion'), unknown('policy-recursion'), unknown('policy-recursion')],
    v1: [
      unknown('policy-recursion'),
      unknown('policy-recursion'),
      unknown('policy-recursion'),
      unknown('policy-recursion'),
    ],
  },
  {
    name: 'a table that is not there',
    plant: `drop table ${notes}`,
    v2: ['pass', unknown('table-not-found'), unknown('table-not-found'), unknown('table-not-found')],
    v1: [
      unknown('table-not-found'),
      unknown('table-not-found'),
      unknown('table-not-found'),
      unknown('table-not-found'),
    ],
  },
  {
    name: 'a secret of another project',
    options: { secret: new Secret('the-secret-of-another-project-0123456789') },
    v2: [unknown('wrong-secret'), unknown('wrong-secret'), unknown('wrong-secret'), unknown('wrong-secret')],
    v1: [unknown('wrong-secret'), unknown('wrong-secret'), unknown('wrong-secret'), unknown('wrong-secret')],
  },
  {
    name: 'a clock an hour behind: tokens are expired when they arrive',
    options: { now: () => realNow() - 3600 },
    v2: [
      unknown('expired-token'),
      unknown('expired-token'),
      unknown('expired-token'),
      unknown('expired-token'),
    ],
    v1: [
      unknown('expired-token'),
      unknown('expired-token'),
      unknown('expired-token'),
      unknown('expired-token'),
    ],
  },
  {
    name: 'a subject PostgREST cannot read',
    options: { subjects: ['oidc:azure|x', 'bob'] },
    v2: [
      unknown('token-refused'),
      unknown('token-refused'),
      unknown('token-refused'),
      unknown('token-refused'),
    ],
    v1: [
      unknown('token-refused'),
      unknown('token-refused'),
      unknown('token-refused'),
      unknown('token-refused'),
    ],
  },
];

for (const engine of ENGINES) {
  describe(`the checklist on ${engine}, with a defect planted`, () => {
    for (const defect of DEFECTS) {
      it(defect.name, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, GUIDE_SQL);
        const plant = typeof defect.plant === 'function' ? defect.plant(engine) : defect.plant;
        if (plant !== undefined) await runSql(flux, plant);

        const report = await runOn(flux, await planOf(flux, GUIDE_SQL), defect.options);

        const [signedOut, ownRowsOnly, forgedInsert, crossRead] =
          engine === 'v2_shared' ? defect.v2 : defect.v1;
        assert.deepEqual(verdicts(report), {
          'signed-out': signedOut,
          'own-rows-only': ownRowsOnly,
          'forged-insert': forgedInsert,
          'cross-read': crossRead,
        });
        const remaining = defect.name.startsWith('a table that is not') ? 0 : await countRows(flux);
        assert.equal(remaining, defect.left ?? 0, 'rows in the table afterwards');
        assert.equal(report.rows.created - report.rows.removed, report.rows.left.length);
        for (const { verdict, message, advice, evidence } of report.results) {
          assert.ok(message.length > 0 && evidence.length > 0);
          assert.equal(verdict === 'pass', advice === '', 'whoever has no pass is told what to do');
        }
      });
    }
  });
}
