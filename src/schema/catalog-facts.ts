import type { TableVerb } from '../flux/engine';
import { explainFromFacts, type CatalogAnswer } from './catalog-causes';
import type { CatalogQuery } from './catalog-rows';

export type { CatalogAnswer } from './catalog-causes';

/** What an answer of the gateway was about, and the cause that is to be confirmed. */
export interface CatalogQuestion {
  readonly schema: string;
  readonly table: string;
  readonly verb: TableVerb;
  /** The role that the request ran as: on v2 the tenant's. */
  readonly role: string;
  /** A cause as the checklist names it, such as `missing-grant`; the catalog knows nothing of others. */
  readonly cause: string;
  /** The owner column, or the one that the answer names. */
  readonly owner?: string | undefined;
  /** The sequence or function that the answer names. */
  readonly object?: string | undefined;
  /** The view through which the table was asked. */
  readonly door?: string | undefined;
}

/** A policy that judges a verb of a role. */
export interface PolicyFact {
  readonly name: string;
  readonly permissive: boolean;
  readonly using: string | null;
  readonly check: string | null;
}

/** A sequence or function of the name that the answer has. */
export interface ObjectFact {
  readonly name: string;
  readonly kind: 'sequence' | 'function';
  readonly allowed: boolean;
}

/** What the catalog says of a table and a role; null where an object is not there. */
export interface CatalogFacts {
  readonly schemaThere: boolean;
  readonly tableThere: boolean;
  readonly roleThere: boolean;
  /** As `pg_class.relkind`. */
  readonly kind: string | null;
  /** Whether a view reads with the caller's rights. */
  readonly invoker: boolean | null;
  readonly relationOwner: string | null;
  readonly rowSecurity: boolean | null;
  readonly forced: boolean | null;
  readonly ownsTable: boolean | null;
  readonly superuser: boolean | null;
  readonly bypassesRls: boolean | null;
  readonly schemaUsage: boolean | null;
  readonly tablePrivilege: boolean | null;
  /** The privilege on at least one column. */
  readonly columnPrivilege: boolean | null;
  readonly policies: readonly PolicyFact[];
  /** Permissive policies of the verb for other roles alone. */
  readonly otherPolicies: readonly { readonly name: string; readonly roles: readonly string[] }[];
  readonly named: readonly ObjectFact[];
  /** Sequences that its defaults ask for the next value and the role may not use. */
  readonly closedSequences: readonly string[];
  readonly sequences: number;
  /** Functions that its policies call and the role may not run. */
  readonly closedFunctions: readonly string[];
  readonly functions: number;
  /** The owner column: its type, default and whether a trigger may fill it in; null without one. */
  readonly ownerType: string | null;
  readonly ownerDefault: string | null;
  readonly insertTriggers: readonly string[];
  /** Views over the table that pass its policies by and that the role may read. */
  readonly openViews: readonly string[];
  /** Other schemas that have a table of this name. */
  readonly elsewhere: readonly string[];
}

/** Asks the catalog whether a cause holds. `confirmed` is undefined where it cannot tell. */
export async function confirmFromCatalog(
  query: CatalogQuery,
  question: CatalogQuestion,
): Promise<CatalogAnswer> {
  const { schema, table, verb, role, owner = '', object = '' } = question;
  // Names that the answer shows are to be written as people write them.
  await query(`select set_config('search_path', quote_ident($1), true)`, [schema]);
  const [facts] = await query<CatalogFacts>(FACTS, [schema, table, role, verb, owner, object]);
  return facts ? explainFromFacts(facts, question) : { confirmed: undefined, sentences: [] };
}

