import { isThisMachine } from '../flux/local-host';
import type { Secret } from '../flux/secret';
import {
  SESSION_COOKIES,
  sessionCookie,
  sessionCookieBeside,
  type SessionCookieName,
} from '../tokens/session-cookie';
import { readReply } from './app-answer';
import { AppClient } from './app-client';
import {
  appMisconfigured,
  isMisconfigured,
  noAuthSecret,
  routeRefuses,
  sessionRefused,
  sessionUnseen,
  subjectRefused,
} from './app-troubles';
import type { Fetch } from './gateway-client';
import type { AppAnswer, AppRoute } from './options';

/** Where Auth.js answers unless AUTH_URL has a path of its own. */
const AUTH_PATH = '/api/auth';
/** A subject as the guide's app gives them to its users: the provider, and the id there. */
const PROBE_SUBJECT = 'flux-rls|probe';

export interface AppRouteOptions {
  /** Where the app runs, such as `http://localhost:3000`. A path is that of Auth.js, as in AUTH_URL. */
  readonly appUrl: string;
  /** The protected route, such as `/api/my-notes`, with its query. */
  readonly path: string;
  /** The table whose rows the route answers with. */
  readonly table: string;
  readonly authSecret: Secret | undefined;
  readonly fetch: Fetch;
  /** More claims of a subject's session; a name and, for subjects that look like one, an e-mail are there already. */
  readonly subjectClaims?: (subject: string) => Readonly<Record<string, unknown>>;
  /** A session of the app may be sent to a host that is not this machine. */
  readonly allowRemote?: boolean;
  /** Milliseconds for one answer. */
  readonly timeout?: number;
}

/** Why the route cannot be asked at all, in one sentence. */
export class CannotAskApp extends Error {
  override readonly name = 'CannotAskApp';

  constructor(
    readonly kind: 'remote' | 'not-a-url' | 'not-a-path',
    message: string,
  ) {
    super(message);
  }
}

/** Whether the app runs on this machine, so that a session of it goes nowhere else. */
export function isLocalApp(appUrl: string): boolean {
  return isThisMachine(appUrl);
}

/**
 * The app's protected route as the checklist asks it. Sessions are made here and never leave.
 * @throws {CannotAskApp} for a remote app without `allowRemote`, and for what is no URL or no path
 */
export function appRoute(options: AppRouteOptions): AppRoute {
  const { appUrl, path, table } = options;
  if (!URL.canParse(appUrl) || !/^https?:$/.test(new URL(appUrl).protocol)) {
    throw new CannotAskApp('not-a-url', `"${appUrl}" is not an http(s) address of an app.`);
  }
  const { origin, pathname, host } = new URL(appUrl);
  if (!path.startsWith('/') || !URL.canParse(path, origin) || new URL(path, origin).origin !== origin) {
    throw new CannotAskApp('not-a-path', `"${path}" is not a path of the app, such as /api/my-notes.`);
  }
  if (!options.allowRemote && !isLocalApp(appUrl)) {
    throw new CannotAskApp(
      'remote',
      `The app at ${host} is not on this machine: sessions of it are made only when that is confirmed.`,
    );
  }
  const client = new AppClient({ origin, fetch: options.fetch, timeout: options.timeout });
  const authPath = pathname === '/' ? AUTH_PATH : pathname.replace(/\/+$/, '');
  const asker = new RouteAsker(options, client, authPath);
  return { name: `GET ${path}`, table, ask: (subject, signal) => asker.ask(subject, signal) };
}

/** What Auth.js says of a session; `unknown` where it cannot be asked. */
type SessionState = 'accepted' | 'refused' | 'misconfigured' | 'unknown';

class RouteAsker {
  #cookieName: Promise<SessionCookieName | undefined> | undefined;

  constructor(
    private readonly options: AppRouteOptions,
    private readonly client: AppClient,
    private readonly authPath: string,
  ) {}

  async ask(subject: string | undefined, signal?: AbortSignal): Promise<AppAnswer> {
    const { path, table, authSecret } = this.options;
    const asked = { path, table, subject };
    if (subject === undefined) return readReply(await this.client.get(path, undefined, signal), asked);
    if (!authSecret?.byteLength) return noAuthSecret(subject);

    const cookie = await this.#cookies(subject, authSecret, signal);
    const reply = await this.client.get(path, cookie, signal);
    const answer = readReply(reply, asked);
    // Rows speak for themselves; without any it matters whether the app knew who asked.
    if (reply.status === null || answer.rows?.length) return answer;
    const state = await this.#stateOf(cookie, signal);
    const session = `${this.authPath}/session`;
    if (state === 'misconfigured') return { ...answer, ...appMisconfigured(session) };
    if (state === 'unknown' && answer.rows) return { ...answer, ...sessionUnseen(subject, session) };
    if (state === 'accepted' && answer.problem === 'session-refused') {
      return { ...answer, ...routeRefuses(subject, path, answer.status) };
    }
    if (state !== 'refused') return answer;
    return {
      ...answer,
      ...((await this.#takesAnotherSubject(subject, authSecret, signal))
        ? subjectRefused(subject)
        : sessionRefused(subject)),
    };
  }

  /** The secret is right when the app takes a session of the form its own users have. */
  async #takesAnotherSubject(subject: string, secret: Secret, signal?: AbortSignal): Promise<boolean> {
    if (subject.includes('|')) return false;
    return (await this.#stateOf(await this.#cookies(PROBE_SUBJECT, secret, signal), signal)) === 'accepted';
  }

  async #stateOf(cookie: string, signal?: AbortSignal): Promise<SessionState> {
    const reply = await this.client.get(`${this.authPath}/session`, cookie, signal);
    if (reply.status === null) return 'unknown';
    if (isMisconfigured(reply)) return 'misconfigured';
    if (reply.status !== 200 || typeof reply.json !== 'object') return 'unknown';
    // Signed out is `null` in Auth.js v5 and `{}` in next-auth v4.
    return reply.json === null || Object.keys(reply.json).length === 0 ? 'refused' : 'accepted';
  }

  /** The session under the name that the app looks for, and under every name where that is not known. */
  async #cookies(subject: string, secret: Secret, signal?: AbortSignal): Promise<string> {
    const known = await this.#name(signal);
    const claims = {
      name: subject,
      ...(/^[^@\s|]+@[^@\s|]+$/.test(subject) && { email: subject }),
      ...this.options.subjectClaims?.(subject),
    };
    const names = known === undefined ? SESSION_COOKIES : [known];
    return (await Promise.all(names.map(name => sessionCookie({ name, secret, subject, claims })))).join(
      '; ',
    );
  }

  async #name(signal?: AbortSignal): Promise<SessionCookieName | undefined> {
    this.#cookieName ??= this.#findName(signal);
    const name = await this.#cookieName;
    // An app that was not up yet is asked again.
    if (name === undefined) this.#cookieName = undefined;
    return name;
  }

  /** The CSRF cookie tells whether Auth.js counts on https, which is no matter of the address alone. */
  async #findName(signal?: AbortSignal): Promise<SessionCookieName | undefined> {
    const reply = await this.client.get(`${this.authPath}/csrf`, undefined, signal);
    if (reply.status === null) return undefined;
    return reply.cookieNames.map(sessionCookieBeside).find(name => name !== undefined);
  }
}
