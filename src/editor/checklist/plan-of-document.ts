import { planFromOpenApi } from '../../checklist/plan';
import type { ChecklistPlan, TableChoices } from '../../checklist/table-plan';
import type { NotChecked } from '../../checklist/verdict';
import { OWNER_NAMES } from '../../schema/ownership';
import { chosen } from './chosen';

interface OpenApiDocument {
  readonly definitions?: Readonly<
    Record<string, { readonly properties?: Readonly<Record<string, unknown>> } | undefined>
  >;
}

/** The tables of PostgREST's OpenAPI document whose owner column is named, or has a name that says so. */
export function planOfDocument(document: unknown, choices: TableChoices): ChecklistPlan {
  const { definitions = {} } = (document ?? {}) as OpenApiDocument;
  const unowned: NotChecked[] = [];
  const tables = Object.entries(definitions).flatMap(([table, definition]) => {
    const columns = Object.keys(definition?.properties ?? {});
    const owner = choices.owners[table] ?? columns.find(column => OWNER_NAMES.has(column));
    const plan = owner === undefined ? undefined : planFromOpenApi(document, table, owner);
    if (!plan) unowned.push({ table, reason: 'no column is known to hold the owner' });
    return plan ? [plan] : [];
  });
  const plan = chosen(tables, choices);
  return { ...plan, notChecked: [...plan.notChecked, ...unowned] };
}
