import type { CheckContext, Told } from '../context';
import type { Diagnosis } from '../diagnose';
import type { Row } from '../gateway-client';
import { refusesByPolicy, rollsBack } from '../ideal';
import { nullColumn, type KnownRow } from '../known-row';
import { hasOneRowEach } from '../one-row-each';
import { gotThrough } from '../outcome';
import type { TablePlan } from '../table-plan';
import type { Evidence } from '../verdict';
import {
  defineCheck,
  failed,
  firstBroken,
  isOwned,
  notAskable,
  passed,
  unproved,
  type Judged,
} from './check';
import { countOwn } from './count-own';
import { linkOf } from './give-away';
import { leakDiagnosis } from './leak';
import { tiedPolicy } from './policy-advice';
import { takingOver } from './taking-over';

/**
 * A filter, or anything RETURNING, makes PostgreSQL ask the SELECT policy as well, which hides what an UPDATE or DELETE
 * without one may reach. Both are asked in a form that is rolled back: for one object, while two own rows are reached.
 */
export const updateUnfiltered = defineCheck('update-unfiltered', isOwned, async context => {
  const reached = await judgeReach(context, 'update');
  if (reached.verdict === 'fail') return reached;
  const given = await giveAllAway(context, reached.verdict === 'pass');
  if (given?.verdict === 'fail') return given;
  return given ? { ...reached, evidence: [...given.evidence, ...reached.evidence] } : reached;
});

export const deleteUnfiltered = defineCheck('delete-unfiltered', isOwned, context =>
  judgeReach(context, 'delete'),
);

/** Hands every row within reach to the other subject, with a required value missing; undefined where that cannot be asked. */
async function giveAllAway(context: CheckContext, reachesTwo: boolean): Promise<Judged | undefined> {
  const [a, b] = context.subjects;
  const own = await context.own(a);
  const link = await linkOf(context, b);
  const missing = nullColumn(context.plan, 'update');
  if (!own.held || !link.held || missing === undefined) return undefined;
  // Two rows within reach are rolled back even where a trigger fills in the missing value; no trigger fills in a key.
  if (!reachesTwo && !context.plan.key.includes(missing)) return undefined;
  const told = await context.ask({
    method: 'PATCH',
    as: a,
    body: { ...link.value, [missing]: null },
    prefer: 'return=minimal',
    single: true,
    ideal: refusesByPolicy(),
  });
  const evidence = [[told.evidence], own.evidence] as const;
  if (told.outcome.kind !== 'stopped') {
    return told.outcome.kind === 'unclear' ? undefined : passed('It is refused.', [told.evidence]);
  }
  // A trigger that keeps the owner would let it through as well, and nothing would be given away.
  if (context.plan.triggers?.update !== false) {
    const kept = await context.probeUpdateCast(own.value, link.value, a);
    if (kept?.outcome.kind === 'stopped' && kept.outcome.cast === a) return undefined;
    // Refused by a policy, the row was the other's already: triggers go first.
    const isTold = kept?.outcome.kind === 'stopped' || kept?.outcome.kind === 'policy';
    if (context.plan.triggers === undefined && !isTold) return undefined;
  }
  const message = `Without a filter, ${a} can give every row within its reach to ${b}.`;
  const advice = tiedPolicy(context, 'UPDATE', 'with check');
  return failed(await leakDiagnosis(context, message, advice, own.value, told), ...evidence);
}

