import { lint } from '../../lint/linter';
import type { Finding } from '../../lint/finding';
import { jsonReport } from '../../lint/report/json';
import { textReport } from '../../lint/report/text';
import { isAtLeast, SEVERITIES } from '../../lint/severity';
import { SqlParser } from '../../sql/parser';
import { parseSource, type SourceFile } from '../../sql/source-file';
import { choiceOption, engineOption, parse } from '../arguments';
import { pushAt, readPush } from '../files';
import { EXIT, type Command } from '../io';
import { fromOption, projectHere } from '../project';

export const lintCommand: Command = {
  name: 'lint',
  summary: 'judge SQL files as a push would read them',
  usage: `flux-rls lint [path…] [--engine v1_dedicated|v2_shared] [--schema NAME]
              [--format text|json] [--fail-on error|warning|info|hint]

A folder is one push, its *.sql files in push order; without a path the target is
found as flux push finds it. Exit code: 0 nothing at or above --fail-on, 1 something, 2 could not run.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      engine: { type: 'string' },
      schema: { type: 'string' },
      format: { type: 'string' },
      'fail-on': { type: 'string' },
    });
    const format = choiceOption('format', values.format, ['text', 'json']);
    const failOn = choiceOption('fail-on', values['fail-on'], SEVERITIES);
    const project = await projectHere(terminal, {
      engine: fromOption('engine', engineOption(values.engine)),
      schema: fromOption('schema', values.schema),
    });

    const parser = await SqlParser.load();
    const findings: Finding[] = [];
    const asked: SourceFile[] = [];
    const seen = new Set<string>();
    for (const name of positionals.length > 0 ? positionals : [undefined]) {
      const push = await pushAt(terminal.cwd, name);
      const texts = await readPush(terminal.cwd, push);
      const files = texts.map(file => parseSource(parser, file.name, file.text));
      const wanted = new Set(
        texts.filter(file => push.asked.has(file.path) && !seen.has(file.name)).map(file => file.name),
      );
      for (const file of wanted) seen.add(file);
      asked.push(...files.filter(file => wanted.has(file.name)));
      const options = { engine: project.engine?.value, apiSchema: project.schema?.value };
      findings.push(...lint(files, options).filter(({ at }) => wanted.has(at.file)));
    }

    terminal.out(format === 'json' ? jsonReport(findings, asked) : textReport(findings, asked));
    return findings.some(({ severity }) => isAtLeast(severity, failOn)) ? EXIT.found : EXIT.clean;
  },
};
