import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appRoute, CannotAskApp, isLocalApp, type AppRouteOptions } from '../../../src/checklist/app-route';
import { Secret } from '../../../src/flux/secret';
import { SESSION_COOKIES } from '../../../src/tokens/session-cookie';

/** What an app says by path; what is not there is Next.js's own 404. */
type Pages = Readonly<Record<string, Page | ((request: IncomingMessage, response: ServerResponse) => void)>>;
interface Page {
  readonly status?: number;
  readonly json?: unknown;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const SECRET = 'the-auth-secret-of-an-odd-app';
const AUTH = {
  '/api/auth/csrf': {
    json: { csrfToken: 'x' },
    headers: { 'set-cookie': 'authjs.csrf-token=x; Path=/; HttpOnly' },
  },
  '/api/auth/session': { json: { user: { id: 'ann' }, expires: '2099-01-01' } },
} satisfies Pages;

describe('asking the app', () => {
  const servers: Server[] = [];
  let asked: IncomingMessage[] = [];

  /** A small HTTP server that stands for an app no scaffold would make. @returns its address */
  async function serve(pages: Pages): Promise<string> {
    const server = createServer((request, response) => {
      asked.push(request);
      const page = pages[request.url ?? ''] ?? { status: 404, html: '<h1>404</h1>' };
      if (typeof page === 'function') {
        page(request, response);
        return;
      }
      const { status = 200, json, html, headers } = page;
      const type = html === undefined ? 'application/json' : 'text/html; charset=utf-8';
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(html ?? (json === undefined ? '' : JSON.stringify(json)));
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  beforeEach(() => {
    asked = [];
  });

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  const route = (appUrl: string, options: Partial<AppRouteOptions> = {}): ReturnType<typeof appRoute> =>
    appRoute({
      appUrl,
      path: '/api/my-notes',
      table: 'notes',
      authSecret: new Secret(SECRET),
      fetch: (url, init) => fetch(url, init),
      ...options,
    });

  const cookieOf = (path: string): string | undefined =>
    asked.find(({ url }) => url === path)?.headers.cookie;

  describe('reads the answer', () => {
    const rows = [{ id: 1, owner_id: 'ann' }];
    const cases: [name: string, page: Page, told: string][] = [
      ['a list', { json: rows }, '1 row'],
      ['a list in an object', { json: { notes: rows, next: null } }, '1 row'],
      ['an empty list', { json: [] }, '0 rows'],
      ['two lists', { json: { notes: rows, tags: [] } }, 'not-flux JSON without a list of rows'],
      ['a list of no rows', { json: [1, 2] }, 'not-flux JSON without a list of rows'],
      ['a page', { html: '<h1>Sign in</h1>' }, 'not-flux text/html'],
      ['nothing', { status: 204 }, 'not-flux application/json'],
      ['a page of an error', { status: 500, html: '<h1>500</h1>' }, 'gateway-error text/html'],
      ['an error', { status: 500, json: { error: 'boom' } }, 'gateway-error boom'],
      [
        'the guide’s word for no Flux',
        { status: 502, json: { error: 'flux unreachable' } },
        'gateway-unreachable flux unreachable',
      ],
      ['no such route', { status: 404, html: '<h1>404</h1>' }, 'app-unreachable text/html'],
      ['a limit', { status: 429, json: { error: 'slow down' } }, 'rate-limited slow down'],
      [
        'a session that is not enough',
        { status: 401, json: { error: 'unauthorized' } },
        'session-refused unauthorized',
      ],
      [
        'the gateway’s refusal of the app’s token',
        { status: 401, json: { error: 'invalid or expired token' } },
        'wrong-secret invalid or expired token',
      ],
      [
        'PostgreSQL’s refusal',
        { status: 403, json: { code: '42501', message: 'permission denied for table notes' } },
        'missing-grant permission denied for table notes',
      ],
      [
        'a redirect',
        { status: 307, headers: { location: '/login?from=notes' } },
        'session-refused redirects to /login',
      ],
    ];
    for (const [name, page, told] of cases) {
      it(name, async () => {
        const app = route(await serve({ ...AUTH, '/api/my-notes': page }));
        const { message, diagnosis } = await app.ask('ann');
        assert.equal([...(diagnosis ? [diagnosis.cause] : []), message].join(' '), told);
      });
    }

    it('takes a refusal of a visitor who is signed out for nothing odd', async () => {
      for (const status of [401, 403, 404]) {
        const app = route(await serve({ '/api/my-notes': { status, json: { error: 'no' } } }));
        const { diagnosis, problem, ...answer } = await app.ask(undefined);
        assert.deepEqual([answer.status, diagnosis, problem], [status, undefined, undefined]);
      }
      const app = route(await serve({ '/api/my-notes': { status: 307, headers: { location: '/login' } } }));
      const { diagnosis, problem } = await app.ask(undefined);
      assert.deepEqual([diagnosis, problem], [undefined, 'redirected']);
      assert.equal(cookieOf('/api/my-notes'), undefined);
    });
  });

  describe('with a session', () => {
    it('sends it under the name beside the CSRF cookie, and asks for that once', async () => {
      for (const [csrf, name] of [
        ['authjs.csrf-token', 'authjs.session-token'],
        ['__Host-authjs.csrf-token', '__Secure-authjs.session-token'],
        ['__Host-next-auth.csrf-token', '__Secure-next-auth.session-token'],
      ] as const) {
        asked = [];
        const headers = { 'set-cookie': `${csrf}=x; Path=/` };
        const app = route(
          await serve({
            ...AUTH,
            '/api/auth/csrf': { json: {}, headers },
            '/api/my-notes': { json: [{ owner_id: 'ann' }] },
          }),
        );
        await Promise.all([app.ask('ann'), app.ask('bob')]);
        assert.match(cookieOf('/api/my-notes') ?? '', new RegExp(`^${name}=[^; ]+$`));
        assert.equal(asked.filter(({ url }) => url === '/api/auth/csrf').length, 1);
      }
    });

    it('sends it under every name where none is told', async () => {
      const app = route(await serve({ '/api/my-notes': { json: [] } }));
      await app.ask('ann');
      const names = cookieOf('/api/my-notes')
        ?.split('; ')
        .map(pair => pair.split('=')[0]);
      assert.deepEqual(names, [...SESSION_COOKIES]);
    });

    it('finds Auth.js under the path of AUTH_URL', async () => {
      const origin = await serve({
        '/auth/csrf': AUTH['/api/auth/csrf'],
        '/auth/session': { json: null },
        '/api/my-notes': { json: [] },
      });
      const { diagnosis } = await route(`${origin}/auth/`).ask('github|1');
      assert.equal(diagnosis?.cause, 'session-refused');
      assert.match(diagnosis.message, /another AUTH_SECRET/);
    });

    for (const [version, json] of [
      ['Auth.js v5', null],
      ['next-auth v4', {}],
    ] as const) {
      it(`sees that ${version} did not take it, behind a refusal, an empty list and a broken page alike`, async () => {
        for (const page of [{ status: 401, json: {} }, { json: [] }, { status: 500, html: '' }]) {
          const app = route(await serve({ ...AUTH, '/api/auth/session': { json }, '/api/my-notes': page }));
          const { problem } = await app.ask('github|1');
          assert.equal(problem, 'session-refused');
        }
      });
    }

    it('sees that Auth.js is not set up', async () => {
      const message =
        'There was a problem with the server configuration. Check the server logs for more information.';
      const app = route(
        await serve({
          '/api/auth/session': { status: 500, json: { message } },
          '/api/my-notes': { status: 401, json: {} },
        }),
      );
      const { problem, diagnosis } = await app.ask('ann');
      assert.equal(problem, 'auth-secret-missing');
      assert.match(diagnosis?.advice ?? '', /MissingSecret asks for AUTH_SECRET/);
    });

    it('says of an empty list that nobody knows whether the session was taken', async () => {
      const app = route(await serve({ '/api/my-notes': { json: [] } }));
      assert.match((await app.ask('ann')).diagnosis?.message ?? '', /does not tell whether the app took/);
    });

    it('makes none without AUTH_SECRET, and asks nothing', async () => {
      const app = await serve(AUTH);
      for (const authSecret of [undefined, new Secret('')]) {
        const { status, problem } = await route(app, { authSecret }).ask('ann');
        assert.deepEqual([status, problem], [null, 'auth-secret-missing']);
      }
      assert.deepEqual(asked, []);
    });

    it('follows no redirect with it, and keeps it out of what it hands on', async () => {
      const elsewhere = await serve({});
      const app = route(
        await serve({
          ...AUTH,
          '/api/my-notes': { status: 302, headers: { location: `${elsewhere}/take?it=1` } },
        }),
      );
      assert.equal((await app.ask('ann')).message, `redirects to ${elsewhere}/take`);
      assert.ok(!asked.some(({ url }) => url?.startsWith('/take')));

      const echo = route(
        await serve({
          ...AUTH,
          '/api/my-notes': (request, response) => {
            response.writeHead(400).end(JSON.stringify({ error: `cookie: ${request.headers.cookie ?? ''}` }));
          },
        }),
      );
      assert.equal((await echo.ask('ann')).message, 'cookie: authjs.session-token=[session]');
    });
  });

  describe('without an answer', () => {
    it('says that nobody listens, and finds the name of the cookie once somebody does', async () => {
      const origin = await serve({ ...AUTH, '/api/my-notes': { json: [{ owner_id: 'ann' }] } });
      let up = false;
      const app = route(origin, {
        fetch: async (url, init) => fetch(up ? url : 'http://127.0.0.1:1/', init),
      });
      const { problem, diagnosis } = await app.ask('ann');
      assert.deepEqual([problem, diagnosis?.cause], ['unreachable', 'app-unreachable']);
      up = true;
      await app.ask('ann');
      assert.match(cookieOf('/api/my-notes') ?? '', /^authjs\.session-token=[^;]+$/);
    });

    it('gives up on an app that is silent', async () => {
      const app = route(await serve({ '/api/my-notes': () => undefined }), { timeout: 50 });
      const { status, diagnosis } = await app.ask(undefined);
      assert.deepEqual([status, diagnosis?.cause], [null, 'timeout']);
    });

    it('survives a connection that is cut', async () => {
      const app = route(
        await serve({
          '/api/my-notes': (request, response) => {
            response.writeHead(200, { 'content-length': '100' }).write('[');
            request.socket.destroy();
          },
        }),
      );
      assert.equal((await app.ask(undefined)).problem, 'unreachable');
    });

    it('ends when the run does', async () => {
      const run = new AbortController();
      const app = route(
        await serve({
          '/api/my-notes': () => {
            run.abort();
          },
        }),
      );
      assert.equal((await app.ask(undefined, run.signal)).diagnosis?.cause, 'cancelled');
    });
  });

  describe('is refused', () => {
    const refusal = (options: Partial<AppRouteOptions>): string => {
      try {
        route('http://localhost:3000', options);
        return 'none';
      } catch (error) {
        assert.ok(error instanceof CannotAskApp);
        return error.kind;
      }
    };

    it('for an app elsewhere, until that is confirmed', () => {
      const appUrl = 'https://app.example.com';
      assert.equal(refusal({ appUrl }), 'remote');
      assert.equal(refusal({ appUrl, allowRemote: true }), 'none');
    });

    it('for a route elsewhere, even then', () => {
      for (const path of [
        '//app.example.com/notes',
        '/\\app.example.com',
        'https://app.example.com',
        'notes',
      ]) {
        assert.equal(refusal({ path, allowRemote: true }), 'not-a-path', path);
      }
    });

    it('for what is no address', () => {
      for (const appUrl of ['localhost', 'localhost:3000', 'file:///app', '']) {
        assert.equal(refusal({ appUrl }), 'not-a-url', appUrl);
      }
    });
  });

  it('knows this machine by its names', () => {
    for (const url of [
      'http://localhost:3000',
      'http://app.localhost',
      'http://127.0.0.1',
      'http://[::1]:3000',
    ]) {
      assert.ok(isLocalApp(url), url);
    }
    for (const url of [
      'https://localhost.example.com',
      'http://notlocalhost',
      'http://128.0.0.1',
      'http://192.168.0.2',
      '',
    ]) {
      assert.ok(!isLocalApp(url), url);
    }
  });
});
