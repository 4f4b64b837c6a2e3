import type { Exchange } from '../gateway-client';
import type { CheckContext, OwnRow } from '../context';
import { isPolicyRefusal } from '../diagnose';
import { defineCheck, failed, passed, unproved, type Judged } from './check';
import { leakDiagnosis } from './leak';

export default defineCheck('forged-insert', async context => {
  const [a, b] = context.subjects;
  const own = await context.ownRow(a);
  if (!own.held) return unproved(own.diagnosis, own.evidence);
  const row = context.newRow(b);
  if ('reason' in row) throw new Error('a row could be made for one subject and not for the other');
  // Minimal: a representation would ask the SELECT policy as well, which hides an open INSERT policy.
  const forged = await context.ask({ method: 'POST', as: a, body: row.values, prefer: 'return=minimal' });
  const evidence = [[forged.evidence], own.evidence] as const;
  const { answer } = forged;
  const filter = row.key && { [row.key.column]: `eq.${row.key.value}` };
  if (filter && (answer.status === null || answer.status >= 500)) context.remember({ filter }, b, a, false);

  if (answer.status !== null && isPolicyRefusal(answer)) {
    return passed(
      `As ${a}, a row of ${b} is refused by a policy, while ${a}’s own is accepted.`,
      ...evidence,
    );
  }
  if (answer.status !== null && answer.status < 300) {
    const found = filter ?? (await findForged(context));
    if (found) context.remember({ filter: found }, b, a, true);
    else context.lose(b);
    return judgeAccepted(context, forged, found, own.value, own.evidence);
  }
  // NOT NULL, UNIQUE, CHECK and foreign keys are judged after the policies: the row had passed them.
  if (answer.status !== null && answer.code?.startsWith('23')) {
    const message = `The policies let a row of ${b} through; only a constraint stopped it (${answer.code}).`;
    return failed(await leakDiagnosis(context, message, advice(context), own.value), ...evidence);
  }
  const diagnosis = context.diagnose(forged, 'INSERT', a);
  if (diagnosis) return unproved(diagnosis, ...evidence);
  throw new Error('an answer that neither accepts nor refuses');
});

/** The row that was just let in, where PostgreSQL counts the keys: it comes after its owner's own one. */
async function findForged(context: CheckContext): Promise<OwnRow['filter'] | undefined> {
  for (const subject of [...context.subjects].reverse()) {
    const own = await context.ownRow(subject);
    const found = own.held ? await context.rowAfter(own.value) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** 201: unless the database put the right owner in by itself, the forgery stands. */
async function judgeAccepted(
  context: CheckContext,
  forged: Exchange,
  filter: OwnRow['filter'] | undefined,
  probe: OwnRow,
  control: readonly Exchange['evidence'][],
): Promise<Judged> {
  const [a, b] = context.subjects;
  if (filter) {
    const seen = await context.see({ filter }, a);
    if (seen.rows === 1 && seen.owner === a) {
      const evidence = [forged.evidence, seen.exchange.evidence];
      return passed(
        `The database replaces a forged owner by the subject: the row belongs to ${a}.`,
        evidence,
        control,
      );
    }
  }
  const message = `As ${a}, a row in the name of ${b} is accepted.`;
  return failed(await leakDiagnosis(context, message, advice(context), probe), [forged.evidence], control);
}

function advice({ owner }: CheckContext): string {
  return `Tie the INSERT policy to the subject: with check (${owner} = auth.uid()).`;
}