const FACTS = `
with asked as (
  select n.oid as schema, c.oid as relation, r.oid as role, c.*, r.rolsuper, r.rolbypassrls
  from (values (1)) one (row)
  left join pg_namespace n on n.nspname = $1
  left join pg_class c on c.relnamespace = n.oid and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
  left join pg_roles r on r.rolname = $3
), sequences as (
  select distinct s.oid from asked a join pg_attrdef d on d.adrelid = a.relation
  join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
  join pg_class s on s.oid = p.refobjid and s.relkind = 'S'
), written as (
  select p.*, p.polroles = '{0}' or exists (select from unnest(p.polroles) member where member <> 0 and pg_has_role(a.role, member, 'USAGE')) as judges
  from asked a join pg_policy p on p.polrelid = a.relation
  where p.polcmd in ('*', case $4 when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end)
), judging as (
  select * from written where judges
), called as (
  select distinct f.oid, f.pronamespace from judging p
  join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  join pg_proc f on f.oid = d.refobjid
), views as (
  select distinct v.oid from asked a
  join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = a.relation and d.classid = 'pg_rewrite'::regclass
  join pg_rewrite w on w.oid = d.objid join pg_class v on v.oid = w.ev_class and v.oid <> a.relation and v.relkind in ('v', 'm')
  where not coalesce('security_invoker=true' = any (v.reloptions) or 'security_invoker=on' = any (v.reloptions) or 'security_invoker=1' = any (v.reloptions), false)
)
select a.schema is not null as "schemaThere", a.relkind as kind, pg_get_userbyid(a.relowner) as "relationOwner",
  coalesce(a.reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1}', false) as invoker, a.relation is not null as "tableThere", a.role is not null as "roleThere",
  a.relrowsecurity as "rowSecurity", a.relforcerowsecurity as forced, pg_has_role(a.role, a.relowner, 'USAGE') as "ownsTable",
  a.rolsuper as superuser, a.rolbypassrls as "bypassesRls",
  has_schema_privilege(a.role, a.schema, 'USAGE') as "schemaUsage",
  has_table_privilege(a.role, a.relation, $4) as "tablePrivilege",
  case when $4 <> 'delete' then has_any_column_privilege(a.role, a.relation, $4) end as "columnPrivilege",
  (select coalesce(json_agg(json_build_object('name', polname, 'permissive', polpermissive, 'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)) order by polname), '[]') from judging) as policies,
  (select coalesce(json_agg(json_build_object('name', polname, 'roles', (select json_agg(rolname) from pg_roles where oid = any (polroles))) order by polname), '[]')
    from written where polpermissive and not coalesce(judges, false)) as "otherPolicies",
  (select coalesce(json_agg(named), '[]') from (
    select s.oid::regclass::text as name, 'sequence' as kind, has_sequence_privilege(a.role, s.oid, 'USAGE, UPDATE') as allowed from pg_class s where s.relkind = 'S' and s.relname = $6
    union all select f.oid::regprocedure::text, 'function', has_function_privilege(a.role, f.oid, 'EXECUTE') from pg_proc f where f.proname = $6) named) as named,
  (select coalesce(json_agg(s.oid::regclass::text), '[]') from sequences s where not has_sequence_privilege(a.role, s.oid, 'USAGE, UPDATE')) as "closedSequences",
  (select count(*)::int from sequences) as sequences,
  (select coalesce(json_agg(f.oid::regprocedure::text), '[]') from called f
    where not (has_function_privilege(a.role, f.oid, 'EXECUTE') and has_schema_privilege(a.role, f.pronamespace, 'USAGE'))) as "closedFunctions",
  (select count(*)::int from called) as functions,
  (select format_type(t.atttypid, t.atttypmod) from pg_attribute t where t.attrelid = a.relation and t.attname = $5 and t.attnum > 0 and not t.attisdropped) as "ownerType",
  (select pg_get_expr(d.adbin, d.adrelid) from pg_attribute t join pg_attrdef d on d.adrelid = t.attrelid and d.adnum = t.attnum
    where t.attrelid = a.relation and t.attname = $5) as "ownerDefault",
  (select coalesce(json_agg(t.tgname order by t.tgname), '[]') from pg_trigger t
    where t.tgrelid = a.relation and not t.tgisinternal and t.tgtype & 6 = 6) as "insertTriggers",
  (select coalesce(json_agg(v.oid::regclass::text), '[]') from views v where has_table_privilege(a.role, v.oid, 'SELECT')) as "openViews",
  (select coalesce(json_agg(n.nspname order by n.nspname), '[]') from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> $1) as elsewhere
from asked a`;
