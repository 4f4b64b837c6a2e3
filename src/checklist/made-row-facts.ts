import type { Answer } from './answer';
import type { Diagnosis } from './diagnose';
import type { Exchange } from './gateway-client';
import type { Filter } from './known-row';
import { linkColumns, type TablePlan } from './table-plan';

/** What the row looks like to its owner where all is well. */
export function idealRow(
  plan: TablePlan,
  columns: readonly string[],
  filter: Filter,
  as: string,
): NonNullable<Answer['rows']>[number] {
  const link = plan.ownership.kind === 'column' ? { [plan.ownership.column]: as } : {};
  const known = Object.entries(filter).map(
    ([column, condition]) => [column, condition.replace(/^eq\./, '')] as const,
  );
  return {
    ...Object.fromEntries(columns.map(column => [column, '…'])),
    ...Object.fromEntries(known),
    ...link,
  };
}

/** PostgREST answers 201 to an insert; whatever else says that all is well is something in between. */
export function notCreated({ answer }: Exchange): Diagnosis | undefined {
  if (answer.status === 201) return undefined;
  return {
    cause: 'not-flux',
    message: `An insert is answered with ${answer.status ?? 'nothing'}; PostgREST answers 201.`,
    advice: 'Check the gateway URL, and what stands between.',
  };
}

/** Why no row is made of a table whose rows nothing tells apart. */
export const NOT_TOLD: Diagnosis = {
  cause: 'row-not-made',
  message: 'No row is made: without a key, or a text that is free, nothing would tell it from other rows.',
  advice: 'Give the table a primary key, or have the checklist read the SQL that makes it.',
};

/** The row was taken, and its owner does not see it. */
export function hidden(plan: TablePlan): Diagnosis {
  const owner = linkColumns(plan)[0] ?? 'the owner';
  return {
    cause: 'policy',
    message: 'The insert was accepted, but its owner cannot see the row.',
    advice: `Add a SELECT policy: using (${owner} = auth.uid()).`,
  };
}
