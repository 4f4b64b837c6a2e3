import assert from 'node:assert/strict';
import type { CheckId } from '../../src/checklist/check-ids';
import type { ChecklistOptions } from '../../src/checklist/run';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { Secret } from '../../src/flux/secret';
import { countRows, planOf, realNow, runOn, verdicts } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';

/** A defect of the guide's table, or of what the checklist is told, that no list of planted ones holds. */
interface Defect {
  readonly name: string;
  /** Run by the superuser after the push, as a gate of the platform would refuse some of it. */
  readonly plant?: string | ((engine: Engine) => string);
  /** PostgREST has to read the schema anew. */
  readonly reads?: true;
  readonly options?: Partial<ChecklistOptions>;
  readonly checks: Partial<Record<CheckId, string>> | ((engine: Engine) => Partial<Record<CheckId, string>>);
  /** Why no other check can tell, those about tokens aside; all others pass where this is left out. */
  readonly cause?: string;
  /** Rows of the checklist that stay, because nobody can see or delete them. */
  readonly left?: number;
  /** Rows that were there before. */
  readonly there?: number;
}

const role = (engine: Engine): string => (engine === 'v2_shared' ? 't_1a2b3c4d5e6f_role' : 'authenticated');
const notes = `${TEST_SCHEMA}.notes`;

const DEFECTS: readonly Defect[] = [
  {
    name: 'rows of nobody shown to everybody',
    plant: `alter table ${notes} alter owner_id drop not null; insert into ${notes} (owner_id, body) values (null, 'x');
      alter policy notes_owner_read on ${notes} using (owner_id = auth.uid() or owner_id is null and auth.uid() is not null)`,
    checks: { 'own-rows-only': 'fail policy' },
    there: 1,
  },
  {
    name: 'an INSERT policy that only a constraint makes up for',
    plant: engine => `alter policy notes_owner_insert on ${notes} to ${role(engine)} with check (true);
      alter table ${notes} add check (owner_id <> 'bob' or current_setting('request.jwt.claims')::json ->> 'sub' = 'bob')`,
    checks: { 'forged-insert': 'fail policy', 'bulk-insert': 'fail policy' },
  },
  {
    name: 'an UPDATE policy that lets the signed-out in',
    plant: `alter policy notes_owner_update on ${notes} using (owner_id = auth.uid() or auth.uid() is null) with check (owner_id = auth.uid() or auth.uid() is null)`,
    // The gateway of v2 lets no such request through.
    checks: engine => (engine === 'v1_dedicated' ? { 'signed-out-update': 'fail policy' } : {}),
  },
  {
    name: 'SELECT and UPDATE for everybody, with a check of the owner: rows can be taken over',
    plant:
      engine => `alter policy notes_owner_read on ${notes} to ${role(engine)} using (auth.uid() is not null);
      alter policy notes_owner_update on ${notes} using (auth.uid() is not null)`,
    checks: {
      'own-rows-only': 'fail policy',
      'cross-read': 'fail policy',
      'update-other': 'fail policy',
      'update-unfiltered': 'fail policy',
      'upsert-other': 'fail policy',
    },
  },
  {
    name: 'no USAGE on the schema',
    plant: engine => `revoke usage on schema ${TEST_SCHEMA} from ${role(engine)}`,
    checks: { 'insert-own': 'fail missing-schema-usage' },
    cause: 'missing-schema-usage',
  },
  {
    name: 'an owner column of type uuid, and subjects cast to it',
    plant: engine => `drop policy notes_owner_read on ${notes}; drop policy notes_owner_insert on ${notes};
      drop policy notes_owner_update on ${notes}; drop policy notes_owner_delete on ${notes};
      alter table ${notes} alter owner_id type uuid using null;
      create policy r on ${notes} to ${role(engine)} using (owner_id = auth.uid()::uuid)`,
    reads: true,
    checks: {},
    cause: 'owner-type',
  },
  {
    name: 'a policy that reads its own table',
    plant: `alter policy notes_owner_read on ${notes} using (owner_id in (select owner_id from ${notes}))`,
    // Nothing of an INSERT asks the SELECT policy.
    checks: {
      'insert-own': 'pass',
      'insert-without-owner': 'pass',
      'forged-insert': 'pass',
      'bulk-insert': 'pass',
    },
    cause: 'policy-recursion',
    left: 4,
  },
  { name: 'a table that is not there', plant: `drop table ${notes}`, checks: {}, cause: 'table-not-found' },
  {
    name: 'a secret of another project',
    options: { secret: new Secret('the-secret-of-another-project-0123456789') },
    checks: {},
    cause: 'wrong-secret',
  },
  {
    name: 'a clock an hour behind: tokens are expired when they arrive',
    options: { now: () => realNow() - 3600 },
    checks: {},
    cause: 'expired-token',
  },
  {
    name: 'a subject PostgREST cannot read',
    options: { subjects: ['oidc:azure|x', 'bob'] },
    checks: {},
    cause: 'token-refused',
  },
];

for (const engine of ENGINES) {
  describe(`the checklist on ${engine}, with a defect planted`, () => {
    for (const { name, plant, reads, options, checks, cause, left = 0, there = 0 } of DEFECTS) {
      it(name, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, GUIDE_SQL);
        const sql = typeof plant === 'function' ? plant(engine) : plant;
        if (sql !== undefined) await (reads ? flux.administer(sql) : runSql(flux, sql));

        const report = await runOn(flux, await planOf(flux, GUIDE_SQL), options);

        const said = typeof checks === 'function' ? checks(engine) : checks;
        const told = verdicts(report);
        for (const { check, actor, verdict, message, advice, evidence } of report.results) {
          const usual = cause === undefined ? 'pass' : `unknown ${cause}`;
          const isTold = told[check] === (said[check] ?? usual);
          // What is refused before any SQL runs is refused whatever the SQL is.
          const isToken = actor === 'none' && !(check in said) && verdict === 'pass';
          assert.ok(isTold || isToken, `${check}: ${told[check] ?? ''}: ${message}`);
          assert.ok(message.length > 0);
          assert.ok(verdict === 'pass' || (advice.length > 0 && evidence.length > 0), check);
        }
        assert.equal(report.rows.left.length, left);
        assert.equal(report.rows.created - report.rows.removed, left);
        const isGone = name === 'a table that is not there';
        assert.equal(isGone ? 0 : await countRows(flux), left + there, 'rows in the table afterwards');
      });
    }
  });
}
