import type { FuncCall } from '@pgsql/types';
import { textsOf } from './ast';

/** Functions of PostgreSQL that look at nothing but their arguments and the clock. */
const PURE_FUNCTIONS: ReadonlySet<string> = new Set(
  'now clock_timestamp statement_timestamp transaction_timestamp timezone lower upper initcap length char_length octet_length trim btrim ltrim rtrim abs round floor ceil ceiling sign mod date_trunc date_part extract age make_interval to_char to_date to_timestamp array_length array_position array_upper cardinality jsonb_array_length json_array_length jsonb_typeof jsonb_extract_path_text position strpos substring substr left right split_part replace regexp_replace starts_with concat md5 hashtext coalesce greatest least isfinite isempty lower_inc upper_inc'.split(
    ' ',
  ),
);

/** Whether a call is one of PostgreSQL's own functions of its arguments. */
export function isPure({ funcname }: FuncCall): boolean {
  const names = textsOf(funcname);
  return PURE_FUNCTIONS.has(names.at(-1) ?? '') && (names.length === 1 || names[0] === 'pg_catalog');
}
