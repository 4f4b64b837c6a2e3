import { TABLE_PRIVILEGES } from '../flux/engine';

/** Who gave a privilege: the platform's defaults, or a statement of the files. */
export type PrivilegeOrigin = 'platform' | 'files';

export const PUBLIC = 'public';

/** Everything ALL stands for on a table; `usage` and `create` are a schema's. */
export const ALL_PRIVILEGES: readonly string[] = [...TABLE_PRIVILEGES, 'usage', 'create', 'execute'];

interface DefaultPrivilege {
  /** Undefined means every schema. */
  readonly schema: string | undefined;
  readonly role: string;
  readonly privileges: readonly string[];
  readonly isGrant: boolean;
  readonly origin: PrivilegeOrigin;
}

/** Table and schema privileges as GRANT and REVOKE leave them; objects are named by their model keys. */
export class Privileges {
  readonly #held = new Map<string, Map<string, Map<string, PrivilegeOrigin>>>();
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

  revoke(object: string, role: string, privileges: readonly string[]): void {
    const held = this.#held.get(object)?.get(role);
    for (const privilege of privileges) {
      held?.delete(privilege);
      this.#revoked.add(`${object} ${role} ${privilege}`);
    }
  }

  /** `grant group to member`. */
  addMember(group: string, member: string): void {
    this.#members.set(member, (this.#members.get(member) ?? new Set()).add(group));
  }

  setDefault(rule: DefaultPrivilege): void {
    this.#defaults.push(rule);
  }

  /** A new relation starts with what the default privileges of its schema give. */
  create(object: string, schema: string): void {
    this.#held.delete(object);
    for (const rule of this.#defaults) {
      if (rule.schema !== undefined && rule.schema !== schema) continue;
      if (rule.isGrant) this.grant(object, rule.role, rule.privileges, rule.origin);
      else this.revoke(object, rule.role, rule.privileges);
    }
  }

  drop(object: string): void {
    this.#held.delete(object);
  }

  rename(from: string, to: string): void {
    const held = this.#held.get(from);
    if (!held) return;
    this.#held.delete(from);
    this.#held.set(to, held);
  }

  /** Who gave `role` the privilege, itself, through PUBLIC or through a role it is a member of; undefined for nobody. */
  origin(object: string, role: string, privilege: string): PrivilegeOrigin | undefined {
    const origins = [...this.#rolesOf(role), PUBLIC].flatMap(
      name => this.#held.get(object)?.get(name)?.get(privilege) ?? [],
    );
    return origins.includes('files') ? 'files' : origins[0];
  }

  /** Whether a statement of the files took the privilege from the role. */
  wasRevoked(object: string, role: string, privilege: string): boolean {
    return this.#revoked.has(`${object} ${role} ${privilege}`);
  }

  #rolesOf(role: string): Set<string> {
    const roles = new Set([role]);
    // A set visits what is added while it is walked.
    for (const member of roles) for (const group of this.#members.get(member) ?? []) roles.add(group);
    return roles;
  }
}

/** Key of a schema as a privilege object; relations use their own keys, which hold a dot. */
export function schemaObject(schema: string): string {
  return `schema ${schema}`;
}
