import type { AlterDefaultPrivilegesStmt, GrantRoleStmt, GrantStmt, Node } from '@pgsql/types';
import { tenantOf } from '../flux/names';
import type { Statement } from '../sql/source-file';
import { textOf, textsOf } from './ast';
import { rolesOf } from './fold-policies';
import type { Fold } from './from-statements';
import { ALL_PRIVILEGES, schemaObject } from './privileges';

/** GRANT and REVOKE on tables and schemas; on other objects only who is named matters here. */
export function foldGrant(fold: Fold, statement: Statement, stmt: GrantStmt): void {
  const { model } = fold;
  const grantees = rolesOf(statement, stmt.grantees);
  const isGrant = stmt.is_grant ?? false;
  const privileges = privilegesOf(stmt.privileges);
  const objects = objectsOf(fold, stmt);
  model.grants.push({ statement, isGrant, grantees, schemas: schemasNamed(fold, stmt), objects });
  for (const object of objects) {
    for (const { name } of grantees) {
      if (isGrant) model.privileges.grant(object, model.requestRoleNamed(name), privileges, 'files');
      else model.privileges.revoke(object, model.requestRoleNamed(name), privileges);
    }
  }
}

/** `grant group to member`. */
export function foldRoleGrant(fold: Fold, stmt: GrantRoleStmt): void {
  if (!stmt.is_grant) return;
  for (const group of stmt.granted_roles ?? []) {
    for (const member of stmt.grantee_roles ?? []) {
      if (!('AccessPriv' in group) || !('RoleSpec' in member)) continue;
      fold.model.privileges.addMember(
        fold.model.requestRoleNamed(group.AccessPriv.priv_name ?? ''),
        fold.model.requestRoleNamed(member.RoleSpec.rolename ?? ''),
      );
    }
  }
}

/** ALTER DEFAULT PRIVILEGES counts for the tables made after it by the role that pushes. */
export function foldDefaultPrivileges(
  fold: Fold,
  statement: Statement,
  stmt: AlterDefaultPrivilegesStmt,
): void {
  const { action } = stmt;
  const isGrant = action?.is_grant ?? false;
  const grantees = rolesOf(statement, action?.grantees);
  const schemas = optionList(stmt, 'schemas').flatMap(node => textOf(node) ?? []);
  fold.model.grants.push({ statement, isGrant, grantees, schemas: [], objects: [] });
  if (action?.objtype !== 'OBJECT_TABLE' || !isForPusher(fold, stmt)) return;
  for (const schema of schemas.length > 0 ? schemas.map(name => schemaName(fold, name)) : [undefined]) {
    for (const { name } of grantees) {
      const privileges = privilegesOf(action.privileges);
      fold.model.privileges.setDefault({
        schema,
        role: fold.model.requestRoleNamed(name),
        privileges,
        isGrant,
        origin: 'files',
      });
    }
  }
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

/** Names in lower case; no list means ALL. A privilege on some columns counts as the privilege. */
function privilegesOf(nodes: readonly Node[] | undefined): readonly string[] {
  if (!nodes?.length) return ALL_PRIVILEGES;
  return nodes.flatMap(node => ('AccessPriv' in node ? (node.AccessPriv.priv_name ?? ALL_PRIVILEGES) : []));
}

/** A v2 push reads `on schema public` as the tenant's schema; a list of schemas it adapts only in part. */
function schemaName(fold: Fold, name: string): string {
  return fold.engine === 'v2_shared' && name === 'public' ? (fold.model.apiSchema ?? '') : name;
}

function objectsOf(fold: Fold, stmt: GrantStmt): string[] {
  const objects = stmt.objects ?? [];
  if (stmt.objtype === 'OBJECT_SCHEMA') {
    return objects.flatMap(node => textOf(node) ?? []).map(name => schemaObject(schemaName(fold, name)));
  }
  if (stmt.objtype !== 'OBJECT_TABLE') return [];
  if (stmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') {
    const schemas = new Set(textsOf(objects));
    const relations = [...fold.model.tables, ...fold.model.views];
    return relations.filter(([, { schema }]) => schemas.has(schema)).map(([key]) => key);
  }
  return objects.flatMap(node => ('RangeVar' in node ? fold.keyOf(node.RangeVar) : []));
}

function schemasNamed(fold: Fold, stmt: GrantStmt): string[] {
  const isSchemaList = stmt.objtype === 'OBJECT_SCHEMA' || stmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  return (stmt.objects ?? []).flatMap(node => {
    if (isSchemaList) return textOf(node) ?? [];
    return stmt.objtype === 'OBJECT_TABLE' && 'RangeVar' in node ? fold.schemaOf(node.RangeVar) : [];
  });
}
