import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { appRoute, type AppRouteOptions } from '../../src/checklist/app-route';
import { checkAppRoute, type AppCheckOptions } from '../../src/checklist/app-route-check';
import { Secret } from '../../src/flux/secret';
import type { LocalFlux } from '../../src/stack/local-flux';
import { sessionCookie } from '../../src/tokens/session-cookie';
import { realFetch } from '../support/checklist';
import { ask, localFlux, pushAlone, TEST_SCHEMA } from '../support/local-flux';
import { NextApp } from '../support/next-app';

const ANN = 'github|1001';
const BOB = 'github|1002';

/** A route beside the guide's own; the same imports for all. */
const route = (lines: string): string => `import { redirect } from "next/navigation";
import { auth } from "@/auth";
import { fluxAs } from "@/lib/flux";

const unauthorized = () => Response.json({ error: "unauthorized" }, { status: 401 });

export async function GET(): Promise<Response> {
  const user = (await auth())?.user;
  ${lines}
}
`;

const select = (columns: string): string => `"/notes?select=${columns}"`;

/** Routes with one thing wrong, or done in another way. */
const ROUTES = {
  leaky: `if (!user) return unauthorized();
  return fluxAs("${ANN}", ${select('id,owner_id')});`,
  open: `return fluxAs(user?.id ?? "${ANN}", ${select('id,owner_id')});`,
  ownerless: `if (!user) return unauthorized();
  return fluxAs(user.id, ${select('id,body')});`,
  redirecting: `if (!user) redirect("/api/auth/signin");
  return fluxAs(user.id, ${select('id,owner_id')});`,
  quiet: `if (!user) return Response.json([]);
  return fluxAs(user.id, ${select('id,owner_id')});`,
  mailing: `if (!user?.email) return unauthorized();
  return fluxAs(user.id, ${select('id,owner_id')});`,
  missing: `if (!user) return unauthorized();
  return fluxAs(user.id, "/notas?select=owner_id");`,
};
describe('the app’s route, on a real Next.js build', function () {
  // An install on a bare machine, a build, and three servers.
  this.timeout(300_000);

  const authSecret = new Secret(randomBytes(32).toString('base64url'));
  let flux: LocalFlux;
  let app: NextApp;
  const url = { plain: '', secure: '', unset: '' };

  before(async () => {
    [flux, app] = await Promise.all([
      localFlux('v2_shared'),
      NextApp.build(
        TEST_SCHEMA,
        Object.fromEntries(
          Object.entries(ROUTES).map(([name, lines]) => [`src/app/api/${name}-notes/route.ts`, route(lines)]),
        ),
      ),
    ]);
    await pushAlone(flux, app.scaffolded('flux-rls.sql'));
    for (const as of [ANN, BOB]) {
      const { status } = await ask(flux, '/notes', { as, method: 'POST', body: { body: `of ${as}` } });
      assert.equal(status, 201);
    }
    const AUTH_SECRET = authSecret.reveal();
    const common = {
      AUTH_TRUST_HOST: 'true',
      FLUX_URL: flux.url,
      FLUX_JWT_SECRET: flux.jwtSecret.reveal(),
    };
    [url.plain, url.secure, url.unset] = await Promise.all([
      app.start({ ...common, AUTH_SECRET }),
      app.start({ ...common, AUTH_SECRET, AUTH_URL: 'https://app.example.test' }),
      app.start(common),
    ]);
  });

  after(async () => {
    await (app as NextApp | undefined)?.stop();
  });

  /** `verdict cause` of the three points. */
  async function verdicts(
    name: string,
    options: Partial<AppRouteOptions & AppCheckOptions> = {},
  ): Promise<string[]> {
    const asked = appRoute({
      appUrl: url.plain,
      path: `/api/${name}-notes`,
      table: 'notes',
      authSecret,
      fetch: realFetch,
      ...options,
    });
    const results = await checkAppRoute(asked, {
      owner: 'owner_id',
      subjects: [ANN, BOB],
      rows: { a: true, b: true },
      ...options,
    });
    const shown = JSON.stringify(results);
    assert.ok(!shown.includes('eyJ') && !shown.includes(authSecret.reveal()), 'a session in a report');
    return results.map(({ verdict, cause }) => (cause === null ? verdict : `${verdict} ${cause}`));
  }

  const all = (said: string): string[] => [said, said, said];

  it('of the scaffold refuses a visitor, and shows each subject its own rows', async () => {
    assert.deepEqual(await verdicts('my'), all('pass'));
  });

  it('is asked with the cookie that an app behind https looks for', async () => {
    assert.deepEqual(await verdicts('my', { appUrl: url.secure }), all('pass'));
  });

  it('cannot be told of when the app runs with another AUTH_SECRET', async () => {
    const other = new Secret(randomBytes(32).toString('base64url'));
    assert.deepEqual(await verdicts('my', { authSecret: other }), all('unknown session-refused'));
    assert.deepEqual(await verdicts('quiet', { authSecret: other }), [
      'unknown no-authentication',
      'unknown session-refused',
      'unknown session-refused',
    ]);
  });

  it('cannot be told of when AUTH_SECRET is missing, here or in the app', async () => {
    assert.deepEqual(await verdicts('my', { authSecret: undefined }), all('unknown auth-secret-missing'));
    assert.deepEqual(await verdicts('my', { appUrl: url.unset }), all('unknown auth-secret-missing'));
  });

  it('cannot be told of for subjects that the app does not take for its users', async () => {
    const asked = appRoute({
      appUrl: url.plain,
      path: '/api/my-notes',
      table: 'notes',
      authSecret,
      fetch: realFetch,
    });
    const { diagnosis } = await asked.ask('ann');
    assert.equal(diagnosis?.cause, 'session-refused');
    assert.match(diagnosis.message, /has the same AUTH_SECRET, but does not take "ann"/);
  });

  it('fails when it asks as somebody fixed', async () => {
    assert.deepEqual(await verdicts('leaky'), ['pass', 'fail no-authentication', 'fail no-authentication']);
  });

  it('fails when it asks for no session', async () => {
    assert.deepEqual(await verdicts('open'), ['fail no-authentication', 'pass', 'pass']);
  });

  it('fails on the rows that a policy leaks', async () => {
    const policy = `on ${TEST_SCHEMA}.notes`;
    await flux.administer(`alter policy notes_owner_read ${policy} using (true)`);
    try {
      assert.deepEqual(await verdicts('my'), ['pass', 'pass', 'fail policy']);
    } finally {
      await flux.administer(`alter policy notes_owner_read ${policy} using (owner_id = (select auth.uid()))`);
    }
  });

  it('cannot be told of without the owner column in its rows', async () => {
    assert.deepEqual(await verdicts('ownerless'), ['pass', 'unknown not-askable', 'unknown not-askable']);
  });

  it('may send a visitor to the sign-in page', async () => {
    assert.deepEqual(await verdicts('redirecting'), all('pass'));
  });

  it('is doubtful when a visitor gets an empty list', async () => {
    assert.deepEqual(await verdicts('quiet'), ['unknown no-authentication', 'pass', 'pass']);
  });

  it('that needs an e-mail address refuses a session without one, and says so', async () => {
    assert.deepEqual(await verdicts('mailing'), all('unknown session-refused'));
    const subjectClaims = (subject: string): Record<string, unknown> => ({
      email: `${subject}@example.test`,
    });
    assert.deepEqual(await verdicts('mailing', { subjectClaims }), all('pass'));
  });

  it('hands on what PostgREST says of a table that is not there', async () => {
    assert.deepEqual(await verdicts('missing'), all('unknown table-not-found'));
  });

  it('gets a session that next-auth v4 can read, too', async () => {
    interface V4 {
      decode(options: { token: string; secret: string }): Promise<Record<string, unknown> | null>;
    }
    const v4 = createRequire(path.join(app.folder, 'package.json'))('next-auth-v4/jwt') as V4;
    const cookie = await sessionCookie({
      name: 'next-auth.session-token',
      secret: authSecret,
      subject: ANN,
    });
    const token = cookie.slice(cookie.indexOf('=') + 1);
    assert.equal((await v4.decode({ token, secret: authSecret.reveal() }))?.sub, ANN);
  });
});
