import type { Engine } from '../flux/engine';
import type { SchemaModel } from '../schema/model';
import type { SourceFile } from '../sql/source-file';
import type { Finding } from './finding';
import type { Severity } from './severity';

// Rules import this file and nothing else: what they may use of the model and of the linter is listed here.
export type { A_Expr, FuncCall, Node, RangeVar, RoleSpec, TypeCast } from '@pgsql/types';
export { V2_FORWARDED_CLAIMS } from '../flux/claims';
export { ANON, AUTHENTICATED, TABLE_VERBS, type TableVerb } from '../flux/engine';
export { isApiSchema, tenantOf } from '../flux/names';
export { escalationWords } from '../flux/push-adapt';
export { isPushDirectory, MAX_PUSH_FILE_BYTES } from '../flux/push-target';
export { NO_FORCE_MARKER } from '../flux/push-transaction';
export { relationsOf, textOf, textsOf, walk } from '../schema/ast';
export { columnMentions } from '../schema/column-mentions';
export { columnThen } from '../schema/column-times';
export { AUDIENCES, isTiedToSubject, isWider, type Audience, type Way } from '../schema/audience';
export { isChoosable } from '../schema/choosable';
export { capturesIn, hiddenArguments } from '../schema/captures';
export { audienceThrough, clausesOf, concernsRequests, type Judged } from '../schema/clauses';
export type { ColumnComparison } from '../schema/comparisons';
export { commentsIn, type CommentOn } from '../schema/comments';
export { atomsOf, conditionOf, requires, type Atom, type Condition } from '../schema/condition';
export { expressionsOver } from '../schema/expressions';
export {
  bodyMentionsSubject,
  callsIn,
  derivesFromSubject,
  isDatabaseRole,
  mentionsSubject,
  routinesOf,
  type Fact,
} from '../schema/facts';
export { policyRolesIn, rolesOf } from '../schema/fold-policies';
export { routineObject } from '../schema/fold-routines';
export { relationPlace } from '../schema/fold-tables';
export { isExemptFromForce, isForPublic, relationKey, type SchemaModel } from '../schema/model';
export { notInNull, type NotInNull } from '../schema/not-in';
export type * from '../schema/objects';
export { ownerGets } from '../schema/owner-rights';
export { subjectCastsIn, type Predicate, type SubjectCast } from '../schema/predicate';
export { ALL_PRIVILEGES, PUBLIC, schemaObject, sequenceObject } from '../schema/privileges';
export { readRoleTest, type RoleTest } from '../schema/role-test';
export { insertedValues, isArgument } from '../schema/routine-arguments';
export { isInlined, onlyReads, readsSession } from '../schema/routine-nature';
export { openingOf, type Opening, type OpeningKind } from '../schema/opening';
export { provesParent } from '../schema/parent-proof';
export { isPure } from '../schema/pure-functions';
export { readersOf } from '../schema/readers';
export { escalationOf, type Escalation } from '../schema/escalation';
export { openDoorsOf, type OpenDoor } from '../schema/doors';
export { circularReads, type Circle, type PolicyRead } from '../schema/recursion';
export { columnUses, type ColumnUse } from '../schema/scope';
export { holds, requestCode, routinesBehindPolicies, type RequestCode } from '../schema/request-code';
export {
  claimsIn,
  readClaim,
  readSetting,
  settingsIn,
  type ClaimRead,
  type SettingRead,
} from '../schema/settings';
export { servedViews } from '../schema/served-views';
export { settingsMadeBy } from '../schema/settings-made';
export { letsSignedOutPast } from '../schema/signed-out';
export { spanOfNode } from '../schema/spans';
export { statementCalls } from '../schema/statement-calls';
export { relationsUsed, tablesUsed, tablesUsedBy, type TableUse } from '../schema/table-uses';
export { constantText, onlyTarget, readSubject, typeName } from '../schema/subject';
export { subjectUses, type SubjectUse } from '../schema/subject-use';
export { isAlwaysTrue, truthOf } from '../schema/truth';
export { isUnclaimed } from '../schema/unclaimed';
export type { Token } from '../sql/lexer';
export type { RoutineBody } from '../sql/routine-body';
export type { SourceFile, Span, Statement } from '../sql/source-file';
export {
  addStatementAfter,
  addStatementBefore,
  allOrNone,
  inCaseOf,
  inSql,
  insertAt,
  lastOf,
  removeAt,
  removeStatement,
  replaceAt,
} from './edits';
export type { Finding, Fix, TextEdit } from './finding';
export {
  grantsOn,
  isOnTables,
  privilegesAt,
  schemaTokens,
  stillGiven,
  withoutGrantee,
  withoutStatement,
} from './grants';
export { nearestName } from './nearest-name';
export { removePolicy } from './policy-edits';
export {
  projectNamesIn,
  qualifiedNamesIn,
  replaceByOwn,
  stripSchema,
  type QualifiedName,
} from './qualified-names';
export { knowsRole, knownRoles } from './platform';
export { andAlso, inCase, ownerTest } from './predicate-edits';
export { ownerPolicies, readPolicyLike } from './new-policies';
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
  readonly bad: Example;
  /** SQL with none. */
  readonly good: Example;
  /** Texts of the examples' files as they were last committed, for a rule that compares. */
  readonly committed?: Readonly<Record<string, string>>;
}

/** One file, or the files of a push directory: their paths and texts, in push order. */
export type Example = string | Readonly<Record<string, string>>;

/** What a rule may know beyond the files themselves. */
export interface LintContext {
  /** Text of a file as it was last committed; undefined where nothing tells, or it never was. */
  readonly committed?: (file: string) => string | undefined;
}

/** Takes what a rule found; the linter adds the rule's id and, unless given, its severity. */
export type Report = (
  finding: Omit<Finding, 'rule' | 'severity' | 'related'> & Partial<Pick<Finding, 'severity' | 'related'>>,
) => void;

export interface Rule {
  /** Also the file's name and the code in the Problems panel. */
  readonly id: string;
  readonly title: string;
  /** One severity, or one per engine; `off` is not reported there. */
  readonly severity: Severity | Readonly<Record<Engine, Severity | 'off'>>;
  readonly fixable: boolean;
  /**
   * What a rule has to see at once: the objects that bear on each other, which is the usual case, or every file as it
   * is. A rule about `files` is given no model.
   */
  readonly scope?: 'objects' | 'files';
  /** A rule that says the same at the same place for the other engine: where nothing tells the engine, it alone speaks. */
  readonly echoes?: string;
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
