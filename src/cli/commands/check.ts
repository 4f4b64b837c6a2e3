import { GatewayClient, type ClientOptions } from '../../checklist/gateway-client';
import type { ChecklistOptions } from '../../checklist/options';
import { REPORTS, textReport, type ReportOptions } from '../../checklist/report';
import { CannotRun } from '../../checklist/run';
import { summarize, type ChecklistReport, type Mode } from '../../checklist/verdict';
import { isThisMachine } from '../../flux/local-host';
import type { FluxProject } from '../../flux/project';
import { placesIn } from '../../lint/report/lint-run';
import { modelFromStatements } from '../../schema/from-statements';
import type { SchemaModel } from '../../schema/model';
import { SqlParser } from '../../sql/parser';
import { parseSource, type SourceFile } from '../../sql/source-file';
import { appOf, appRequests } from '../check-app';
import { ENGINE, type CheckEngine } from '../check-engine';
import { readCheckOptions, type AppOptions, type CheckOptions } from '../check-options';
import { clearOutput, writeOutput } from '../check-output';
import { planHere } from '../check-plan';
import { CheckProgress } from '../check-progress';
import { requestsReport } from '../check-requests';
import { unfinishedInWords } from '../check-unfinished';
import { pushAt, readPush } from '../files';
import { EXIT, Stopped, UsageError, type Command, type ExitCode, type Terminal } from '../io';
import { JournalFile } from '../journal-file';
import { overridesOf, profileNamed } from '../profile';
import { fromOption, projectHere } from '../project';
import { requireGatewayUrl, requireSecret } from '../require';
import { stateFolder } from '../state-folder';

const USAGE = `flux-rls check [--url URL] [--schema S] [--engine v1_dedicated|v2_shared] [--profile NAME]
               [--secret-env NAME] [--sql PATH] [--subjects a,b] [--mode full|no-write]
               [--table T]… [--owner COLUMN] [--shared T]… [--exclude T]… [--values FILE] [--only CHECK]…
               [--app-url URL --app-route PATH [--app-table T] [--allow-remote-app]]
               [--format text|json|junit|markdown] [--output FILE] [--fail-on fail|unknown] [--dry-run]
flux-rls check --clean-up …

Asks for the rows of two subjects as each of them and as nobody, for every verb of every table of the SQL.
What is left out comes from the folder's flux.json and .env files; --profile takes fluxRls.profiles of
.vscode/settings.json before them.

--table checks this table only; --owner names its owner column. --shared is a table that everybody may read;
--exclude leaves one out. --values is a JSON file, {"table": {"column": value}}, for columns for which no value
can be made. --only asks only this check.
--mode full makes rows and removes them again, no-write asks only in forms that cannot write. Without it, the
host decides: full on this machine, no-write elsewhere.
--app-route is a route of the app that answers with the signed-in user's rows of --app-table, such as
/api/my-notes; sessions for it are made with the folder's AUTH_SECRET.
--output writes the report to a file, and text to the terminal. --dry-run prints every request and sends none,
but where there is no SQL to tell the tables it asks the gateway for them.
Rows of a run that died are removed before the next one; --clean-up does only that.
Exit code: 0 all passed (or was skipped), 1 anything failed or, unless --fail-on fail, could not be told,
2 could not run, 130 or 143 stopped by Ctrl+C or a signal; the rows are removed then, too.`;

/** `flux-rls check` with an engine of one's own. */
export function checkWith(engine: CheckEngine): Command {
  return {
    name: 'check',
    summary: 'prove on the running gateway that two users cannot see each other’s rows',
    usage: USAGE,

    async run(args, terminal) {
      const options = await readCheckOptions(args, terminal);
      const check = new Check(options, await targetOf(options, terminal), terminal, engine);
      try {
        const code = await (options.cleanUp
          ? check.cleanUp()
          : options.dryRun
            ? check.dryRun()
            : check.run());
        return stopCode(terminal.signal) ?? code;
      } catch (error) {
        const code = stopCode(terminal.signal);
        if (code === undefined || !(error instanceof CannotRun)) throw error;
        terminal.error(`flux-rls check: ${error.message}`);
        return code;
      }
    },
  };
}

