import { ENGINES, type Engine } from '../flux/engine';
import { modelFromStatements } from '../schema/from-statements';
import type { SchemaModel } from '../schema/model';
import type { SourceFile } from '../sql/source-file';
import type { Finding } from './finding';
import { mergeEngines } from './merge-engines';
import { severityOn, type LintContext, type Rule } from './rule';
import { RULES } from './rules';
import { isAtLeast, type Severity } from './severity';
import { applySuppressions, type SuppressedFinding } from './suppressions';

export interface LintOptions extends LintContext {
  /** Undefined when nothing tells; then a finding of either engine counts, with the worse severity. */
  readonly engine?: Engine | undefined;
  readonly apiSchema?: string | undefined;
  readonly rules?: readonly Rule[];
  /** Other severities than the rules' own, by rule. A rule that is off on an engine stays off there. */
  readonly severities?: ReadonlyMap<string, Severity | 'off'>;
}

/** What the linter says of a push, in the order of the text. */
export interface Judgment {
  readonly findings: readonly Finding[];
  /** Findings that a comment hides. */
  readonly suppressed: readonly SuppressedFinding[];
}

/** The findings of {@link judge}. */
export function lint(files: readonly SourceFile[], options: LintOptions = {}): Finding[] {
  return [...judge(files, options).findings];
}

/** Judges the files of one push, in push order, as one state. */
export function judge(files: readonly SourceFile[], options: LintOptions = {}): Judgment {
  return judgeWith(files, options, (engine, rules) => {
    const model = modelFromStatements(files, { engine, apiSchema: options.apiSchema });
    return runRules(rules, model, files, options);
  });
}

/** Judges files with the runs that `runOn` gives for each engine that counts. */
export function judgeWith(
  files: readonly SourceFile[],
  options: LintOptions,
  runOn: (engine: Engine, rules: readonly Rule[]) => EngineRun,
): Judgment {
  const given = options.rules ?? RULES;
  const rules = given.filter(({ id }) => options.severities?.get(id) !== 'off');
  const engines = options.engine === undefined ? ENGINES : [options.engine];
  const runs = engines.map(engine => runOn(engine, rules));
  const cannotTell = new Set(runs.flatMap(run => run.cannotTell));
  const { findings, suppressed, own } = applySuppressions(
    withoutEchoes(mergeEngines(runs.map(run => run.findings)), rules),
    files,
    {
      ids: [...RULES, ...given].map(({ id }) => id),
      judged: new Set(runs.flatMap(({ judged }) => judged).filter(id => !cannotTell.has(id))),
    },
  );
  const ofSuppressions = own.flatMap(finding => {
    const rule = rules.find(({ id }) => id === finding.rule);
    const severity = rule && worst(engines.map(engine => severityHere(rule, engine, options)));
    return severity ? { ...finding, severity } : [];
  });
  return { findings: inTextOrder([...findings, ...ofSuppressions], files), suppressed };
}

/** What the rules say on one engine. */
export interface EngineRun {
  readonly findings: readonly Finding[];
  /** Rules that are on. */
  readonly judged: readonly string[];
  /** Rules that asked for a committed text that is not there. */
  readonly cannotTell: readonly string[];
}

/** Runs rules over a model and its files. */
export function runRules(
  rules: readonly Rule[],
  model: SchemaModel,
  files: readonly SourceFile[],
  options: LintOptions,
): EngineRun {
  const findings: Finding[] = [];
  const judged: string[] = [];
  const cannotTell: string[] = [];
  for (const rule of rules) {
    const usual = severityHere(rule, model.engine, options);
    if (usual === 'off') continue;
    judged.push(rule.id);
    const set = options.severities?.get(rule.id);
    const committed = (file: string): string | undefined => {
      const text = options.committed?.(file);
      if (text === undefined) cannotTell.push(rule.id);
      return text;
    };
    rule.check(
      model,
      ({ severity = usual, related = [], ...finding }) => {
        findings.push({
          rule: rule.id,
          related,
          ...finding,
          severity: set && set !== 'off' ? set : severity,
        });
      },
      files,
      { committed },
    );
  }
  return { findings, judged, cannotTell };
}

/** One mistake that two rules tell of, each for its engine, is told once. */
function withoutEchoes(findings: readonly Finding[], rules: readonly Rule[]): readonly Finding[] {
  const echoes = new Map(
    rules.flatMap(({ id, echoes: other }) => (other === undefined ? [] : [[id, other]])),
  );
  if (!findings.some(({ rule }) => echoes.has(rule))) return findings;
  const place = (rule: string, { at }: Finding): string => `${rule} ${at.start} ${at.file}`;
  const told = new Set(findings.map(finding => place(finding.rule, finding)));
  return findings.filter(finding => !told.has(place(echoes.get(finding.rule) ?? '', finding)));
}

/** The severity a rule has on an engine, unless options give it another one. */
function severityHere(rule: Rule, engine: Engine, { severities }: LintOptions): Severity | 'off' {
  const usual = severityOn(rule, engine);
  return usual === 'off' ? usual : (severities?.get(rule.id) ?? usual);
}

function worst(severities: readonly (Severity | 'off')[]): Severity | undefined {
  return severities
    .filter(severity => severity !== 'off')
    .reduce<Severity | undefined>((a, b) => (a !== undefined && isAtLeast(a, b) ? a : b), undefined);
}

function inTextOrder(findings: readonly Finding[], files: readonly SourceFile[]): Finding[] {
  const order = new Map(files.map(({ name }, index) => [name, index]));
  return [...findings].sort(
    (a, b) =>
      (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) ||
      a.at.start - b.at.start ||
      a.rule.localeCompare(b.rule),
  );
}
