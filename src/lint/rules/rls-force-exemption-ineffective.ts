import {
  addStatementAfter,
  commentsIn,
  defineRule,
  isExemptFromForce,
  NO_FORCE_MARKER,
  replaceAt,
  type CommentOn,
  type Fix,
  type SchemaModel,
  type Span,
} from '../rule';

export default defineRule({
  id: 'rls-force-exemption-ineffective',
  title: 'Exemption from FORCE that does not work',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A comment is meant to keep a table out of FORCE and does not: the marker is spelled in another way, stands on a view or column, is overwritten, or comes in a later file.',
    why:
      'At the end of each file a v2 push forces row-level security on every table that has it on, unless the comment of the ' +
      'table itself contains exactly `flux:no-force-rls`. Nothing says that a marker was missed. The owner’s own statements ' +
      'and definer functions then find no rows, and what is forced stays forced when the comment comes later.',
    how: "Write `comment on table … is 'flux:no-force-rls: reason'` in the file that enables row-level security; later, add `alter table … no force row level security`.",
    falseAlarm: 'A comment that only speaks of the marker.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
comment on table notes is 'no-force-rls: the weekly report counts all notes';
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
comment on table notes is 'flux:no-force-rls: the weekly report counts all notes';
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const comments = commentsIn(model);
    for (const comment of comments) {
      const found = comment.kind === 'table' ? onTable(model, comment, comments) : elsewhere(model, comment);
      if (found) report(found);
    }
  },
});

interface Found {
  readonly at: Span;
  readonly message: string;
  readonly fix?: Fix;
}

/** Spellings that somebody who knows of the marker may come up with. */
const NEAR_MARKER =
  /\bflux[\s:._-]*no[\s_-]*force(?:[\s_-]*(?:rls|row[\s_-]*level[\s_-]*security))?\b|\bno[_-]?force[_-]rls\b/i;

function onTable(model: SchemaModel, comment: CommentOn, all: readonly CommentOn[]): Found | undefined {
  const table = model.tables.get(comment.relation ?? '');
  if (table?.partitioned || table?.rowSecurity === false) return undefined;
  // The last one counts.
  const others = all.filter(({ kind, relation }) => kind === 'table' && relation === comment.relation);
  if (others.at(-1) !== comment) return undefined;
  const name = table?.name ?? 'the table';
  if (comment.text.includes(NO_FORCE_MARKER)) {
    if (!table || !model.isExemptTooLate(table)) return undefined;
    const sql = `alter table ${table.written} no force row level security`;
    const fix = { title: `Remove FORCE from ${name}`, edits: [addStatementAfter(comment.statement, sql)] };
    return {
      at: comment.at,
      message: `${name} is forced by the time this comment comes, and stays so. Add "${sql}".`,
      fix,
    };
  }
  const near = NEAR_MARKER.exec(comment.statement.textOf(comment.at));
  if (near) {
    const start = comment.at.start + near.index;
    const at = { ...comment.at, start, end: start + near[0].length };
    const fix = { title: `Change to ${NO_FORCE_MARKER}`, edits: [replaceAt(at, NO_FORCE_MARKER)] };
    return {
      at,
      message: `The push looks for ${NO_FORCE_MARKER} and nothing else, and forces ${name} all the same.`,
      fix,
    };
  }
  const isOverwriting = others.some(({ text }) => text.includes(NO_FORCE_MARKER));
  if (!isOverwriting || comment.text === '') return undefined;
  return {
    at: comment.at,
    message: `This comment takes the place of the one that says ${NO_FORCE_MARKER}: the push forces ${name}. Repeat the marker here.`,
  };
}

/** A marker on anything but a table; one that explains the marker of its table is none. */
function elsewhere(model: SchemaModel, { kind, relation = '', text, at }: CommentOn): Found | undefined {
  if (!text.includes(NO_FORCE_MARKER) && !NEAR_MARKER.test(text)) return undefined;
  const behind =
    kind === 'other' ? [...model.tables.keys()] : [relation, ...(model.views.get(relation)?.reads ?? [])];
  const exempt = behind.some(key => {
    const table = model.tables.get(key);
    return table !== undefined && isExemptFromForce(table);
  });
  if (exempt) return undefined;
  return {
    at,
    message: `The push reads ${NO_FORCE_MARKER} in the comment of a table, not here. Comment on the table itself.`,
  };
}
