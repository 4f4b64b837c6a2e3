import type { CatalogQuery, CatalogRows } from './catalog-rows';

/**
 * The privileges of an object, without those of superusers, whom nothing has to be granted, and of its owner, unless
 * requests run as that.
 */
function acl(privileges: string, owner: string): string {
  return `(select coalesce(json_agg(json_build_object('role', case e.grantee when 0 then 'public' else r.rolname end,
      'privilege', lower(e.privilege_type), 'grantable', e.is_grantable) order by r.rolname nulls first, e.privilege_type), '[]')
    from aclexplode(${privileges}) e left join pg_roles r on r.oid = e.grantee
    where (e.grantee <> ${owner} or r.rolname ~ '^(?:authenticated|anon|t_[0-9a-f]{12}_role)$') and (e.grantee = 0 or not r.rolsuper)) as acl`;
}

/** What an extension brought along is not the project's. */
function own(catalog: string, alias: string): string {
  return `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${alias}.oid and d.deptype = 'e')`;
}

const SCHEMA = `select quote_ident(nspname) as written, pg_get_userbyid(nspowner) as owner,
    ${acl(`coalesce(nspacl, acldefault('n', nspowner))`, 'nspowner')}
  from pg_namespace where nspname = $1`;

const RELATIONS = `select c.oid::text as oid, c.relname as name, quote_ident(c.relname) as written, c.relkind as kind,
    pg_get_userbyid(c.relowner) as owner, obj_description(c.oid, 'pg_class') as comment,
    c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced,
    coalesce(to_json(c.reloptions), '[]') as options,
    case c.relkind when 'p' then pg_get_partkeydef(c.oid) end as "partitionKey",
    pg_get_expr(c.relpartbound, c.oid) as "partitionBound",
    (select coalesce(json_agg(i.inhparent::regclass::text order by i.inhseqno), '[]') from pg_inherits i where i.inhrelid = c.oid) as parents,
    case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid, true) end as query,
    (select quote_ident(s.srvname) from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid) as server,
    ${acl(`coalesce(c.relacl, acldefault('r', c.relowner))`, 'c.relowner')}
  from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm') and ${own('pg_class', 'c')}
  order by (select count(*) from pg_partition_ancestors(c.oid)), exists (select from pg_inherits i where i.inhrelid = c.oid), c.relname collate "C"`;

const COLUMNS = `select a.attrelid::text as relation, a.attname as name, quote_ident(a.attname) as written,
    format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as expression,
    a.attidentity as identity, a.attgenerated as generated, a.attinhcount > 0 as inherited,
    a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) and exists (
      select from pg_depend o join pg_class s on s.oid = o.objid and s.relkind = 'S'
      where o.refobjid = a.attrelid and o.refobjsubid = a.attnum and o.deptype = 'a'
        and s.relname = c.relname || '_' || a.attname || '_seq'
        and pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', s.oid::regclass)) as serial,
    col_description(a.attrelid, a.attnum) as comment, ${acl('a.attacl', 'c.relowner')}
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm') and a.attnum > 0 and not a.attisdropped
  order by a.attrelid, a.attnum`;

const CONSTRAINTS = `select conrelid::text as relation, quote_ident(conname) as written, pg_get_constraintdef(oid, true) as definition
  from pg_constraint where connamespace = $1::regnamespace and conrelid <> 0 and contype in ('p', 'u', 'f', 'c', 'x')
    and conislocal and coninhcount = 0
  order by conrelid, array_position(array['p', 'u', 'f', 'c', 'x'], contype::text), conname collate "C"`;

const POLICIES = `select p.polrelid::text as relation, p.polname as name, quote_ident(p.polname) as written, p.polpermissive as permissive,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as verb,
    (select json_agg(case r.id when 0 then 'public' else pg_get_userbyid(r.id) end order by r.place) from unnest(p.polroles) with ordinality r (id, place)) as roles,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
    obj_description(p.oid, 'pg_policy') as comment
  from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = $1::regnamespace order by p.polrelid, p.polname collate "C"`;

const INDEXES = `select i.indrelid::text as relation, pg_get_indexdef(i.indexrelid, 0, true) as definition
  from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = $1::regnamespace and not c.relispartition
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  order by i.indrelid, c.relname collate "C"`;

