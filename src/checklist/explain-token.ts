import { clockLeeway, isReadableSubject } from '../flux/claims';
import { SECRET_VARIABLES } from '../flux/project';
import type { Asked, CauseId, Certainty, Draft, Weighed } from './explain-types';

const INSPECT =
  'Look at alg, exp, nbf and sub of the token ("Inspect Token", or flux-rls token inspect), then at its signature.';
const PROJECT_SECRET = `Sign with the project's own JWT secret from the dashboard (${SECRET_VARIABLES.slice(0, 2).join(' or ')}), as it stands there: not decoded, without a blank or a newline at its end.`;

function cause(
  id: CauseId,
  weight: number,
  certainty: Certainty,
  texts: Pick<Weighed, 'title' | 'why' | 'confirm' | 'fix'>,
): Weighed {
  return { id, weight, certainty, rules: [], ...texts };
}

/** The token, or that there is none. A 401 with an SQLSTATE is about `anon` and no matter of tokens. */
export function refusedToken(asked: Asked): Draft | undefined {
  const { status, code, message, answer } = asked;
  if (code === 'PGRST302' || code === 'PGRST301' || code === 'PGRST303') return byPostgrest(asked);
  if (code === '22023' || /^role "[^"]*" does not exist$/.test(message)) return unknownRole(asked);
  if (message === 'authorization required') return noToken(asked);
  if (message === 'invalid or expired token') return badToken(asked);
  if (status !== 401 || code !== undefined || message !== '' || answer.by === 'app') return undefined;
  // HEAD answers and status lines have no body that could tell.
  const { summary, causes } = noToken(asked);
  const rest = badToken(asked).causes.map(each => ({
    ...each,
    weight: each.weight - 20,
    certainty: each.certainty === 'certain' ? ('likely' as const) : each.certainty,
  }));
  return {
    layer: 'other',
    summary: `401, and no body that tells who refused: the gateway, PostgREST, or the app. ${summary}`,
    causes: [...causes.map(each => ({ ...each, certainty: 'possible' as const })), ...rest],
  };
}

function noToken({ answer }: Asked): Draft {
  const sent = answer.request.hasToken;
  const isPreflight = answer.request.method === 'OPTIONS';
  return {
    layer: 'gateway',
    summary: 'The v2 gateway asks for a token (401). PostgreSQL did not see the request.',
    causes: [
      cause('no-token', 95, isPreflight || sent === true ? 'likely' : 'certain', {
        title: 'The request has no "Authorization: Bearer <token>"',
        why: `The gateway says this when the header is missing or empty, has another scheme (Basic, Token), or the token stands without its scheme. An apikey header or parameter does not count.${sent === true ? ' The request seems to bring one; look at how it arrives.' : ''}`,
        confirm: 'Send the request with curl -i -H "Authorization: Bearer <token>".',
        fix: 'Send the project JWT as "Authorization: Bearer <token>".',
      }),
      ...(isPreflight
        ? [
            cause('cors', 99, 'certain', {
              title: 'A browser asks beforehand (CORS preflight), and the v2 gateway refuses',
              why: 'An OPTIONS request of a browser carries no token, and v2 answers it with 401 and no CORS headers.',
              confirm: 'Send the request itself with curl: it works from there.',
              fix: 'Call the gateway from the server of the app (a route handler), not from the browser.',
            }),
          ]
        : []),
    ],
  };
}

