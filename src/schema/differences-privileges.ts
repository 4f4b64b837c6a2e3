import { ANON, TABLE_VERBS } from '../flux/engine';
import type { Sides } from './difference';
import { routineObject } from './fold-routines';
import type { SchemaModel } from './model';
import { schemaObject, sequenceObject } from './privileges';
import type { Span } from '../sql/source-file';

/** What requests may ask of an object, which both sides have. */
interface Held {
  readonly key: string;
  readonly object: string;
  readonly privileges: readonly string[];
  readonly at: Span | undefined;
  readonly liveAt: Span | undefined;
}

/** Privileges of the roles that requests run as, themselves or through PUBLIC. */
export function comparePrivileges(sides: Sides): void {
  const { files, live } = sides;
  for (const held of heldByBoth(sides)) {
    for (const role of new Set([...files.requestRoles, ANON])) {
      const given = held.privileges.flatMap(name => heldAs(files, held.key, role, name));
      const liveGiven = held.privileges.flatMap(name => heldAs(live, held.key, role, name));
      tell(sides, held, role, given, liveGiven);
    }
  }
}

function tell(
  { report }: Sides,
  { object, at, liveAt }: Held,
  role: string,
  files: readonly string[],
  live: readonly string[],
): void {
  const extra = live.filter(name => !files.includes(name));
  const missing = files.filter(name => !live.includes(name));
  const places = { kind: 'privileges', object, at, liveAt } as const;
  if (extra.length > 0) {
    report({
      ...places,
      message: `${role} has ${extra.join(', ')} on ${object} in the database, and not by the files.`,
      severity: 'dangerous',
    });
  }
  if (missing.length > 0) {
    report({
      ...places,
      message: `${role} has ${missing.join(', ')} on ${object} by the files, and not in the database.`,
      severity: 'harmless',
    });
  }
}

/** The privilege on the whole object, or on each of the columns it is given for. */
function heldAs({ privileges }: SchemaModel, key: string, role: string, name: string): string[] {
  if (privileges.wholeOrigin(key, role, name) !== undefined) return [name.toUpperCase()];
  return [...privileges.columnsOf(key, role, name)].sort().map(column => `${name.toUpperCase()} (${column})`);
}

const ON_TABLES = [...TABLE_VERBS, 'truncate'];

function heldByBoth({ files, live }: Sides): Held[] {
  const held: Held[] = [];
  for (const [key, { name, at }] of [...files.tables, ...files.views]) {
    const own = live.tables.get(key) ?? live.views.get(key);
    const isMade = files.views.has(key) || files.tables.get(key)?.created !== undefined;
    if (own && isMade) held.push({ key, object: name, privileges: ON_TABLES, at, liveAt: own.at });
  }
  for (const key of files.sequences.keys()) {
    if (!live.sequences.has(key)) continue;
    const object = `sequence ${key.slice(key.indexOf('.') + 1)}`;
    held.push({
      key: sequenceObject(key),
      object,
      privileges: ['usage', 'select', 'update'],
      at: undefined,
      liveAt: undefined,
    });
  }
  for (const [key, [routine]] of files.routines) {
    const own = live.routines.get(key)?.[0];
    // Overloads of one name are not told apart here.
    if (!routine || !own || files.routines.get(key)?.length !== 1) continue;
    held.push({
      key: routineObject(key),
      object: `function ${routine.name}`,
      privileges: ['execute'],
      at: routine.at,
      liveAt: own.at,
    });
  }
  if (live.apiSchema !== undefined) {
    held.push({
      key: schemaObject(live.apiSchema),
      object: `schema ${live.apiSchema}`,
      privileges: ['usage', 'create'],
      at: undefined,
      liveAt: undefined,
    });
  }
  return held;
}