export const checkCommand = checkWith(ENGINE);

/** Where a run is to ask, and for whom. */
interface Target {
  readonly project: FluxProject;
  readonly client: ClientOptions;
  readonly app: AppOptions;
}

async function targetOf(options: CheckOptions, terminal: Terminal): Promise<Target> {
  const { url, schema, engine, secretVariable, app } = options;
  const name = options.profile;
  const profile = name === undefined ? undefined : await profileNamed(terminal, name);
  const saved =
    name !== undefined && profile
      ? await overridesOf(terminal, name, profile, secretVariable === undefined)
      : {};
  const overrides = {
    gatewayUrl: fromOption('url', url) ?? saved.gatewayUrl,
    schema: fromOption('schema', schema) ?? saved.schema,
    engine: fromOption('engine', engine) ?? saved.engine,
    jwtSecret: saved.jwtSecret,
  };
  const project = await projectHere(terminal, overrides, secretVariable);
  return {
    project,
    client: {
      gatewayUrl: requireGatewayUrl(project),
      schema: project.schema?.value,
      secret: requireSecret(project, secretVariable),
      fetch: (address, init) => fetch(address, init),
      now: () => Math.floor(Date.now() / 1000),
    },
    app: { ...app, url: app.url ?? profile?.appUrl, route: app.route ?? profile?.appRoute },
  };
}

/** One command line at work. */
class Check {
  readonly #journal: JournalFile;

  constructor(
    private readonly options: CheckOptions,
    private readonly target: Target,
    private readonly terminal: Terminal,
    private readonly engine: CheckEngine,
  ) {
    this.#journal = new JournalFile(stateFolder(terminal.environment, process.platform), target.client);
  }

  /** Removes what runs that died have left, and does nothing else. */
  async cleanUp(): Promise<ExitCode> {
    const { client } = this.target;
    const rows = await this.engine.cleanUp(this.#journal, client, { signal: this.terminal.signal });
    const lines = unfinishedInWords(rows);
    this.terminal.out(
      lines.length > 0 ? lines.join('\n') : `No run that died left rows at ${hostOf(client.gatewayUrl)}.`,
    );
    return rows.left.length > 0 ? EXIT.found : EXIT.clean;
  }

  /** Tells every request of a run, and sends none of them. */
  async dryRun(): Promise<ExitCode> {
    const { format, output } = this.options;
    const { run } = await this.#prepare();
    const text = requestsReport(format, [...(await this.engine.dryRun(run)), ...appRequests(run)]);
    if (output === undefined) this.terminal.out(text);
    else {
      await clearOutput(this.terminal, output);
      await writeOutput(this.terminal, output, text);
    }
    return EXIT.clean;
  }

  async run(): Promise<ExitCode> {
    const { terminal, engine } = this;
    const { format, output, failOn } = this.options;
    const { run, sql } = await this.#prepare();
    if (output !== undefined) await clearOutput(terminal, output);
    this.#tellMode(run.mode);
    const { client } = this.target;
    const unfinished = await engine.cleanUp(this.#journal, client, { signal: terminal.signal });
    for (const line of unfinishedInWords(unfinished)) terminal.error(line);

    const report = await this.#runWithProgress(run);
    const places: ReportOptions = sql ? { placeOf: placeOf(engine, sql) } : {};
    const text = textReport(report, { ...places, color: terminal.color ?? false });
    const written = format === 'text' && output === undefined ? text : REPORTS[format](report, places);
    if (output !== undefined) await writeOutput(terminal, output, written);
    terminal.out(output === undefined ? written : text);
    if (report.results.length === 0) terminal.error('Nothing was asked: no table has such a check.');
    return exitCodeOf(report, failOn);
  }

  /** Finds the tables, and makes of the command line what the checklist takes. */
  async #prepare(): Promise<{ readonly run: ChecklistOptions; readonly sql: Sql | undefined }> {
    const { choices, tables, subjects, only } = this.options;
    const { project, client } = this.target;
    const { signal } = this.terminal;
    const sql = await sqlHere(this.terminal, project, this.options.sql);
    const document = (): Promise<unknown> => new GatewayClient(client).openApi(subjects[0], signal);
    const plan = await planHere({ model: sql?.model, document }, tables, choices);
    const app = appOf(this.target.app, plan, project);
    const asked = tables.length > 0 ? tables : plan.tables.map(({ table }) => table);
    const named = [...asked, ...(app ? [app.name] : [])];
    const wanted =
      only.length > 0
        ? named.flatMap(table => only.map(check => ({ table, check })))
        : named.map(table => ({ table }));
    const run: ChecklistOptions = {
      ...client,
      engine: project.engine?.value,
      plan,
      mode: this.options.mode ?? (isThisMachine(client.gatewayUrl) ? 'full' : 'no-write'),
      subjects,
      given: choices.values,
      journal: this.#journal,
      only: wanted,
      app,
      signal,
    };
    return { run, sql };
  }

  /** A host that is not this machine is named before anything is sent there. */
  #tellMode(mode: Mode): void {
    const { gatewayUrl } = this.target.client;
    if (isThisMachine(gatewayUrl)) return;
    const host = hostOf(gatewayUrl);
    this.terminal.error(
      mode === 'full'
        ? `Full mode: rows are made at ${host}, and removed again.`
        : `No-write mode: nothing is written at ${host}. --mode full makes rows there, and removes them again.`,
    );
  }