function badToken(asked: Asked): Draft {
  const { subject, claims, tokenExpiry, answer, now } = asked;
  const clock = answer.date ?? now;
  const isExpired = clock !== undefined && tokenExpiry !== undefined && clock >= tokenExpiry;
  const isFresh = clock !== undefined && tokenExpiry !== undefined && clock < tokenExpiry;
  const sub = claims === undefined ? subject : claims.sub;
  const hasNoSub = claims !== undefined && (typeof sub !== 'string' || sub.trim() === '');
  return {
    layer: 'gateway',
    summary:
      'The v2 gateway refuses the token (401) and says the same for every reason. PostgreSQL did not see the request.',
    causes: [
      cause('expired-token', isExpired ? 99 : isFresh ? 15 : 60, isExpired ? 'certain' : 'possible', {
        title: 'The token is expired',
        why: isExpired
          ? `It expired by its own word ${clock - tokenExpiry} s before the answer; v2 allows no difference of clocks.`
          : `v2 allows no difference of clocks: a token that is a second too old is refused.${isFresh ? ' By its own word this one was still good.' : ''}`,
        confirm: 'Compare exp with the date header of the answer.',
        fix: 'Make a fresh token for each request, or renew it before exp; set the clock of the machine that signs.',
      }),
      cause(
        'wrong-secret',
        isExpired ? 20 : hasNoSub ? 30 : 70,
        isFresh && !hasNoSub ? 'likely' : 'possible',
        {
          title: 'The token is signed with another secret',
          why: 'Another project’s secret, a newline at its end, or its decoded bytes: all of them answer this.',
          confirm: INSPECT,
          fix: PROJECT_SECRET,
        },
      ),
      cause('no-sub', hasNoSub ? 97 : 45, hasNoSub ? 'certain' : 'possible', {
        title: 'The token has no sub, or an empty one',
        why: `v2 refuses a token whose sub is missing, empty or no text, in the words it has for a bad signature.${hasNoSub ? ' The claims of this one have none.' : ''}`,
        confirm: INSPECT,
        fix: 'Sign the id of the user as sub, as a text.',
      }),
      cause('alg-refused', 30, 'possible', {
        title: 'The token is signed with another algorithm than HS256, or not at all',
        why: 'HS384, HS512, RS256 and "none" are all refused.',
        confirm: INSPECT,
        fix: 'Sign with HS256.',
      }),
      cause('token-not-yet-valid', 25, 'possible', {
        title: 'nbf lies in the future',
        why: 'v2 allows no difference of clocks for nbf either.',
        confirm: 'Compare nbf with the date header of the answer.',
        fix: 'Leave nbf out, or set the clock.',
      }),
      cause('token-refused', 20, 'possible', {
        title: 'It is no token: quotes around it, "Bearer" twice, or cut off',
        why: 'A JWT has three parts with two dots between them, and nothing around them.',
        confirm: 'Count the dots of what is sent behind "Bearer ".',
        fix: 'Send the token as it was signed.',
      }),
    ],
  };
}

const POSTGREST_REASONS: readonly (readonly [form: RegExp, make: (asked: Asked) => Weighed])[] = [
  [
    /expired/i,
    ({ engine }) =>
      cause('expired-token', 99, 'certain', {
        title: 'The token is expired',
        why: `PostgREST says so; it allows ${clockLeeway(engine ?? 'v1_dedicated') || 30} s.`,
        confirm: 'Compare exp with the date header of the answer.',
        fix: 'Make a fresh token for each request, or renew it before exp.',
      }),
  ],
  [
    /NotYetValid|not yet valid/i,
    () =>
      cause('token-not-yet-valid', 99, 'certain', {
        title: 'nbf lies more than 30 s in the future',
        why: 'PostgREST says so.',
        confirm: 'Compare nbf with the date header of the answer.',
        fix: 'Leave nbf out, or set the clock of the machine that signs.',
      }),
  ],
  [
    /IssuedAtFuture|issued at future/i,
    () =>
      cause('clock', 99, 'certain', {
        title: 'iat lies more than 30 s in the future',
        why: 'PostgREST says so: the clock of the machine that signs is ahead.',
        confirm: 'Compare iat with the date header of the answer.',
        fix: 'Set the clock of the machine that signs.',
      }),
  ],
  [
    /StringOrURI|\$\.sub/,
    ({ subject }) =>
      cause('token-refused', 99, 'certain', {
        title: 'PostgREST cannot read the sub',
        why: `A sub with a colon has to be a URI, and a sub has to be a text.${subject !== undefined && !isReadableSubject(subject) ? ` "${subject}" is none.` : ''} On v2 the gateway lets it through, and the PostgREST behind it does not.`,
        confirm: INSPECT,
        fix: 'Use an id without a colon as sub, or one with a scheme and no blanks or bars behind it.',
      }),
  ],
  [
    /NumericDate|\$\.(?:exp|nbf|iat)/,
    () =>
      cause('token-refused', 99, 'certain', {
        title: 'A time in the token is no number',
        why: 'exp, nbf and iat are Unix seconds, as numbers.',
        confirm: INSPECT,
        fix: 'Sign exp as a number of seconds.',
      }),
  ],
  [
    /NoSignatures|alg/i,
    () =>
      cause('alg-refused', 99, 'certain', {
        title: 'The token is not signed',
        why: 'Its algorithm is "none".',
        confirm: INSPECT,
        fix: 'Sign with HS256 and the project secret.',
      }),
  ],
  [
    /CompactDecodeError|JSONDecodeError|Invalid number of parts|base64|decode/i,
    () =>
      cause('token-refused', 99, 'certain', {
        title: 'What was sent is no token',
        why: 'PostgREST cannot take it apart: quotes around it, "Bearer" twice, or cut off.',
        confirm: 'Count the dots of what is sent behind "Bearer ": there are two in a JWT.',
        fix: 'Send the token as it was signed.',
      }),
  ],
];

