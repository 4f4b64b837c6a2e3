import { TABLE_PRIVILEGES } from '../flux/engine';

/** Who gave a privilege: the platform's defaults, or a statement of the files. */
export type PrivilegeOrigin = 'platform' | 'files';

export const PUBLIC = 'public';

/** Everything ALL stands for on a table; `usage` and `create` are a schema's. */
export const ALL_PRIVILEGES: readonly string[] = [...TABLE_PRIVILEGES, 'usage', 'create', 'execute'];

/** Kinds of objects that default privileges tell apart. */
export type PrivilegedKind = 'table' | 'sequence' | 'routine';

interface DefaultPrivilege {
  readonly on: PrivilegedKind;
  /** Undefined means every schema. */
  readonly schema: string | undefined;
  readonly role: string;
  readonly privileges: readonly string[];
  readonly isGrant: boolean;
  readonly origin: PrivilegeOrigin;
}

/** Privileges as GRANT and REVOKE leave them; objects are named by their model keys. */
export class Privileges {
  readonly #held = new Map<string, Map<string, Map<string, PrivilegeOrigin>>>();
  /** Columns of column grants, by object, role and privilege. */
  readonly #columns = new Map<string, Set<string>>();
  readonly #revoked = new Set<string>();
  readonly #members = new Map<string, Set<string>>();
  readonly #defaults: DefaultPrivilege[] = [];

  grant(object: string, role: string, privileges: readonly string[], origin: PrivilegeOrigin): void {
    const roles = this.#held.get(object) ?? new Map<string, Map<string, PrivilegeOrigin>>();
    this.#held.set(object, roles);
    const held = roles.get(role) ?? new Map<string, PrivilegeOrigin>();
    roles.set(role, held);
    for (const privilege of privileges) held.set(privilege, origin);
  }

  /** Takes a privilege on the whole object, and with it those on its columns. */
  revoke(object: string, role: string, privileges: readonly string[]): void {
    const held = this.#held.get(object)?.get(role);
    for (const privilege of privileges) {
      const place = `${object} ${role} ${privilege}`;
      held?.delete(privilege);
      this.#columns.delete(place);
      this.#revoked.add(place);
    }
  }

  grantColumns(object: string, role: string, privilege: string, columns: readonly string[]): void {
    const place = `${object} ${role} ${privilege}`;
    this.#columns.set(place, new Set([...(this.#columns.get(place) ?? []), ...columns]));
  }

  /** Has no effect on a privilege that is held on the whole object. */
  revokeColumns(object: string, role: string, privilege: string, columns: readonly string[]): void {
    const held = this.#columns.get(`${object} ${role} ${privilege}`);
    for (const column of columns) held?.delete(column);
  }

  /** `grant group to member`. */
  addMember(group: string, member: string): void {
    this.#members.set(member, (this.#members.get(member) ?? new Set()).add(group));
  }

  removeMember(group: string, member: string): void {
    this.#members.get(member)?.delete(group);
  }

  setDefault(rule: DefaultPrivilege): void {
    this.#defaults.push(rule);
  }

  /** A new object starts with what the default privileges of its schema give. */
  create(object: string, schema: string, kind: PrivilegedKind = 'table'): void {
    this.drop(object);
    // What is given for one schema adds to what is given everywhere, and a REVOKE takes back only what its own kind gave.
    for (const scope of [undefined, schema]) {
      const given = new Map<string, DefaultPrivilege>();
      for (const rule of this.#defaults) {
        if (rule.on !== kind || rule.schema !== scope) continue;
        for (const privilege of rule.privileges) {
          if (rule.isGrant) given.set(`${rule.role} ${privilege}`, { ...rule, privileges: [privilege] });
          else {
            given.delete(`${rule.role} ${privilege}`);
            this.#revoked.add(`${object} ${rule.role} ${privilege}`);
          }
        }
      }
      for (const { role, privileges, origin } of given.values()) this.grant(object, role, privileges, origin);
    }
  }

  drop(object: string): void {
    this.#held.delete(object);
    for (const set of [this.#columns.keys(), this.#revoked]) {
      for (const place of set) if (place.startsWith(`${object} `)) this.#forget(place);
    }
  }

  rename(from: string, to: string): void {
    const held = this.#held.get(from);
    if (!held) return;
    this.#held.delete(from);
    this.#held.set(to, held);
    for (const [place, columns] of [...this.#columns]) {
      if (!place.startsWith(`${from} `)) continue;
      this.#columns.delete(place);
      this.#columns.set(to + place.slice(from.length), columns);
    }
    for (const place of [...this.#revoked]) {
      if (!place.startsWith(`${from} `)) continue;
      this.#revoked.delete(place);
      this.#revoked.add(to + place.slice(from.length));
    }
  }

  /**
   * Who gave `role` the privilege, itself, through PUBLIC or through a role it is a member of; undefined for nobody. A
   * privilege on some of the columns counts.
   */
  origin(object: string, role: string, privilege: string): PrivilegeOrigin | undefined {
    const whole = this.wholeOrigin(object, role, privilege);
    return whole !== 'files' && this.columnsOf(object, role, privilege).size > 0 ? 'files' : whole;
  }

  /** As {@link origin}, for the privilege on the whole object alone. */
  wholeOrigin(object: string, role: string, privilege: string): PrivilegeOrigin | undefined {
    const roles = this.#held.get(object);
    if (!roles) return undefined;
    const origins = this.#namesOf(role).flatMap(name => roles.get(name)?.get(privilege) ?? []);
    return origins.includes('files') ? 'files' : origins[0];
  }

  /** Columns on which `role` was given the privilege one by one. */
  columnsOf(object: string, role: string, privilege: string): ReadonlySet<string> {
    if (this.#columns.size === 0) return NO_COLUMNS;
    const sets = this.#namesOf(role).map(name => this.#columns.get(`${object} ${name} ${privilege}`));
    return new Set(sets.flatMap(columns => [...(columns ?? [])]));
  }

  /** Whether a statement of the files took the privilege from the role. */
  wasRevoked(object: string, role: string, privilege: string): boolean {
    return this.#revoked.has(`${object} ${role} ${privilege}`);
  }

  #forget(place: string): void {
    this.#columns.delete(place);
    this.#revoked.delete(place);
  }

  /** The role, PUBLIC, and the roles it is a member of. */
  #namesOf(role: string): string[] {
    if (this.#members.size === 0) return [role, PUBLIC];
    const roles = new Set([role]);
    // A set visits what is added while it is walked.
    for (const member of roles) for (const group of this.#members.get(member) ?? []) roles.add(group);
    return [...roles, PUBLIC];
  }
}

const NO_COLUMNS: ReadonlySet<string> = new Set();

/** Key of a sequence as a privilege object. */
export function sequenceObject(key: string): string {
  return `sequence ${key}`;
}

/** Key of a schema as a privilege object; relations use their own keys, which hold a dot. */
export function schemaObject(schema: string): string {
  return `schema ${schema}`;
}
