import { MINIMUM_SECRET_BYTES } from './claims';
import { isEngine, type Engine } from './engine';
import { ENV_FILES, parseEnvFile } from './env-file';
import { isApiSchema, V1_SCHEMA } from './names';
import { Secret } from './secret';

/** Where a value was found. */
export interface ValueSource {
  readonly kind:
    'argument' | 'setting' | 'secret-storage' | 'local-flux' | 'environment' | 'file' | 'derived';
  /** Option, setting, variable or key. */
  readonly name: string;
  /** File name relative to the project folder, for `kind: 'file'`. */
  readonly file?: string;
}

export interface Sourced<T> {
  readonly value: T;
  readonly from: ValueSource;
}

/** Something in the project's files that is wrong by itself; never carries a value. */
export interface ProjectProblem {
  readonly message: string;
  readonly file: string;
}

/** What one folder says about its Flux project, each value knowing where it came from. */
export interface FluxProject {
  readonly folder: string;
  readonly name: string;
  readonly gatewayUrl?: Sourced<string>;
  readonly engine?: Sourced<Engine>;
  readonly schema?: Sourced<string>;
  readonly jwtSecret?: Sourced<Secret>;
  /** What Auth.js encrypts session cookies with. */
  readonly authSecret?: Sourced<Secret>;
  /** Where the app runs, as Auth.js is told; {@link DEFAULT_APP_URL} where it is told nothing. */
  readonly appUrl?: Sourced<string>;
  /** The database itself, for what reads its catalog. It holds a password. */
  readonly databaseUrl?: Sourced<Secret>;
  /** Which of `flux.json` and the dotenv files exist. */
  readonly files: readonly string[];
  readonly problems: readonly ProjectProblem[];
}

/** Values that outrank the files: command line, VS Code settings, SecretStorage, the running local Flux. */
export interface ProjectOverrides {
  readonly gatewayUrl?: Sourced<string> | undefined;
  readonly engine?: Sourced<Engine> | undefined;
  readonly schema?: Sourced<string> | undefined;
  readonly jwtSecret?: Sourced<Secret> | undefined;
}

export interface ProjectReader {
  readonly folder: string;
  /** Text of a file by its name relative to `folder`; undefined when there is none. */
  readonly readFile: (name: string) => Promise<string | undefined>;
  readonly overrides?: ProjectOverrides;
  /** The process environment, for the terminal; the editor passes none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Variable to take the project secret from instead of the usual names (`--secret-env`). */
  readonly secretVariable?: string;
  /** As above, for the database URL (`--database-url-env`). */
  readonly databaseVariable?: string;
}

const URL_VARIABLES = ['FLUX_URL', 'NEXT_PUBLIC_FLUX_URL', 'FLUX_SERVICE_URL'] as const;
const SCHEMA_VARIABLES = ['FLUX_POSTGREST_SCHEMA', 'FLUX_POSTGREST_PROFILE'] as const;
export const DATABASE_VARIABLES = ['FLUX_DATABASE_URL', 'DATABASE_URL'] as const;
export const SECRET_VARIABLES = ['FLUX_GATEWAY_JWT_SECRET', 'FLUX_JWT_SECRET', 'PGRST_JWT_SECRET'] as const;
/** Auth.js v5's name before next-auth v4's. */
const AUTH_SECRET_VARIABLES = ['AUTH_SECRET', 'NEXTAUTH_SECRET'] as const;
const APP_URL_VARIABLES = ['AUTH_URL', 'NEXTAUTH_URL'] as const;
/** Where `next dev` and `next start` serve an app. */
export const DEFAULT_APP_URL = 'http://localhost:3000';

const FLUX_JSON = 'flux.json';
const FLUX_JSON_SECRETS = /secret|password|private/i;

