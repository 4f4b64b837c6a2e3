/** Names that mean "the row's owner" where no policy says which column it is. */
export const OWNER_NAMES: ReadonlySet<string> = new Set([
  'owner_id',
  'user_id',
  'owner',
  'user_sub',
  'owner_sub',
  'member_sub',
  'author_id',
  'created_by',
  'account_id',
  'subject',
]);
