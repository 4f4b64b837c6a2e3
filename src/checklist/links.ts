import type { Asker, Row } from './gateway-client';
import { shows } from './ideal';
import { makeRow } from './make-row';
import { cannotMake, type Drafted, type RowSource } from './row-source';
import {
  linkColumns,
  type GivenValues,
  type PlannedForeignKey,
  type RowValue,
  type TablePlan,
} from './table-plan';
import type { Evidence } from './verdict';

export interface DraftOptions {
  readonly plans: ReadonlyMap<string, TablePlan>;
  readonly asker: Asker;
  readonly given: GivenValues;
  readonly runId: string;
  readonly signal: AbortSignal | undefined;
}

type Linked =
  | { readonly values: Row; readonly evidence: readonly Evidence[] }
  | Extract<Drafted, { readonly made: false }>;

/** Drafts a row of the subject's, with the rows it points at made or found first. */
export async function draftRow(
  options: DraftOptions,
  source: RowSource,
  plan: TablePlan,
  subject: string,
  { fixed = {}, marker, fresh = false }: { fixed?: Row; marker: string; fresh?: boolean },
): Promise<Drafted> {
  const linked = await linkValues(options, source, plan, subject, { fixed, fresh });
  if ('made' in linked) return linked;
  const row = makeRow(plan, {
    fixed: { ...linked.values, ...fixed } as Record<string, RowValue>,
    marker,
    given: options.given[plan.table] ?? {},
  });
  if ('reason' in row) {
    return { made: false, diagnosis: cannotMake(row.column, row.reason), evidence: linked.evidence };
  }
  return { made: true, draft: { ...row, evidence: linked.evidence } };
}

/** The values that make a row the subject's, and those of every other column that must point somewhere. */
async function linkValues(
  options: DraftOptions,
  source: RowSource,
  plan: TablePlan,
  subject: string,
  { fixed, fresh }: { fixed: Row; fresh: boolean },
): Promise<Linked> {
  const { ownership } = plan;
  const values: Record<string, unknown> = ownership.kind === 'column' ? { [ownership.column]: subject } : {};
  const evidence: Evidence[] = [];
  for (const key of plan.foreignKeys) {
    if (key.columns.every(column => column in fixed) || !isNeeded(plan, key)) continue;
    const target = await targetOf(options, source, plan, key, subject, fresh);
    if ('made' in target) return target;
    evidence.push(...target.evidence);
    key.columns.forEach((column, index) => {
      values[column] ??= target.values[key.targets[index] ?? ''];
    });
  }
  return { values, evidence };
}

function isNeeded(plan: TablePlan, { columns }: PlannedForeignKey): boolean {
  const link = linkColumns(plan);
  return plan.columns.some(
    column => columns.includes(column.name) && (column.required || link.includes(column.name)),
  );
}

/** The row that a foreign key is to point at: the subject's own, or any one of a table that is everybody's. */
async function targetOf(
  options: DraftOptions,
  source: RowSource,
  plan: TablePlan,
  { columns, table, targets }: PlannedForeignKey,
  subject: string,
  fresh: boolean,
): Promise<Linked> {
  const parent = options.plans.get(table);
  if (parent && parent.ownership.kind !== 'nobody') {
    // Where a parent can have one such child only, another child needs another parent.
    const isOnlyChild = plan.uniqueKeys
      .concat([plan.key])
      .some(key => key.length > 0 && key.every(column => columns.includes(column)));
    const row = await (fresh && isOnlyChild ? source.another(parent, subject) : source.own(parent, subject));
    if (!row.held) return { made: false, diagnosis: row.diagnosis, evidence: row.evidence };
    return { values: row.value.values, evidence: row.evidence };
  }
  const { answer, evidence } = await options.asker.ask(
    {
      method: 'GET',
      table,
      query: { select: targets.join(','), limit: '1' },
      as: subject,
      control: true,
      ideal: shows([Object.fromEntries(targets.map(column => [column, '…']))]),
    },
    options.signal,
  );
  const row = answer.status === null ? undefined : answer.rows?.[0];
  if (row) return { values: row, evidence: [evidence] };
  const diagnosis = cannotMake(columns.join(', '), `no row of ${table} can be seen to point at`);
  return { made: false, diagnosis, evidence: [evidence] };
}
