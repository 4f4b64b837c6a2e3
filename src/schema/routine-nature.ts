import { walk } from './ast';
import { bodyMentionsSubject } from './facts';
import type { Routine } from './objects';
import { settingsIn } from './settings';

/** Whether what it yields depends on the session that calls it: the subject, a claim or a setting. */
export function readsSession(routine: Routine): boolean {
  return bodyMentionsSubject(routine) || settingsIn(routine.statement.body?.queries).length > 0;
}

/** Whether PostgreSQL writes its body, a single SELECT without FROM, into the query that calls it. */
export function isInlined({ language, definer, searchPath, statement }: Routine): boolean {
  const [query, ...others] = statement.body?.queries ?? [];
  if (language !== 'sql' || definer || searchPath || !query || others.length > 0) return false;
  const types = typesIn(query);
  return types[0] === 'SelectStmt' && !types.includes('SubLink') && !types.includes('RangeVar');
}

const WRITES: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** Whether all of its body is there to be read, and none of it writes. */
export function onlyReads({ statement: { body } }: Routine): boolean {
  if (!body || body.opaque || body.dynamic) return false;
  return !typesIn(body.queries).some(type => WRITES.has(type));
}

function typesIn(tree: unknown): string[] {
  const types: string[] = [];
  walk(tree, type => types.push(type));
  return types;
}
