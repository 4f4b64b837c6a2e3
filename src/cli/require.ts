import { DATABASE_VARIABLES, SECRET_VARIABLES, type FluxProject } from '../flux/project';
import type { Secret } from '../flux/secret';
import { UsageError } from './io';

/** The project secret, or a sentence that says where it was looked for. */
export function requireSecret(project: FluxProject, variable?: string): Secret {
  if (project.jwtSecret) return project.jwtSecret.value;
  const names = variable ?? SECRET_VARIABLES.slice(0, 2).join(' or ');
  throw new UsageError(
    `No project secret: set ${names} in the environment or in .env.local (the project's JWT secret, from its dashboard).`,
  );
}

export function requireGatewayUrl(project: FluxProject): string {
  const url = project.gatewayUrl?.value;
  if (url === undefined) throw new UsageError('No gateway URL: give --url, or set FLUX_URL in .env.local.');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`"${url}" is not an http(s) address.`);
  }
  return url;
}

/** The database URL, or a sentence that says where it was looked for; it is no option, for shells keep those. */
export function requireDatabaseUrl({ databaseUrl }: FluxProject, variable?: string): Secret {
  if (databaseUrl) return databaseUrl.value;
  const names = variable ?? DATABASE_VARIABLES.join(' or ');
  throw new UsageError(`No database URL: set ${names} in the environment or in .env.local.`);
}
