import path from 'node:path';
import { profileOverrides, readProfiles, type Profile } from '../flux/profiles';
import type { ProjectOverrides } from '../flux/project';
import { inWords } from './arguments';
import { readOptional } from './files';
import { UsageError, type Terminal } from './io';
import { parseJsonc } from './jsonc';

const SETTINGS_FILE = '.vscode/settings.json';
const SETTING = 'fluxRls.profiles';

/** The saved profile of that name in the folder's settings. */
export async function profileNamed(terminal: Terminal, name: string): Promise<Profile> {
  const { profiles, problems } = readProfiles(await settingHere(terminal));
  const profile = profiles.get(name);
  if (profile) return profile;
  const refused = problems.find(problem => problem.startsWith(`The profile "${name}" `));
  if (refused !== undefined) throw new UsageError(refused);
  const names = [...profiles.keys()];
  throw new UsageError(
    names.length === 0
      ? `There is no profile "${name}": ${SETTINGS_FILE} has no "${SETTING}".`
      : `There is no profile "${name}": ${SETTINGS_FILE} has ${inWords(names)}.`,
  );
}

/**
 * What a profile says in place of the files. A secret that the editor keeps for itself is not within reach here: it is
 * looked for where the terminal finds any.
 * @param needsSecret false where the command line names another secret
 */
export async function overridesOf(
  terminal: Terminal,
  name: string,
  profile: Profile,
  needsSecret: boolean,
): Promise<ProjectOverrides> {
  const overrides = await profileOverrides(name, profile, {
    stored: () => Promise.resolve(undefined),
    environment: variable => terminal.environment[variable],
    readFile: file => readOptional(path.resolve(terminal.cwd, file)),
  });
  if (!needsSecret) return { ...overrides, jwtSecret: undefined };
  // Another environment's secret in its place would only be refused.
  if ('from' in profile.secret || overrides.jwtSecret) return overrides;
  const place =
    'env' in profile.secret ? profile.secret.env : `${profile.secret.name} in ${profile.secret.file}`;
  throw new UsageError(`The profile "${name}" takes its secret from ${place}, which is not set.`);
}

async function settingHere({ cwd }: Terminal): Promise<unknown> {
  const text = await readOptional(path.join(cwd, SETTINGS_FILE));
  if (text === undefined) throw new UsageError(`--profile is read from ${SETTINGS_FILE}, which is not here.`);
  try {
    return (parseJsonc(text) as Record<string, unknown> | null)?.[SETTING];
  } catch {
    throw new UsageError(`${SETTINGS_FILE} is not valid JSON.`);
  }
}
