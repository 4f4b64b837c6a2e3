import type { AppReply } from './app-client';
import type { AppAnswer } from './options';

/** What an answer becomes when Auth.js stands in the way. */
type Trouble = Pick<Required<AppAnswer>, 'problem' | 'diagnosis'>;

/** Auth.js hides what is wrong with its settings behind this sentence, v4 and v5 alike. */
export function isMisconfigured({ status, json }: Pick<AppReply, 'status' | 'json'>): boolean {
  return status === 500 && JSON.stringify(json ?? '').includes('problem with the server configuration');
}

/** No session can be made for the subject. */
export function noAuthSecret(subject: string): AppAnswer {
  return {
    status: null,
    rows: undefined,
    message: 'not asked',
    milliseconds: 0,
    problem: 'auth-secret-missing',
    diagnosis: {
      cause: 'auth-secret-missing',
      message: `AUTH_SECRET is not known here, so no session of ${subject} can be made.`,
      advice: 'Put the AUTH_SECRET that the app runs with into .env.local.',
    },
  };
}

/** From outside a missing AUTH_SECRET and a host that is not trusted look the same; only the app's log tells. */
export function appMisconfigured(path: string): Trouble {
  return {
    problem: 'auth-secret-missing',
    diagnosis: {
      cause: 'auth-secret-missing',
      message: `Auth.js in the app is not set up: ${path} answers 500 "problem with the server configuration".`,
      advice:
        'See the app’s log: MissingSecret asks for AUTH_SECRET, UntrustedHost for AUTH_TRUST_HOST=true. Then start the app again.',
    },
  };
}

/** The app cannot read a session that is made with our AUTH_SECRET. */
export function sessionRefused(subject: string): Trouble {
  return {
    problem: 'session-refused',
    diagnosis: {
      cause: 'session-refused',
      message: `The app does not take the session of ${subject}: it runs with another AUTH_SECRET than the one read here, and logs JWTSessionError, or keeps no sessions in cookies.`,
      advice:
        'Start the app again with the AUTH_SECRET of .env.local. An app that keeps its sessions in a database cannot be asked this way.',
    },
  };
}

/** The app reads the session, and its own callback turns the subject away. */
export function subjectRefused(subject: string): Trouble {
  return {
    problem: 'session-refused',
    diagnosis: {
      cause: 'session-refused',
      message: `The app has the same AUTH_SECRET, but does not take "${subject}" for one of its users: its jwt callback turns the session away.`,
      advice: 'Choose subjects of the form the app gives its users, such as github|1001.',
    },
  };
}

/** Auth.js takes the session, and the route still refuses it. */
export function routeRefuses(subject: string, path: string, status: number | null): Trouble {
  return {
    problem: 'session-refused',
    diagnosis: {
      cause: 'session-refused',
      message: `Auth.js takes the session of ${subject}, and ${path} refuses it all the same (${status ?? 'no answer'}).`,
      advice:
        'See what the route asks of a session: where it needs session.user.email, choose subjects that are e-mail addresses.',
    },
  };
}

/** An empty list of an app that does not say whether it took the session. */
export function sessionUnseen(subject: string, path: string): Pick<AppAnswer, 'diagnosis'> {
  return {
    diagnosis: {
      cause: 'session-refused',
      message: `The route shows ${subject} no rows, and ${path} does not tell whether the app took the session.`,
      advice: 'See that the app uses Auth.js, and that AUTH_URL names its path where that is not /api/auth.',
    },
  };
}
