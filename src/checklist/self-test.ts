import { CHECK_IDS, type CheckId } from './check-ids';
import { checksFor } from './checks';
import type { Defect } from './defect';
import { openGateway } from './open-gateway';
import type { ChecklistOptions } from './options';
import { runChecklist } from './run';
import { sweepSql } from './sweep-sql';
import type { ChecklistReport, CheckResult, Verdict } from './verdict';

/** A database of its own that defects are planted into. */
export interface SelfTestStage {
  /** Makes the schema what the project's SQL makes it. */
  reset(): Promise<void>;
  /** Runs SQL past every policy. */
  plant(sql: string): Promise<void>;
  /** Runs SQL past every policy, and tells how many rows it removed. */
  remove(sql: string): Promise<number>;
}

export interface SelfTestOptions extends Pick<
  ChecklistOptions,
  'gatewayUrl' | 'secret' | 'fetch' | 'now' | 'plan' | 'given' | 'role' | 'claims'
> {
  readonly schema: string;
  readonly engine: NonNullable<ChecklistOptions['engine']>;
  readonly stage: SelfTestStage;
  readonly defects: readonly Defect[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SelfTestProgress) => void;
}

export interface SelfTestProgress {
  /** Runs that are finished, of how many: one more than there are defects. */
  readonly finished: number;
  readonly runs: number;
  /** What is asked now. */
  readonly title: string;
}

/** What a check said of the right schema, and what it says of the one with the defect. */
export interface Noticed {
  readonly check: CheckId;
  /** The view or function it went through. */
  readonly through?: string;
  readonly verdict: Verdict;
}

export interface DefectResult {
  readonly defect: Defect;
  /** Checks that were expected to notice it, and did. */
  readonly caughtBy: readonly Noticed[];
  /** Expected, and passed all the same. */
  readonly missedBy: readonly CheckId[];
  /** Not expected, and noticed it. */
  readonly alsoCaughtBy: readonly Noticed[];
  /** Expected, and not able to pass on the right schema either. */
  readonly untold: readonly CheckId[];
  /** Why it could not be planted; empty when it was. */
  readonly problem: string;
}

export interface SelfTestReport {
  readonly engine: SelfTestOptions['engine'];
  readonly seconds: number;
  /** The right schema. */
  readonly baseline: ChecklistReport;
  readonly defects: readonly DefectResult[];
  /** Defects that no check noticed though one should. */
  readonly uncaught: readonly Defect[];
  /** Defects that changed nothing, where nothing tells whether they should have. */
  readonly withoutEffect: readonly Defect[];
  /** Checks that were asked and noticed no defect at all. */
  readonly silent: readonly CheckId[];
  readonly cancelled: boolean;
}

/** Subjects that nobody else has. */
const SUBJECTS = ['flux-rls-check-a', 'flux-rls-check-b'] as const;

/**
 * Proves that the checklist can fail: asks it of the project's SQL as it is, and again with each defect planted.
 * @throws {CannotRun} when nothing can be asked
 */
export async function selfTest(options: SelfTestOptions): Promise<SelfTestReport> {
  const { stage, signal, onProgress = () => undefined } = options;
  const started = Date.now();
  const defects = [...options.defects, ...gatewayDefects(options)];
  const runs = defects.length + 1;
  onProgress({ finished: 0, runs, title: 'the project’s SQL as it is' });
  await stage.reset();
  const baseline = await run(options);
  const results: DefectResult[] = [];
  for (const defect of defects) {
    if (signal?.aborted) break;
    onProgress({ finished: results.length + 1, runs, title: defect.id });
    const result = await tryDefect(options, defect, baseline.results);
    // A run that was cut short says nothing of the defect.
    if (!signal?.aborted) results.push(result);
  }
  await stage.reset();
  const isNoticed = ({ caughtBy, alsoCaughtBy }: DefectResult): boolean =>
    caughtBy.length + alsoCaughtBy.length > 0;
  const unnoticed = results.filter(result => !isNoticed(result) && result.problem === '');
  const noticing = new Set(
    results.flatMap(({ caughtBy, alsoCaughtBy }) => [...caughtBy, ...alsoCaughtBy].map(({ check }) => check)),
  );
  const asked = new Set(baseline.results.map(({ check }) => check));
  return {
    engine: options.engine,
    seconds: (Date.now() - started) / 1000,
    baseline,
    defects: results,
    uncaught: unnoticed.flatMap(({ defect }) => (defect.expectedBy.length > 0 ? defect : [])),
    withoutEffect: unnoticed.flatMap(({ defect }) => (defect.expectedBy.length > 0 ? [] : defect)),
    silent: CHECK_IDS.filter(id => asked.has(id) && !noticing.has(id)),
    cancelled: signal?.aborted ?? false,
  };
}

