import assert from 'node:assert/strict';
import { changeFor, makeRow, requiredReferences, type NewRow } from '../../src/checklist/make-row';
import { planChecklist, planFromGateway } from '../../src/checklist/plan';
import {
  linkColumns,
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
): Promise<{ row: NewRow; status: number; code: string | undefined; shown: Row; message: string }> {
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
    code: told.code,
    shown,
    message: `${plan.table} ${subject}: ${told.message ?? ''} ${JSON.stringify(row.values)}`,
  };
}

function filterOf(columns: readonly string[], row: Row): string {
  return columns.map(column => `${column}=eq.${encodeURIComponent(textOf(row[column]))}`).join('&');
}

function textOf(value: RowValue | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
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

/** What becomes of tables of which only the OpenAPI document is known; rows of all the others are made. */
const FROM_GATEWAY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // CHECKs are not in the document.
  checks: { listings: '23514', bookings: '23514', links: '23514' },
  documents: { documents: '23514' },
  'generated columns': { invoices: '23514' },
  // Policies are not in the document, so a table without an owner column by name belongs to nobody.
  'rows of the parent’s owner': { order_items: 'not checked', item_notes: 'not checked' },
  'a shared list': { countries: 'not checked' },
  // A key that counts up looks like one that the client makes.
  'text and bigint keys': { devices: '23502' },
  // Views are told by their key, and no table is told of them.
  'views and functions': {
    starred_contacts: 'not checked',
    contact_names: 'not checked',
    contact_count: 'not checked',
  },
  // Privileges are not in the document.
  'columns granted one by one': { reviews: '42501' },
};

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
          const rows: [TablePlan, NewRow][] = [];
          for (const plan of owned) {
            const { row, status, shown, message } = await insert(flux, plan, subject, made, given);
            assert.equal(status, 201, message);
            assert.equal(plan.expected.insert, 'allowed', plan.table);
            made.set(plan.table, shown);
            rows.unshift([plan, row]);
            for (const [column, value] of Object.entries(row.key ?? {}))
              assert.equal(textOf(shown[column]), value);
            assertAs(
              plan.expected.read,
              await rowsOf(flux, `/${plan.table}?${filterOf(plan.key, shown)}`, subject, 'GET'),
              plan.table,
            );
            const { markerColumn } = row;
            if (markerColumn !== undefined) {
              const marked = `/${plan.table}?${filterOf([markerColumn], row.values)}`;
              assert.equal(await rowsOf(flux, marked, subject, 'GET'), 1, marked);
            }
            if (plan.key.some(column => !linkColumns(plan).includes(column))) {
              const second = await insert(flux, plan, subject, made, given);
              assert.equal(second.status, 201, `a second row: ${second.message}`);
            }
          }
          for (const [plan, row] of rows) {
            const path = `/${plan.table}?${filterOf(plan.key, made.get(plan.table) ?? {})}`;
            const change = changeFor(plan, row);
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

      it(`makes rows from the gateway’s document where that tells enough: ${name}`, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, sql);
        const { body: document } = await ask(flux, '/', { as: 'ann' });
        const { tables, notChecked } = planFromGateway(document, { ...NO_CHOICES, ...choices });
        const outcomes: Record<string, string> = {};
        for (const { table } of notChecked) outcomes[table] = 'not checked';
        for (const subject of SUBJECTS) {
          const made: Made = new Map();
          for (const plan of tables) {
            const { status, shown, code } = await insert(flux, plan, subject, made, given);
            if (status === 201) made.set(plan.table, shown);
            else outcomes[plan.table] = code ?? `${status}`;
          }
        }
        assert.deepEqual(outcomes, FROM_GATEWAY[name] ?? {});
      });
    }
  });
}
