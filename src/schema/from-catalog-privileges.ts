import { engineFacts, type Engine } from '../flux/engine';
import type { AclEntry } from './catalog-rows';
import { PUBLIC } from './privileges';

/** Who holds what: roles by name, and their privileges. */
export type Holders = Readonly<Record<string, readonly string[]>>;

/** What a new function, sequence or table of the API schema comes with, before anybody grants. */
export function platformPrivileges(engine: Engine, on: 'table' | 'sequence' | 'routine' | 'schema'): Holders {
  const { defaultTablePrivileges, defaultSequencePrivileges } = engineFacts(engine);
  switch (on) {
    case 'table':
      return defaultTablePrivileges;
    case 'sequence':
      return defaultSequencePrivileges;
    case 'routine':
      return { [PUBLIC]: ['execute'] };
    case 'schema':
      return Object.fromEntries(Object.keys(defaultTablePrivileges).map(role => [role, ['usage']]));
  }
}

/** Writes who may do what with an object as statements that change what the platform gives. */
export class PrivilegeWriter {
  constructor(
    private readonly engine: Engine,
    /** PostgreSQL before 17 knows no MAINTAIN, so it is not missed there. */
    private readonly knowsMaintain: boolean,
    /** How files name a role; undefined for those whose privileges say nothing about requests. */
    private readonly roleName: (role: string) => string | undefined,
  ) {}

  /** @param object as GRANT names it: `table notes`. */
  statements(
    on: 'table' | 'sequence' | 'routine' | 'schema',
    object: string,
    acl: readonly AclEntry[],
  ): string[] {
    return this.changes(
      platformPrivileges(this.engine, on),
      acl,
      (verb, privileges, preposition, role, option) =>
        `${verb} ${privileges.join(', ')} on ${object} ${preposition} ${role}${option};`,
    );
  }

  /** Privileges on single columns, which the platform never gives. */
  columnStatements(
    object: string,
    columns: readonly { readonly written: string; readonly acl: readonly AclEntry[] }[],
  ): string[] {
    const named = columns.flatMap(({ written, acl }) =>
      acl.map(entry => ({ role: this.roleName(entry.role), privilege: entry.privilege, written })),
    );
    const roles = unique(named.flatMap(({ role }) => role ?? []));
    return roles.map(role => {
      const own = named.filter(entry => entry.role === role);
      const lists = unique(own.map(({ privilege }) => privilege)).map(
        privilege =>
          `${privilege} (${own
            .filter(entry => entry.privilege === privilege)
            .map(({ written }) => written)
            .join(', ')})`,
      );
      return `grant ${lists.join(', ')} on ${object} to ${role};`;
    });
  }

  /** What the default privileges of the role that pushes are beyond, or short of, the platform's. */
  defaultStatements(
    schema: string,
    on: 'table' | 'sequence' | 'routine',
    acl: readonly AclEntry[],
  ): string[] {
    const expected = on === 'routine' ? {} : platformPrivileges(this.engine, on);
    return this.changes(
      expected,
      acl,
      (verb, privileges, preposition, role, option) =>
        `alter default privileges in schema ${schema} ${verb} ${privileges.join(', ')} on ${on}s ${preposition} ${role}${option};`,
    );
  }

  private changes(
    expected: Holders,
    acl: readonly AclEntry[],
    write: (
      verb: string,
      privileges: readonly string[],
      preposition: string,
      role: string,
      option: string,
    ) => string,
  ): string[] {
    const held = acl.flatMap(entry => {
      const role = this.roleName(entry.role);
      return role === undefined ? [] : [{ ...entry, role }];
    });
    return unique([...Object.keys(expected), ...held.map(({ role }) => role)]).flatMap(role => {
      const given = expected[role] ?? [];
      const own = held.filter(entry => entry.role === role);
      const has = (privilege: string): boolean => own.some(entry => entry.privilege === privilege);
      const revoked = given.filter(
        privilege => !has(privilege) && (this.knowsMaintain || privilege !== 'maintain'),
      );
      const granted = own.filter(({ privilege, grantable }) => grantable || !given.includes(privilege));
      const plain = granted.filter(({ grantable }) => !grantable).map(({ privilege }) => privilege);
      const grantable = granted.filter(entry => entry.grantable).map(({ privilege }) => privilege);
      return [
        ...(revoked.length > 0 ? [write('revoke', revoked, 'from', role, '')] : []),
        ...(plain.length > 0 ? [write('grant', plain, 'to', role, '')] : []),
        ...(grantable.length > 0 ? [write('grant', grantable, 'to', role, ' with grant option')] : []),
      ];
    });
  }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
