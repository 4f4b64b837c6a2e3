import assert from 'node:assert/strict';
import type { Defect } from '../../src/checklist/defect';
import { defectsOf } from '../../src/checklist/defects';
import { linkColumns, type ChecklistPlan, type TablePlan } from '../../src/checklist/table-plan';
import type { ChecklistReport, CheckResult } from '../../src/checklist/verdict';
import { ENGINES, type Engine } from '../../src/flux/engine';
import type { SchemaModel } from '../../src/schema/model';
import type { LocalFlux } from '../../src/stack/local-flux';
import { RestorePoint } from '../../src/stack/restore-point';
import { ask, modelOf, nameOf, planOfModel, seed } from '../support/checklist-proof';
import { CHECKLIST_SCHEMAS, type ChecklistSchema } from '../support/checklist-schemas';
import { localFlux, pushAlone, runSql } from '../support/local-flux';
import { digests } from '../support/row-digests';

/** What cannot be told of a schema that is right, in full mode, and why. */
const UNTOLD: Readonly<Record<string, string>> = {
  'profiles insert-without-owner': 'each subject has its one row already',
  'profiles bulk-insert':
    'each subject has one row at most, so an own one cannot be sent beside a forged one',
  'contacts view-read starred_contacts': 'the view shows starred rows only, and none is made so',
};

/** Defects that make no check fail, though one cannot tell any more, and why. */
const NOT_FAILING: readonly { readonly defect: RegExp; readonly reason: string }[] = [
  {
    defect: /^(?:reviews|files): policy \w+_update widened: using/,
    reason: 'WITH CHECK still holds, and requests may not change the owner: nothing of others can be written',
  },
  { defect: /^countries: policy countries_select dropped/, reason: 'no rows look like none' },
];

/** Of a table whose policies were proved in another schema, only what lets rows of others be written. */
const TELLING =
  /row-level security off$|_insert widened: with check \(true\)$|_delete widened: using \(true\)$/;

/** What decides how defects of a table show: its policies, and what of a row they leave to the database. */
function shapeOf(model: SchemaModel, plan: TablePlan): string {
  const table = [...model.tables.values()].find(({ name }) => name === plan.table);
  const policies = table?.policies.map(({ verb, using, check }) => [verb, using?.text, check?.text]);
  const { ownership, ownerDefault, expected, shared, key, triggers } = plan;
  const isOpen = plan.columns.every(({ insertable, updatable }) => insertable && updatable);
  const isOwnerKey = key.some(column => linkColumns(plan).includes(column));
  const doors = plan.views.length + plan.functions.length;
  return JSON.stringify([
    policies,
    ownership,
    ownerDefault,
    expected,
    shared,
    triggers,
    isOpen,
    isOwnerKey,
    doors,
  ]);
}

/** Causes for which no-write mode may leave open what full mode tells. */
const NOT_ASKED: readonly unknown[] = ['not-askable', 'no-row'];

interface Stage {
  readonly flux: LocalFlux;
  readonly model: SchemaModel;
  readonly plan: ChecklistPlan;
}

/** The schema as pushed, with two rows of each of two owners in every table. */
async function staged(engine: Engine, schema: ChecklistSchema): Promise<Stage> {
  const flux = await localFlux(engine);
  await pushAlone(flux, schema.sql);
  const model = await modelOf(flux, schema);
  const plan = planOfModel(model, schema);
  assert.deepEqual(plan.notChecked, []);
  await seed(flux, plan, schema);
  return { flux, model, plan };
}

const inWords = ({ verdict, cause, message }: CheckResult): string =>
  `${verdict} (${cause ?? ''}: ${message})`;

function byName({ results }: ChecklistReport): Map<string, CheckResult> {
  const named = new Map(results.map(result => [nameOf(result), result]));
  assert.equal(named.size, results.length, 'every result has a name of its own');
  return named;
}

function assertNothingLeft({ rows }: ChecklistReport, what: string): void {
  assert.deepEqual(rows.left, [], what);
  assert.equal(rows.created, rows.removed, what);
  const tables = rows.byTable.reduce((sum, { created }) => sum + created, 0);
  assert.equal(tables, rows.created, what);
}

/** Neither mode may call right what the other calls wrong. */
function assertAgree(
  full: ReadonlyMap<string, CheckResult>,
  noWrite: ReadonlyMap<string, CheckResult>,
  wasTold: (name: string) => boolean,
  what: string,
): void {
  for (const [name, result] of noWrite) {
    const other = full.get(name);
    assert.ok(other, `${what}: ${name}`);
    const told = [result.verdict, other.verdict];
    const both = `${what}: ${name} is ${inWords(other)} in full mode, and ${inWords(result)} without writing`;
    assert.ok(!(told.includes('pass') && told.includes('fail')), both);
    if (result.verdict === 'unknown' && other.verdict !== 'unknown' && wasTold(name)) {
      assert.ok(NOT_ASKED.includes(result.cause), both);
    }
  }
}

