import { refusesByPolicy } from '../ideal';
import { hasOneRowEach } from '../one-row-each';
import { gotThrough, outcomeOf } from '../outcome';
import type { CheckContext, Told } from '../context';
import type { Draft } from '../row-source';
import { defineCheck, failed, isOwned, notAskable, passed, unproved } from './check';
import { inNameOf, insertAdvice, mayBeReplaced, ownInsert } from './inserts';
import { judgeOthers } from './others-verb';

export default defineCheck('bulk-insert', isOwned, async context => {
  const [a, b] = context.subjects;
  const control = await ownInsert(context, a);
  if ('verdict' in control) return control;
  if (hasOneRowEach(context.plan)) {
    return notAskable(
      'Each subject has one row at most here, so an own row cannot be sent beside another.',
      'A forged row by itself is asked about.',
    );
  }
  const mine = await draft(context, a);
  const other = await draft(context, b);
  if (!mine.made) return unproved(mine.diagnosis, mine.evidence);
  if (!other.made) return unproved(other.diagnosis, other.evidence);
  const forged = inNameOf(context, other.draft, b);
  // Both with the owner, for rows of one request have the same columns.
  const own = inNameOf(context, mine.draft, a);
  const drafts = [own, forged] as const;
  const told = context.made ? await insertBoth(context, drafts) : await probeBoth(context, drafts);
  const rows = [...control.own.evidence, ...own.evidence, ...forged.evidence];
  if (context.made && gotThrough(told.outcome)) {
    const { row } = await context.made.find(context.plan, forged, a);
    if (context.plan.ownership.kind === 'column' && row?.[context.column] === a) {
      return passed(
        `The database replaces the forged owner: both rows belong to ${a}.`,
        [told.evidence],
        rows,
      );
    }
    // Looked at once more, they have names, by which each is removed and no other.
    await context.made.find(context.plan, own, a);
    const theirs = await context.made.find(context.plan, forged, b);
    if (!row && !theirs.row && mayBeReplaced(context)) return unproved(REPLACED, [told.evidence], rows);
  }
  if (context.made && told.outcome.kind === 'policy') {
    const stayed = await context.made.find(context.plan, own, a, false);
    if (stayed.row && isTold(own)) {
      const message = 'The forged row was refused, and the own one beside it stayed.';
      return failed(
        {
          cause: 'gateway-error',
          message,
          advice: 'One request is one transaction: see what stands between.',
        },
        [told.evidence, stayed.exchange.evidence],
        rows,
      );
    }
  }
  if (!context.made && gotThrough(told.outcome) && mayBeReplaced(context)) {
    return unproved(REPLACED, [told.evidence], rows);
  }
  return judgeOthers(context, {
    verb: 'insert',
    told,
    control: control.told,
    rows,
    leak: `As ${a}, a row in the name of ${b} is let through beside an own one.`,
    kept: 'The forged row keeps the whole request out; nothing of it stayed.',
    advice: insertAdvice(context),
    probe: control.own,
  });
});

const REPLACED = {
  cause: 'not-askable',
  message: 'Both rows would go through, and nothing tells whose they would be: a trigger may set the owner.',
  advice: 'Run in full mode to see whose rows they become.',
} as const;

async function draft(context: CheckContext, subject: string): ReturnType<CheckContext['rows']['draft']> {
  return context.made
    ? context.made.draft(context.plan, subject, {}, true)
    : context.rows.draft(context.plan, subject);
}

async function insertBoth(context: CheckContext, [own, forged]: readonly [Draft, Draft]): Promise<Told> {
  const [a, b] = context.subjects;
  if (!context.made) throw new Error('nothing is to be written');
  const rows = [
    { draft: own, owner: a },
    { draft: forged, owner: b },
  ];
  const { exchange } = await context.made.insert(context.plan, rows, { as: a, ideal: refusesByPolicy() });
  return { ...exchange, outcome: outcomeOf(exchange) };
}

/** Two valid rows where one object is asked for: what would go through is rolled back. */
async function probeBoth(context: CheckContext, [own, forged]: readonly [Draft, Draft]): Promise<Told> {
  return context.ask({
    method: 'POST',
    as: context.subjects[0],
    body: [own.values, forged.values],
    prefer: 'return=minimal',
    single: true,
    ideal: refusesByPolicy(),
  });
}

/** Its row can be told from others before PostgreSQL names it. */
function isTold({ key, markerColumn }: Draft): boolean {
  return key !== undefined || markerColumn !== undefined;
}
