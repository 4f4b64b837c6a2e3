import type { CheckContext } from '../context';

/** How to tie a policy to the subject: by the owner column, or by the owner of the parent row. */
export function tiedPolicy(
  { plan, link }: Pick<CheckContext, 'plan' | 'link'>,
  verb: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE',
  clause: 'using' | 'with check',
): string {
  const { ownership } = plan;
  const proof =
    ownership.kind === 'parent'
      ? `exists (select 1 from ${ownership.parent} where ${ownership.columns
          .map(
            (column, index) =>
              `${ownership.parent}.${ownership.targets[index] ?? ''} = ${plan.table}.${column}`,
          )
          .join(' and ')} and …)`
      : `${link[0] ?? 'owner_id'} = auth.uid()`;
  return clause === 'with check' && verb !== 'INSERT'
    ? `Give the ${verb} policy of ${plan.table} a check as well: with check (${proof}).`
    : `Tie the ${verb} policy of ${plan.table} to the subject: ${clause} (${proof}).`;
}
