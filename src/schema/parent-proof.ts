import { isTiedToSubject } from './audience';
import type { Atom } from './condition';
import { requires } from './condition';
import type { ForeignKey } from './objects';
import type { Predicate } from './predicate';

/**
 * Whether a row can pass a predicate only if the row its foreign key points at is the caller's, as far as the text tells:
 * the key is the subject itself, is asked of another table or a function, or is NULL.
 */
export function provesParent(predicate: Predicate, { columns }: ForeignKey): boolean {
  const names = new Set(columns);
  return requires(predicate.condition, atom => {
    const fact = predicate.factOf(atom);
    if (fact.kind === 'constant') return !fact.value;
    if (fact.kind === 'owner' || fact.kind === 'literal') return names.has(fact.column);
    const isAsked = predicate
      .columnsIn(atom.node)
      .some(({ of, column }) => of === 'own' && names.has(column));
    if (!isAsked) return false;
    if (fact.kind === 'row') return isNull(atom);
    if (fact.kind !== 'related' && fact.kind !== 'function' && fact.kind !== 'derived') return true;
    return isTiedToSubject(fact.audience) || fact.audience === 'unknown';
  });
}

function isNull({ node, negated }: Atom): boolean {
  return 'NullTest' in node && (node.NullTest.nulltesttype === 'IS_NULL') !== negated;
}
