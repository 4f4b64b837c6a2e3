import assert from 'node:assert/strict';
import { changeFor, makeRow, requiredReferences, type NewRow } from '../../src/checklist/make-row';
import { planChecklist, planFromGateway } from '../../src/checklist/plan';
import {
  NO_CHOICES,
  type ChecklistPlan,
  type Expectation,
  type GivenValues,
  type RowValue,
  type TablePlan,
} from '../../src/checklist/table-plan';
import { ENGINES } from '../../src/flux/engine';
import { modelFromStatements } from '../../src/schema/from-statements';
import type { LocalFlux } from '../../src/stack/local-flux';
import { CHECKLIST_SCHEMAS } from '../support/checklist-schemas';
import { ask, localFlux, pushAlone } from '../support/local-flux';
import { parseAll } from '../support/sql';

type Row = Readonly<Record<string, RowValue>>;

/** Rows of a subject by table, as PostgREST showed them after the insert. */
type Made = Map<string, Row>;

const SUBJECTS = ['ann', 'bob'] as const;

async function planOf(flux: LocalFlux, sql: string, choices = {}): Promise<ChecklistPlan> {
  const model = modelFromStatements(await parseAll(sql), { engine: flux.engine, apiSchema: flux.schema });
  return planChecklist(model, { ...NO_CHOICES, ...choices });
}

/** What a row of `subject` has to point at: its own rows of other tables, or one that is there for all. */
async function fixedFor(flux: LocalFlux, plan: TablePlan, subject: string, made: Made): Promise<Row> {
  const fixed: Record<string, RowValue> = {};
  if (plan.ownership.kind === 'column') fixed[plan.ownership.column] = subject;
  for (const { columns, table, targets } of requiredReferences(plan, fixed)) {
    const { body } = made.has(table)
      ? { body: [made.get(table)] }
      : await ask(flux, `/${table}?limit=1`, { as: subject });
    const [parent] = body as Row[];
    columns.forEach((column, index) => (fixed[column] = parent?.[targets[index] ?? ''] ?? null));
  }
  return fixed;
}

/** Makes a row by the plan and inserts it as the subject. */
async function insert(
  flux: LocalFlux,
  plan: TablePlan,
  subject: string,
  made: Made,
  given: GivenValues = {},
): Promise<{ row: NewRow; status: number; shown: Row; message: string }> {
  const marker = `flux-rls check ${plan.table.length}a-${subject}-${String(Math.random()).slice(2, 10)}`;
  const fixed = await fixedFor(flux, plan, subject, made);
  const row = makeRow(plan, { fixed, marker, given: given[plan.table] ?? {} });
  assert.ok('values' in row, `${plan.table}: ${'reason' in row ? `${row.column}: ${row.reason}` : ''}`);
  const headers = { prefer: 'return=representation' };
  const told = await ask(flux, `/${plan.table}`, { as: subject, method: 'POST', body: row.values, headers });
  const [shown = {}] = Array.isArray(told.body) ? (told.body as Row[]) : [];
  return {
    row,
    status: told.status,
    shown,
    message: `${plan.table} ${subject}: ${told.message ?? ''} ${JSON.stringify(row.values)}`,
  };
}

function filterOf(plan: TablePlan, shown: Row): string {
  return plan.key.map(column => `${column}=eq.${encodeURIComponent(String(shown[column]))}`).join('&');
}

/** How many rows a subject changed or sees; -1 where the request is refused. */
async function rowsOf(
  flux: LocalFlux,
  path: string,
  subject: string,
  method: string,
  body?: unknown,
): Promise<number> {
  const headers = { prefer: 'return=representation' };
  const told = await ask(flux, path, { as: subject, method, headers, ...(body !== undefined && { body }) });
  return told.status < 300 ? (told.body as Row[]).length : -1;
}

function assertAs(expected: Expectation, rows: number, what: string): void {
  assert.notEqual(expected, 'unknown', what);
  assert.equal(rows === 1, expected === 'allowed', `${what} is ${expected}: ${rows}`);
}

for (const engine of ENGINES) {
  describe(`the plan of real schemas on ${engine}`, () => {
    for (const { name, sql, choices, given } of CHECKLIST_SCHEMAS) {
      it(`makes rows that are taken and does what it expects: ${name}`, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, sql);
        const { tables, notChecked } = await planOf(flux, sql, choices);
        assert.deepEqual(notChecked, []);
        const owned = tables.filter(({ ownership }) => ownership.kind !== 'nobody');
        assert.ok(owned.length > 0);
        for (const subject of SUBJECTS) {
          const made: Made = new Map();
          const rows = new Map<TablePlan, NewRow>();
          for (const plan of owned) {
            const { row, status, shown, message } = await insert(flux, plan, subject, made, given);
            assert.equal(status, 201, message);
            assert.equal(plan.expected.insert, 'allowed', plan.table);
            made.set(plan.table, shown);
            rows.set(plan, row);
            for (const [column, value] of Object.entries(row.key ?? {}))
              assert.equal(String(shown[column]).trimEnd(), value);
            assertAs(
              plan.expected.read,
              await rowsOf(flux, `/${plan.table}?${filterOf(plan, shown)}`, subject, 'GET'),
              plan.table,
            );
            if (row.markerColumn === undefined) continue;
            const marked = encodeURIComponent(String(row.values[row.markerColumn]));
            assert.equal(
              await rowsOf(flux, `/${plan.table}?${row.markerColumn}=eq.${marked}`, subject, 'GET'),
              1,
            );
          }
          for (const plan of owned.toReversed()) {
            const path = `/${plan.table}?${filterOf(plan, made.get(plan.table) ?? {})}`;
            const change = changeFor(plan, rows.get(plan) as NewRow);
            if (change) {
              const changed = await rowsOf(flux, path, subject, 'PATCH', { [change.column]: change.value });
              assertAs(plan.expected.update, changed, `update of ${plan.table}.${change.column}`);
            }
            assertAs(
              plan.expected.delete,
              await rowsOf(flux, path, subject, 'DELETE'),
              `delete from ${plan.table}`,
            );
          }
        }
      });
    }
  });
}
