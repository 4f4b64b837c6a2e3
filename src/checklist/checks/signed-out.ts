import type { TokenFault } from '../../tokens/faulty';
import type { CheckContext, Told } from '../context';
import type { Caller } from '../gateway-client';
import { refusesToken, shows } from '../ideal';
import type { Control } from '../known-row';
import type { CheckId } from '../verdict';
import { defineCheck, failed, isPrivate, passed, unproved, type Check, type Judged } from './check';
import { leakDiagnosis } from './leak';

/** The faults, by the check that tries each. */
const FAULTS = {
  'empty-token': 'empty',
  'garbage-token': 'garbage',
  'wrong-secret': 'wrong-secret',
  'expired-token': 'expired',
  'alg-none': 'alg-none',
  'no-sub': 'no-sub',
  'no-role': 'no-role',
} as const satisfies Partial<Record<CheckId, TokenFault>>;

/** What v1 answers like a request without a token: its PostgREST takes no part of the token for missing. */
const RUNS_ON_V1: ReadonlySet<TokenFault> = new Set(['empty', 'no-sub', 'no-role']);

/** A request without a token. */
export const signedOut = defineCheck('signed-out', isPrivate, context => judge(context, undefined));

/** Requests with a token that is none, or is another's, or too old. */
export const tokenFaults: readonly Check[] = Object.entries(FAULTS).map(([id, fault]) =>
  defineCheck(
    id as CheckId,
    // The gateway of v2 writes the role itself, so that one without is as good as any.
    (plan, engine) => isPrivate(plan) && !(fault === 'no-role' && engine === 'v2_shared'),
    context => judge(context, fault),
  ),
);

async function judge(context: CheckContext, fault: TokenFault | undefined): Promise<Judged> {
  const [a, b] = context.subjects;
  const control = await context.tokenWorks(a);
  const runsAtAll = context.engine === 'v1_dedicated' && (fault === undefined || RUNS_ON_V1.has(fault));
  // Only rows that are there can prove that the policies keep such requests out.
  // Without a role there still is a subject, whose own rows a policy for everybody shows.
  const own = runsAtAll ? await context.own(fault === 'no-role' ? b : a) : undefined;
  if (fault === 'no-role' && own && !own.held) return unproved(own.diagnosis, own.evidence);
  const filter = fault === 'no-role' && own?.held ? own.value.filter : {};
  if (fault === 'no-role' && own && !own.held) return unproved(own.diagnosis, own.evidence);
  const as: Caller = fault === undefined ? undefined : { subject: a, fault };
  const told = await context.ask({
    method: 'GET',
    query: { select: context.column, ...filter, limit: '1' },
    as,
    ideal: runsAtAll ? shows([]) : refusesToken(),
  });
  const evidence = [[told.evidence], control.evidence] as const;
  const what = fault === undefined ? 'Without a token' : `With a token that is ${IN_WORDS[fault]}`;

  switch (told.outcome.kind) {
    case 'token':
      if (!control.held && control.evidence[0]?.status === 401)
        return unproved(control.diagnosis, ...evidence);
      return passed(`${what}: 401.`, ...evidence);
    case 'privilege':
      return passed(`${what} the request runs as anon, which has no privilege on the table.`, ...evidence);
    case 'done':
    case 'nothing':
      return runsAtAll && own ? judgeShown(context, told, own, what) : notRefused(told, what);
    default: {
      const diagnosis = context.diagnose(told, 'SELECT');
      if (diagnosis) return unproved(diagnosis, ...evidence);
      throw new Error('an answer that neither accepts nor refuses');
    }
  }
}

/** On v1 such a request runs: as `anon`, or as a role whose policies get no subject. */
async function judgeShown(
  context: CheckContext,
  told: Told,
  own: Control<Parameters<typeof leakDiagnosis>[3] & object>,
  what: string,
): Promise<Judged> {
  const evidence = [[told.evidence], own.evidence] as const;
  if (told.outcome.kind === 'done') {
    const message = `${what} rows are shown: the request runs, and nothing keeps it out.`;
    const advice = 'Give the policies "to authenticated", or revoke the table from anon.';
    const probe = own.held ? own.value : undefined;
    return failed(await leakDiagnosis(context, message, advice, probe), ...evidence);
  }
  if (!own.held) return unproved(own.diagnosis, ...evidence);
  return passed(
    `${what} the request runs and sees none of the rows that are there; v1 has no gateway that answers 401.`,
    ...evidence,
  );
}

function notRefused({ answer, evidence }: Told, what: string): Judged {
  const isForged = evidence.as !== 'nobody' && evidence.as !== 'nobody (token: empty)';
  return failed(
    {
      cause: 'no-authentication',
      message: `${what} the answer is ${answer.status ?? 'none'}; it has to be 401.`,
      advice: isForged
        ? 'Nothing here checks tokens: look at the JWT secret that PostgREST or the gateway is started with.'
        : 'Check the URL and the engine: PostgREST of a v1 project answers like this.',
    },
    [evidence],
  );
}

const IN_WORDS: Readonly<Record<TokenFault, string>> = {
  empty: 'empty',
  garbage: 'no token at all',
  'wrong-secret': 'signed with another secret',
  expired: 'expired',
  'alg-none': 'not signed',
  'no-sub': 'without a subject',
  'no-role': 'without a role',
};
