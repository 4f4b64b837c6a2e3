import type { Node } from '@pgsql/types';
import type { Sides } from './difference';
import { textOf } from './ast';
import { routineObject } from './fold-routines';
import type { Routine, View } from './objects';
import { PUBLIC } from './privileges';
import { compareExpressions, type ResolvedExpression } from './same-expression';
import { columnUsesIn } from './scope';
import type { SchemaModel } from './model';

/** Views and materialized views. */
export function compareViews(sides: Sides): void {
  const { files, live, report } = sides;
  for (const [key, view] of files.views) {
    if (view.schema !== live.apiSchema) continue;
    const own = live.views.get(key);
    if (own) compareView(sides, view, own);
    else {
      report({
        kind: 'view-missing',
        object: view.name,
        message: `The files have view ${view.name}, and the database has not.`,
        severity: 'harmless',
        at: view.at,
        liveAt: undefined,
      });
    }
  }
  for (const [key, view] of live.views) {
    if (files.views.has(key)) continue;
    const passesBy =
      !view.securityInvoker && live.tablesBehind(view).some(({ rowSecurity }) => rowSecurity === true);
    report({
      kind: 'view-extra',
      object: view.name,
      message: passesBy
        ? `The database has view ${view.name}, which no file makes; it reads a table with row security as its own owner.`
        : `The database has view ${view.name}, which no file makes.`,
      severity: passesBy ? 'dangerous' : 'harmless',
      at: undefined,
      liveAt: view.at,
    });
  }
}

function compareView({ files: model, live: liveModel, report }: Sides, files: View, live: View): void {
  const places = { object: files.name, at: files.at, liveAt: live.at } as const;
  if (files.securityInvoker !== live.securityInvoker) {
    report({
      kind: 'view-invoker',
      ...places,
      message: files.securityInvoker
        ? `View ${files.name} has security_invoker in the files and not in the database: there it reads with its owner's rights.`
        : `View ${files.name} has security_invoker in the database and not in the files.`,
      severity: files.securityInvoker ? 'dangerous' : 'harmless',
    });
  }
  const [a, b] = [filterOf(files, model), filterOf(live, liveModel)];
  const isOfOthers = [...new Set(files.reads)].sort().join() !== [...new Set(live.reads)].sort().join();
  const sameness = isOfOthers
    ? 'differs'
    : a && b
      ? compareExpressions(a, b, model.apiSchema)
      : a === b
        ? 'same'
        : 'differs';
  if (sameness === 'same') return;
  report({
    kind: 'view-query',
    ...places,
    message: isOfOthers
      ? `View ${files.name} reads other tables in the database than in the files.`
      : `View ${files.name} ${sameness === 'differs' ? 'selects' : 'may select'} other rows in the database than in the files.`,
    severity: sameness === 'differs' ? 'dangerous' : 'harmless',
    certain: sameness === 'differs',
  });
}

/** The WHERE of a view: PostgreSQL writes out what it selects, and keeps what it filters by. */
function filterOf({ query }: View, model: SchemaModel): ResolvedExpression | undefined {
  const node = query && 'SelectStmt' in query ? query.SelectStmt.whereClause : undefined;
  return node && query && { node, uses: columnUsesIn(query, model) };
}

/** Functions and procedures, told apart by the types of what they are given. */
export function compareRoutines(sides: Sides): void {
  const { files, live, report } = sides;
  for (const [key, overloads] of files.routines) {
    for (const routine of overloads) {
      if (routine.schema !== live.apiSchema) continue;
      const own = live.routines.get(key)?.find(other => signature(other) === signature(routine));
      if (own) compareRoutine(sides, routine, own);
      else {
        report({
          kind: 'function-missing',
          object: objectOf(routine),
          message: `The files have ${objectOf(routine)}, and the database has not.`,
          severity: 'harmless',
          at: routine.at,
          liveAt: undefined,
        });
      }
    }
  }
  for (const [key, overloads] of live.routines) {
    for (const routine of overloads) {
      if (files.routines.get(key)?.some(other => signature(other) === signature(routine))) continue;
      const isExposed =
        routine.definer && live.privileges.origin(routineObject(key), PUBLIC, 'execute') !== undefined;
      report({
        kind: 'function-extra',
        object: objectOf(routine),
        message: isExposed
          ? `The database has ${objectOf(routine)}, which no file makes; everybody may call it, and it runs with its owner's rights.`
          : `The database has ${objectOf(routine)}, which no file makes.`,
        severity: isExposed ? 'dangerous' : 'harmless',
        at: undefined,
        liveAt: routine.at,
      });
    }
  }
}

