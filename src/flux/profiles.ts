import { isEngine, type Engine } from './engine';
import { parseEnvFile } from './env-file';
import type { ProjectOverrides, Sourced, ValueSource } from './project';
import { Secret } from './secret';

/** Where a profile's project secret is kept. */
export type SecretSource =
  { readonly from: 'storage' } | { readonly env: string } | { readonly file: string; readonly name: string };

/** A saved environment of a project, such as "staging". No secret is in it. */
export interface Profile {
  readonly gatewayUrl?: string;
  readonly engine?: Engine;
  readonly schema?: string;
  readonly secret: SecretSource;
  readonly appUrl?: string;
  readonly appRoute?: string;
}

/** The profiles that can be used, and what is wrong with the others; a problem never repeats a value. */
export interface Profiles {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly problems: readonly string[];
}

const TEXTS = ['gatewayUrl', 'schema', 'appUrl', 'appRoute'] as const;
const KEYS: readonly string[] = [...TEXTS, 'engine', 'secret'];

/** Reads the setting `fluxRls.profiles`. A profile that holds a secret, or is not understood, is refused as a whole. */
export function readProfiles(setting: unknown): Profiles {
  const profiles = new Map<string, Profile>();
  const problems: string[] = [];
  for (const [name, value] of Object.entries(isObject(setting) ? setting : {})) {
    const read = readProfile(value);
    if (typeof read === 'string') problems.push(`The profile "${name}" ${read}`);
    else profiles.set(name, read);
  }
  return { profiles, problems };
}

/** Where secrets can be found. */
export interface SecretPlaces {
  stored(): Promise<Secret | undefined>;
  environment(name: string): string | undefined;
  /** Text of a file of the folder; undefined when it cannot be read. */
  readFile(name: string): Promise<string | undefined>;
}

/** What a profile says, in place of what the files of the project say. */
export async function profileOverrides(
  name: string,
  { gatewayUrl, engine, schema, secret }: Profile,
  places: SecretPlaces,
): Promise<ProjectOverrides> {
  const from: ValueSource = { kind: 'setting', name: `fluxRls.profiles.${name}` };
  const sourced = <T>(value: T | undefined): Sourced<T> | undefined => value && { value, from };
  return {
    gatewayUrl: sourced(gatewayUrl),
    engine: sourced(engine),
    schema: sourced(schema),
    jwtSecret: await secretOf(secret, places),
  };
}

async function secretOf(source: SecretSource, places: SecretPlaces): Promise<Sourced<Secret> | undefined> {
  const found = (text: string | undefined, from: ValueSource): Sourced<Secret> | undefined =>
    text?.trim() ? { value: new Secret(text.trim()), from } : undefined;
  if ('env' in source) {
    return found(places.environment(source.env), { kind: 'environment', name: source.env });
  }
  if ('file' in source) {
    const { file, name } = source;
    const text = await places.readFile(file);
    return found(text === undefined ? undefined : parseEnvFile(text)[name], { kind: 'file', file, name });
  }
  const value = await places.stored();
  return value && { value, from: { kind: 'secret-storage', name: 'SecretStorage' } };
}

/** The profile, or what is wrong with it. */
function readProfile(value: unknown): Profile | string {
  if (!isObject(value)) return 'is not an object.';
  const texts = [value, isObject(value.secret) ? value.secret : {}].flatMap(each => Object.values(each));
  if (typeof value.secret === 'string' || texts.some(looksLikeSecret)) {
    return 'holds what looks like a secret: settings are shared. Say where it is kept instead, and change it.';
  }
  const unknown = Object.keys(value).find(key => !KEYS.includes(key));
  if (unknown !== undefined) return `has "${unknown}", which is none of ${KEYS.join(', ')}.`;
  const { engine } = value;
  if (engine !== undefined && !isEngine(engine))
    return 'has an engine that is neither v1_dedicated nor v2_shared.';
  const wrong = TEXTS.find(key => value[key] !== undefined && typeof value[key] !== 'string');
  if (wrong !== undefined) return `has a "${wrong}" that is no text.`;
  const secret = readSource(value.secret);
  if (!secret) return 'has a "secret" that is none of { from: "storage" }, { env } and { file, name }.';
  const given = TEXTS.flatMap(key => (typeof value[key] === 'string' ? [[key, value[key]] as const] : []));
  return { ...Object.fromEntries(given), ...(isEngine(engine) && { engine }), secret };
}

function readSource(value: unknown): SecretSource | undefined {
  if (value === undefined) return { from: 'storage' };
  if (!isObject(value)) return undefined;
  const { from, env, file, name } = value;
  if (from === 'storage') return { from };
  if (typeof env === 'string' && env !== '') return { env };
  if (typeof file === 'string' && typeof name === 'string' && file !== '' && name !== '')
    return { file, name };
  return undefined;
}

/** A token, a URL with a password, or a long text of letters and digits that is no name of a variable. */
export function looksLikeSecret(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (/eyJ[\w-]+\.[\w-]+/.test(value) || /:\/\/[^/@]*:[^/@]*@/.test(value)) return true;
  const isRandom = /^[\w+/=-]{24,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value);
  return (
    isRandom && !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) && !/^\/|^t_[0-9a-f]{12}_api$/.test(value)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
