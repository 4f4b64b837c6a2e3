import type { CheckContext, Told } from '../context';
import type { Control, KnownRow } from '../known-row';
import { defineCheck, isOwned, notAskable, unproved } from './check';
import { judgeOwn } from './own-verb';

/**
 * The first row of a run is deleted at once: where that fails, no more are made. It is asked first for that reason.
 */
export default defineCheck('delete-own', isOwned, async context => {
  const [a] = context.subjects;
  const row = await context.own(a);
  if (!row.held) return unproved(row.diagnosis, row.evidence);
  const told = await deleteOwn(context, row, a);
  if (!told)
    return notAskable(
      'No form of a DELETE could be rolled back: the table has no text column.',
      'Run in full mode.',
    );
  return judgeOwn(context, 'delete', told, a, [told.evidence, ...row.evidence]);
});

async function deleteOwn(
  context: CheckContext,
  row: Extract<Control<KnownRow>, { readonly held: true }>,
  subject: string,
): Promise<Told | undefined> {
  if (!context.made) return context.probeDelete(row.value, subject);
  const told = await context.delete(row.value.filter, subject);
  context.deletedOwn = told;
  if (told.outcome.kind === 'done') await context.made.gone(row.value);
  return told;
}
