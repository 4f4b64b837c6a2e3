/** The two engines a Flux project can run on; `mode` in `flux.json`. */
export const ENGINES = ['v1_dedicated', 'v2_shared'] as const;
export type Engine = (typeof ENGINES)[number];

export function isEngine(value: unknown): value is Engine {
  return (ENGINES as readonly unknown[]).includes(value);
}

/** The engine's name for people: `v1 dedicated`, `v2 shared`. */
export function engineLabel(engine: Engine): string {
  return engine.replace('_', ' ');
}

/** Privileges on a table that a policy can speak about. */
export const TABLE_VERBS = ['select', 'insert', 'update', 'delete'] as const;
export type TableVerb = (typeof TABLE_VERBS)[number];

/** Every privilege `GRANT … ON TABLE` knows up to PostgreSQL 17. */
export const TABLE_PRIVILEGES = [...TABLE_VERBS, 'truncate', 'references', 'trigger', 'maintain'] as const;
export type TablePrivilege = (typeof TABLE_PRIVILEGES)[number];

/** The portable name of the role that signed-in requests run as; v2 pushes rewrite it to the tenant's role. */
export const AUTHENTICATED = 'authenticated';
export const ANON = 'anon';
export const SERVICE_ROLE = 'service_role';

export const SEQUENCE_PRIVILEGES = ['usage', 'select', 'update'] as const;
export type SequencePrivilege = (typeof SEQUENCE_PRIVILEGES)[number];

interface EngineFacts {
  /** Roles a push can name; v2 has `authenticated` only because the push rewrites it. */
  readonly roles: readonly string[];
  /** Roles that requests can run as without anybody's special trust. */
  readonly requestRoles: readonly string[];
  /** What the platform's default privileges give on a new table of the API schema. */
  readonly defaultTablePrivileges: Readonly<Record<string, readonly TablePrivilege[]>>;
  /** What they give on a new sequence, those of serial columns included. */
  readonly defaultSequencePrivileges: Readonly<Record<string, readonly SequencePrivilege[]>>;
}

const ENGINE_FACTS: Readonly<Record<Engine, EngineFacts>> = {
  v1_dedicated: {
    roles: [AUTHENTICATED, ANON, SERVICE_ROLE, 'authenticator', 'postgres'],
    requestRoles: [AUTHENTICATED, ANON],
    defaultTablePrivileges: {
      [AUTHENTICATED]: TABLE_PRIVILEGES,
      [ANON]: TABLE_PRIVILEGES,
      [SERVICE_ROLE]: TABLE_PRIVILEGES,
    },
    defaultSequencePrivileges: {
      [AUTHENTICATED]: SEQUENCE_PRIVILEGES,
      [ANON]: SEQUENCE_PRIVILEGES,
      [SERVICE_ROLE]: SEQUENCE_PRIVILEGES,
    },
  },
  v2_shared: {
    roles: [AUTHENTICATED, ANON, 'authenticator', 'postgres'],
    requestRoles: [AUTHENTICATED],
    // `anon` is granted SELECT as well, but the gateway lets no request run as it.
    defaultTablePrivileges: { [AUTHENTICATED]: ['select'], [ANON]: ['select'] },
    defaultSequencePrivileges: { [AUTHENTICATED]: ['usage', 'select'] },
  },
};

export function engineFacts(engine: Engine): EngineFacts {
  return ENGINE_FACTS[engine];
}
