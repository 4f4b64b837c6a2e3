import path from 'node:path';
import { CHECK_IDS, type CheckId } from '../checklist/check-ids';
import { REPORT_FORMATS, type ReportFormat } from '../checklist/report';
import type { GivenValues, TableChoices } from '../checklist/table-plan';
import { MODES, type Mode } from '../checklist/verdict';
import type { Engine } from '../flux/engine';
import { choiceOption, engineOption, parse } from './arguments';
import { readRequired } from './files';
import { UsageError, type Terminal } from './io';

/** What the command line of `flux-rls check` says. */
export interface CheckOptions {
  readonly url: string | undefined;
  readonly schema: string | undefined;
  readonly engine: Engine | undefined;
  readonly profile: string | undefined;
  readonly secretVariable: string | undefined;
  readonly sql: string | undefined;
  /** Every table when empty. */
  readonly tables: readonly string[];
  readonly choices: TableChoices;
  readonly only: readonly CheckId[];
  readonly subjects: readonly [string, string];
  /** Undefined where it goes by the host. */
  readonly mode: Mode | undefined;
  readonly app: AppOptions;
  readonly format: ReportFormat;
  readonly output: string | undefined;
  readonly failOn: 'fail' | 'unknown';
  readonly dryRun: boolean;
  readonly cleanUp: boolean;
}

export interface AppOptions {
  readonly url: string | undefined;
  readonly route: string | undefined;
  readonly table: string | undefined;
  readonly allowRemote: boolean;
}

/** Subjects nobody else has. */
const DEFAULT_SUBJECTS = 'flux-rls-check-a,flux-rls-check-b';

/** Reads the command line and the file of values it names. */
export async function readCheckOptions(args: readonly string[], { cwd }: Terminal): Promise<CheckOptions> {
  const { values, positionals } = parse(args, {
    url: { type: 'string' },
    schema: { type: 'string' },
    engine: { type: 'string' },
    profile: { type: 'string' },
    'secret-env': { type: 'string' },
    sql: { type: 'string' },
    table: { type: 'string', multiple: true },
    owner: { type: 'string' },
    shared: { type: 'string', multiple: true },
    exclude: { type: 'string', multiple: true },
    values: { type: 'string' },
    only: { type: 'string', multiple: true },
    subjects: { type: 'string' },
    mode: { type: 'string' },
    'app-url': { type: 'string' },
    'app-route': { type: 'string' },
    'app-table': { type: 'string' },
    'allow-remote-app': { type: 'boolean' },
    format: { type: 'string' },
    output: { type: 'string' },
    'fail-on': { type: 'string' },
    'dry-run': { type: 'boolean' },
    'clean-up': { type: 'boolean' },
  });
  if (positionals.length > 0)
    throw new UsageError(`check takes options only, not "${positionals[0] ?? ''}".`);
  const tables = [...new Set(values.table ?? [])];
  return {
    url: values.url,
    schema: values.schema,
    engine: engineOption(values.engine),
    profile: values.profile,
    secretVariable: values['secret-env'],
    sql: values.sql,
    tables,
    choices: {
      shared: values.shared ?? [],
      excluded: values.exclude ?? [],
      owners: ownersOf(values.owner, tables),
      values: values.values === undefined ? {} : await readValues(cwd, values.values),
    },
    only: (values.only ?? []).map(checkNamed),
    subjects: subjectsOf(values.subjects ?? DEFAULT_SUBJECTS),
    mode: values.mode === undefined ? undefined : choiceOption('mode', values.mode, MODES),
    app: {
      url: values['app-url'],
      route: values['app-route'],
      table: values['app-table'],
      allowRemote: values['allow-remote-app'] ?? false,
    },
    format: choiceOption('format', values.format, REPORT_FORMATS),
    output: values.output,
    failOn: choiceOption('fail-on', values['fail-on'], ['unknown', 'fail']),
    dryRun: values['dry-run'] ?? false,
    cleanUp: values['clean-up'] ?? false,
  };
}

function ownersOf(owner: string | undefined, tables: readonly string[]): Record<string, string> {
  if (owner === undefined) return {};
  const [table, ...others] = tables;
  if (table === undefined || others.length > 0) {
    throw new UsageError('--owner is the owner column of one table: give one --table with it.');
  }
  return { [table]: owner };
}

function subjectsOf(text: string): readonly [string, string] {
  const [a, b, ...rest] = text.split(',').map(subject => subject.trim());
  if (!a || !b || rest.length > 0 || a === b) {
    throw new UsageError(`--subjects takes two different ids with a comma between them, not "${text}".`);
  }
  return [a, b];
}

function checkNamed(name: string): CheckId {
  const check = CHECK_IDS.find(id => id === name);
  if (check === undefined) throw new UsageError(`There is no check "${name}": ${CHECK_IDS.join(', ')}.`);
  return check;
}

async function readValues(cwd: string, name: string): Promise<GivenValues> {
  const text = await readRequired(path.resolve(cwd, name), name);
  const form = `${name} has to be a JSON object of tables, each with an object of columns and their values.`;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is not valid JSON. ${form}`);
  }
  if (!isObject(values) || !Object.values(values).every(isObject)) throw new UsageError(form);
  return values as GivenValues;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
