import { defineRule, insertAt, type Predicate, type Span } from '../rule';

export default defineRule({
  id: 'policy-and-or-mixed',
  title: 'AND and OR without parentheses',
  severity: 'info',
  fixable: true,
  sources: [],
  docs: {
    what: 'A predicate mixes AND and OR without parentheses that say what belongs together.',
    why: 'AND binds closer: `is_public or owner_id = auth.uid() and archived_at is null` shows public rows although they are archived. Whether that is meant, the text does not tell.',
    how: 'Put the AND into parentheses; the meaning stays the same, and can be seen.',
    falseAlarm: 'Never wrong, but a matter of taste where the meaning is plain.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, is_public boolean not null, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated
  using (is_public or owner_id = auth.uid() and archived_at is null);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, is_public boolean not null, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated
  using (is_public or (owner_id = auth.uid() and archived_at is null));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { using, check } of model.policies) {
      for (const predicate of [using, check]) {
        const mixed = predicate ? mixedIn(predicate) : [];
        const [first] = mixed;
        if (!first) continue;
        report({
          at: first,
          message:
            'AND binds closer than OR: this part holds together, and the rest of the OR stands beside it. Parentheses would say so.',
          fix: {
            title: 'Put the AND into parentheses',
            edits: mixed.flatMap(({ file, start, end }) => [
              insertAt(file, start, '('),
              insertAt(file, end, ')'),
            ]),
          },
        });
      }
    }
  },
});

/** One run of operands between ANDs and ORs, at one depth of parentheses. */
interface Run {
  /** Ranges of what stands between the ORs, as token indexes, and whether an AND is in it. */
  readonly operands: { from: number; hasAnd: boolean; to: number }[];
  awaitsBetween: boolean;
}

/** Where another expression begins. */
const BORDERS: ReadonlySet<string> = new Set(
  ', select from where on having group order limit offset join left right full inner cross union except intersect when then else as returning'.split(
    ' ',
  ),
);

function mixedIn({ statement, at }: Predicate): Span[] {
  const { tokens } = statement;
  const from = tokens.findIndex(({ start }) => start >= at.start);
  const last = tokens.findLastIndex(({ end }) => end <= at.end);
  const spans: Span[] = [];
  const stack: Run[] = [];
  const open = (index: number): Run => ({
    operands: [{ from: index, to: index, hasAnd: false }],
    awaitsBetween: false,
  });
  const close = (run: Run | undefined, end: number): void => {
    const operands = run?.operands ?? [];
    const [final] = operands.slice(-1);
    if (final) final.to = end;
    if (operands.length < 2) return;
    for (const { from: first, to, hasAnd } of operands)
      if (hasAnd) spans.push(statement.tokenSpan(first, to));
  };
  let run: Run = open(from);
  for (let index = from; index <= last; index += 1) {
    const { kind, value } = tokens[index] ?? { kind: 'word', value: '' };
    const operand = run.operands.at(-1);
    if (kind !== 'word' && kind !== 'punctuation') continue;
    if (value === '(' || value === '[' || value === 'case') {
      stack.push(run);
      run = open(index + 1);
    } else if (value === ')' || value === ']' || value === 'end') {
      close(run, index - 1);
      run = stack.pop() ?? open(index + 1);
    } else if (BORDERS.has(value)) {
      close(run, index - 1);
      run = open(index + 1);
    } else if (value === 'between') run.awaitsBetween = true;
    else if (value === 'and' && run.awaitsBetween) run.awaitsBetween = false;
    else if (value === 'and' && operand) operand.hasAnd = true;
    else if (value === 'or' && operand) {
      operand.to = index - 1;
      run.operands.push({ from: index + 1, to: index + 1, hasAnd: false });
    }
  }
  close(run, last);
  return spans.sort((a, b) => a.start - b.start);
}
