import type { CheckContext, Told } from '../context';
import type { Diagnosis } from '../diagnose';
import { creates, refusesByPolicy, stopsAtCast, type Ideal } from '../ideal';
import { castGuard, type Control, type KnownRow } from '../known-row';
import { outcomeOf } from '../outcome';
import type { Draft } from '../row-source';
import { firstBroken, unproved, type Judged } from './check';
import { tiedPolicy } from './policy-advice';

/** An insert in somebody's name, for good in full mode and in a form that cannot write otherwise. */
export async function insertAs(
  context: CheckContext,
  draft: Draft,
  { as, owner, ideal }: { as: string; owner: string; ideal?: Ideal },
): Promise<Told> {
  if (!context.made) return context.probeInsert(draft, as, as === owner && ideal === undefined);
  const { exchange } = await context.made.insert(context.plan, [{ draft, owner }], {
    as,
    control: as === owner && ideal === undefined,
    ideal: ideal ?? (as === owner ? creates() : refusesByPolicy()),
  });
  return { ...exchange, outcome: outcomeOf(exchange) };
}

/** That the subject may insert its own row: what it takes for a refusal of another to mean anything. */
export async function ownInsert(
  context: CheckContext,
  subject: string,
): Promise<{ readonly told: Told; readonly own: Control<KnownRow> } | Judged> {
  const own = await context.own(subject);
  const sent = own.evidence.findLast(({ method }) => method === 'POST');
  if (context.made && own.held && sent) {
    const answer = { status: 201, by: 'postgrest' } as const;
    return { told: { answer, evidence: sent, cast: false, outcome: { kind: 'done', rows: 1 } }, own };
  }
  const told = await context.probeOwnInsert(subject);
  return 'held' in told
    ? unproved(firstBroken(own, told) ?? NOT_TOLD, own.evidence, told.evidence)
    : { told, own };
}

/** Whose row an insert makes in the end: a trigger may put the right owner in. */
export async function finalOwner(
  context: CheckContext,
  draft: Draft,
  as: string,
  owner: string,
): Promise<{ readonly owner: unknown; readonly evidence: readonly Told['evidence'][] }> {
  if (context.made) return readOwner(context, draft, as, owner);
  const cast = castGuard(context.plan, { [context.column]: owner });
  if (!cast) return { owner: undefined, evidence: [] };
  const told = await context.ask({
    method: 'POST',
    as,
    body: draft.values,
    prefer: 'return=representation',
    cast,
    ideal: stopsAtCast(as),
  });
  if (told.outcome.kind === 'stopped') return { owner: told.outcome.cast, evidence: [told.evidence] };
  if (told.outcome.kind !== 'policy') return { owner: undefined, evidence: [told.evidence] };
  // The SELECT policy refuses what is to be shown of the other's row, unless it refuses own rows as well.
  const own = await showOwnInsert(context, as);
  const isShown = own?.outcome.kind === 'stopped' && own.outcome.cast === as;
  return { owner: isShown ? owner : undefined, evidence: [told.evidence, ...(own ? [own.evidence] : [])] };
}

async function showOwnInsert(context: CheckContext, as: string): Promise<Told | undefined> {
  const drafted = await context.rows.draft(context.plan, as);
  const cast = castGuard(context.plan, { [context.column]: as });
  if (!drafted.made || !cast) return undefined;
  return context.ask({
    method: 'POST',
    as,
    body: drafted.draft.values,
    prefer: 'return=representation',
    cast,
    control: true,
    ideal: stopsAtCast(as),
  });
}

/** The draft with the owner in it, also where requests may not send that: then this is what is to be refused. */
export function inNameOf(context: CheckContext, draft: Draft, owner: string): Draft {
  return context.plan.ownership.kind === 'column'
    ? { ...draft, values: { ...draft.values, [context.column]: owner } }
    : draft;
}

/** Whether a row that was let through may have got another owner on its way in. */
export function mayBeReplaced({ plan }: CheckContext): boolean {
  return plan.ownerDefault !== 'none' && plan.triggers?.insert !== false;
}

async function readOwner(
  context: CheckContext,
  draft: Draft,
  as: string,
  owner: string,
): Promise<{ readonly owner: unknown; readonly evidence: readonly Told['evidence'][] }> {
  const evidence: Told['evidence'][] = [];
  for (const reader of new Set([as, owner])) {
    const found = await context.made?.find(context.plan, draft, reader);
    if (!found) continue;
    evidence.push(found.exchange.evidence);
    if (found.row) return { owner: found.row[context.column], evidence };
  }
  return { owner: undefined, evidence };
}

export function insertAdvice(context: CheckContext): string {
  return tiedPolicy(context, 'INSERT', 'with check');
}

export const NOT_TOLD: Diagnosis = {
  cause: 'not-askable',
  message:
    'The insert would go through, and nothing tells whose row it would be: a trigger may set the owner.',
  advice: 'Run in full mode to see whose row it becomes.',
};
