import { parseEnvFile } from '../flux/env-file';

/** A line that an app of the guide needs in `.env.local`. */
export interface EnvLine {
  readonly key: string;
  readonly value: string;
  readonly comment: string;
  /** Other names for the same thing; when one is there, nothing is added. */
  readonly aliases?: readonly string[];
}

export interface EnvFacts {
  readonly authSecret: string;
  readonly schema?: string | undefined;
}

/** The guide's variables. Empty ones are for the person to fill in. */
export function wantedLines({ authSecret, schema }: EnvFacts): EnvLine[] {
  return [
    {
      key: 'AUTH_SECRET',
      value: authSecret,
      comment: 'Signs the session cookies; a new value signs everybody out.',
    },
    { key: 'AUTH_TRUST_HOST', value: 'true', comment: 'Needed by `next start` outside of Vercel.' },
    {
      key: 'AUTH_GITHUB_ID',
      value: '',
      comment:
        'GitHub → Settings → Developer settings → OAuth Apps, callback <origin>/api/auth/callback/github',
    },
    { key: 'AUTH_GITHUB_SECRET', value: '', comment: '' },
    {
      key: 'FLUX_URL',
      value: '',
      comment: 'Service URL of the Flux project, from `flux list`.',
      aliases: ['NEXT_PUBLIC_FLUX_URL'],
    },
    {
      key: 'FLUX_JWT_SECRET',
      value: '',
      comment: 'JWT secret of the Flux project, from its dashboard. For the server only.',
      aliases: ['FLUX_GATEWAY_JWT_SECRET'],
    },
    ...(schema === undefined
      ? []
      : [
          {
            key: 'FLUX_POSTGREST_SCHEMA',
            value: schema,
            comment: 'API schema; looked at on v1 dedicated only.',
          },
        ]),
  ];
}

/** Keys with a line in any of the app's dotenv files, empty ones included. */
export function keysOf(texts: readonly (string | undefined)[]): Set<string> {
  return new Set(texts.flatMap(text => (text === undefined ? [] : Object.keys(parseEnvFile(text)))));
}

/**
 * `.env.local` with the missing lines at its end; the same text when nothing is missing. `taken` holds the keys of
 * every dotenv file: a line here would hide the one of another file.
 */
export function mergeEnvLocal(
  text: string | undefined,
  lines: readonly EnvLine[],
  taken: ReadonlySet<string>,
): string {
  const missing = lines.filter(({ key, aliases = [] }) => ![key, ...aliases].some(name => taken.has(name)));
  const before = text ?? '';
  if (missing.length === 0) return before;
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const start = before === '' || before.endsWith('\n') ? before : before + eol;
  const added = missing.flatMap(({ key, value, comment }) => [
    ...(comment === '' ? [] : [`# ${comment}`]),
    `${key}=${value}`,
  ]);
  return start + added.map(line => line + eol).join('');
}
