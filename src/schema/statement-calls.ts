import type { FuncCall, Node } from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { callsIn } from './facts';

const CALLS = new WeakMap<Node, readonly FuncCall[]>();

/** Every function call of a statement, found once for each parse tree. */
export function statementCalls({ node }: Statement): readonly FuncCall[] {
  const known = CALLS.get(node);
  if (known) return known;
  const calls = callsIn(node);
  CALLS.set(node, calls);
  return calls;
}
