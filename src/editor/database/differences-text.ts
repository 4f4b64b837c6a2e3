import { engineLabel } from '../../flux/engine';
import { placesIn } from '../../lint/report/lint-run';
import { differencesInWords, type LiveReport } from '../../lint/report/live';
import { plural, summarize } from '../../lint/report/summary';
import type { Difference } from '../../schema/differences';
import type { Span } from '../../sql/source-file';

/** Name and target of a link to a file; undefined where the page cannot lead there. */
export type LinkTo = (file: string) => { readonly name: string; readonly target: string | undefined };

/** An audit as a Markdown page: the sums, then every difference with its places, the dangerous first. */
export function liveMarkdown({ project, audit, differences, files }: LiveReport, linkTo: LinkTo): string {
  const { errors, warnings, infos, hints } = summarize(audit.findings, 1);
  const placeOf = placesIn([audit.file, ...files]);
  const link = (span: Span | undefined): string => {
    if (!span) return '–';
    const { name, target } = linkTo(span.file);
    const { line } = placeOf(span);
    return target === undefined
      ? `${cell(name)}:${line}`
      : `[${cell(name)}:${line}](${encodeURI(target)}#L${line})`;
  };
  const row = ({ certain, message, at, liveAt }: Difference): string =>
    `| ${cell(message)}${certain ? '' : ' (cannot tell)'} | ${link(at)} | ${link(liveAt)} |`;
  const section = (title: string, severity: Difference['severity']): string[] => {
    const own = (differences ?? []).filter(difference => difference.severity === severity);
    if (own.length === 0) return [];
    return [
      `## ${title}`,
      ['| What | In the files | In the database |', '|---|---|---|', ...own.map(row)].join('\n'),
    ];
  };
  return [
    `# The live schema ${project.schema}`,
    `${engineLabel(project.engine)} · ${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(infos + hints, 'remark')} in [live.sql](live.sql).`,
    ...(audit.unread > 0
      ? [
          `${plural(audit.unread, 'statement')} of it could not be read, and nothing was judged of what they make.`,
        ]
      : []),
    differences === undefined
      ? 'There are no SQL files in this folder to compare it with.'
      : differencesInWords(differences),
    ...section('More open in the database than in the files', 'dangerous'),
    ...section('Other differences', 'harmless'),
  ]
    .join('\n\n')
    .concat('\n');
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}
