import type { AlterTableStmt, DefElem, Node, ViewStmt } from '@pgsql/types';
import type { Span, Statement } from '../sql/source-file';
import { relationsOf, textOf } from './ast';
import type { Fold } from './from-statements';
import { relationPlace } from './fold-tables';
import { typeName } from './subject';

/** CREATE VIEW and CREATE MATERIALIZED VIEW. */
export function foldView(fold: Fold, statement: Statement, stmt: ViewStmt, materialized = false): void {
  // A temporary view is gone with the session that pushes.
  if (stmt.view?.relpersistence === 't') return;
  const key = fold.keyOf(stmt.view);
  const schema = fold.schemaOf(stmt.view);
  const option = invokerOption(statement, stmt.options);
  if (!fold.model.views.has(key)) fold.model.privileges.create(key, schema);
  fold.model.views.set(key, {
    schema,
    name: stmt.view?.relname ?? '',
    ...relationPlace(statement, stmt.view),
    statement,
    materialized,
    securityInvoker: option?.on ?? false,
    invokerOptionAt: option?.at,
    reads: relationsOf(stmt.query).map(relation => fold.keyOf(relation)),
    query: stmt.query,
  });
}

/** ALTER VIEW … SET (security_invoker = …) and RESET. */
export function alterView(fold: Fold, statement: Statement, stmt: AlterTableStmt): void {
  const view = fold.model.views.get(fold.keyOf(stmt.relation));
  if (!view) return;
  for (const command of stmt.cmds ?? []) {
    if (!('AlterTableCmd' in command)) continue;
    const { subtype, def } = command.AlterTableCmd;
    const option = invokerOption(statement, def && 'List' in def ? def.List.items : undefined);
    if (!option) continue;
    view.securityInvoker = subtype === 'AT_SetRelOptions' && option.on;
    view.invokerOptionAt = subtype === 'AT_SetRelOptions' ? option.at : undefined;
  }
}

function invokerOption(
  statement: Statement,
  options: readonly Node[] | undefined,
): { on: boolean; at: Span } | undefined {
  for (const option of options ?? []) {
    if (!('DefElem' in option) || option.DefElem.defname !== 'security_invoker') continue;
    const first = statement.tokenIndexAt(option.DefElem.location ?? 0);
    const hasValue = statement.tokens[first + 1]?.value === '=';
    return { on: isOn(option.DefElem), at: statement.tokenSpan(first, hasValue ? first + 2 : first) };
  }
  return undefined;
}

/** An option without a value is on; PostgreSQL takes every spelling of a boolean. */
function isOn({ arg }: DefElem): boolean {
  if (!arg) return true;
  if ('Integer' in arg) return (arg.Integer.ival ?? 0) !== 0;
  if ('Boolean' in arg) return arg.Boolean.boolval ?? false;
  const text = 'TypeName' in arg ? typeName(arg.TypeName) : (textOf(arg) ?? '');
  return ['true', 't', 'on', 'yes', 'y', '1', 'bool'].includes(text.toLowerCase());
}
