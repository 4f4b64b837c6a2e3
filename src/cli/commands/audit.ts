import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOnly } from '../../database/read-only';
import { DatabaseUnreachable } from '../../database/unreachable';
import { auditLive } from '../../lint/live-audit';
import { DIFFERS, liveJson, liveRun, liveText, type LiveReport } from '../../lint/report/live';
import { sarifReport } from '../../lint/report/sarif';
import { defineRule } from '../../lint/rule';
import { RULES } from '../../lint/rules';
import { isAtLeast, SEVERITIES } from '../../lint/severity';
import { differencesBetween } from '../../schema/differences';
import { LIVE_FILE } from '../../schema/from-catalog';
import { modelFromStatements } from '../../schema/from-statements';
import { LiveSchemaUnknown, liveProjectOf } from '../../schema/live-project';
import { SqlParser } from '../../sql/parser';
import { parseSource, type SourceFile } from '../../sql/source-file';
import { choiceOption, engineOption, parse } from '../arguments';
import { pushAt, readPush } from '../files';
import { EXIT, UsageError, type Command, type Terminal } from '../io';
import { fromOption, projectHere } from '../project';
import { requireDatabaseUrl } from '../require';

const FORMATS = ['text', 'json', 'sarif'] as const;

export const auditCommand: Command = {
  name: 'audit',
  summary: 'judge the live schema of a database, and tell what differs from the files',
  usage: `flux-rls audit [path] [--database-url-env NAME] [--engine v1_dedicated|v2_shared] [--schema NAME]
               [--format text|json|sarif] [--fail-on error|warning|info|hint] [--write FILE]

Reads the catalog in one read-only transaction. The database URL comes from FLUX_DATABASE_URL or
DATABASE_URL, or the variable that --database-url-env names, in the environment or in the .env files;
it is no option, for shells keep those. The path is what is pushed; without one it is found as flux
push finds it. --write saves the live schema as SQL; findings point into it.
Exit code: 0 nothing at or above --fail-on and no dangerous difference, 1 something, 2 could not run.`,

  async run(args, terminal, version) {
    const { values, positionals } = parse(args, {
      'database-url-env': { type: 'string' },
      engine: { type: 'string' },
      schema: { type: 'string' },
      format: { type: 'string' },
      'fail-on': { type: 'string' },
      write: { type: 'string' },
    });
    if (positionals.some(argument => /^postgres(?:ql)?:/.test(argument)))
      throw new UsageError(
        'A database URL on the command line stays in the shell’s history: set FLUX_DATABASE_URL.',
      );
    if (positionals.length > 1) throw new UsageError('audit compares with one push: name one path.');
    const format = choiceOption('format', values.format, FORMATS);
    const failOn = choiceOption('fail-on', values['fail-on'], SEVERITIES);
    const variable = values['database-url-env'];
    const project = await projectHere(
      terminal,
      {
        engine: fromOption('engine', engineOption(values.engine)),
        schema: fromOption('schema', values.schema),
      },
      undefined,
      variable,
    );
    const url = requireDatabaseUrl(project, variable).reveal();
    const parser = await SqlParser.load();
    const files = await filesHere(terminal, parser, positionals[0]);
    const known = { engine: project.engine?.value, schema: project.schema?.value };
    const report = await auditOf(url, parser, known, files, { name: values.write, signal: terminal.signal });
    if (values.write !== undefined) await save(terminal, values.write, report.audit.file.text);
    terminal.out(written(format, report, terminal, version));
    const isFound =
      report.audit.findings.some(({ severity }) => isAtLeast(severity, failOn)) ||
      report.differences?.some(({ severity }) => severity === 'dangerous');
    return isFound ? EXIT.found : EXIT.clean;
  },
};

/** The files of the push that the path stands for; undefined when nobody named one and there is none. */
async function filesHere(
  terminal: Terminal,
  parser: SqlParser,
  name: string | undefined,
): Promise<SourceFile[] | undefined> {
  const push = await pushAt(terminal.cwd, name).catch((error: unknown) => {
    if (name !== undefined) throw error;
    return undefined;
  });
  if (!push) return undefined;
  return (await readPush(terminal.cwd, push)).map(file => parseSource(parser, file.name, file.text));
}

async function auditOf(
  url: string,
  parser: SqlParser,
  known: Parameters<typeof liveProjectOf>[1],
  files: readonly SourceFile[] | undefined,
  { name = LIVE_FILE, signal }: { readonly name?: string | undefined; readonly signal: AbortSignal },
): Promise<LiveReport> {
  try {
    return await readOnly(
      url,
      async query => {
        const project = await liveProjectOf(query, known);
        const audit = await auditLive(query, parser, { ...project, name });
        if (!audit) throw new LiveSchemaUnknown(`The database has no schema ${project.schema}.`);
        const model =
          files && modelFromStatements(files, { engine: project.engine, apiSchema: project.schema });
        return {
          project,
          audit,
          differences: model && differencesBetween(model, audit.model),
          files: files ?? [],
        };
      },
      { signal },
    );
  } catch (error) {
    if (error instanceof DatabaseUnreachable || error instanceof LiveSchemaUnknown)
      throw new UsageError(error.message);
    const { code, message } = error as { code?: string; message?: string };
    if (/^[0-9A-Z]{5}$/.test(code ?? ''))
      throw new UsageError(`The catalog cannot be read: ${message ?? ''} (${code ?? ''}).`);
    throw error;
  }
}

async function save({ cwd }: Terminal, name: string, text: string): Promise<void> {
  await writeFile(path.resolve(cwd, name), text).catch((error: unknown) => {
    throw new UsageError(
      `${name} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  });
}

function written(
  format: (typeof FORMATS)[number],
  report: LiveReport,
  { cwd }: Terminal,
  version: string,
): string {
  if (format === 'text') return liveText(report);
  if (format === 'json') return liveJson(report);
  const { href } = new URL('./', pathToFileURL(path.join(cwd, 'file')));
  const rules = [...RULES, defineRule({ ...DIFFERS, check: () => undefined })];
  return sarifReport(liveRun(report), { version, rules, root: href, toRootPath: file => file });
}