/** Exactly the expected checks notice it. */
function assertCaught(
  defect: Defect,
  before: ReadonlyMap<string, CheckResult>,
  after: ReadonlyMap<string, CheckResult>,
): void {
  const expected: CheckResult[] = [];
  for (const [name, was] of before) {
    if (was.table !== defect.table) continue;
    const is = after.get(name);
    assert.ok(is, `${defect.id}: ${name} was not asked`);
    const isMeant = defect.through === undefined || defect.through === was.through;
    const isExpected = defect.expectedBy.includes(was.check) && isMeant && was.verdict === 'pass';
    if (isExpected) {
      assert.notEqual(is.verdict, 'pass', `${defect.id} is not noticed by ${name}: ${is.message}`);
      expected.push(is);
    } else {
      assert.equal(is.verdict, was.verdict, `${defect.id} changes ${name}: ${inWords(is)}`);
    }
  }
  const isQuiet = NOT_FAILING.some(quiet => quiet.defect.test(defect.id));
  if (expected.length === 0 || isQuiet) return;
  const failing = expected.filter(({ verdict }) => verdict === 'fail');
  assert.ok(failing.length > 0, `${defect.id} makes no check fail`);
  if (defect.effect === 'opens') return;
  // What closes something is told by the subject's own rows alone; what is refused to others then proves nothing.
  const wrong = failing.filter(({ actor, check }) => actor !== 'own' && check !== 'shared-read');
  assert.deepEqual(wrong.map(nameOf), [], `${defect.id} closes, and opens nothing`);
}

for (const engine of ENGINES) {
  describe(`the checklist over real schemas on ${engine}`, function () {
    this.timeout(180_000);
    const proved = new Map<string, string>();
    for (const schema of CHECKLIST_SCHEMAS) {
      it(`passes where all is right, leaves nothing, and agrees with no-write mode: ${schema.name}`, async () => {
        const { flux, plan } = await staged(engine, schema);
        const before = await digests(flux);
        const full = await ask(flux, plan, schema);
        for (const [name, result] of byName(full)) {
          assert.equal(result.verdict, name in UNTOLD ? 'unknown' : 'pass', `${name}: ${inWords(result)}`);
        }
        assertNothingLeft(full, schema.name);
        assert.deepEqual(await digests(flux), before, 'full mode takes away what it made');
        const noWrite = await ask(flux, plan, schema, { mode: 'no-write' });
        assert.equal(noWrite.rows.created, 0);
        assert.deepEqual(await digests(flux), before, 'no-write mode writes nothing');
        assertAgree(byName(full), byName(noWrite), () => true, schema.name);
      });

      it(`notices every defect, each by the right checks and no others: ${schema.name}`, async () => {
        const { flux, model, plan } = await staged(engine, schema);
        const rows = await digests(flux);
        const point = await RestorePoint.of(flux.databaseUrl, flux.schema);
        const before = byName(await ask(flux, plan, schema));
        const beforeNoWrite = byName(await ask(flux, plan, schema, { mode: 'no-write' }));
        const shapes = new Map(plan.tables.map(table => [table.table, shapeOf(model, table)]));
        const isNew = ({ table }: Defect): boolean => {
          const shape = shapes.get(table) ?? '';
          const place = `${schema.name} ${table}`;
          if (!proved.has(shape)) proved.set(shape, place);
          return proved.get(shape) === place;
        };
        const defects = defectsOf(model, plan).filter(defect => isNew(defect) || TELLING.test(defect.id));
        assert.ok(defects.length > 0);
        for (const defect of defects) {
          assert.ok(defect.plant !== undefined);
          await runSql(flux, defect.plant);
          const only = [{ table: defect.table }];
          const full = await ask(flux, plan, schema, { only });
          assertCaught(defect, before, byName(full));
          assertNothingLeft(full, defect.id);
          const noWrite = await ask(flux, plan, schema, { only, mode: 'no-write' });
          const wasTold = (name: string): boolean => beforeNoWrite.get(name)?.verdict === 'pass';
          assertAgree(byName(full), byName(noWrite), wasTold, defect.id);
          assert.deepEqual(await digests(flux), rows, `${defect.id}: rows stay what they were`);
          await point.restore();
        }
      });
    }
  });
}
