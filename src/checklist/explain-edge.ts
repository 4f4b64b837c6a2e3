import type { Asked, CauseId, Certainty, Draft, Layer, Weighed } from './explain-types';
import { tablePath } from './explain-words';

type Texts = Pick<Weighed, 'title' | 'why' | 'confirm' | 'fix'>;

const READ_BACK = 'GET the row as its owner: a write may have gone through after the answer was given up.';

/** What is refused before SQL runs: by the gateway, a proxy, or nobody at all. */
export function edge(asked: Asked): Draft | undefined {
  const { status, message, answer } = asked;
  if (answer.noAnswer) return noAnswer(asked, answer.noAnswer);
  if (asked.code !== undefined) return undefined;
  if (answer.by === 'app' || /^unauthori[sz]ed$/i.test(message)) return app(asked);
  const known = GATEWAY.find(([form]) => form.test(message));
  if (known) return known[1](asked);
  if (status === undefined) return answer.body === 'html' ? proxy(asked) : undefined;
  if (status === 429) return rateLimit(asked);
  if (status === 431) {
    return one(
      'gateway',
      'The headers are too large (431): v2 takes 16 KB of them.',
      'header-too-large',
      'certain',
      {
        title: 'The request has more than 16 KB of headers',
        why: 'The answer is empty and comes before anything is looked at. v1 takes larger ones.',
        confirm: 'Send the request with curl and the token only.',
        fix: 'Do not hand the browser’s cookies on to the gateway; put less into the token.',
      },
    );
  }
  if (status >= 300 && status < 400 && status !== 304) {
    return one(
      'other',
      `A redirect (${status})${answer.headers.location === undefined ? '' : ` to ${answer.headers.location}`}: neither the gateway nor PostgREST sends any.`,
      'redirect',
      'likely',
      {
        title: 'The address is another one: http for https, a sign-in page, or a moved host',
        why: 'Flux answers requests itself. Following a redirect to another host drops the Authorization header.',
        confirm: 'curl -i the address that the location header names.',
        fix: 'Use the gateway URL as the dashboard shows it. A route of the app redirects visitors who are signed out.',
      },
    );
  }
  if (answer.body === 'html' || (answer.by === 'other' && status >= 400)) return proxy(asked);
  return status === 502 || status === 503 || status === 504 ? upstream(asked) : undefined;
}

const GATEWAY: readonly (readonly [form: RegExp, make: (asked: Asked) => Draft])[] = [
  [
    /^tenant not found$/,
    () =>
      one('gateway', 'The gateway knows no project under this host (404).', 'not-flux', 'certain', {
        title: 'The host is no project’s',
        why: 'The gateway finds the project by the host name before it looks at the token.',
        confirm: 'Compare the host with the API URL in the dashboard, letter by letter.',
        fix: 'Set the gateway URL to the project’s own.',
      }),
  ],
  [
    /^not found$/,
    ({ answer }) =>
      one(
        'gateway',
        'The gateway keeps this path to itself (404): PostgREST never saw it.',
        'path-absorbed',
        'certain',
        {
          title: 'The path looks like one that scanners try',
          why: `v2 answers /admin, /.well-known, and names with an ending such as .txt or .js by itself.${answer.request.path === undefined ? '' : ` The path is ${answer.request.path}.`} A table named admin cannot be reached.`,
          confirm: 'GET /health answers {"status":"ok"}: the gateway is there.',
          fix: 'Rename the table.',
        },
      ),
  ],
  [/^rate limit exceeded$/, rateLimit],
  [
    /^upstream timeout$/,
    asked => ({
      layer: 'gateway',
      summary:
        'PostgREST did not answer the gateway within 8 s (504). Whether a write went through is not known.',
      causes: [
        { ...outcomeUnknown(asked), weight: 95, certainty: 'certain' },
        {
          id: 'slow-query',
          weight: 80,
          certainty: 'likely',
          title: 'The statement takes longer than 8 s',
          why: 'The gateway gives up, PostgreSQL goes on: up to its own statement timeout of 15 s.',
          confirm: 'Run the query with EXPLAIN ANALYZE as the role of the request.',
          fix: 'Add an index on the owner column, and write (select auth.uid()) in policies so that it is asked once.',
          rules: ['owner-no-index', 'policy-initplan', 'policy-function-on-column'],
        },
      ],
    }),
  ],
  [/^upstream error$/, upstream],
  [
    /^project is (?:dormant|archived|migrating)/,
    ({ message }) =>
      one('gateway', `The project takes no requests now (503): ${message}.`, 'project-asleep', 'certain', {
        title: 'The project is asleep, archived or on the move',
        why: 'The gateway says so.',
        confirm: 'Look at the project in the dashboard.',
        fix: message.includes('migrating') ? 'Try again later.' : 'Wake the project in the dashboard.',
      }),
  ],
  [
    /^project mode /,
    () =>
      one('gateway', 'The gateway does not serve projects of this kind (502).', 'not-flux', 'certain', {
        title: 'The address is the v2 gateway’s, and the project is v1 dedicated',
        why: 'The gateway says so.',
        confirm: 'Compare mode in flux.json with the API URL in the dashboard.',
        fix: 'Use the project’s own API URL.',
      }),
  ],
  [
    /^project jwt_secret missing/,
    () =>
      one('gateway', 'The project has no JWT secret on the platform (503).', 'gateway-error', 'certain', {
        title: 'The control plane lost the project’s secret',
        why: 'The gateway says so.',
        confirm: 'Ask without a token: 401 shows that the gateway itself is well.',
        fix: 'Run the repair of the project in the dashboard.',
      }),
  ],
];

