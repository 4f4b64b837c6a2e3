import type { CheckContext, Told } from '../context';
import type { Row } from '../gateway-client';
import { shows } from '../ideal';
import { asText, type Control, type KnownRow } from '../known-row';
import { linkColumns, type TablePlan } from '../table-plan';
import { defineCheck, failed, firstBroken, isPrivate, passed, unproved } from './check';
import { leakDiagnosis } from './leak';
import { tiedPolicy } from './policy-advice';

/** How many rows of others are looked at. */
const GLANCE = '5';

export const readOwn = defineCheck('read-own', isPrivate, async context => {
  const [a, b] = context.subjects;
  const controls = [await context.own(a), await context.own(b)] as const;
  const evidence = controls.map(control => control.evidence);
  const broken = firstBroken(...controls);
  if (!broken) return passed(`${a} and ${b} each see their own row.`, ...evidence);
  const looked = controls.find(({ held }) => !held)?.evidence.at(-1);
  const isRefused = looked?.method === 'GET' && (looked.code === '42501' || looked.status === 200);
  // In no-write mode a subject that sees no row may have none.
  const isHidden = isRefused && broken.cause !== 'no-row';
  return isHidden && context.plan.expected.read === 'allowed'
    ? failed(broken, ...evidence)
    : unproved(broken, ...evidence);
});

export const ownRowsOnly = defineCheck('own-rows-only', isPrivate, async context => {
  const [a, b] = context.subjects;
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  const others = await askForOthers(context, ownA);
  if (!others) return unproved(firstBroken(ownA) ?? NO_LINK, ownA.evidence, ownB.evidence);
  const { told } = others;
  const evidence = [[told.evidence], ownA.evidence, ownB.evidence] as const;
  const shown = told.answer.status === null ? [] : (told.answer.rows ?? []);
  const foreign = await others.foreign(shown);
  if (foreign.length > 0) {
    const isOwnerless = foreign.every(row => row[context.column] === null);
    const message = isOwnerless
      ? `${a} is shown rows that nobody owns (${context.column} is NULL).`
      : `${a} is shown rows of other subjects.`;
    const probe = ownA.held ? ownA.value : undefined;
    return failed(await leakDiagnosis(context, message, readAdvice(context), probe), ...evidence);
  }
  const broken = context.diagnose(told, 'SELECT', a) ?? firstBroken(ownA, ownB);
  if (broken) return unproved(broken, ...evidence);
  return passed(`${a} sees its own row, and no other, while ${b} has one.`, ...evidence);
});

export const crossRead = defineCheck('cross-read', isPrivate, async context => {
  const [a, b] = context.subjects;
  const ownA = await context.own(a);
  const ownB = await context.own(b);
  if (!ownA.held || !ownB.held) {
    const broken = firstBroken(ownA, ownB);
    if (broken) return unproved(broken, ownA.evidence, ownB.evidence);
    throw new Error('a control neither held nor broke');
  }
  const aSeesB = await context.see(ownB.value, a, false);
  const bSeesA = await context.see(ownA.value, b, false);
  const evidence = [[aSeesB.evidence, bSeesA.evidence], ownA.evidence, ownB.evidence] as const;
  const [seesB, seesA] = [aSeesB.outcome.kind === 'done', bSeesA.outcome.kind === 'done'];
  if (seesB || seesA) {
    const [reader, owner] = seesB ? [a, b] : [b, a];
    const message = `${reader} reads the row of ${owner}${seesB && seesA ? ', and the other way round' : ''}.`;
    return failed(await leakDiagnosis(context, message, readAdvice(context), ownA.value), ...evidence);
  }
  const broken = context.diagnose(aSeesB, 'SELECT', a) ?? context.diagnose(bSeesA, 'SELECT', b);
  if (broken) return unproved(broken, ...evidence);
  return passed('Each sees its own row, and neither the other’s.', ...evidence);
});

const NO_LINK = {
  cause: 'not-askable',
  message: 'Nothing tells which rows belong to others.',
  advice: 'Name the owner column.',
} as const;

interface Others {
  readonly told: Told;
  /** Which of the rows that were shown belong to somebody else. */
  foreign(shown: readonly Row[]): Promise<readonly Row[]>;
}

/** Asks for every row but the subject's own ones. IS DISTINCT FROM finds rows of nobody as well, which <> would not. */
async function askForOthers(context: CheckContext, own: Control<KnownRow>): Promise<Others | undefined> {
  const [a] = context.subjects;
  const { ownership } = context.plan;
  const [column] = context.link;
  if (column === undefined) return undefined;
  const value = ownership.kind === 'column' ? a : own.held ? own.value.values[column] : undefined;
  if (value === undefined) return undefined;
  const told = await context.ask({
    method: 'GET',
    query: { select: context.link.join(','), [column]: `isdistinct.${asText(value)}`, limit: GLANCE },
    as: a,
    ideal: shows([]),
  });
  const foreign = async (shown: readonly Row[]): Promise<readonly Row[]> => {
    if (ownership.kind === 'column') return shown;
    const owned = await Promise.all(shown.map(row => belongsTo(context, context.plan, row, a)));
    return shown.filter((_row, index) => !owned[index]);
  };
  return { told, foreign };
}

/** Whether a row that is owned through its parent is the subject's: its parent is looked up, and that one's. */
export async function belongsTo(
  context: CheckContext,
  plan: TablePlan,
  row: Row,
  subject: string,
): Promise<boolean> {
  const { ownership } = plan;
  if (ownership.kind === 'column') return row[ownership.column] === subject;
  if (ownership.kind === 'nobody') return true;
  const parent = context.planOf(ownership.parent);
  if (!parent) return false;
  const filter = Object.fromEntries(
    ownership.columns.map((column, index) => [ownership.targets[index] ?? '', `eq.${String(row[column])}`]),
  );
  const { answer } = await context.ask({
    method: 'GET',
    table: parent.table,
    query: { select: linkColumns(parent).join(','), ...filter, limit: '1' },
    as: subject,
    ideal: shows([]),
  });
  const found = answer.status === null ? undefined : answer.rows?.[0];
  return found !== undefined && belongsTo(context, parent, found, subject);
}

function readAdvice(context: CheckContext): string {
  return tiedPolicy(context, 'SELECT', 'using');
}