async function run(options: SelfTestOptions, defect?: Defect): Promise<ChecklistReport> {
  const { stage, onProgress: _progress, defects: _defects, fetch, ...asked } = options;
  const isOpen = defect !== undefined && defect.plant === undefined;
  return runChecklist({
    ...asked,
    fetch: isOpen ? openGateway(options, SUBJECTS[0]) : fetch,
    mode: 'full',
    subjects: SUBJECTS,
    // What only its owner tells goes with the first of them.
    sweep: async row =>
      (await stage.remove(sweepSql(row, options.schema))) > 0 || row.ownerColumn !== undefined,
    ...(defect && { only: [{ table: defect.table }] }),
  });
}

async function tryDefect(
  options: SelfTestOptions,
  defect: Defect,
  baseline: readonly CheckResult[],
): Promise<DefectResult> {
  const { stage } = options;
  await stage.reset();
  try {
    if (defect.plant !== undefined) await stage.plant(defect.plant);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { defect, caughtBy: [], missedBy: [], alsoCaughtBy: [], untold: [], problem };
  }
  const { results } = await run(options, defect);
  return { defect, problem: '', ...compare(defect, baseline, results) };
}

/** Holds what the checks say with the defect against what they said without. */
function compare(
  { expectedBy, table, through }: Defect,
  baseline: readonly CheckResult[],
  results: readonly CheckResult[],
): Omit<DefectResult, 'defect' | 'problem'> {
  const pairs = baseline
    .filter(was => was.table === table)
    .map(was => ({
      was,
      is: results.find(({ check, through: door }) => check === was.check && door === was.through),
      isExpected: expectedBy.includes(was.check) && (through === undefined || through === was.through),
    }));
  const noticed = (isExpected: boolean): Noticed[] =>
    pairs.flatMap(({ was, is, isExpected: expected }) =>
      expected === isExpected && is && isNotice(was, is)
        ? { check: is.check, verdict: is.verdict, ...(is.through !== undefined && { through: is.through }) }
        : [],
    );
  const expected = pairs.filter(({ isExpected }) => isExpected);
  const checksOf = (some: typeof pairs): CheckId[] => [...new Set(some.map(({ was }) => was.check))];
  return {
    caughtBy: noticed(true),
    alsoCaughtBy: noticed(false),
    missedBy: checksOf(expected.filter(({ was, is }) => was.verdict === 'pass' && is?.verdict === 'pass')),
    untold: checksOf(expected.filter(({ was, is }) => was.verdict !== 'pass' && !(is && isNotice(was, is)))),
  };
}

function isNotice(was: CheckResult, is: CheckResult): boolean {
  return is.verdict !== 'pass' && is.verdict !== 'skipped' && is.verdict !== was.verdict;
}

/** A gateway that lets every token in, or none: what no SQL can open, and what half of the checks are about. */
function gatewayDefects({ plan, engine }: SelfTestOptions): Defect[] {
  const table = plan.tables.find(({ shared, ownership }) => !shared && ownership.kind !== 'nobody');
  if (!table) return [];
  const checks = checksFor(table, engine).map(({ id }) => id);
  return [
    {
      id: 'gateway: tokens are not checked',
      title: 'tokens are not checked',
      table: table.table,
      verb: 'all',
      plant: undefined,
      effect: 'opens',
      expectedBy: checks.filter(id => WITHOUT_TOKEN.includes(id)),
    },
  ];
}

const WITHOUT_TOKEN: readonly CheckId[] = [
  'signed-out',
  'empty-token',
  'garbage-token',
  'wrong-secret',
  'expired-token',
  'alg-none',
  'no-sub',
  'signed-out-insert',
  'signed-out-update',
  'signed-out-delete',
];