/** Reads one folder; unreadable files become problems, never exceptions. */
export async function readFluxProject(reader: ProjectReader): Promise<FluxProject> {
  const problems: ProjectProblem[] = [];
  const files: string[] = [];
  const read = async (file: string): Promise<string | undefined> => {
    try {
      const text = await reader.readFile(file);
      if (text !== undefined) files.push(file);
      return text;
    } catch {
      problems.push({ file, message: `${file} cannot be read.` });
      return undefined;
    }
  };

  const fluxJson = parseFluxJson(await read(FLUX_JSON), problems);
  const variables = new Variables(reader.environment ?? {}, problems);
  for (const file of ENV_FILES) variables.addFile(file, await read(file));

  const overrides = reader.overrides ?? {};
  const gatewayUrl =
    overrides.gatewayUrl ?? variables.first(URL_VARIABLES) ?? fromFluxJson(fluxJson, 'apiUrl', isText);
  const schema =
    overrides.schema ?? variables.first(SCHEMA_VARIABLES) ?? fromFluxJson(fluxJson, 'apiSchema', isText);
  const engine = overrides.engine ?? fromFluxJson(fluxJson, 'mode', isEngine) ?? engineOfSchema(schema);
  const secretVariables = reader.secretVariable === undefined ? SECRET_VARIABLES : [reader.secretVariable];
  const jwtSecret = overrides.jwtSecret ?? asSecret(variables.first(secretVariables));
  const authSecret = asSecret(variables.first(AUTH_SECRET_VARIABLES));
  const appUrl = variables.first(APP_URL_VARIABLES);
  const databaseVariables =
    reader.databaseVariable === undefined ? DATABASE_VARIABLES : [reader.databaseVariable];
  const databaseUrl = asSecret(variables.first(databaseVariables));

  if (gatewayUrl && !isHttpUrl(gatewayUrl.value)) {
    problems.push({
      file: placeOf(gatewayUrl.from),
      message: `The gateway URL in ${describeSource(gatewayUrl.from)} is not an http(s) address.`,
    });
  }
  if (appUrl && !isHttpUrl(appUrl.value)) {
    problems.push({
      file: placeOf(appUrl.from),
      message: `${appUrl.from.name} in ${describeSource(appUrl.from)} is not an http(s) address.`,
    });
  }
  if (schema && !isApiSchema(schema.value)) {
    problems.push({
      file: placeOf(schema.from),
      message: `The schema "${schema.value}" in ${describeSource(schema.from)} is neither "api" nor t_<12 hex digits>_api.`,
    });
  }
  if (jwtSecret && jwtSecret.value.byteLength < MINIMUM_SECRET_BYTES) {
    problems.push({
      file: placeOf(jwtSecret.from),
      message: `The project secret in ${describeSource(jwtSecret.from)} is shorter than ${MINIMUM_SECRET_BYTES} bytes; PostgREST refuses it.`,
    });
  }

  return {
    folder: reader.folder,
    name: isText(fluxJson.slug) ? fluxJson.slug : baseName(reader.folder),
    ...(gatewayUrl && { gatewayUrl }),
    ...(engine && { engine }),
    ...(schema && { schema }),
    ...(jwtSecret && { jwtSecret }),
    ...(databaseUrl && { databaseUrl }),
    ...(authSecret && { authSecret }),
    ...(appUrl && { appUrl }),
    files,
    problems,
  };
}

/** A source in words: `.env.local`, `setting fluxRls.schema`, `SecretStorage`. */
export function describeSource(source: ValueSource): string {
  switch (source.kind) {
    case 'file':
      return source.file ?? source.name;
    case 'setting':
      return `setting ${source.name}`;
    case 'secret-storage':
      return 'SecretStorage';
    case 'local-flux':
      return 'the local Flux';
    case 'environment':
      return `the environment (${source.name})`;
    case 'argument':
    case 'derived':
      return source.name;
  }
}

/** The dotenv variables of a project, first the process environment, then the files as Next.js ranks them. */
class Variables {
  readonly #sources: {
    readonly from: Omit<ValueSource, 'name'>;
    readonly values: Record<string, string | undefined>;
  }[];

  constructor(
    environment: Readonly<Record<string, string | undefined>>,
    private readonly problems: ProjectProblem[],
  ) {
    this.#sources = [{ from: { kind: 'environment' }, values: environment }];
  }

  addFile(file: string, text: string | undefined): void {
    if (text !== undefined) this.#sources.push({ from: { kind: 'file', file }, values: parseEnvFile(text) });
  }

  /** The first of `names` that has a value. An empty line that hides a value below it is a problem worth a word. */
  first(names: readonly string[]): Sourced<string> | undefined {
    for (const name of names) {
      let emptyIn: string | undefined;
      for (const { from, values } of this.#sources) {
        const value = values[name]?.trim();
        if (value === undefined) continue;
        const source: ValueSource = { ...from, name };
        if (value === '') {
          emptyIn ??= describeSource(source);
          continue;
        }
        if (emptyIn !== undefined) {
          this.problems.push({
            file: emptyIn,
            message: `${name} is empty in ${emptyIn} and hides the value in ${describeSource(source)}: delete the empty line.`,
          });
        }
        return { value, from: source };
      }
    }
    return undefined;
  }
}

function parseFluxJson(text: string | undefined, problems: ProjectProblem[]): Record<string, unknown> {
  if (text === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    problems.push({ file: FLUX_JSON, message: 'flux.json is not valid JSON.' });
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    problems.push({ file: FLUX_JSON, message: 'flux.json must hold one JSON object.' });
    return {};
  }
  const object = parsed as Record<string, unknown>;
  for (const key of Object.keys(object).filter(name => FLUX_JSON_SECRETS.test(name))) {
    problems.push({
      file: FLUX_JSON,
      message: `flux.json must not hold "${key}": it is committed. Move it to .env.local and change it.`,
    });
  }
  return object;
}

function fromFluxJson<T>(
  fluxJson: Record<string, unknown>,
  key: string,
  is: (value: unknown) => value is T,
): Sourced<T> | undefined {
  const value = fluxJson[key];
  return is(value) ? { value, from: { kind: 'file', file: FLUX_JSON, name: key } } : undefined;
}

function engineOfSchema(schema: Sourced<string> | undefined): Sourced<Engine> | undefined {
  return schema?.value === V1_SCHEMA
    ? { value: 'v1_dedicated', from: { kind: 'derived', name: `the schema name "${V1_SCHEMA}"` } }
    : undefined;
}

function asSecret(text: Sourced<string> | undefined): Sourced<Secret> | undefined {
  return text && { value: new Secret(text.value), from: text.from };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function placeOf(source: ValueSource): string {
  return source.file ?? describeSource(source);
}

function baseName(folder: string): string {
  return folder.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
}
