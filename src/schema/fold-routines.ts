import type {
  AlterFunctionStmt,
  CreateFunctionStmt,
  CreateTrigStmt,
  DefElem,
  Node,
  ObjectWithArgs,
  VariableSetStmt,
} from '@pgsql/types';
import type { Span, Statement } from '../sql/source-file';
import { textOf, textsOf } from './ast';
import type { Fold } from './from-statements';
import { relationKey } from './model';
import type { Routine, RoutineArgument, Trigger } from './objects';
import { PUBLIC } from './privileges';
import { typeName } from './subject';

/** CREATE FUNCTION and CREATE PROCEDURE; OR REPLACE takes the place of the one with the same arguments. */
export function foldRoutine(fold: Fold, statement: Statement, stmt: CreateFunctionStmt): void {
  const names = textsOf(stmt.funcname);
  const name = names.at(-1) ?? '';
  const schema = names.at(-2) ?? fold.model.apiSchema ?? '';
  const key = relationKey(schema, name);
  const routine: Routine = {
    kind: stmt.is_procedure ? 'procedure' : 'function',
    schema,
    name,
    ...namePlace(statement, names.length),
    statement,
    arguments: argumentsOf(stmt),
    returns: stmt.returnType && {
      type: typeName(stmt.returnType),
      setOf: stmt.returnType.setof ?? false,
    },
    language: textOf(option(stmt.options, 'language')?.arg)?.toLowerCase() ?? 'sql',
    definer: false,
    volatility: 'volatile',
    leakproof: false,
    searchPath: undefined,
  };
  applyOptions(statement, routine, stmt.options);
  const others = (fold.model.routines.get(key) ?? []).filter(
    other => signature(other) !== signature(routine),
  );
  // A replaced function keeps what it has; one more overload shares its key, and adds what a new one is given.
  const known = fold.model.routines.get(key)?.length ?? 0;
  if (known === 0) fold.model.privileges.create(routineObject(key), schema, 'routine');
  else if (others.length === known)
    fold.model.privileges.grant(routineObject(key), PUBLIC, ['execute'], 'platform');
  fold.model.routines.set(key, [...others, routine]);
}

/** ALTER FUNCTION … SECURITY, volatility, LEAKPROOF and SET search_path. */
export function alterRoutine(fold: Fold, statement: Statement, stmt: AlterFunctionStmt): void {
  for (const routine of routinesNamed(fold, stmt.func)) applyOptions(statement, routine, stmt.actions);
}

export function foldTrigger(fold: Fold, statement: Statement, stmt: CreateTrigStmt): void {
  const names = textsOf(stmt.funcname);
  fold.model.triggers.push({
    name: stmt.trigname ?? '',
    statement,
    table: fold.keyOf(stmt.relation),
    routine: fold.model.keyOf(names.at(-1) ?? '', names.at(-2)),
    before: ((stmt.timing ?? 0) & TRIGGER_BEFORE) !== 0,
    events: triggerEvents(stmt.events ?? 0),
  });
}

/** The routines a `name(types)` means; all of the name where it gives no types. */
export function routinesNamed(fold: Fold, object: ObjectWithArgs | undefined): Routine[] {
  const names = textsOf(object?.objname);
  const all = fold.model.routines.get(fold.model.keyOf(names.at(-1) ?? '', names.at(-2))) ?? [];
  if (object?.args_unspecified) return all;
  const types = (object?.objargs ?? []).map(node => ('TypeName' in node ? typeName(node.TypeName) : ''));
  return all.filter(routine => signature(routine) === types.join());
}

/** Key of a routine as a privilege object. */
export function routineObject(key: string): string {
  return `routine ${key}`;
}

function signature(routine: Routine): string {
  return routine.arguments
    .filter(({ isInput }) => isInput)
    .map(({ type }) => type)
    .join();
}

