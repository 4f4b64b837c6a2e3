import type { Engine } from '../flux/engine';

export interface CurlOptions {
  readonly gatewayUrl: string;
  /** Table to ask for, or nothing for the root document. */
  readonly table?: string | undefined;
  readonly engine?: Engine | undefined;
  readonly schema?: string | undefined;
  /** The token itself, or a shell variable such as `$FLUX_TOKEN`. */
  readonly token: string;
}

/** A command line that asks the gateway as the token's subject; for POSIX shells. */
export function curlLine({ gatewayUrl, table, engine, schema, token }: CurlOptions): string {
  const url = `${gatewayUrl.replace(/\/+$/, '')}/${table === undefined ? '' : `${encodeURIComponent(table)}?limit=10`}`;
  // On v2 the gateway writes the profile headers itself.
  const profile =
    engine !== 'v2_shared' && schema !== undefined ? [`-H ${quote(`Accept-Profile: ${schema}`)}`] : [];
  const authorization = token.startsWith('$')
    ? `"Authorization: Bearer ${token}"`
    : quote(`Authorization: Bearer ${token}`);
  return ['curl -i', quote(url), `-H ${authorization}`, ...profile].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
