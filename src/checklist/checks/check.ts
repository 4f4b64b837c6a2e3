import type { Engine } from '../../flux/engine';
import type { CheckContext } from '../context';
import type { Judged } from '../judge';
import type { TablePlan } from '../table-plan';
import { CHECK_FACTS, type CheckId, type CheckResult } from '../verdict';

export { failed, firstBroken, notAskable, passed, unproved, type Judged } from '../judge';

/** Some results are about a view or a function through which the table was asked. */
export type JudgedThrough = Judged & { readonly through?: string };

/** One point of the checklist. */
export interface Check {
  readonly id: CheckId;
  /** Whether it can be asked of a table at all. */
  isFor(plan: TablePlan, engine: Engine): boolean;
  /** Asks what is needed, its positive controls included, and judges the answers. */
  run(context: CheckContext): Promise<readonly CheckResult[]>;
}

/** Gives a check its type, and its results the table and the id. */
export function defineCheck(
  id: CheckId,
  isFor: (plan: TablePlan, engine: Engine) => boolean,
  judge: (context: CheckContext) => Promise<JudgedThrough | readonly JudgedThrough[]>,
): Check {
  const { verb, actor } = CHECK_FACTS[id];
  return {
    id,
    isFor,
    run: async context => {
      const judged = await judge(context);
      const all: readonly JudgedThrough[] = 'verdict' in judged ? [judged] : judged;
      return all.map(result => ({ table: context.plan.table, check: id, verb, actor, ...result }));
    },
  };
}

/** Tables whose rows belong to subjects. */
export function isOwned({ ownership }: TablePlan): boolean {
  return ownership.kind !== 'nobody';
}

/** Tables whose rows are each for one subject's eyes. */
export function isPrivate(plan: TablePlan): boolean {
  return isOwned(plan) && !plan.shared;
}
