import { defineCheck, failed, firstBroken, passed, unproved } from './check';
import { leakDiagnosis } from './leak';

export default defineCheck('own-rows-only', async context => {
  const [a, b] = context.subjects;
  const { owner } = context;
  const ownA = await context.ownRow(a);
  const ownB = await context.ownRow(b);
  // IS DISTINCT FROM finds rows of nobody as well, which <> would not.
  const others = await context.ask({
    method: 'GET',
    query: { select: owner, [owner]: `isdistinct.${a}`, limit: '5' },
    as: a,
  });
  const evidence = [[others.evidence], ownA.evidence, ownB.evidence] as const;

  const shown = others.answer.status === null ? [] : (others.answer.rows ?? []);
  if (shown.length > 0) {
    const ownerless = shown.every(row => row[owner] === null);
    const message = ownerless
      ? `${a} is shown rows that nobody owns (${owner} is NULL).`
      : `${a} is shown rows of other subjects.`;
    const advice = `Tie the SELECT policy to the subject: using (${owner} = auth.uid()).`;
    return failed(
      await leakDiagnosis(context, message, advice, ownA.held ? ownA.value : undefined),
      ...evidence,
    );
  }
  const broken = firstBroken(ownA, ownB) ?? context.diagnose(others, 'SELECT', a);
  if (broken) return unproved(broken, ...evidence);
  return passed(`${a} sees its own row, and no other, while ${b} has one.`, ...evidence);
});
