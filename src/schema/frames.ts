import type { Node, SelectStmt } from '@pgsql/types';
import { textsOf } from './ast';
import type { Routine } from './objects';
import { sourceByAlias, sourceByColumn } from './scope';
import type { RowSource } from './worlds';

/** A source whose columns are expressions of a query of their own: a subquery, WITH, a view, a function. */
export interface ComputedSource extends RowSource {
  /** The expression behind a column. */
  readonly output: (column: string) => Bound | undefined;
}

/** An expression, and what its names mean. */
export interface Bound {
  readonly node: Node;
  readonly frames: Frames;
}

/** What names mean in one query, or in the body of a function. */
export interface Frame {
  readonly sources: readonly (RowSource | ComputedSource)[];
  /** Queries that WITH names. */
  readonly named?: ReadonlyMap<string, { readonly query: SelectStmt; readonly frames: Frames }>;
  /** Arguments of the function whose body it is, by name and by `$1`. */
  readonly parameters?: ReadonlyMap<string, Bound>;
  readonly routine?: Routine;
}

/** From the outermost query to the innermost. */
export interface Frames {
  readonly list: readonly Frame[];
  /** Inside a view or function that reads with its owner's rights. */
  readonly asOwner: boolean;
  /** How many functions and views it is inside of. */
  readonly depth: number;
}

export function within(frames: Frames, frame: Frame): Frames {
  return { ...frames, list: [...frames.list, frame] };
}

/** What a column reference names: a column of a source, or an argument of the function. */
export function lookUp(
  fields: readonly Node[] | undefined,
  { list }: Frames,
): { readonly source: RowSource | ComputedSource; readonly column: string } | Bound | undefined {
  const names = textsOf(fields);
  const column = names.at(-1);
  if (column === undefined || names.length !== fields?.length) return undefined;
  const qualifier = names.at(-2);
  const scopes = list.map(({ sources }) => sources);
  const source = qualifier === undefined ? byColumn(column, list) : sourceByAlias(qualifier, scopes);
  if (source) return { source, column };
  const frame = list.findLast(
    ({ parameters, routine }) =>
      parameters?.has(column) && (qualifier === undefined || qualifier === routine?.name),
  );
  return frame?.parameters?.get(column);
}

/** An argument is asked for last; a lone source with unknown columns takes what nothing else has. */
function byColumn(column: string, list: readonly Frame[]): RowSource | ComputedSource | undefined {
  const scopes = list.map(({ sources }) => sources);
  const found = sourceByColumn(column, scopes);
  if (found) return found;
  const untold = scopes.flat().filter(({ columns }) => columns === undefined);
  const elsewhere =
    scopes.flat().some(({ columns }) => columns?.has(column)) ||
    list.some(({ parameters }) => parameters?.has(column));
  return untold.length === 1 && !elsewhere ? untold[0] : undefined;
}
