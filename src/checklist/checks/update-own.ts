import type { CheckContext, Told } from '../context';
import type { KnownRow } from '../known-row';
import { defineCheck, isOwned, notAskable, unproved } from './check';
import { judgeOwn } from './own-verb';

export default defineCheck('update-own', isOwned, async context => {
  const [a] = context.subjects;
  const own = await context.own(a);
  if (!own.held) return unproved(own.diagnosis, own.evidence);
  const told = await changeOwn(context, own.value, a);
  if (!told) {
    return notAskable('No form of an UPDATE could be rolled back here.', 'Run in full mode.');
  }
  return judgeOwn(context, 'update', told, a, [told.evidence, ...own.evidence]);
});

/** Changes the subject's own row: what it takes for the refusal of another's to mean anything. */
export async function changeOwn(
  context: CheckContext,
  row: KnownRow,
  subject: string,
): Promise<Told | undefined> {
  const change = context.changeOf(row);
  return context.made
    ? context.update(row.filter, change, subject)
    : context.probeUpdate(row, change, subject);
}
