import { randomBytes } from 'node:crypto';
import { diagnose, type Diagnosis } from './diagnose';
import type { Row } from './gateway-client';
import { shows } from './ideal';
import { filterOf, readColumns, type Control, type KnownRow } from './known-row';
import { draftRow, type DraftOptions } from './links';
import type { Drafted, RowSource } from './row-source';
import { linkColumns, type TablePlan } from './table-plan';
import type { Evidence } from './verdict';

/** How many of a subject's rows are looked at. */
const LIMIT = 3;

interface Found {
  readonly rows: readonly KnownRow[];
  readonly diagnosis: Diagnosis | undefined;
  readonly evidence: readonly Evidence[];
}

/** Looks for rows that the subjects own already; makes none. */
export class FoundRows implements RowSource {
  readonly #found = new Map<string, Promise<Found>>();

  constructor(private readonly options: DraftOptions) {}

  async own(plan: TablePlan, subject: string): Promise<Control<KnownRow>> {
    return this.#nth(plan, subject, 0);
  }

  async another(plan: TablePlan, subject: string): Promise<Control<KnownRow>> {
    return this.#nth(plan, subject, 1);
  }

  async draft(plan: TablePlan, subject: string, fixed: Row = {}): Promise<Drafted> {
    const marker = `flux-rls probe ${this.options.runId}-${randomBytes(3).toString('hex')}`;
    return draftRow(this.options, this, plan, subject, { fixed, marker });
  }

  async #nth(plan: TablePlan, subject: string, index: number): Promise<Control<KnownRow>> {
    const name = `${plan.table} ${subject}`;
    const search = this.#found.get(name) ?? this.#search(plan, subject);
    this.#found.set(name, search);
    const { rows, diagnosis, evidence } = await search;
    const row = rows[index];
    if (row) return { held: true, value: row, evidence };
    return { held: false, diagnosis: diagnosis ?? noRow(plan, subject, index), evidence };
  }

  async #search(plan: TablePlan, subject: string): Promise<Found> {
    const link = await this.#linkFilter(plan, subject);
    if (!link.held) return { rows: [], diagnosis: link.diagnosis, evidence: link.evidence };
    const columns = readColumns(plan, this.#targetsOf(plan));
    const { answer, evidence } = await this.options.asker.ask(
      {
        method: 'GET',
        table: plan.table,
        query: { select: columns.join(','), ...link.value, limit: String(LIMIT) },
        as: subject,
        control: true,
        ideal: shows([1, 2].map(key => idealRow(plan, columns, subject, key))),
      },
      this.options.signal,
    );
    const diagnosis = diagnose(answer, {
      table: plan.table,
      subject,
      owner: linkColumns(plan)[0],
      verb: 'SELECT',
      tokenExpiry: this.options.asker.expiryOf(subject),
    });
    const shown = answer.status === null ? [] : (answer.rows ?? []);
    const rows = shown.flatMap((values): KnownRow[] => {
      const filter = filterOf(plan.key.length > 0 ? plan.key : columns, values);
      return filter ? [{ subject, filter, values, made: false }] : [];
    });
    return { rows, diagnosis, evidence: [...link.evidence, evidence] };
  }

  /** Finds the rows of a subject: by its id, or by the parent rows it owns. */
  async #linkFilter(plan: TablePlan, subject: string): Promise<Control<Record<string, string>>> {
    const { ownership } = plan;
    if (ownership.kind === 'column') {
      return { held: true, value: { [ownership.column]: `eq.${subject}` }, evidence: [] };
    }
    const parent = ownership.kind === 'parent' ? this.options.plans.get(ownership.parent) : undefined;
    if (ownership.kind !== 'parent' || !parent) return { held: true, value: {}, evidence: [] };
    const row = await this.own(parent, subject);
    if (!row.held) return row;
    const { values } = row.value;
    const filter = Object.fromEntries(
      ownership.columns.map((column, index) => [
        column,
        `eq.${String(values[ownership.targets[index] ?? ''])}`,
      ]),
    );
    return { held: true, value: filter, evidence: row.evidence };
  }

  #targetsOf({ table }: TablePlan): string[] {
    return [...this.options.plans.values()].flatMap(({ foreignKeys }) =>
      foreignKeys.filter(key => key.table === table).flatMap(({ targets }) => targets),
    );
  }
}

function idealRow(plan: TablePlan, columns: readonly string[], subject: string, key: number): Row {
  const link = plan.ownership.kind === 'column' ? { [plan.ownership.column]: subject } : {};
  const keys = Object.fromEntries(plan.key.map(column => [column, `…${key}`]));
  return { ...Object.fromEntries(columns.map(column => [column, '…'])), ...keys, ...link };
}

/** Also in full mode, no row is made in a table that the project's SQL lets no subject insert into. */
function noRow(plan: TablePlan, subject: string, index: number): Diagnosis {
  const { table, expected } = plan;
  const isRefused = expected.insert === 'refused';
  const why = isRefused ? 'the project’s SQL lets no subject insert one' : 'none is made in no-write mode';
  const how = isRefused ? 'by SQL, or through what writes there.' : 'through the app, or run in full mode.';
  return index === 0
    ? {
        cause: 'no-row',
        message: `${subject} sees no row of its own in ${table}, and ${why}.`,
        advice: `Give ${subject} a row in ${table} ${how}`,
      }
    : {
        cause: 'no-row',
        message: `${subject} has one row only in ${table}; this question needs two, so that nothing can be written.`,
        advice: `Give ${subject} another row in ${table} ${how}`,
      };
}
