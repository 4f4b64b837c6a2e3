import type { CatalogQuery } from '../schema/catalog-rows';
import { LIVE_FILE, liveSql, type LiveProject } from '../schema/from-catalog';
import { modelFromStatements } from '../schema/from-statements';
import type { SchemaModel } from '../schema/model';
import type { SqlParser } from '../sql/parser';
import { parseSource, type SourceFile } from '../sql/source-file';
import type { Finding } from './finding';
import { lint, type LintOptions } from './linter';
import { isLiveFinding, LIVE_RULES } from './live-rules';

/** A live schema as a document, and what the linter says of it. */
export interface LiveAudit {
  readonly file: SourceFile;
  readonly model: SchemaModel;
  readonly findings: readonly Finding[];
  /** Statements of the document that the parser cannot read: what they make was not judged. */
  readonly unread: number;
}

/** How a live schema is judged. */
export interface LiveAuditOptions extends LiveProject, Pick<LintOptions, 'severities'> {
  /** Name of the document; findings carry it. */
  readonly name?: string;
}

/** Reads a live schema and judges it by the rules of the linter; undefined when the database has no such schema. */
export async function auditLive(
  query: CatalogQuery,
  parser: SqlParser,
  { engine, schema, severities, name = LIVE_FILE }: LiveAuditOptions,
): Promise<LiveAudit | undefined> {
  const text = await liveSql(query, { engine, schema });
  if (text === undefined) return undefined;
  const file = parseSource(parser, name, text);
  const findings = lint([file], {
    engine,
    apiSchema: schema,
    rules: LIVE_RULES,
    ...(severities && { severities }),
  }).filter(isLiveFinding);
  return {
    file,
    model: modelFromStatements([file], { engine, apiSchema: schema }),
    findings,
    unread: file.errors.length,
  };
}
