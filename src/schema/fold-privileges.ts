import type { AlterDefaultPrivilegesStmt, GrantRoleStmt, GrantStmt, Node } from '@pgsql/types';
import { engineFacts } from '../flux/engine';
import { tenantOf } from '../flux/names';
import type { Span, Statement } from '../sql/source-file';
import { textOf, textsOf } from './ast';
import { rolesOf } from './fold-policies';
import { routineObject } from './fold-routines';
import type { Fold } from './from-statements';
import type { GrantTarget, NamedPrivilege } from './objects';
import { ALL_PRIVILEGES, schemaObject, sequenceObject, type PrivilegedKind } from './privileges';

/** GRANT and REVOKE in all forms; what is granted on other objects is kept as written only. */
export function foldGrant(fold: Fold, statement: Statement, stmt: GrantStmt): void {
  const { model } = fold;
  const grantees = rolesOf(statement, stmt.grantees);
  const isGrant = stmt.is_grant ?? false;
  const privileges = privilegesOf(statement, stmt.privileges);
  const objects = objectsOf(fold, stmt);
  model.grants.push({
    statement,
    isGrant,
    target: targetOf(stmt.objtype),
    allInSchema: stmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA',
    privileges,
    grantees,
    schemas: schemasNamed(fold, stmt),
    objects,
    grantOption: stmt.grant_option ?? false,
  });
  // `revoke grant option for …` leaves the privilege itself.
  if (!isGrant && stmt.grant_option) return;
  for (const object of objects) {
    for (const { name } of grantees) {
      for (const privilege of privileges)
        applyPrivilege(fold, object, model.requestRoleNamed(name), privilege, isGrant);
    }
  }
}

/** `grant group to member` and its reverse. */
export function foldRoleGrant(fold: Fold, statement: Statement, stmt: GrantRoleStmt): void {
  const { model } = fold;
  const isGrant = stmt.is_grant ?? false;
  const groups = (stmt.granted_roles ?? []).flatMap(node =>
    'AccessPriv' in node ? (node.AccessPriv.priv_name ?? []) : [],
  );
  const members = rolesOf(statement, stmt.grantee_roles);
  model.memberships.push({ statement, isGrant, groups, members });
  for (const group of groups.map(name => model.requestRoleNamed(name))) {
    for (const member of members.map(({ name }) => model.requestRoleNamed(name))) {
      if (!isGrant) model.privileges.removeMember(group, member);
      else if (inherits(fold, member, stmt)) model.privileges.addMember(group, member);
    }
  }
}

/** v1's own roles are NOINHERIT: a role granted to them gives them nothing, unless it is granted WITH INHERIT. */
function inherits({ engine }: Fold, member: string, { opt }: GrantRoleStmt): boolean {
  const option = (opt ?? []).flatMap(node =>
    'DefElem' in node && node.DefElem.defname === 'inherit' ? [node.DefElem.arg] : [],
  )[0];
  if (option && 'Boolean' in option) return option.Boolean.boolval ?? false;
  return engine === 'v2_shared' || !engineFacts(engine).roles.includes(member);
}

const DEFAULT_KINDS: Readonly<Record<string, PrivilegedKind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FUNCTION: 'routine',
};

/** ALTER DEFAULT PRIVILEGES counts for the objects made after it by the role that pushes. */
export function foldDefaultPrivileges(
  fold: Fold,
  statement: Statement,
  stmt: AlterDefaultPrivilegesStmt,
): void {
  const { action } = stmt;
  const isGrant = action?.is_grant ?? false;
  const grantees = rolesOf(statement, action?.grantees);
  const privileges = privilegesOf(statement, action?.privileges);
  const schemas = optionList(stmt, 'schemas').flatMap(node => textOf(node) ?? []);
  const grantOption = action?.grant_option ?? false;
  fold.model.grants.push({
    statement,
    isGrant,
    target: 'default',
    allInSchema: false,
    privileges,
    grantees,
    schemas,
    objects: [],
    grantOption,
  });
  const on = DEFAULT_KINDS[action?.objtype ?? ''];
  if (!on || !isForPusher(fold, stmt)) return;
  for (const schema of schemas.length > 0 ? schemas.map(name => schemaName(fold, name)) : [undefined]) {
    for (const { name } of grantees) {
      fold.model.privileges.setDefault({
        on,
        schema,
        role: fold.model.requestRoleNamed(name),
        privileges: privileges.flatMap(({ name }) => namesOf(name)),
        isGrant,
        origin: 'files',
      });
    }
  }
}

function applyPrivilege(
  { model: { privileges } }: Fold,
  object: string,
  role: string,
  { name, columns }: NamedPrivilege,
  isGrant: boolean,
): void {
  const names = namesOf(name);
  if (columns.length === 0) {
    if (isGrant) privileges.grant(object, role, names, 'files');
    else privileges.revoke(object, role, names);
  } else {
    for (const privilege of names) {
      if (isGrant) privileges.grantColumns(object, role, privilege, columns);
      else privileges.revokeColumns(object, role, privilege, columns);
    }
  }
}

function namesOf(name: string): readonly string[] {
  return name === 'all' ? ALL_PRIVILEGES : [name];
}