  async #runWithProgress(run: ChecklistOptions): Promise<ChecklistReport> {
    const { progress } = this.terminal;
    if (!progress) return this.engine.run(run);
    const shown = new CheckProgress(progress);
    try {
      return await this.engine.run({ ...run, onProgress: shown.take });
    } finally {
      shown.end();
    }
  }
}

/** The project's SQL as it was read. */
interface Sql {
  readonly model: SchemaModel;
  readonly files: readonly SourceFile[];
}

/** The SQL that `--sql` names, else what a push from here would take; undefined when there is none. */
async function sqlHere(
  terminal: Terminal,
  project: FluxProject,
  sql: string | undefined,
): Promise<Sql | undefined> {
  const push = await pushAt(terminal.cwd, sql).catch((error: unknown) => {
    if (sql !== undefined || !(error instanceof UsageError)) throw error;
    return undefined;
  });
  if (!push) return undefined;
  const parser = await SqlParser.load();
  const files = (await readPush(terminal.cwd, push)).map(({ name, text }) => parseSource(parser, name, text));
  const model = modelFromStatements(files, {
    engine: project.engine?.value ?? 'v2_shared',
    apiSchema: project.schema?.value,
  });
  return { model, files };
}

function placeOf(engine: CheckEngine, { model, files }: Sql): NonNullable<ReportOptions['placeOf']> {
  const places = placesIn(files);
  return result => {
    const at = engine.causeOf(result, model);
    return at && { file: at.file, line: places(at).line };
  };
}

/** What proves nothing is no success: at least one check has to pass. */
function exitCodeOf({ results }: ChecklistReport, failOn: CheckOptions['failOn']): ExitCode {
  if (results.length === 0) return EXIT.cannotRun;
  const { pass, fail, unknown } = summarize(results);
  const cannotTell = unknown > 0 || pass === 0;
  return fail > 0 || (failOn === 'unknown' && cannotTell) ? EXIT.found : EXIT.clean;
}

/** The exit code of a command that was stopped; undefined for one that was not. */
function stopCode({ aborted, reason }: AbortSignal): ExitCode | undefined {
  if (!aborted) return undefined;
  return reason instanceof Stopped && reason.by === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