const INPUT_MODES: ReadonlySet<string> = new Set([
  'FUNC_PARAM_IN',
  'FUNC_PARAM_INOUT',
  'FUNC_PARAM_VARIADIC',
  'FUNC_PARAM_DEFAULT',
]);

function argumentsOf(stmt: CreateFunctionStmt): RoutineArgument[] {
  return (stmt.parameters ?? []).flatMap(node => {
    if (!('FunctionParameter' in node)) return [];
    const { name, argType, mode, defexpr } = node.FunctionParameter;
    return {
      name,
      type: typeName(argType),
      isInput: INPUT_MODES.has(mode ?? 'FUNC_PARAM_DEFAULT'),
      hasDefault: defexpr !== undefined,
    };
  });
}

function applyOptions(statement: Statement, routine: Routine, options: readonly Node[] | undefined): void {
  for (const node of options ?? []) {
    if (!('DefElem' in node)) continue;
    const { defname, arg } = node.DefElem;
    if (defname === 'security') routine.definer = isTrue(arg);
    else if (defname === 'leakproof') routine.leakproof = isTrue(arg);
    else if (defname === 'volatility')
      routine.volatility = (textOf(arg) ?? 'volatile') as Routine['volatility'];
    else if (defname === 'set' && arg && 'VariableSetStmt' in arg)
      applySetting(statement, routine, arg.VariableSetStmt, node.DefElem);
  }
}

function applySetting(
  statement: Statement,
  routine: Routine,
  { name, kind, args }: VariableSetStmt,
  { location = 0 }: DefElem,
): void {
  if (kind === 'VAR_RESET_ALL' || (name === 'search_path' && kind === 'VAR_RESET')) {
    routine.searchPath = undefined;
  } else if (name === 'search_path') {
    const schemas = (args ?? []).flatMap(node =>
      'A_Const' in node && node.A_Const.sval ? (node.A_Const.sval.sval ?? '') : [],
    );
    const fromCurrent = kind === 'VAR_SET_CURRENT';
    routine.searchPath = { fromCurrent, schemas, at: settingSpan(statement, location, args) };
  }
}

/** From `set` to the last value: `set search_path = a, b`. */
function settingSpan(statement: Statement, location: number, args: readonly Node[] | undefined): Span {
  const first = statement.tokenIndexAt(location);
  const lastValue = args?.at(-1);
  const last =
    lastValue && 'A_Const' in lastValue
      ? statement.tokenIndexAt(lastValue.A_Const.location ?? location)
      : // set search_path from current, set search_path to default
        first + 3;
  return statement.tokenSpan(first, last);
}

/** Range and spelling of the name: create [or replace] function <name>. */
function namePlace(statement: Statement, parts: number): Pick<Routine, 'at' | 'written'> {
  const keyword = statement.tokens.findIndex(
    ({ kind, value }) => kind === 'word' && (value === 'function' || value === 'procedure'),
  );
  const last = keyword + 1 + 2 * (parts - 1);
  return {
    at: statement.tokenSpan(last),
    written: statement.textOf(statement.tokenSpan(keyword + 1, last)),
  };
}

function option(options: readonly Node[] | undefined, name: string): DefElem | undefined {
  for (const node of options ?? [])
    if ('DefElem' in node && node.DefElem.defname === name) return node.DefElem;
  return undefined;
}

function isTrue(node: Node | undefined): boolean {
  return node !== undefined && 'Boolean' in node && (node.Boolean.boolval ?? false);
}

// Bits of PostgreSQL's pg_trigger.tgtype (catalog/pg_trigger.h).
const TRIGGER_BEFORE = 2;
const TRIGGER_EVENTS = { insert: 4, delete: 8, update: 16, truncate: 32 } as const;

function triggerEvents(bits: number): Trigger['events'] {
  const events = Object.entries(TRIGGER_EVENTS) as [keyof typeof TRIGGER_EVENTS, number][];
  return new Set(events.filter(([, bit]) => (bits & bit) !== 0).map(([event]) => event));
}
