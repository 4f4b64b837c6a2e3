import { ENGINES, type Engine } from '../flux/engine';
import { modelFromStatements } from '../schema/from-statements';
import type { SourceFile } from '../sql/source-file';
import type { Finding } from './finding';
import { RULES } from './rules';
import { severityOn, type LintContext, type Rule } from './rule';
import { isAtLeast } from './severity';

export interface LintOptions {
  /** Undefined when nothing tells; then a finding of either engine counts, with the worse severity. */
  readonly engine?: Engine | undefined;
  readonly apiSchema?: string | undefined;
  readonly rules?: readonly Rule[];
  readonly committed?: LintContext['committed'];
}

/** Judges the files of one push, in push order, as one state. Findings come in the order of the text. */
export function lint(files: readonly SourceFile[], options: LintOptions = {}): Finding[] {
  const rules = options.rules ?? RULES;
  const engines = options.engine === undefined ? ENGINES : [options.engine];
  const findings = new Map<string, Finding>();
  for (const engine of engines) {
    for (const finding of lintOn(engine, files, options, rules)) {
      const key = `${finding.rule} ${finding.at.file} ${finding.at.start}`;
      const known = findings.get(key);
      if (!known || !isAtLeast(known.severity, finding.severity)) findings.set(key, finding);
    }
  }
  const order = new Map(files.map(({ name }, index) => [name, index]));
  return [...findings.values()].sort(
    (a, b) =>
      (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) ||
      a.at.start - b.at.start ||
      a.rule.localeCompare(b.rule),
  );
}

function lintOn(
  engine: Engine,
  files: readonly SourceFile[],
  { apiSchema, committed }: LintOptions,
  rules: readonly Rule[],
): Finding[] {
  const model = modelFromStatements(files, { engine, apiSchema });
  const context: LintContext = committed ? { committed } : {};
  const findings: Finding[] = [];
  for (const rule of rules) {
    const usual = severityOn(rule, engine);
    if (usual === 'off') continue;
    rule.check(
      model,
      ({ severity = usual, related = [], ...finding }) => {
        findings.push({ rule: rule.id, severity, related, ...finding });
      },
      files,
      context,
    );
  }
  return findings;
}
