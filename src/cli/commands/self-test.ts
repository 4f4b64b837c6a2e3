import { defectsOf } from '../../checklist/defects';
import { planChecklist } from '../../checklist/plan';
import { CannotRun } from '../../checklist/run';
import { selfTest, type SelfTestReport } from '../../checklist/self-test';
import { selfTestJson, selfTestMarkdown, selfTestText } from '../../checklist/self-test-report';
import { V1_SCHEMA } from '../../flux/names';
import { modelFromStatements } from '../../schema/from-statements';
import { SqlParser } from '../../sql/parser';
import { parseSource } from '../../sql/source-file';
import { LocalFlux } from '../../stack/local-flux';
import { PushFailed } from '../../stack/push';
import { BinaryMissing } from '../../stack/binaries';
import { ServerFailed } from '../../stack/server-process';
import { localStage } from '../../stack/self-test-stage';
import { choiceOption, engineOption, parse } from '../arguments';
import { pushAt, readPush } from '../files';
import { EXIT, UsageError, type Command } from '../io';
import { fromOption, projectHere } from '../project';

export const selfTestCommand: Command = {
  name: 'self-test',
  summary: 'plant defects into the SQL on a local Flux, and see which checks catch them',
  usage: `flux-rls self-test [SQL PATH] [--engine v1_dedicated|v2_shared] [--schema S] [--format text|json|markdown]

Runs the checklist on a local Flux with the SQL as it is, and once more with each defect planted: row-level
security off, each policy dropped or widened, each grant revoked, and more. No other server is asked.
Exit code: 0 every defect was caught, 1 some were not, 2 could not run.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      engine: { type: 'string' },
      schema: { type: 'string' },
      format: { type: 'string' },
    });
    const [sql, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError('self-test takes one file or folder of SQL.');
    const format = choiceOption('format', values.format, ['text', 'json', 'markdown']);
    const project = await projectHere(terminal, {
      schema: fromOption('schema', values.schema),
      engine: fromOption('engine', engineOption(values.engine)),
    });
    const files = await readPush(terminal.cwd, await pushAt(terminal.cwd, sql));
    const schema = project.schema?.value;
    const engine = project.engine?.value ?? (schema === V1_SCHEMA ? 'v1_dedicated' : 'v2_shared');
    const flux = await startOrExplain({
      engine,
      files,
      packageRoots: terminal.packageRoots,
      ...(schema !== undefined && { schema }),
    });
    try {
      const parser = await SqlParser.load();
      const statements = files.map(({ name, text }) => parseSource(parser, name, text));
      const model = modelFromStatements(statements, { engine, apiSchema: flux.schema });
      const plan = planChecklist(model);
      const report = await selfTest({
        gatewayUrl: flux.url,
        schema: flux.schema,
        secret: flux.jwtSecret,
        engine,
        plan,
        defects: defectsOf(model, plan),
        stage: await localStage(flux),
        fetch: (url, init) => fetch(url, init),
        now: () => Math.floor(Date.now() / 1000),
        signal: terminal.signal,
        onProgress: ({ finished, runs, title }) => {
          if (format === 'text') terminal.error(`${finished + 1}/${runs} ${title}`);
        },
      });
      terminal.out(WRITERS[format](report));
      return isCaught(report) ? EXIT.clean : EXIT.found;
    } catch (error) {
      if (error instanceof CannotRun) throw new UsageError(error.message);
      throw error;
    } finally {
      await flux.stop();
    }
  },
};

const WRITERS = {
  text: selfTestText,
  json: selfTestJson,
  markdown: (report: SelfTestReport) =>
    `# Self-test of the isolation checklist\n\n${selfTestMarkdown(report)}`,
} as const;

function isCaught({ uncaught, defects, cancelled }: SelfTestReport): boolean {
  return !cancelled && uncaught.length === 0 && defects.every(({ problem }) => problem === '');
}

async function startOrExplain(options: Parameters<typeof LocalFlux.start>[0]): Promise<LocalFlux> {
  try {
    return await LocalFlux.start(options);
  } catch (error) {
    if (error instanceof PushFailed) throw new UsageError(`The push was refused: ${error.message}`);
    if (error instanceof BinaryMissing || error instanceof ServerFailed || error instanceof RangeError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}