function rateLimit(asked: Asked): Draft {
  return one(
    asked.message === '' ? 'other' : 'gateway',
    'Too many requests (429). Nothing was run.',
    'rate-limited',
    'certain',
    {
      title: 'More than 100 requests within 60 seconds',
      why: 'v2 counts all callers of a project together, and not those it refuses with 401. It sends no Retry-After.',
      confirm: 'Wait a minute and send the request again.',
      fix: 'Ask for more rows at once and less often; keep answers.',
    },
  );
}

function upstream(asked: Asked): Draft {
  const { status } = asked;
  const isGateway = asked.message !== '';
  return {
    layer: isGateway ? 'gateway' : 'other',
    summary: `${status ?? 'An'} error on the way to PostgREST. Whether a write went through is not known.`,
    causes: [
      {
        id: 'gateway-error',
        weight: 80,
        certainty: isGateway ? 'likely' : 'possible',
        title: 'PostgREST is away, or starting',
        why: 'The gateway, or a proxy before it, got no answer from what stands behind it.',
        confirm: 'GET /health/deep tells whether the database is up.',
        fix: 'Try again in a moment; look at the status of the project.',
        rules: [],
      },
      outcomeUnknown(asked),
    ],
  };
}

function outcomeUnknown(asked: Asked): Weighed {
  const reads = asked.verb === 'read';
  return {
    id: 'outcome-unknown',
    weight: reads ? 10 : 60,
    certainty: 'possible',
    title: reads ? 'Nothing was written' : 'A write may have gone through all the same',
    why: 'A timeout is no rollback: an INSERT that was answered 504 was in the table a second later.',
    confirm: reads ? `GET ${tablePath(asked)} once more.` : READ_BACK,
    fix: 'Read back before writing again, or use keys of your own so that a repeated INSERT answers 409.',
    rules: [],
  };
}

function proxy(asked: Asked): Draft {
  const { status, answer } = asked;
  const is5xx = status !== undefined && status >= 500;
  const texts = {
    title: 'A proxy, a login page or another server stands at this address',
    why: `Flux answers JSON${answer.headers.server === undefined ? '' : `; this is ${answer.headers.server}`}.`,
    confirm: 'curl -i the gateway URL with /health: a v2 gateway answers {"status":"ok"}.',
    fix: 'Set the gateway URL to the one of the dashboard, or call the API and not the app.',
  };
  const draft = one(
    'other',
    `Something that is neither the Flux gateway nor PostgREST answered${status === undefined ? '' : ` ${status}`}${asked.message === '' ? '' : `: "${asked.message}"`}.`,
    is5xx ? 'proxy' : 'not-flux',
    'likely',
    texts,
  );
  return is5xx ? { ...draft, causes: [...draft.causes, outcomeUnknown(asked)] } : draft;
}

