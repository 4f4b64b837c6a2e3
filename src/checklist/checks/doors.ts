import type { CheckContext, Told } from '../context';
import { refusesToken, shows } from '../ideal';
import type { PlannedDoor } from '../table-plan';
import { defineCheck, failed, isPrivate, passed, unproved, type JudgedThrough } from './check';

export const viewRead = defineCheck(
  'view-read',
  plan => isPrivate(plan) && plan.views.length > 0,
  async context => judgeAll(context, context.plan.views, 'view'),
);

export const functionRead = defineCheck(
  'function-read',
  plan => isPrivate(plan) && plan.functions.length > 0,
  async context => judgeAll(context, context.plan.functions, 'function'),
);

async function judgeAll(
  context: CheckContext,
  doors: readonly PlannedDoor[],
  kind: 'view' | 'function',
): Promise<JudgedThrough[]> {
  const judged: JudgedThrough[] = [];
  for (const door of doors) judged.push(await judge(context, door, kind));
  return judged;
}

async function judge(
  context: CheckContext,
  { name, column }: PlannedDoor,
  kind: 'view' | 'function',
): Promise<JudgedThrough> {
  const [a, b] = context.subjects;
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  const table = kind === 'view' ? name : `rpc/${name}`;
  const value =
    context.plan.ownership.kind === 'column' ? a : ownA.held ? ownA.value.values[context.column] : undefined;
  const ask = (
    condition: string,
    as: string | undefined,
    ideal = shows([]),
    control = false,
  ): Promise<Told> =>
    context.ask({
      method: 'GET',
      table,
      query: { select: column, [column]: `${condition}.${String(value)}`, limit: '5' },
      as,
      control,
      ideal,
    });
  const own = await ask('eq', a, shows([{ [column]: value }]), true);
  const others = await ask('isdistinct', a);
  // The gateway of v2 answers 401; on v1 the request runs as anon, and the door may open to it.
  const signedOut = await ask(
    'isdistinct',
    undefined,
    context.engine === 'v2_shared' ? refusesToken() : shows([]),
  );
  const evidence = [
    [others.evidence, signedOut.evidence, own.evidence],
    ownA.evidence,
    ownB.evidence,
  ] as const;
  const leaks =
    others.outcome.kind === 'done' ? a : signedOut.outcome.kind === 'done' ? 'Nobody signed in' : undefined;
  if (leaks !== undefined) {
    const message =
      leaks === a
        ? `Through the ${kind} ${name}, ${a} is shown rows of other subjects.`
        : `Through the ${kind} ${name}, rows are shown without a token.`;
    return {
      through: name,
      ...failed({ cause: 'bypassing-door', message, advice: advice(kind, name) }, ...evidence),
    };
  }
  const refused = context.diagnose(others, 'SELECT', a);
  if (refused) return { through: name, ...unproved(refused, ...evidence) };
  if (!ownA.held) return { through: name, ...unproved(ownA.diagnosis, ...evidence) };
  if (!ownB.held) return { through: name, ...unproved(ownB.diagnosis, ...evidence) };
  if (own.outcome.kind !== 'done') {
    const message = `The ${kind} ${name} does not show ${a} its own row either.`;
    const hint = `See whether ${name} leaves the row out by a condition of its own, or whether its policies let nobody in.`;
    return { through: name, ...unproved({ cause: 'policy', message, advice: hint }, ...evidence) };
  }
  return { through: name, ...passed(`Through ${name}, ${a} sees its own row, and no other.`, ...evidence) };
}

function advice(kind: 'view' | 'function', name: string): string {
  return kind === 'view'
    ? `alter view ${name} set (security_invoker = true);`
    : `Make ${name} SECURITY INVOKER, or have it compare the owner with auth.uid().`;
}