const TRIGGERS = `select t.tgrelid::text as relation, pg_get_triggerdef(t.oid, true) as definition
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = $1::regnamespace and not t.tgisinternal and t.tgparentid = 0 order by t.tgrelid, t.tgname collate "C"`;

const ROUTINES = `select p.oid::text as oid, p.proname as name, quote_ident(p.proname) as written, pg_get_userbyid(p.proowner) as owner,
    obj_description(p.oid, 'pg_proc') as comment, p.prokind = 'p' as procedure, pg_get_functiondef(p.oid) as definition,
    pg_get_function_identity_arguments(p.oid) as arguments, ${acl(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')}
  from pg_proc p join pg_language l on l.oid = p.prolang
  where p.pronamespace = $1::regnamespace and p.prokind in ('f', 'p', 'w') and l.lanname not in ('c', 'internal') and ${own('pg_proc', 'p')}
  order by p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`;

const SEQUENCES = `select c.oid::text as oid, c.relname as name, quote_ident(c.relname) as written, pg_get_userbyid(c.relowner) as owner,
    obj_description(c.oid, 'pg_class') as comment,
    exists (select from pg_depend o join pg_attribute a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid join pg_class t on t.oid = a.attrelid
      where o.objid = c.oid and o.deptype = 'a' and c.relname = t.relname || '_' || a.attname || '_seq') as serial,
    ${acl(`coalesce(c.relacl, acldefault('s', c.relowner))`, 'c.relowner')}
  from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'S' and ${own('pg_class', 'c')}
    and not exists (select from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i')
  order by c.relname collate "C"`;

const TYPES = `select quote_ident(t.typname) as written, case t.typtype
    when 'e' then 'as enum (' || (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid) || ')'
    when 'd' then 'as ' || format_type(t.typbasetype, t.typtypmod) || coalesce(' default ' || t.typdefault, '') || case when t.typnotnull then ' not null' else '' end
      || coalesce((select string_agg(' ' || pg_get_constraintdef(k.oid, true), '' order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'c'), '')
    else 'as (' || (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) || ')'
  end as definition, t.typtype = 'd' as domain
  from pg_type t left join pg_class c on c.oid = t.typrelid
  where t.typnamespace = $1::regnamespace and (t.typtype in ('e', 'd') or (t.typtype = 'c' and c.relkind = 'c')) and ${own('pg_type', 't')}
  order by t.typname collate "C"`;

const ROLES = `select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as "bypassesRls",
    (select coalesce(json_agg(g.rolname order by g.rolname), '[]') from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid) as groups
  from pg_roles r where r.rolname = any($1) order by r.rolname collate "C"`;

const DEFAULTS = `select d.defaclobjtype as on, ${acl('d.defaclacl', 'd.defaclrole')}
  from pg_default_acl d where d.defaclnamespace = $1::regnamespace and pg_get_userbyid(d.defaclrole) = $2 and d.defaclobjtype in ('r', 'S', 'f')
  order by d.defaclobjtype`;

/** Reads the catalog of one schema, names in it unqualified; undefined when the database has no such schema. */
export async function readCatalog(
  query: CatalogQuery,
  schema: string,
  requestRoles: readonly string[],
  pusher: string,
): Promise<CatalogRows | undefined> {
  // PostgreSQL leaves a name unqualified where the search path finds it.
  await query(`select set_config('search_path', quote_ident($1), true)`, [schema]);
  const [found] = await query<CatalogRows['schema']>(SCHEMA, [schema]);
  if (!found) return undefined;
  const rows = async <Row extends object>(sql: string): Promise<Row[]> => query<Row>(sql, [found.written]);
  return {
    schema: found,
    roles: await query(ROLES, [requestRoles]),
    relations: await rows(RELATIONS),
    columns: await rows(COLUMNS),
    constraints: await rows(CONSTRAINTS),
    policies: await rows(POLICIES),
    indexes: await rows(INDEXES),
    triggers: await rows(TRIGGERS),
    routines: await rows(ROUTINES),
    sequences: await rows(SEQUENCES),
    types: await rows(TYPES),
    defaults: await query(DEFAULTS, [found.written, pusher]),
  };
}
