import type { Sides } from './difference';
import { comparePolicies } from './differences-policies';
import type { Column, Table } from './objects';
import { compareExpressions } from './same-expression';
import { columnUses } from './scope';

/** Tables, their columns, switches and policies. */
export function compareTables(sides: Sides): void {
  const { files, live, report } = sides;
  for (const [key, table] of files.tables) {
    if (table.temporary || table.schema !== live.apiSchema) continue;
    const own = live.tables.get(key);
    if (own) compareTable(sides, table, own);
    else {
      report({
        kind: 'table-missing',
        object: table.name,
        message: `The files have table ${table.name}, and the database has not: push them.`,
        severity: 'harmless',
        at: table.at,
        liveAt: undefined,
      });
    }
  }
  for (const [key, table] of live.tables) {
    if (files.tables.has(key)) continue;
    const isOpen = live.isOpen(table);
    report({
      kind: 'table-extra',
      object: table.name,
      message: isOpen
        ? `The database has table ${table.name}, which no file makes, and requests reach every row: its row security is off.`
        : `The database has table ${table.name}, which no file makes.`,
      severity: isOpen ? 'dangerous' : 'harmless',
      at: undefined,
      liveAt: table.at,
    });
  }
}

function compareTable(sides: Sides, files: Table, live: Table): void {
  compareSwitches(sides, files, live);
  comparePolicies(sides, files, live);
  if (!files.columnsKnown || !live.columnsKnown) return;
  const { report } = sides;
  for (const [name, column] of files.columns) {
    const own = live.columns.get(name);
    if (own) compareColumn(sides, files, live, column, own);
    else {
      report({
        kind: 'column-missing',
        object: `${files.name}.${name}`,
        message: `The files have column ${name} of ${files.name}, and the database has not.`,
        severity: 'harmless',
        at: column.at,
        liveAt: live.at,
      });
    }
  }
  for (const [name, column] of live.columns) {
    if (files.columns.has(name)) continue;
    report({
      kind: 'column-extra',
      object: `${files.name}.${name}`,
      message: `The database has column ${name} of ${files.name}, which no file makes.`,
      severity: 'harmless',
      at: undefined,
      liveAt: column.at,
    });
  }
}

function compareSwitches({ files: model, report }: Sides, files: Table, live: Table): void {
  const places = { object: files.name, at: files.at, liveAt: live.at } as const;
  if (files.rowSecurity !== undefined && files.rowSecurity !== live.rowSecurity) {
    report({
      kind: 'row-security',
      ...places,
      message: files.rowSecurity
        ? `Row security of ${files.name} is on in the files and off in the database: its policies do not count there.`
        : `Row security of ${files.name} is on in the database, and no file turns it on.`,
      severity: files.rowSecurity ? 'dangerous' : 'harmless',
    });
    return;
  }
  if (files.rowSecurity !== true) return;
  const isForced = model.isForced(files);
  if (isForced === (live.forced === true)) return;
  report({
    kind: 'forced',
    ...places,
    message: isForced
      ? `Row security of ${files.name} is not forced in the database, as it is after a push of the files: code that runs as its owner passes the policies by.`
      : `Row security of ${files.name} is forced in the database, and not by the files: policies bind its owner, too.`,
    severity: isForced ? 'dangerous' : 'harmless',
  });
}

function compareColumn(sides: Sides, table: Table, liveTable: Table, files: Column, live: Column): void {
  const { report } = sides;
  const object = `${table.name}.${files.name}`;
  const places = { object, at: files.at, liveAt: live.at, severity: 'harmless' } as const;
  const [type, liveType] = [typeText(files), typeText(live)];
  if (type !== liveType) {
    report({
      kind: 'column-type',
      ...places,
      message: `${object} is ${type} in the files and ${liveType} in the database.`,
    });
  }
  if (files.notNull !== live.notNull) {
    report({
      kind: 'column-not-null',
      ...places,
      message: files.notNull
        ? `${object} may be NULL in the database, and is NOT NULL in the files.`
        : `${object} is NOT NULL in the database, and may be NULL in the files.`,
    });
  }
  compareDefault(sides, table, liveTable, files, live);
}

const SERIALS: Readonly<Record<string, string>> = {
  smallserial: 'int2',
  serial2: 'int2',
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
};

function typeText({ type, typeModifiers }: Column): string {
  // The modifiers of an interval are flags that PostgreSQL writes as words.
  const modifiers = typeModifiers.length > 0 && type !== 'interval' ? `(${typeModifiers.join(', ')})` : '';
  return `${SERIALS[type] ?? type}${modifiers}`;
}

function compareDefault(
  { files: model, live: liveModel, report }: Sides,
  table: Table,
  liveTable: Table,
  files: Column,
  live: Column,
): void {
  // The value of a serial column is its sequence's, whatever that is called.
  if (files.serial || live.serial || files.generated || live.generated) return;
  const [a, b] = [files.default?.node, live.default?.node];
  const isNull = a !== undefined && 'A_Const' in a && a.A_Const.isnull === true;
  if (!b && (!a || isNull)) return;
  const sameness =
    a && b
      ? compareExpressions(
          { node: a, uses: columnUses(a, table, model) },
          { node: b, uses: columnUses(b, liveTable, liveModel) },
          model.apiSchema,
        )
      : 'differs';
  if (sameness === 'same') return;
  const object = `${table.name}.${files.name}`;
  const message = !b
    ? `${object} has a default in the files and none in the database.`
    : !a
      ? `${object} has a default in the database and none in the files.`
      : `The default of ${object} ${sameness === 'differs' ? 'differs' : 'may differ'} between the files and the database.`;
  report({
    kind: 'column-default',
    object,
    message,
    severity: 'harmless',
    certain: sameness === 'differs',
    at: files.at,
    liveAt: live.at,
  });
}
