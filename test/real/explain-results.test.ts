import assert from 'node:assert/strict';
import type { CheckId } from '../../src/checklist/check-ids';
import type { CauseId, ExplainedCause } from '../../src/checklist/explain';
import { confirmed } from '../../src/checklist/explain-in-database';
import { explainResult } from '../../src/checklist/explain-result';
import { MODES, type Mode } from '../../src/checklist/verdict';
import { readOnly } from '../../src/database/read-only';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { modelFromStatements } from '../../src/schema/from-statements';
import { planOf, runOn } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { runInSchema } from '../support/live';
import { localFlux, pushAlone } from '../support/local-flux';
import { parseAll } from '../support/sql';

/** Something done by hand behind the back of the guide's SQL, and what is to be said of a check that meets it. */
interface Defect {
  readonly about: string;
  /** ROLE is the role of requests. */
  readonly byHand: string;
  readonly check: CheckId;
  readonly modes?: readonly Mode[];
  /** What the page begins with. */
  readonly first: readonly [CauseId, ExplainedCause['certainty']];
  readonly says: RegExp;
  readonly engines?: readonly Engine[];
}

const DEFECTS: readonly Defect[] = [
  {
    about: 'row security that is off',
    byHand: 'alter table notes disable row level security',
    check: 'cross-read',
    first: ['rls-off', 'certain'],
    says: /Row security of notes is off\./,
  },
  {
    about: 'a policy that shows every row',
    byHand: 'alter policy notes_owner_read on notes using (true)',
    check: 'own-rows-only',
    first: ['policy', 'certain'],
    says: /Every row of notes passes: notes_owner_read using true\./,
  },
  {
    about: 'an INSERT policy that takes every owner',
    byHand: 'alter policy notes_owner_insert on notes with check (owner_id is not null)',
    check: 'forged-insert',
    first: ['policy', 'certain'],
    says: /up to these policies of notes: notes_owner_insert with check \(owner_id IS NOT NULL\)\./,
  },
  {
    about: 'a GRANT that was revoked',
    byHand: 'revoke update on notes from ROLE',
    check: 'update-own',
    first: ['missing-grant', 'certain'],
    says: /ROLE has no UPDATE on notes\./,
  },
  {
    about: 'a SELECT policy that was dropped',
    byHand: 'drop policy notes_owner_read on notes',
    check: 'read-own',
    modes: ['full'],
    first: ['policy', 'certain'],
    says: /No permissive policy lets ROLE SELECT on notes/,
  },
  {
    about: 'rows that anon may read',
    byHand: 'alter policy notes_owner_read on notes using (true)',
    check: 'signed-out',
    engines: ['v1_dedicated'],
    first: ['policy', 'certain'],
    says: /Every row of notes passes/,
  },
];

for (const engine of ENGINES) {
  describe(`a result explained with the catalog, on ${engine}`, () => {
    for (const { about, byHand, check, modes = MODES, first, says, engines = ENGINES } of DEFECTS) {
      if (!engines.includes(engine)) continue;
      for (const mode of modes) {
        it(`${about}: ${check} in ${mode} mode`, async () => {
          const flux = await localFlux(engine);
          const named = (text: string): string => text.replaceAll('ROLE', flux.role);
          await pushAlone(flux, GUIDE_SQL);
          await runInSchema(
            flux,
            `insert into notes (owner_id, body) select owner, 'x' from unnest('{ann,ann,bob,bob}'::text[]) owner; ${named(byHand)}`,
          );
          const { results } = await runOn(flux, await planOf(flux, GUIDE_SQL), {
            mode,
            only: [{ table: 'notes', check }],
          });
          const [result] = results.filter(found => found.check === check);
          assert.ok(result && result.verdict !== 'pass', JSON.stringify(result));

          const model = modelFromStatements(await parseAll(GUIDE_SQL), { engine, apiSchema: flux.schema });
          const told = await confirmed(
            explainResult(result, { engine, model }),
            { engine, schema: flux.schema },
            { name: () => 'the local Flux', session: work => readOnly(flux.databaseUrl, work) },
          );
          const causes = told.causes.map(({ id, certainty }) => `${id} ${certainty}`);
          const said = told.database?.sentences.join(' ') ?? '';
          assert.match(said, new RegExp(named(says.source)), result.message);
          assert.equal(causes[0], first.join(' '), `${causes.join()}\n${said}`);
        });
      }
    }
  });
}