function app({ message, status }: Asked): Draft {
  return {
    layer: 'app',
    summary: `The app answered itself${status === undefined ? '' : ` (${status})`}${message === '' ? '' : `: {"error":"${message}"}`}. Flux did not see the request.`,
    causes: [
      {
        id: 'no-session',
        weight: 90,
        certainty: 'likely',
        title: 'The route found no session: the visitor is not signed in',
        why: 'The guide’s route answers 401 {"error":"unauthorized"} when auth() gives no user.',
        confirm: 'Open /api/auth/session in the same browser: {} or null means signed out.',
        fix: 'Sign in; a call from a server has to hand the session cookie on.',
        rules: [],
      },
      {
        id: 'auth-secret-missing',
        weight: 40,
        certainty: 'possible',
        title: 'AUTH_SECRET is missing or has changed',
        why: 'Auth.js cannot read the session cookie then, and the log of the app says MissingSecret or JWTSessionError.',
        confirm: 'Look for these words in the log of the app.',
        fix: 'Set AUTH_SECRET, restart the app and sign in again.',
        rules: [],
      },
    ],
  };
}

function noAnswer(asked: Asked, reason: NonNullable<Asked['answer']['noAnswer']>): Draft {
  switch (reason) {
    case 'cors':
      return {
        layer: 'none',
        summary:
          'The browser shows no answer to the page. It says the same for a refused preflight and for a host that is away.',
        causes: [
          {
            id: 'cors',
            weight: 80,
            certainty: asked.engine === 'v1_dedicated' ? 'possible' : 'likely',
            title: 'The v2 gateway answers the preflight with 401 and no CORS headers',
            why: 'A page that sends Authorization makes the browser ask with OPTIONS first, without a token.',
            confirm: 'Send the request with curl: it works from there.',
            fix: 'Call Flux from the server of the app (a route handler), not from the browser; the project secret does not belong there either.',
            rules: [],
          },
          unreachable(asked, 40),
        ],
      };
    case 'timeout':
      return {
        layer: 'none',
        summary: 'No answer came in time. Whether a write went through is not known.',
        causes: [
          {
            id: 'timeout',
            weight: 80,
            certainty: 'likely',
            title: 'The server is slow, or starting',
            why: 'v1 has no limit of its own and waits for PostgreSQL; v2 answers 504 after 8 s.',
            confirm: 'Send the request again.',
            fix: 'Try again; a cold project takes longer once.',
            rules: [],
          },
          outcomeUnknown(asked),
        ],
      };
    case 'cancelled':
      return one('none', 'The request was cancelled before an answer came.', 'cancelled', 'certain', {
        title: 'It was cancelled',
        why: 'Nobody waited for the answer.',
        confirm: READ_BACK,
        fix: 'Send it again.',
      });
    case 'unreachable':
      return { layer: 'none', summary: 'Nothing answers at this address.', causes: [unreachable(asked, 90)] };
  }
}

function unreachable({ message }: Asked, weight: number): Weighed {
  return {
    id: 'gateway-unreachable',
    weight,
    certainty: weight > 80 ? 'likely' : 'possible',
    title: 'The gateway cannot be reached',
    why: message === '' ? 'No connection came about.' : `The network says "${message}".`,
    confirm: 'curl -i <gateway URL>/health',
    fix: 'Check the gateway URL, that the project is running, and the network.',
    rules: [],
  };
}

function one(layer: Layer, summary: string, id: CauseId, certainty: Certainty, texts: Texts): Draft {
  return { layer, summary, causes: [{ id, weight: 90, certainty, rules: [], ...texts }] };
}
