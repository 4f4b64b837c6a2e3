import type { CheckResult, Evidence } from '../../checklist/verdict';
import type { FluxProject } from '../../flux/project';
import { curlRequest } from '../../tokens/curl';

/** The variable that holds the token, so that no token gets into a shell's history. */
const TOKEN = '$FLUX_TOKEN';

/** The request that decided a check: the last that is no control. */
export function decidingRequest({ evidence }: Pick<CheckResult, 'evidence'>): Evidence | undefined {
  return evidence.findLast(({ control }) => !control) ?? evidence.at(-1);
}

/** Whose token the request needs; undefined for one that was sent without a token. */
export function tokenNeeded({ as }: Evidence): string | undefined {
  return as === 'nobody' ? undefined : as;
}

/** The request as a curl line. Values that the evidence leaves out are left out here, too. */
export function repeatedByCurl(asked: Evidence, gatewayUrl: string, project: FluxProject): string {
  const { method, path, headers, body } = asked;
  return curlRequest({
    gatewayUrl,
    method,
    path,
    headers,
    body,
    engine: project.engine?.value,
    schema: project.schema?.value,
    token: tokenNeeded(asked) === undefined ? undefined : TOKEN,
  });
}
