import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { githubReport } from '../../lint/report/github';
import { jsonReport } from '../../lint/report/json';
import type { LintRun } from '../../lint/report/lint-run';
import { sarifReport } from '../../lint/report/sarif';
import { plural } from '../../lint/report/summary';
import { textReport } from '../../lint/report/text';
import { RULES } from '../../lint/rules';
import { isAtLeast, isSeverity, SEVERITIES, type Severity } from '../../lint/severity';
import { SqlParser } from '../../sql/parser';
import { choiceOption, engineOption, parse } from '../arguments';
import { committedTexts } from '../git';
import { EXIT, UsageError, type Command, type Terminal } from '../io';
import { LintWork, readInput, readPushes } from '../lint-work';
import { fromOption, projectHere } from '../project';
import { replaceFiles } from '../replace-files';
import { ruleNamed } from './explain';

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

export const lintCommand: Command = {
  name: 'lint',
  summary: 'judge SQL files as a push would read them',
  usage: `flux-rls lint [path…] [--engine v1_dedicated|v2_shared] [--schema NAME]
              [--format text|json|sarif|github] [--fail-on error|warning|info|hint]
              [--rule ID=error|warning|info|hint|off]… [--fix]
flux-rls lint - [--stdin-filename NAME] …

A folder is one push, its *.sql files in push order; without a path the target is
found as flux push finds it. - reads standard input, judged as the file NAME among its neighbors.
--rule gives a rule another severity. --fix writes the fixes into the files; with - the fixed text
goes to standard output and the report to standard error.
Exit code: 0 nothing at or above --fail-on, 1 something, 2 could not run.`,

  async run(args, terminal, version) {
    const { values, positionals } = parse(args, {
      engine: { type: 'string' },
      schema: { type: 'string' },
      format: { type: 'string' },
      'fail-on': { type: 'string' },
      rule: { type: 'string', multiple: true },
      fix: { type: 'boolean' },
      'stdin-filename': { type: 'string' },
    });
    const format = choiceOption('format', values.format, FORMATS);
    const failOn = choiceOption('fail-on', values['fail-on'], SEVERITIES);
    const severities = new Map((values.rule ?? []).map(ruleOption));
    const isPiped = readsInput(positionals, values['stdin-filename']);
    const project = await projectHere(terminal, {
      engine: fromOption('engine', engineOption(values.engine)),
      schema: fromOption('schema', values.schema),
    });

    const pushes = isPiped
      ? [await readInput(terminal, values['stdin-filename'])]
      : await readPushes(terminal.cwd, positionals);
    const paths = new Map(pushes.flatMap(({ files }) => files.map(file => [file.name, file.path] as const)));
    const work = new LintWork(pushes, await SqlParser.load(), {
      engine: project.engine?.value,
      apiSchema: project.schema?.value,
      severities,
      committed: committedTexts(paths, terminal),
    });
    const notes = values.fix === true ? await fix(work, isPiped) : [];
    const run = work.judge();
    const report = written(format, run, terminal, version);
    if (isPiped && values.fix === true) {
      terminal.print(work.text(run.asked[0] ?? ''));
      terminal.error([report, ...notes].join('\n'));
    } else {
      terminal.out(report);
      // What other programs read holds the report alone.
      for (const note of notes) (format === 'text' ? terminal.out : terminal.error)(note);
    }
    return run.findings.some(({ severity }) => isAtLeast(severity, failOn)) ? EXIT.found : EXIT.clean;
  },
};

function ruleOption(text: string): [string, Severity | 'off'] {
  const [id = '', severity, ...rest] = text.split('=');
  if (rest.length === 0 && (isSeverity(severity) || severity === 'off')) return [ruleNamed(id).id, severity];
  throw new UsageError(`--rule is <rule>=<${[...SEVERITIES, 'off'].join('|')}>, not "${text}".`);
}

/** Whether standard input is to be judged, which goes with no path. */
function readsInput(paths: readonly string[], name: string | undefined): boolean {
  const isPiped = paths.includes('-');
  if (isPiped && paths.length > 1)
    throw new UsageError('- reads standard input: name no other path beside it.');
  if (name !== undefined && !isPiped) {
    throw new UsageError('--stdin-filename names what is piped in: say - as the path.');
  }
  return isPiped;
}

/** Fixes, writes what was changed unless it was piped in, and tells about it. */
async function fix(work: LintWork, isPiped: boolean): Promise<string[]> {
  const { applied, offLimits } = work.fix();
  const changed = work.changed();
  if (!isPiped) await replaceFiles(changed);
  const names = changed.map(({ name }) => name);
  return [
    applied === 0
      ? 'Nothing was fixed.'
      : `Applied ${plural(applied, 'fix', 'fixes')}; changed ${plural(names.length, 'file')}: ${names.join(', ')}.`,
    ...(offLimits.length > 0
      ? [`Some fixes would change ${offLimits.join(', ')}, which was not asked for.`]
      : []),
  ];
}

function written(
  format: (typeof FORMATS)[number],
  run: LintRun,
  { cwd, environment }: Terminal,
  version: string,
): string {
  if (format === 'text') return textReport(run);
  if (format === 'json') return jsonReport(run);
  const root = repositoryRoot(cwd, environment);
  const toRootPath = (file: string): string =>
    path.isAbsolute(file) ? file : path.posix.join(path.relative(root, cwd).split(path.sep).join('/'), file);
  if (format === 'github') return githubReport(run, toRootPath);
  const { href } = new URL('./', pathToFileURL(path.join(root, 'file')));
  return sarifReport(run, { version, rules: RULES, root: href, toRootPath });
}

/** Annotations and code scanning go by paths in the repository, wherever in it the command runs. */
function repositoryRoot(cwd: string, { GITHUB_WORKSPACE }: Terminal['environment']): string {
  if (!GITHUB_WORKSPACE) return cwd;
  const below = path.relative(GITHUB_WORKSPACE, cwd);
  return below.startsWith('..') || path.isAbsolute(below) ? cwd : GITHUB_WORKSPACE;
}