function byPostgrest(asked: Asked): Draft {
  const { code, message, engine } = asked;
  const known = POSTGREST_REASONS.find(([form]) => form.test(message))?.[1](asked);
  const summary = 'PostgREST refuses the token (401). No SQL ran.';
  if (code === 'PGRST302') {
    return {
      layer: 'postgrest',
      summary: 'PostgREST takes no request without a token here (401).',
      causes: [
        cause('no-token', 99, 'certain', {
          title: 'The request has no "Authorization: Bearer <token>"',
          why: 'Anonymous access is switched off.',
          confirm: 'Send the request with a token.',
          fix: 'Send the project JWT as "Authorization: Bearer <token>".',
        }),
      ],
    };
  }
  if (known) return { layer: 'postgrest', summary, causes: [known] };
  const isV2 = engine === 'v2_shared';
  return {
    layer: 'postgrest',
    summary,
    causes: [
      cause('wrong-secret', isV2 ? 40 : 90, isV2 ? 'possible' : 'likely', {
        title: 'The token is signed with another secret',
        why: `PostgREST says "${message}".${isV2 ? ' On v2 the gateway checks the signature first, so a wrong secret of yours does not get here.' : ''}`,
        confirm: INSPECT,
        fix: PROJECT_SECRET,
      }),
      cause('alg-refused', 45, 'possible', {
        title: 'The token is signed with another algorithm than HS256',
        why: 'HS384, HS512 and RS256 answer the same as a wrong secret.',
        confirm: INSPECT,
        fix: 'Sign with HS256.',
      }),
      ...(engine === 'v1_dedicated'
        ? []
        : [
            cause('bridge-secret', isV2 ? 85 : 25, isV2 ? 'likely' : 'possible', {
              title: 'The gateway and the PostgREST behind it do not share their secret (v2)',
              why: 'On v2 the gateway signs a token of its own for PostgREST; this refusal is about that one.',
              confirm: 'Ask another project of the same platform: it answers the same.',
              fix: 'Tell who runs the platform.',
            }),
          ]),
    ],
  };
}

/** v1 runs requests as the role that the claim names; v2 never looks at it. */
function unknownRole({ message, engine }: Asked): Draft {
  const role = /role "([^"]*)"/.exec(message)?.[1] ?? 'of the token';
  return {
    layer: 'postgresql',
    summary: `The token names role "${role}", which the database does not have (22023).`,
    causes: [
      cause('role-claim', 95, engine === 'v2_shared' ? 'likely' : 'certain', {
        title: `There is no role "${role}"`,
        why: 'PostgREST switches to the role of the claim "role", letter by letter; v1 alone does so, v2 puts its own in.',
        confirm: `select 1 from pg_roles where rolname = '${role.replaceAll("'", "''")}';`,
        fix: 'Sign role "authenticated".',
      }),
    ],
  };
}
