import { defineCheck, isOwned } from './check';
import { ownInsert } from './inserts';
import { judgeOwn } from './own-verb';

export default defineCheck('insert-own', isOwned, async context => {
  const [a] = context.subjects;
  const inserted = await ownInsert(context, a);
  if ('verdict' in inserted) return inserted;
  const { told, own } = inserted;
  return judgeOwn(context, 'insert', told, a, [told.evidence, ...(context.made ? own.evidence : [])]);
});