function isForPusher(fold: Fold, stmt: AlterDefaultPrivilegesStmt): boolean {
  const roles = optionList(stmt, 'roles').flatMap(node =>
    'RoleSpec' in node ? (node.RoleSpec.rolename ?? []) : [],
  );
  const pushes = (role: string): boolean =>
    fold.engine === 'v2_shared' ? tenantOf(role)?.ddlRole === role : role === 'postgres';
  return roles.length === 0 || roles.some(pushes);
}

function optionList(stmt: AlterDefaultPrivilegesStmt, name: string): readonly Node[] {
  return (stmt.options ?? []).flatMap(option => {
    if (!('DefElem' in option) || option.DefElem.defname !== name) return [];
    const { arg } = option.DefElem;
    return arg && 'List' in arg ? (arg.List.items ?? []) : [];
  });
}

/** No list means ALL. */
function privilegesOf(statement: Statement, nodes: readonly Node[] | undefined): NamedPrivilege[] {
  const places = privilegePlaces(statement);
  const place = (index: number): Span => places[index] ?? statement.at;
  if (!nodes?.length) return [{ name: 'all', columns: [], at: place(0) }];
  return nodes.flatMap((node, index) =>
    'AccessPriv' in node
      ? {
          name: node.AccessPriv.priv_name ?? 'all',
          columns: textsOf(node.AccessPriv.cols),
          at: place(index),
        }
      : [],
  );
}

/** Ranges between the commas from GRANT or REVOKE to ON; the parser gives privileges no place. */
function privilegePlaces(statement: Statement): Span[] {
  const { tokens } = statement;
  const verb = tokens.findIndex(({ kind, value }) => kind === 'word' && isGrantWord(value));
  const isOptionOnly = tokens[verb + 1]?.value === 'grant' && tokens[verb + 2]?.value === 'option';
  const places: Span[] = [];
  let depth = 0;
  let first = isOptionOnly ? verb + 4 : verb + 1;
  for (let index = first; index < tokens.length; index += 1) {
    const { kind, value } = tokens[index] ?? {};
    if (kind === 'punctuation') depth += value === '(' ? 1 : value === ')' ? -1 : 0;
    if (depth !== 0 || (value !== ',' && !(kind === 'word' && value === 'on'))) continue;
    places.push(statement.tokenSpan(first, index - 1));
    if (value !== ',') break;
    first = index + 1;
  }
  return places;
}

function isGrantWord(word: string): boolean {
  return word === 'grant' || word === 'revoke';
}

/** A v2 push reads `on schema public` as the tenant's schema; a list of schemas it adapts only in part. */
function schemaName(fold: Fold, name: string): string {
  return fold.engine === 'v2_shared' && name === 'public' ? (fold.model.apiSchema ?? '') : name;
}

const TARGETS: Readonly<Record<string, GrantTarget>> = {
  OBJECT_TABLE: 'table',
  OBJECT_SCHEMA: 'schema',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FUNCTION: 'routine',
  OBJECT_PROCEDURE: 'routine',
  OBJECT_ROUTINE: 'routine',
};

function targetOf(objtype: string | undefined): GrantTarget {
  return TARGETS[objtype ?? ''] ?? 'other';
}

function objectsOf(fold: Fold, stmt: GrantStmt): string[] {
  const { model } = fold;
  const objects = stmt.objects ?? [];
  const target = targetOf(stmt.objtype);
  if (target === 'schema')
    return objects.flatMap(node => textOf(node) ?? []).map(name => schemaObject(schemaName(fold, name)));
  if (stmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') return allIn(fold, target, new Set(textsOf(objects)));
  return objects.flatMap(node => {
    if (target === 'routine') {
      if (!('ObjectWithArgs' in node)) return [];
      const names = textsOf(node.ObjectWithArgs.objname);
      return routineObject(model.keyOf(names.at(-1) ?? '', names.at(-2)));
    }
    if (!('RangeVar' in node)) return [];
    const key = fold.keyOf(node.RangeVar);
    return target === 'sequence' ? sequenceObject(key) : target === 'table' ? key : [];
  });
}

function allIn({ model }: Fold, target: GrantTarget, schemas: ReadonlySet<string>): string[] {
  if (target === 'table')
    return [...model.tables, ...model.views]
      .filter(([, { schema }]) => schemas.has(schema))
      .map(([key]) => key);
  if (target === 'routine')
    return [...model.routines]
      .filter(([, [routine]]) => schemas.has(routine?.schema ?? ''))
      .map(([key]) => routineObject(key));
  if (target !== 'sequence') return [];
  return [...model.sequences].filter(([, schema]) => schemas.has(schema)).map(([key]) => sequenceObject(key));
}

function schemasNamed(fold: Fold, stmt: GrantStmt): string[] {
  const isSchemaList = stmt.objtype === 'OBJECT_SCHEMA' || stmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  return (stmt.objects ?? []).flatMap(node => {
    if (isSchemaList) return textOf(node) ?? [];
    if ('RangeVar' in node) return fold.schemaOf(node.RangeVar);
    if (!('ObjectWithArgs' in node)) return [];
    return textsOf(node.ObjectWithArgs.objname).at(-2) ?? fold.model.apiSchema ?? '';
  });
}
