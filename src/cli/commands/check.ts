import { GatewayClient } from '../../checklist/gateway-client';
import { jsonReport, textReport } from '../../checklist/report';
import { runChecklist } from '../../checklist/run';
import { planByHand, planFromModel, planFromOpenApi, tablesWithOwner } from '../../checklist/plan';
import type { TablePlan } from '../../checklist/table-plan';
import type { FluxProject } from '../../flux/project';
import { modelFromStatements } from '../../schema/from-statements';
import type { SchemaModel } from '../../schema/model';
import { SqlParser } from '../../sql/parser';
import { parseSource } from '../../sql/source-file';
import { choiceOption, engineOption, parse } from '../arguments';
import { pushAt, readPush } from '../files';
import { EXIT, UsageError, type Command, type Terminal } from '../io';
import { fromOption, projectHere } from '../project';
import { requireGatewayUrl, requireSecret } from '../require';

/** Subjects nobody else has. */
const DEFAULT_SUBJECTS = 'flux-rls-check-a,flux-rls-check-b';

export const checkCommand: Command = {
  name: 'check',
  summary: 'prove on the running gateway that two users cannot see each other’s rows',
  usage: `flux-rls check --url URL --schema S --table T [--owner COLUMN] [--sql PATH]
               [--engine v1_dedicated|v2_shared] [--subjects a,b] [--secret-env NAME] [--format text|json]

Makes two or three rows, asks for them as each subject and as nobody, and removes them again.
What is left out comes from the folder's flux.json and .env files; table and owner column from the SQL.
Exit code: 0 all passed, 1 anything failed or could not be told, 2 could not run.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      url: { type: 'string' },
      schema: { type: 'string' },
      table: { type: 'string' },
      owner: { type: 'string' },
      engine: { type: 'string' },
      subjects: { type: 'string' },
      'secret-env': { type: 'string' },
      sql: { type: 'string' },
      format: { type: 'string' },
    });
    if (positionals.length > 0)
      throw new UsageError(`check takes options only, not "${positionals[0] ?? ''}".`);
    const format = choiceOption('format', values.format, ['text', 'json']);
    const overrides = {
      gatewayUrl: fromOption('url', values.url),
      schema: fromOption('schema', values.schema),
      engine: fromOption('engine', engineOption(values.engine)),
    };
    const project = await projectHere(terminal, overrides, values['secret-env']);
    const gatewayUrl = requireGatewayUrl(project);
    const secret = requireSecret(project, values['secret-env']);
    const subjects = subjectsOf(values.subjects ?? DEFAULT_SUBJECTS);
    const client = {
      gatewayUrl,
      schema: project.schema?.value,
      secret,
      fetch: (url: string, init: RequestInit) => fetch(url, init),
      now: () => Math.floor(Date.now() / 1000),
    };
    const plan =
      planFromSql(await modelHere(terminal, project, values.sql), values) ??
      (await planFromGateway(new GatewayClient(client), subjects[0], values));
    const report = await runChecklist({
      ...client,
      engine: project.engine?.value,
      plan: { tables: [plan], notChecked: [] },
      mode: 'full',
      subjects,
      signal: terminal.signal,
    });
    terminal.out(format === 'json' ? jsonReport(report) : textReport(report));
    return report.results.every(({ verdict }) => verdict === 'pass') ? EXIT.clean : EXIT.found;
  },
};

interface TableOptions {
  readonly table?: string | undefined;
  readonly owner?: string | undefined;
}

function subjectsOf(text: string): [string, string] {
  const [a, b, ...rest] = text.split(',').map(subject => subject.trim());
  if (!a || !b || rest.length > 0 || a === b) {
    throw new UsageError(`--subjects takes two different ids with a comma between them, not "${text}".`);
  }
  return [a, b];
}

/** The SQL that `--sql` names, else what a push from here would take; undefined when there is none. */
async function modelHere(
  terminal: Terminal,
  project: FluxProject,
  sql: string | undefined,
): Promise<SchemaModel | undefined> {
  const push = await pushAt(terminal.cwd, sql).catch((error: unknown) => {
    if (sql !== undefined) throw error;
    return undefined;
  });
  if (!push) return undefined;
  const parser = await SqlParser.load();
  const files = (await readPush(terminal.cwd, push)).map(({ name, text }) => parseSource(parser, name, text));
  return modelFromStatements(files, {
    engine: project.engine?.value ?? 'v2_shared',
    apiSchema: project.schema?.value,
  });
}

function planFromSql(model: SchemaModel | undefined, { table, owner }: TableOptions): TablePlan | undefined {
  if (!model) return undefined;
  if (table !== undefined) return planFromModel(model, table, owner);
  const candidates = tablesWithOwner(model);
  const [only] = candidates;
  if (only && candidates.length === 1) return only;
  if (candidates.length === 0) return undefined;
  throw new UsageError(
    `Which table? The SQL has ${candidates.map(plan => plan.table).join(', ')}: give --table.`,
  );
}

async function planFromGateway(
  client: GatewayClient,
  subject: string,
  { table, owner }: TableOptions,
): Promise<TablePlan> {
  if (table === undefined)
    throw new UsageError('Which table? Give --table, or --sql with the SQL that makes it.');
  if (owner === undefined) {
    throw new UsageError(
      `Which column of ${table} holds the owner? Give --owner, or --sql with the SQL that makes the table.`,
    );
  }
  return planFromOpenApi(await client.openApi(subject), table, owner) ?? planByHand(table, owner);
}
