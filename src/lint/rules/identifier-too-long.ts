import { defineRule, type Span, type Statement } from '../rule';

/** Bytes of a name that PostgreSQL keeps (NAMEDATALEN - 1). */
const LONGEST = 63;

export default defineRule({
  id: 'identifier-too-long',
  title: 'Name longer than PostgreSQL keeps',
  severity: 'warning',
  fixable: false,
  sources: ['squawk identifier-too-long'],
  docs: {
    what: 'A name has more than 63 bytes. Letters outside of ASCII take two to four bytes each.',
    why: 'PostgreSQL cuts the name and says so in a notice only. Two names that begin alike become one, and the second CREATE fails with 42710 or 42P07; `pg_policies` and error messages show the short name only, and a POST to a table under its long name answers 404.',
    how: 'Choose a shorter name.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy "Signed-in users can read all of the notes that they have written themselves" on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy "Signed-in users can read their own notes" on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const first = new Map<string, Span>();
    const byKept = new Map<string, { name: string; at: Span }>();
    for (const statement of model.statements) {
      for (const { name, at } of longNames(statement)) {
        if (first.has(name)) continue;
        first.set(name, at);
        const kept = keptOf(name);
        const twin = byKept.get(kept);
        if (!twin) byKept.set(kept, { name, at });
        report({
          at,
          message: `This name has ${Buffer.byteLength(name)} bytes; PostgreSQL keeps ${LONGEST}: "${kept}".${twin ? ' Another name is cut to the same.' : ''}`,
          related: twin ? [{ at: twin.at, message: `"${twin.name}" is cut to the same name` }] : [],
        });
      }
    }
  },
});

function longNames(statement: Statement): { name: string; at: Span }[] {
  return statement.tokens.flatMap(({ kind, value, start, end }, index) => {
    // A UTF-16 unit is at most three bytes.
    if ((end - start) * 3 <= LONGEST || (kind !== 'word' && kind !== 'quoted')) return [];
    const isEscaped = kind === 'quoted' && /^u&/i.test(value);
    if (isEscaped || Buffer.byteLength(value) <= LONGEST) return [];
    return [{ name: value, at: statement.tokenSpan(index) }];
  });
}

/** The first bytes, without half a letter at the end. */
function keptOf(name: string): string {
  let kept = '';
  for (const letter of name) {
    if (Buffer.byteLength(kept + letter) > LONGEST) break;
    kept += letter;
  }
  return kept;
}
