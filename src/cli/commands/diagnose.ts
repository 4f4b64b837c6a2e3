import path from 'node:path';
import { VERBS, type Verb } from '../../checklist/check-ids';
import { explain, type Explanation } from '../../checklist/explain';
import { confirmed } from '../../checklist/explain-in-database';
import {
  explanationJson,
  explanationMarkdown,
  explanationText,
  type Locate,
} from '../../checklist/explain-report';
import { readPasted } from '../../checklist/read-pasted';
import { readOnly } from '../../database/read-only';
import { databaseName } from '../../database/unreachable';
import type { Engine } from '../../flux/engine';
import type { FluxProject } from '../../flux/project';
import { modelFromStatements } from '../../schema/from-statements';
import type { SchemaModel } from '../../schema/model';
import { SqlParser } from '../../sql/parser';
import { parseSource, type SourceFile } from '../../sql/source-file';
import { choiceOption, engineOption, inWords, parse } from '../arguments';
import { pushAt, readPush, readRequired } from '../files';
import { EXIT, UsageError, type Command, type Terminal } from '../io';
import { fromOption, projectHere } from '../project';
import { requireDatabaseUrl } from '../require';

export const diagnoseCommand: Command = {
  name: 'diagnose',
  summary: 'explain an answer of the gateway: who refused, why, and what to do',
  usage: `flux-rls diagnose [file] [--verb read|insert|update|delete] [--table T] [--owner COLUMN] [--subject ID]
                  [--engine v1_dedicated|v2_shared] [--sql PATH] [--database-url-env NAME]
                  [--format text|json|markdown]

Reads an answer from the file, or from standard input: what curl -i shows, a status line, JSON, an error of a client
library. Tokens in it are dropped. With the folder's SQL the causes that the SQL shows come first, with their line.
With --database-url-env the catalog confirms or rules out causes, in one read-only transaction; NAME is the variable of
the environment or of the .env files that holds the URL, such as FLUX_DATABASE_URL.
  curl -i "$FLUX_URL/notes" -H "Authorization: Bearer $TOKEN" | flux-rls diagnose --table notes
Exit code: 0 explained, 2 the text is no answer.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      verb: { type: 'string' },
      table: { type: 'string' },
      owner: { type: 'string' },
      subject: { type: 'string' },
      engine: { type: 'string' },
      sql: { type: 'string' },
      'database-url-env': { type: 'string' },
      format: { type: 'string' },
    });
    const [file, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError('diagnose takes one file, or none for standard input.');
    const format = choiceOption('format', values.format, ['text', 'json', 'markdown']);
    const verb = verbOption(values.verb);
    const overrides = { engine: fromOption('engine', engineOption(values.engine)) };
    const variable = values['database-url-env'];
    const project = await projectHere(terminal, overrides, undefined, variable);
    const url = variable === undefined ? undefined : requireDatabaseUrl(project, variable).reveal();
    const answer = readPasted(await textOf(terminal, file));
    if (answer.kind === 'no answer') throw new UsageError(answer.reason);
    const sql = await sqlHere(terminal, project, values.sql);
    const { table, owner, subject } = values;
    const explanation = explain(answer, {
      engine: project.engine?.value,
      verb,
      table,
      owner,
      subject,
      model: sql?.model,
      now: Math.floor(Date.now() / 1000),
    });
    const known = { engine: project.engine?.value, schema: project.schema?.value };
    const told =
      url === undefined
        ? explanation
        : await confirmed(explanation, known, {
            name: () => databaseName(url),
            session: work => readOnly(url, work, { signal: terminal.signal }),
          });
    terminal.out(FORMATS[format](told, locateIn(sql?.files ?? [])));
    return EXIT.clean;
  },
};

const FORMATS = {
  text: explanationText,
  json: explanationJson,
  markdown: (explanation: Explanation, locate: Locate) =>
    ['# Answer explained', ...explanationMarkdown(explanation, locate)].join('\n\n'),
};

function verbOption(value: string | undefined): Verb | undefined {
  const verb = VERBS.find(candidate => candidate === value);
  if (value === undefined || verb) return verb;
  throw new UsageError(`--verb is ${inWords(VERBS)}, not "${value}".`);
}

async function textOf(terminal: Terminal, file: string | undefined): Promise<string> {
  if (file === undefined || file === '-') return new TextDecoder().decode(await terminal.input());
  return readRequired(path.resolve(terminal.cwd, file), file);
}

/** The SQL that `--sql` names, else what a push from here would take; undefined when there is none. */
async function sqlHere(
  terminal: Terminal,
  project: FluxProject,
  name: string | undefined,
): Promise<{ readonly model: SchemaModel; readonly files: readonly SourceFile[] } | undefined> {
  const push = await pushAt(terminal.cwd, name).catch((error: unknown) => {
    if (name !== undefined) throw error;
    return undefined;
  });
  if (!push) return undefined;
  const parser = await SqlParser.load();
  const files = (await readPush(terminal.cwd, push)).map(({ name: own, text }) =>
    parseSource(parser, own, text),
  );
  const engine: Engine = project.engine?.value ?? 'v2_shared';
  return { model: modelFromStatements(files, { engine, apiSchema: project.schema?.value }), files };
}

function locateIn(files: readonly SourceFile[]): Locate {
  return ({ file, start }) => files.find(({ name }) => name === file)?.lines.at(start);
}
