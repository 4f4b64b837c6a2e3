import type { Severity } from '../severity';
import { placesIn, type LintRun } from './lint-run';
import { summarize, summaryInWords } from './summary';

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

/**
 * The findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @param toRepositoryPath gives a file's path in the repository, which annotations go by.
 */
export function githubReport(
  { findings, asked, files }: LintRun,
  toRepositoryPath: (file: string) => string,
): string {
  const placeOf = placesIn(files);
  const commands = findings.map(({ rule, severity, at, message }) => {
    const { line, column, endLine, endColumn } = placeOf(at);
    const properties = {
      file: toRepositoryPath(at.file),
      line,
      endLine,
      // GitHub knows columns only within one line.
      ...(line === endLine && { col: column, endColumn }),
      title: rule,
    };
    const written = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
    return `::${COMMANDS[severity]} ${written.join(',')}::${data(message)}`;
  });
  return [...commands, summaryInWords(summarize(findings, asked.length))].join('\n');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
