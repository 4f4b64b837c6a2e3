/** Where `flux push` looks when it is given no path, in its order. All but the last are directories. */
export const PUSH_TARGETS = ['migrations', 'flux/migrations', 'sql/migrations', 'sql', 'schema.sql'] as const;

/** The platform refuses larger files (bytes). */
export const MAX_PUSH_FILE_BYTES = 4 * 1024 * 1024;

const PUSH_DIRECTORY = /(?:^|\/)(?:migrations|sql)$/;

/** The `*.sql` names of a directory in the order a push applies them: by code unit, as the platform sorts. */
export function inPushOrder(names: readonly string[]): string[] {
  return names.filter(name => name.endsWith('.sql')).sort();
}

/**
 * Whether a directory (posix path relative to its project) is applied by a push as one ordered set of files.
 * Monorepos keep several, so the place is recognized by its name and not by its depth.
 */
export function isPushDirectory(directory: string): boolean {
  return PUSH_DIRECTORY.test(directory);
}
