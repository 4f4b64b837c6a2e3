import { AUTHENTICATED, type TableVerb } from '../flux/engine';
import type { Verb } from './check-ids';
import { SQL_VERBS } from './explain-place';
import type { Asked } from './explain-types';

/** The table for a sentence. */
export function tableWords({ table }: Pick<Asked, 'table'>): string {
  return table ?? 'the table';
}

/** The table as SQL names it, as the files write it where they do. */
export function tableSql({ sql, table }: Pick<Asked, 'sql' | 'table'>): string {
  return sql?.table?.written ?? sqlName(table ?? 'your_table');
}

export function ownerSql({ owner }: Pick<Asked, 'owner'>): string {
  return sqlName(owner ?? 'owner_id');
}

/** A name as SQL writes it. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function verbSql(verb: Verb | undefined): TableVerb | undefined {
  return verb && SQL_VERBS[verb];
}

/** `INSERT`, or `this verb` where it is not known. */
export function verbWords(verb: Verb | undefined): string {
  return verb === undefined ? 'this verb' : SQL_VERBS[verb].toUpperCase();
}

/** The role that signed-in requests run as, as the database knows it. */
export function roleInDatabase({ engine, model }: Pick<Asked, 'engine' | 'model'>): string {
  if (engine === 'v1_dedicated') return AUTHENTICATED;
  const own = model?.tenant?.role;
  if (engine === 'v2_shared') return own ?? 't_<id>_role';
  return `${AUTHENTICATED} (v2: t_<id>_role)`;
}

/** A query of the catalog that lists a table's policies. */
export function policiesQuery(asked: Pick<Asked, 'table'>): string {
  return `select policyname, cmd, roles, qual, with_check from pg_policies where tablename = ${sqlText(asked.table ?? 'your_table')};`;
}

/** A query of the catalog that tells whether row security is on. */
export function rowSecurityQuery(asked: Pick<Asked, 'table'>): string {
  return `select relrowsecurity, relforcerowsecurity from pg_class where relname = ${sqlText(asked.table ?? 'your_table')};`;
}

/** A name for a new policy of the table. */
export function policyName({ table }: Pick<Asked, 'table'>, purpose: string): string {
  return sqlName(`${table ?? 'your_table'}_${purpose}`);
}

/** The request path of the table. */
export function tablePath({ table, answer }: Pick<Asked, 'table' | 'answer'>): string {
  const { routine } = answer.request;
  return routine === undefined ? `/${table ?? '<table>'}` : `/rpc/${routine}`;
}

/** The claims as PostgreSQL sees them: the one check of who a request is. */
export const WHOAMI =
  "create function whoami() returns jsonb language sql stable as $$ select jsonb_build_object('role', current_user, 'uid', auth.uid()) $$; then GET /rpc/whoami with the same token.";