/** Counts what is reached before and after the other subject gets one row more. */
async function judgeReach(context: CheckContext, verb: 'update' | 'delete'): Promise<Judged> {
  const [a, b] = context.subjects;
  if (hasOneRowEach(context.plan)) return judgeOneRowEach(context, verb);
  const own = await context.own(a);
  const another = await context.second(a);
  if (!own.held) return unproved(own.diagnosis, own.evidence);
  if (!another.held) return unproved(another.diagnosis, another.evidence);
  const rows: Evidence[] = [...own.evidence, ...another.evidence];
  for (const row of [own.value, another.value]) {
    const control = await reachOne(context, verb, row);
    if (!control) {
      return notAskable(
        `No form of ${verb === 'update' ? 'an UPDATE' : 'a DELETE'} could be rolled back here.`,
        'Look at the policies for this one.',
      );
    }
    rows.push(control.evidence);
    if (!gotThrough(control.outcome)) return notReached(context, verb, control, rows);
  }
  const before = await reachBySome(context, verb, own.value);
  if (before.collides) return reachesOthers(context, verb, [[before.told.evidence], rows], own.value);
  if (before.count === undefined) return notCounted(context, verb, before.told, rows);
  const others = context.made ? await addOthers(context) : undefined;
  if (others && 'verdict' in others) return others;
  const after = context.made ? await reachAll(context, verb, before.change) : before;
  const evidence = [[before.told.evidence, after.told.evidence], rows] as const;
  if (context.made) {
    if (after.count === undefined) return notCounted(context, verb, after.told, rows);
    if (after.count > before.count) return reachesOthers(context, verb, evidence, own.value);
    return passed(`Without a filter, ${a} reaches as many rows as before ${b} got another one.`, ...evidence);
  }
  return judgeCount(context, verb, before.count, evidence);
}

/** One row each: what reaches the subject's alone is written, so that row has to be one that the run made. */
async function judgeOneRowEach(context: CheckContext, verb: 'update' | 'delete'): Promise<Judged> {
  const [a, b] = context.subjects;
  if (!context.made) {
    return notAskable(
      'Each subject has one row at most: what reaches that one alone would be written.',
      'Run in full mode, or look at the policies for this one.',
    );
  }
  const own = await context.own(a);
  const theirs = await context.own(b);
  if (!own.held || !theirs.held) {
    return unproved(firstBroken(own, theirs) ?? NO_ROWS, own.evidence, theirs.evidence);
  }
  // The own row is within reach, so that what reaches one row only has reached that one.
  const control = await reachOne(context, verb, own.value);
  const rows = [...own.evidence, ...theirs.evidence, ...(control ? [control.evidence] : [])];
  if (!control || !gotThrough(control.outcome)) return notReached(context, verb, control, rows);
  const reached = await reachBySome(context, verb, own.value);
  const { told, count } = reached;
  if (told.outcome.kind === 'done') {
    if (verb === 'delete') await context.made.gone(own.value);
    return passed(`Without a filter, ${a} reaches its own row alone.`, [told.evidence], rows);
  }
  if (told.outcome.kind === 'nothing' || count === 0) return notReached(context, verb, told, rows);
  if (count === undefined && !reached.collides) return notCounted(context, verb, told, rows);
  return reachesOthers(context, verb, [[told.evidence], rows], own.value);
}

const NO_ROWS = { cause: 'no-row', message: 'There are no rows.', advice: '' } as const;

/** No-write mode: what is reached is held against what the subject sees of its own. */
async function judgeCount(
  context: CheckContext,
  verb: 'update' | 'delete',
  count: number,
  evidence: readonly (readonly Evidence[])[],
): Promise<Judged> {
  const [a] = context.subjects;
  const { own, told: seen } = await countOwn(context);
  const all = [...evidence, [seen.evidence]];
  if (own !== undefined && count <= own) {
    return passed(`Without a filter, ${a} reaches ${count} rows, all of which it sees as its own.`, ...all);
  }
  return unproved(
    {
      cause: 'not-askable',
      message: `Without a filter, ${a} reaches ${count} rows and sees ${own ?? 'an unknown number'} of its own: the others are somebody else’s, or hidden from ${a}.`,
      advice: `Look at the ${verb === 'update' ? 'UPDATE' : 'DELETE'} policy, or run in full mode on a copy.`,
    },
    ...all,
  );
}

async function reachOne(
  context: CheckContext,
  verb: 'update' | 'delete',
  row: KnownRow,
): Promise<Told | undefined> {
  const [a] = context.subjects;
  return verb === 'update' ? context.probeUpdate(row, context.changeOf(row), a) : context.probeDelete(row, a);
}

