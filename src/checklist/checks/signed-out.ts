import type { CheckContext, Control } from '../context';
import type { Exchange } from '../gateway-client';
import { defineCheck, failed, passed, unproved, type Judged } from './check';
import { leakDiagnosis } from './leak';

export default defineCheck('signed-out', async context => {
  const [a] = context.subjects;
  const control = await context.tokenWorks(a);
  // v1 has no gateway: only rows that are there can prove that the policies keep `anon` out.
  const own = context.engine === 'v1_dedicated' ? await context.ownRow(a) : undefined;
  const asked = await context.ask({
    method: 'GET',
    query: { select: context.owner, limit: '1' },
    as: undefined,
  });
  const { answer } = asked;
  const evidence = [[asked.evidence], control.evidence] as const;

  if (answer.status === 401) {
    const withToken = control.evidence[0]?.status ?? 401;
    if (!control.held && withToken === 401) return unproved(control.diagnosis, ...evidence);
    return passed('Without a token: 401.', ...evidence);
  }
  if (own && answer.status === 200) return judgeAnonymous(context, asked, own);
  if (answer.status !== null && answer.status < 300) {
    return failed(
      {
        cause: 'no-authentication',
        message: `Without a token the gateway answers ${answer.status}; a v2 gateway answers 401.`,
        advice: 'Check the URL and the engine: PostgREST of a v1 project answers like this.',
      },
      ...evidence,
    );
  }
  const diagnosis = context.diagnose(asked, 'SELECT');
  if (!diagnosis) throw new Error('an answer that neither accepts nor refuses');
  return unproved(diagnosis, ...evidence);
});

/** Without a token a v1 request runs as `anon`, which holds every privilege by default. */
async function judgeAnonymous(
  context: CheckContext,
  asked: Exchange,
  own: Control<unknown>,
): Promise<Judged> {
  const evidence = [[asked.evidence], own.evidence] as const;
  const rows = asked.answer.status === null ? 0 : (asked.answer.rows?.length ?? 0);
  if (rows > 0) {
    const message = 'Without a token rows are shown: the request runs as anon, and nothing keeps it out.';
    const advice = 'Give the policies "to authenticated", or revoke the table from anon.';
    const [a] = context.subjects;
    const probe = await context.ownRow(a);
    return failed(
      await leakDiagnosis(context, message, advice, probe.held ? probe.value : undefined),
      ...evidence,
    );
  }
  if (!own.held) return unproved(own.diagnosis, ...evidence);
  return passed(
    'Without a token the request runs as anon and sees none of the rows that are there; v1 has no gateway that answers 401.',
    ...evidence,
  );
}
