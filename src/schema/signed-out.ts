import type { Node } from '@pgsql/types';
import { walk } from './ast';
import { audienceOf } from './audience';
import type { Atom, Condition } from './condition';
import { derivesFromSubject, type Fact } from './facts';
import type { SchemaModel } from './model';
import type { Policy, Table } from './objects';
import type { Predicate } from './predicate';
import { truthOf } from './truth';

/**
 * Whether a request without a subject gets some row past a condition. What a function or a subquery hides does not
 * count: false where the files cannot tell.
 */
export function admitsSignedOut(
  condition: Condition,
  fact: (atom: Atom) => Fact,
  table: Table,
  model: SchemaModel,
): boolean {
  const admits = (part: Condition): boolean => {
    if (part.kind === 'all') return part.parts.every(admits);
    if (part.kind === 'any') return part.parts.some(admits);
    return atomAdmits(part, fact(part), table, model);
  };
  return admits(condition);
}

/** Whether a permissive policy lets a request without a subject do what the policy is for; false where nothing tells. */
export function letsSignedOutPast({ verb, using, check }: Policy): boolean {
  const admits = (predicate: Predicate | undefined): boolean => predicate?.admitsSignedOut ?? false;
  const past = admits(using);
  // Without WITH CHECK the new row is judged by USING.
  const checked = admits(check ?? using);
  if (verb === 'insert') return admits(check);
  if (verb === 'update') return past && checked;
  return verb === 'all' ? past || checked : past;
}

function atomAdmits(atom: Atom, fact: Fact, table: Table, model: SchemaModel): boolean {
  const isNullable = (column: string): boolean => !table.columns.get(column)?.notNull;
  switch (fact.kind) {
    case 'constant':
      return fact.value;
    case 'signed-out':
    case 'row':
    case 'literal':
    case 'database-role':
      return true;
    case 'owner':
      // `owner_id is not distinct from auth.uid()`: rows of nobody.
      return fact.nullSafe && isNullable(fact.column);
    case 'not-owner':
      // `owner_id <> auth.uid()` is NULL without a subject, `is distinct from` is true.
      return 'A_Expr' in atom.node && atom.node.A_Expr.kind?.includes('DISTINCT') === true;
    case 'related':
      return audienceOf(atom, () => fact) === 'row-decides';
    case 'unknown':
      return isOfRow(atom, model) && canHold(atom, isNullable);
    default:
      return false;
  }
}

/** Made of columns, constants and operators only, as far as the text tells. */
function isOfRow({ node }: Atom, model: SchemaModel): boolean {
  return !hasQueryOrCall(node) && !derivesFromSubject(node, model);
}

function hasQueryOrCall(node: Node): boolean {
  let found = false;
  walk(node, type => {
    found ||= type === 'SubLink' || type === 'FuncCall';
  });
  return found;
}

function canHold({ node, negated }: Atom, isNullable: (column: string) => boolean): boolean {
  const truth = truthOf(node, { subject: 'absent', notNull: column => !isNullable(column) });
  return negated ? truth.canBeFalse : truth.canBeTrue;
}
