import type { Engine } from '../flux/engine';
import type { SchemaModel } from '../schema/model';
import type { SourceFile } from '../sql/source-file';
import type { Finding } from './finding';
import type { Severity } from './severity';

// Rules import this file and nothing else: what they may use of the model and of the linter is listed here.
export { TABLE_VERBS, type TableVerb } from '../flux/engine';
export { isForPublic } from '../schema/model';
export type * from '../schema/model';
export { subjectCastsIn, type Predicate, type SubjectCast } from '../schema/predicate';
export { schemaObject } from '../schema/privileges';
export { readSubject } from '../schema/subject';
export { isAlwaysTrue } from '../schema/truth';
export type { SourceFile, Span, Statement } from '../sql/source-file';
export { addStatementAfter, insertAt, lastOf, removeAt, replaceAt } from './edits';
export type { Finding, Fix, TextEdit } from './finding';
export { knowsRole, knownRoles } from './platform';
export type { Severity } from './severity';

/** A rule's documentation, from which hover, `explain` and the README table are made. Markdown without headings. */
export interface RuleDocs {
  /** What is wrong. */
  readonly what: string;
  /** What it does to requests or to a push, as observed on PostgreSQL or PostgREST. */
  readonly why: string;
  /** What to do. */
  readonly how: string;
  /** When it is a false alarm. */
  readonly falseAlarm: string;
  /** SQL with exactly one finding of the rule. */
  readonly bad: string;
  /** SQL with none. */
  readonly good: string;
}

/** Takes what a rule found; the linter adds the rule's id and, unless given, its severity. */
export type Report = (
  finding: Omit<Finding, 'rule' | 'severity' | 'related'> & Partial<Pick<Finding, 'severity' | 'related'>>,
) => void;

/** What a rule may ask of the world beyond the files of the push. */
export interface LintContext {
  /** The text of a file at git HEAD; undefined where nothing tells. */
  readonly committed?: (file: string) => string | undefined;
}

export interface Rule {
  /** Also the file's name and the code in the Problems panel. */
  readonly id: string;
  readonly title: string;
  /** One severity, or one per engine; `off` is not reported there. */
  readonly severity: Severity | Readonly<Record<Engine, Severity | 'off'>>;
  readonly fixable: boolean;
  readonly docs: RuleDocs;
  /** Other linters that know it, with their own name for it. */
  readonly sources: readonly string[];
  check(model: SchemaModel, report: Report, files: readonly SourceFile[], context: LintContext): void;
}

/** Gives a rule its type where it is written. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** The severity a rule has on an engine. */
export function severityOn(rule: Rule, engine: Engine): Severity | 'off' {
  return typeof rule.severity === 'string' ? rule.severity : rule.severity[engine];
}
