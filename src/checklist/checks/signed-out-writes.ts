import type { CheckContext, Told } from '../context';
import { affects, refusesToken, type Ideal } from '../ideal';
import { nullColumn } from '../known-row';
import { gotThrough } from '../outcome';
import type { CheckId, Verb } from '../verdict';
import { defineCheck, failed, isOwned, notAskable, passed, unproved, type Check, type Judged } from './check';
import { leakDiagnosis } from './leak';
import { brokenControl } from './others-verb';

interface Tried {
  readonly told: Told;
  /** The same as the subject itself. */
  readonly control: Told | undefined;
}

/** INSERT, UPDATE and DELETE without a token, in forms that could not write on either engine. */
export const signedOutWrites: readonly Check[] = [
  write('signed-out-insert', 'insert', tryInsert),
  write('signed-out-update', 'update', tryUpdate),
  write('signed-out-delete', 'delete', tryDelete),
];

function write(id: CheckId, verb: Verb, attempt: (context: CheckContext) => Promise<Tried | Judged>): Check {
  return defineCheck(id, isOwned, async context => {
    if (context.engine === 'v2_shared') return judgeGateway(context, verb);
    const tried = await attempt(context);
    return 'verdict' in tried ? tried : judgeAnonymous(context, verb, tried);
  });
}

/** v2: whatever the request is, the gateway has to refuse it before any SQL. */
async function judgeGateway(context: CheckContext, verb: Verb): Promise<Judged> {
  const [a] = context.subjects;
  const control = await context.tokenWorks(a);
  const nobodys = Object.fromEntries([[context.column, 'eq.flux-rls-nobody']]);
  const told = await context.ask({
    method: ({ insert: 'POST', update: 'PATCH', delete: 'DELETE', read: 'GET' } as const)[verb],
    ...(verb === 'insert' ? { body: [{}, {}], single: true } : { query: nobodys }),
    ...(verb === 'update' && { body: { [context.column]: null } }),
    prefer: 'return=minimal',
    as: undefined,
    ideal: refusesToken(),
  });
  const evidence = [[told.evidence], control.evidence] as const;
  if (told.outcome.kind === 'token') {
    if (!control.held && control.evidence[0]?.status === 401) return unproved(control.diagnosis, ...evidence);
    return passed('Without a token: 401.', ...evidence);
  }
  const diagnosis = context.diagnose(told, 'SELECT');
  if (told.outcome.kind === 'unclear') {
    return unproved(diagnosis ?? { cause: 'gateway-error', message: 'No answer.', advice: '' }, ...evidence);
  }
  return failed(
    {
      cause: 'no-authentication',
      message: `Without a token the request got past the gateway (${told.answer.status}); a v2 gateway answers 401.`,
      advice: 'Check the URL and the engine: PostgREST of a v1 project answers like this.',
    },
    ...evidence,
  );
}

/** v1: the request runs as `anon`, which holds every privilege by default. */
async function judgeAnonymous(context: CheckContext, verb: Verb, { told, control }: Tried): Promise<Judged> {
  const evidence = [[told.evidence], control ? [control.evidence] : []] as const;
  const [a] = context.subjects;
  if (gotThrough(told.outcome)) {
    const message = `Signed out, the ${verb} of a row of ${a} is let through: the request runs as anon, and no policy stops it.`;
    const advice = `Give the policies "to authenticated", or revoke ${verb} on ${context.plan.table} from anon.`;
    return failed(await leakDiagnosis(context, message, advice, undefined, told), ...evidence);
  }
  if (told.outcome.kind === 'token') return passed('Without a token: 401.', ...evidence);
  if (told.outcome.kind === 'unclear') {
    return unproved(
      context.diagnose(told, 'SELECT') ?? { cause: 'gateway-error', message: 'No clear answer.', advice: '' },
      ...evidence,
    );
  }
  if (told.outcome.kind === 'privilege') {
    return passed('Signed out, the request runs as anon, which has no privilege to do it.', ...evidence);
  }
  if (control && gotThrough(control.outcome)) {
    return passed('Signed out, the policies refuse what its owner may do.', ...evidence);
  }
  if (context.plan.expected[verb] === 'refused') {
    return passed('Refused, as for everybody: the project’s SQL lets nobody do it.', ...evidence);
  }
  return unproved(brokenControl(context, verb, control), ...evidence);
}

async function tryInsert(context: CheckContext): Promise<Tried | Judged> {
  const [a] = context.subjects;
  const drafted = await context.rows.draft(context.plan, a);
  if (!drafted.made) return unproved(drafted.diagnosis, drafted.evidence);
  const control = await context.probeInsert(drafted.draft, a, true);
  return { told: await context.probeInsert(drafted.draft, undefined, false), control };
}

async function tryUpdate(context: CheckContext): Promise<Tried | Judged> {
  const tried = await tryOnOwnRow(context, (row, as, ideal) =>
    context.probeUpdate(row, context.changeOf(row), as, ideal),
  );
  if ('verdict' in tried || gotThrough(tried.told.outcome)) return tried;
  const missing = nullColumn(context.plan, 'update');
  // No trigger fills in a key: whatever is reached cannot be written.
  if (missing === undefined || !context.plan.key.includes(missing)) return tried;
  // A filter asks the SELECT policy as well, which hides rows that an UPDATE without one reaches.
  const told = await context.ask({
    method: 'PATCH',
    as: undefined,
    body: { [missing]: null },
    prefer: 'return=minimal',
    single: true,
    ideal: affects(0),
  });
  return gotThrough(told.outcome) ? { ...tried, told } : tried;
}

async function tryDelete(context: CheckContext): Promise<Tried | Judged> {
  return tryOnOwnRow(context, (row, as, ideal) => context.probeDelete(row, as, ideal));
}

async function tryOnOwnRow(
  context: CheckContext,
  probe: (
    row: Parameters<CheckContext['probeDelete']>[0],
    as: string | undefined,
    ideal?: Ideal,
  ) => Promise<Told | undefined>,
): Promise<Tried | Judged> {
  const [a] = context.subjects;
  const own = await context.own(a);
  if (!own.held) return unproved(own.diagnosis, own.evidence);
  const control = await probe(own.value, a);
  const told = control && (await probe(own.value, undefined, affects(0)));
  if (!told) {
    return notAskable(
      'No form of the request could be rolled back: the table has no text column.',
      'Look at the policies’ TO clause: without one they speak of anon, too.',
    );
  }
  return { told, control };
}
