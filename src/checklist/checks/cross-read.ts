import { defineCheck, failed, firstBroken, passed, unproved } from './check';
import { leakDiagnosis } from './leak';

export default defineCheck('cross-read', async context => {
  const [a, b] = context.subjects;
  const ownA = await context.ownRow(a);
  const ownB = await context.ownRow(b);
  if (!ownA.held || !ownB.held) {
    const broken = firstBroken(ownA, ownB);
    if (broken) return unproved(broken, ownA.evidence, ownB.evidence);
    throw new Error('a control neither held nor broke');
  }
  const aSeesB = await context.see(ownB.value, a);
  const bSeesA = await context.see(ownA.value, b);
  const evidence = [
    [aSeesB.exchange.evidence, bSeesA.exchange.evidence],
    ownA.evidence,
    ownB.evidence,
  ] as const;
  if (aSeesB.rows + bSeesA.rows > 0) {
    const reader = aSeesB.rows > 0 ? a : b;
    const message = `${reader} reads the row of ${reader === a ? b : a}${aSeesB.rows > 0 && bSeesA.rows > 0 ? ', and the other way round' : ''}.`;
    const advice = `Tie the SELECT policy to the subject: using (${context.owner} = auth.uid()).`;
    return failed(await leakDiagnosis(context, message, advice, ownA.value), ...evidence);
  }
  const broken = aSeesB.diagnosis ?? bSeesA.diagnosis;
  if (broken) return unproved(broken, ...evidence);
  return passed('Each sees its own row, and neither the other’s.', ...evidence);
});
