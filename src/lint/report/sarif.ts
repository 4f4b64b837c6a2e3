import type { Span } from '../../sql/source-file';
import { ENGINES } from '../../flux/engine';
import { ruleMarkdown, ruleText } from '../docs';
import type { Finding, Fix } from '../finding';
import { severityOn, type Rule } from '../rule';
import { SEVERITIES, type Severity } from '../severity';
import { placesIn, type LintRun } from './lint-run';

/** What a SARIF log says of the program and of the place it ran in. */
export interface SarifContext {
  readonly version: string;
  readonly rules: readonly Rule[];
  /** URI of the folder that file names are relative to, with a slash at its end. */
  readonly root: string;
  /** A file's path in that folder; an absolute path stays one. */
  readonly toRootPath: (file: string) => string;
}

const LEVELS: Readonly<Record<Severity | 'off', string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
  off: 'none',
};

/** The findings as a SARIF 2.1.0 log, for code scanning and SARIF viewers. */
export function sarifReport(run: LintRun, context: SarifContext): string {
  const all = [
    ...run.findings.map(finding => ({ finding, suppressions: [] })),
    ...run.suppressed.map(({ finding, reason }) => ({
      finding,
      suppressions: [{ kind: 'inSource', ...(reason !== '' && { justification: reason }) }],
    })),
  ];
  const found = new Set(all.map(({ finding }) => finding.rule));
  const rules = context.rules.filter(({ id }) => found.has(id));
  const write = new ResultWriter(run, context);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Flux RLS', semanticVersion: context.version, rules: rules.map(descriptor) },
        },
        invocations: [{ executionSuccessful: true }],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { uri: context.root } },
        artifacts: run.asked.map(file => ({
          location: write.artifact(file),
          roles: ['analysisTarget'],
          sourceLanguage: 'sql',
        })),
        results: all.map(({ finding, suppressions }) => ({
          ...write.result(finding),
          ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
          suppressions,
        })),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function descriptor(rule: Rule): object {
  const severities = ENGINES.map(engine => severityOn(rule, engine));
  const worst = SEVERITIES.find(severity => severities.includes(severity)) ?? 'off';
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.docs.what },
    help: { text: ruleText(rule), markdown: ruleMarkdown(rule) },
    defaultConfiguration: { level: LEVELS[worst] },
  };
}

/** Writes findings as results, with places in the files of the run. */
class ResultWriter {
  readonly #placeOf;

  constructor(
    run: LintRun,
    private readonly context: SarifContext,
  ) {
    this.#placeOf = placesIn(run.files);
  }

  result({ rule, severity, at, message, related, fix }: Finding): object {
    return {
      ruleId: rule,
      level: LEVELS[severity],
      message: { text: message },
      locations: [{ physicalLocation: this.#location(at) }],
      ...(related.length > 0 && {
        relatedLocations: related.map((place, index) => ({
          id: index,
          physicalLocation: this.#location(place.at),
          message: { text: place.message },
        })),
      }),
      ...(fix && { fixes: [this.#fix(fix)] }),
    };
  }

  artifact(file: string): object {
    const path = this.context.toRootPath(file);
    const uri = path.split('/').map(encodeURIComponent).join('/');
    if (path.startsWith('/')) return { uri: `file://${uri}` };
    // A drive letter keeps its colon.
    if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${uri.replace('%3A', ':')}` };
    return { uri, uriBaseId: '%SRCROOT%' };
  }

  #location(at: Span): object {
    return { artifactLocation: this.artifact(at.file), region: this.#region(at) };
  }

  #region(at: Span): object {
    const { line, column, endLine, endColumn } = this.#placeOf(at);
    return { startLine: line, startColumn: column, endLine, endColumn };
  }

  #fix({ title, edits }: Fix): object {
    const files = [...new Set(edits.map(({ at }) => at.file))];
    return {
      description: { text: title },
      artifactChanges: files.map(file => ({
        artifactLocation: this.artifact(file),
        replacements: edits
          .filter(({ at }) => at.file === file)
          .map(({ at, text }) => ({ deletedRegion: this.#region(at), insertedContent: { text } })),
      })),
    };
  }
}
