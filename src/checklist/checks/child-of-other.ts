import type { CheckContext } from '../context';
import { refusesByPolicy, shows } from '../ideal';
import type { KnownRow } from '../known-row';
import { gotThrough } from '../outcome';
import { linkColumns, type PlannedForeignKey, type TablePlan } from '../table-plan';
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
import { insertAs, ownInsert } from './inserts';
import { brokenControl } from './others-verb';

/** Foreign keys besides those that make the row a subject's: rows of a parent that belongs to somebody. */
function parentKeys(plan: TablePlan): PlannedForeignKey[] {
  const link = linkColumns(plan);
  return plan.foreignKeys.filter(({ columns }) => !columns.some(column => link.includes(column)));
}

export default defineCheck(
  'child-of-other',
  plan => isOwned(plan) && parentKeys(plan).length > 0,
  async context => {
    const judged: Judged[] = [];
    for (const key of parentKeys(context.plan)) {
      const parent = context.planOf(key.table);
      if (parent && parent.table !== context.plan.table && isOwned(parent) && !parent.shared) {
        judged.push(await judge(context, key, parent));
      }
    }
    return judged.length > 0
      ? judged
      : passed('The tables it points at are shared, or not checked: whoever may point at their rows.');
  },
);

async function judge(context: CheckContext, key: PlannedForeignKey, parent: TablePlan): Promise<Judged> {
  const [a, b] = context.subjects;
  const theirs = await context.rows.own(parent, b);
  const control = await ownInsert(context, a);
  if ('verdict' in control) return control;
  if (!theirs.held) return unproved(firstBroken(theirs) ?? NONE, theirs.evidence);
  const link = Object.fromEntries(
    key.columns.map((column, index) => [column, theirs.value.values[key.targets[index] ?? '']]),
  );
  if (Object.values(link).some(value => value === undefined)) {
    return notAskable(
      `The columns of ${parent.table} that are pointed at cannot be read.`,
      'Look at this one by hand.',
    );
  }
  const drafted = await context.rows.draft(context.plan, a, link);
  if (!drafted.made) return unproved(drafted.diagnosis, drafted.evidence);
  const told = await insertAs(context, drafted.draft, { as: a, owner: a, ideal: refusesByPolicy() });
  const evidence = [[told.evidence, control.told.evidence], theirs.evidence] as const;
  const column = key.columns.join(', ');
  if (gotThrough(told.outcome)) return judgeAccepted(context, parent, column, theirs.value, evidence);
  if (!gotThrough(control.told.outcome)) {
    return context.plan.expected.insert === 'refused'
      ? passed('Refused, as every insert: the project’s SQL lets nobody do it.', ...evidence)
      : unproved(brokenControl(context, 'insert', control.told), ...evidence);
  }
  if (told.outcome.kind === 'unclear') {
    return unproved(context.diagnose(told, 'INSERT', a) ?? NONE, ...evidence);
  }
  return passed(`As ${a}, a row under the ${parent.table} row of ${b} is refused.`, ...evidence);
}

/** Foreign keys do not ask policies, so only WITH CHECK can: https://www.postgresql.org/docs/current/ddl-rowsecurity.html */
async function judgeAccepted(
  context: CheckContext,
  parent: TablePlan,
  column: string,
  theirs: KnownRow,
  evidence: readonly (readonly Evidence[])[],
): Promise<Judged> {
  const [a, b] = context.subjects;
  const seen = await context.ask({
    method: 'GET',
    table: parent.table,
    query: { select: parent.key.join(',') || '*', ...theirs.filter },
    as: a,
    ideal: shows([]),
  });
  const all = [...evidence, [seen.evidence]];
  if (seen.outcome.kind === 'done') {
    const message = `${a} can put rows under the ${parent.table} row of ${b}, which it can see.`;
    return unproved(
      { cause: 'parent-not-checked', message, advice: 'If that is meant, mark the parent as shared.' },
      ...all,
    );
  }
  return failed(
    {
      cause: 'parent-not-checked',
      message: `${a} can put rows under the ${parent.table} row of ${b}, which it cannot even see.`,
      advice: `Have the INSERT policy check ${column}: exists (select 1 from ${parent.table} …) under ${parent.table}’s own policies.`,
    },
    ...all,
  );
}

const NONE = {
  cause: 'not-askable',
  message: 'No clear answer.',
  advice: 'Look at this one by hand.',
} as const;