function signature(routine: Routine): string {
  return routine.arguments.flatMap(({ isInput, type }) => (isInput ? type : [])).join();
}

function objectOf(routine: Routine): string {
  return `${routine.kind} ${routine.name}(${signature(routine).replaceAll(',', ', ')})`;
}

function compareRoutine({ report }: Sides, files: Routine, live: Routine): void {
  const object = objectOf(files);
  const places = { object, at: files.at, liveAt: live.at } as const;
  if (files.definer !== live.definer) {
    report({
      kind: 'function-definer',
      ...places,
      message: live.definer
        ? `${object} is SECURITY DEFINER in the database and not in the files: there it runs with its owner's rights.`
        : `${object} is SECURITY DEFINER in the files and not in the database.`,
      severity: live.definer ? 'dangerous' : 'harmless',
    });
  }
  if ((files.searchPath === undefined) !== (live.searchPath === undefined)) {
    report({
      kind: 'function-search-path',
      ...places,
      message: files.searchPath
        ? `${object} sets its search_path in the files and not in the database.`
        : `${object} sets its search_path in the database and not in the files.`,
      severity: files.searchPath && live.definer ? 'dangerous' : 'harmless',
    });
  }
  const [body, liveBody] = [bodyOf(files), bodyOf(live)];
  if (body === liveBody || body === undefined || liveBody === undefined) return;
  report({
    kind: 'function-body',
    ...places,
    message: `The body of ${object} differs between the files and the database.`,
    severity: files.definer || live.definer ? 'dangerous' : 'harmless',
  });
}

/** A body that is a string, which PostgreSQL keeps as it is. */
function bodyOf({ statement: { node } }: Routine): string | undefined {
  const options: readonly Node[] =
    'CreateFunctionStmt' in node ? (node.CreateFunctionStmt.options ?? []) : [];
  for (const option of options) {
    if (!('DefElem' in option) || option.DefElem.defname !== 'as') continue;
    const { arg } = option.DefElem;
    return arg && 'List' in arg ? textOf(arg.List.items?.[0]) : textOf(arg);
  }
  return undefined;
}

/** Triggers, by their names on a table. */
export function compareTriggers({ files, live, report }: Sides): void {
  const isThere = (all: typeof files.triggers, one: (typeof files.triggers)[number]): boolean =>
    all.some(
      ({ name, table, routine }) => name === one.name && table === one.table && routine === one.routine,
    );
  for (const trigger of files.triggers) {
    if (isThere(live.triggers, trigger) || !live.tables.has(trigger.table)) continue;
    report({
      kind: 'trigger-missing',
      object: `trigger ${trigger.name}`,
      message: `The files have trigger ${trigger.name}, and the database has not: what it sets or refuses is not.`,
      severity: 'dangerous',
      at: trigger.statement.at,
      liveAt: live.tables.get(trigger.table)?.at,
    });
  }
  for (const trigger of live.triggers) {
    if (isThere(files.triggers, trigger) || !files.tables.has(trigger.table)) continue;
    report({
      kind: 'trigger-extra',
      object: `trigger ${trigger.name}`,
      message: `The database has trigger ${trigger.name}, which no file makes.`,
      severity: 'harmless',
      at: undefined,
      liveAt: trigger.statement.at,
    });
  }
}

/** The labels of enum types. */
export function compareEnums({ files, live, report }: Sides): void {
  for (const [key, { labels, statement }] of files.enums) {
    const own = live.enums.get(key);
    if (own?.labels.join('\n') === labels.join('\n')) continue;
    const name = key.slice(key.indexOf('.') + 1);
    report({
      kind: 'enum-labels',
      object: `type ${name}`,
      message: own
        ? `Type ${name} has the labels ${labels.join(', ')} in the files and ${own.labels.join(', ')} in the database.`
        : `The files have type ${name}, and the database has not.`,
      severity: 'harmless',
      at: statement.at,
      liveAt: own?.statement.at,
    });
  }
}