/** All that a request without a filter reaches; it is rolled back, for two own rows are among it. */
async function reachAll(
  context: CheckContext,
  verb: 'update' | 'delete',
  change: Row | undefined,
): Promise<Reached> {
  const told = await context.ask({
    method: verb === 'update' ? 'PATCH' : 'DELETE',
    as: context.subjects[0],
    ...(change && { body: change }),
    prefer: 'return=minimal',
    single: true,
    ideal: rollsBack(2),
  });
  const { outcome, answer } = told;
  const isOwner = Object.keys(change ?? {}).every(name => context.link.includes(name));
  return {
    told,
    count: outcome.kind === 'stopped' ? outcome.rows : undefined,
    change,
    collides:
      isOwner &&
      context.plan.ownership.kind === 'column' &&
      answer.status !== null &&
      answer.code === '23505',
  };
}

interface Reached {
  readonly told: Told;
  readonly count: number | undefined;
  readonly change: Row | undefined;
  /** Only a row of another's could be in the way of a change that gives own rows what they have. */
  readonly collides: boolean;
}

/** By the first of the changes by which it can be counted. */
async function reachBySome(
  context: CheckContext,
  verb: 'update' | 'delete',
  own: KnownRow,
): Promise<Reached> {
  if (verb === 'delete') return reachAll(context, verb, undefined);
  const [first, ...others] = await harmlessChanges(context, own);
  let reached = await reachAll(context, verb, first);
  for (const change of others) {
    if (reached.count !== undefined || reached.collides) return reached;
    reached = await reachAll(context, verb, change);
  }
  return reached;
}

/**
 * Changes that own rows may undergo. To become the subject's own is one, and what a WITH CHECK lets through of another's:
 * a changed text would be refused there, and hide that the row was reached.
 */
async function harmlessChanges(context: CheckContext, own: KnownRow): Promise<Row[]> {
  const { plan, link } = context;
  const change = context.changeOf(own);
  const taken = await takingOver(context);
  // Where a parent has one child, a second one under it would be refused for that.
  const isSafe = plan.ownership.kind === 'column' || !isUnique(plan, link);
  return taken && isSafe ? [taken, change] : [change];
}

function isUnique({ key, uniqueKeys }: TablePlan, columns: readonly string[]): boolean {
  return [key, ...uniqueKeys].some(
    unique => unique.length > 0 && unique.every(name => columns.includes(name)),
  );
}

/** One more row of the other subject's. */
async function addOthers(context: CheckContext): Promise<Judged | undefined> {
  const another = await context.another(context.subjects[1]);
  return another.held ? undefined : unproved(another.diagnosis, another.evidence);
}

async function reachesOthers(
  context: CheckContext,
  verb: 'update' | 'delete',
  evidence: readonly (readonly Evidence[])[],
  probe: KnownRow,
): Promise<Judged> {
  const [a, b] = context.subjects;
  const sql = verb === 'update' ? 'UPDATE' : 'DELETE';
  const message = `Without a filter, ${verb === 'update' ? 'an UPDATE' : 'a DELETE'} by ${a} reaches rows of ${b}.`;
  const advice = tiedPolicy(context, sql, 'using');
  return failed(await leakDiagnosis(context, message, advice, probe), ...evidence);
}

function notReached(
  context: CheckContext,
  verb: 'update' | 'delete',
  control: Told | undefined,
  rows: readonly Evidence[],
): Judged {
  const sql = verb === 'update' ? 'UPDATE' : 'DELETE';
  if (context.plan.expected[verb] === 'refused') {
    return passed(`Not even the own rows are reached: the project’s SQL lets nobody ${verb}.`, rows);
  }
  const known = control && context.diagnose(control, sql, context.subjects[0]);
  const diagnosis: Diagnosis = known ?? {
    cause: 'policy',
    message: `The ${sql} reaches not even the subject’s own row.`,
    advice: `Add a policy for ${sql} on ${context.plan.table}.`,
  };
  return unproved(diagnosis, rows);
}

function notCounted(
  context: CheckContext,
  verb: 'update' | 'delete',
  told: Told,
  rows: readonly Evidence[],
): Judged {
  const sql = verb === 'update' ? 'UPDATE' : 'DELETE';
  const diagnosis: Diagnosis = context.diagnose(told, sql, context.subjects[0]) ?? {
    cause: 'not-askable',
    message: 'The answer does not count the rows that were reached.',
    advice: 'Look at the policies for this one.',
  };
  return unproved(diagnosis, [told.evidence], rows);
}
