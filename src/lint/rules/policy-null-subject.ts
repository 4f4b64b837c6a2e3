import {
  concernsRequests,
  defineRule,
  openingOf,
  replaceAt,
  type Atom,
  type Policy,
  type Predicate,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-null-subject',
  title: 'Policy that is true without a subject',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC004, SEC030'],
  docs: {
    what: 'A policy lets a caller without a subject pass: `auth.uid() is null or …`, `owner_id is not distinct from auth.uid()`, `coalesce` on both sides.',
    why:
      'Without a token, or with one that has no `sub`, `auth.uid()` is NULL. On v1 dedicated such requests get every row, or every ' +
      'row without an owner, where the policy speaks of their role. The gateway of v2 shared asks for a subject, and only that keeps the rows closed.',
    how: 'Compare with `=`, which is never true for NULL, and leave the other alternative out.',
    falseAlarm:
      'Rows without an owner that are meant for everybody; `owner_id is null or owner_id = auth.uid()` says so. A column that is ' +
      'NOT NULL never equals a missing subject, and is not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id is not distinct from auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (!policy.permissive || !concernsRequests(policy, model) || isWideAnyway(policy)) continue;
      for (const predicate of [policy.using, policy.check]) {
        const place = predicate && nullPlaceIn(predicate, policy);
        if (!predicate || !place) continue;
        report({
          at: predicate.spanOf(place.node),
          message: `True without a subject: where auth.uid() is NULL, ${policy.name} lets the caller at ${place.rows} of ${policy.table.name}.`,
          ...(place.edits && { fix: { title: place.title, edits: place.edits } }),
        });
      }
    }

    function isWideAnyway(policy: Policy): boolean {
      const kind = openingOf(policy, model)?.kind;
      return kind === 'always-true' || kind === 'any-authenticated';
    }
  },
});

interface NullPlace {
  readonly node: unknown;
  readonly rows: string;
  readonly title: string;
  readonly edits: TextEdit[] | undefined;
}

function nullPlaceIn(predicate: Predicate, { table }: Policy): NullPlace | undefined {
  // Of an AND the signed-out part decides just as it does alone: one that asks for a row as well comes from coalesce.
  const out = predicate.ways.find(({ audience }) => audience === 'signed-out');
  if (out) {
    const edits = withoutAlternative(predicate, out.atom);
    return { node: out.atom.node, rows: 'rows', title: 'Take the alternative away', edits };
  }
  const atom = predicate.atoms.find(candidate => {
    const fact = predicate.factOf(candidate);
    if (fact.kind !== 'owner' || !fact.nullSafe) return false;
    // `(…) is not false` passes for a missing subject, whatever the column.
    return candidate.nullPasses || table.columns.get(fact.column)?.notNull === false;
  });
  if (!atom) return undefined;
  return {
    node: atom.node,
    rows: atom.nullPasses ? 'every row' : 'rows without an owner',
    title: 'Compare with =',
    edits: withEquals(predicate, atom),
  };
}

/** `is not distinct from` becomes `=`. */
function withEquals({ statement }: Predicate, { node, negated, nullPasses }: Atom): TextEdit[] | undefined {
  if (negated || nullPasses || !('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_NOT_DISTINCT')
    return undefined;
  const first = statement.tokenIndexAt(node.A_Expr.location ?? 0);
  return [replaceAt(statement.tokenSpan(first, first + 3), '=')];
}

/** `auth.uid() is null or x` becomes `x`, where the OR is all there is. */
function withoutAlternative(predicate: Predicate, { node }: Atom): TextEdit[] | undefined {
  const whole = predicate.node;
  if (!('BoolExpr' in whole) || whole.BoolExpr.boolop !== 'OR_EXPR') return undefined;
  const others = (whole.BoolExpr.args ?? []).filter(part => part !== node);
  const [only] = others;
  if (!only || others.length !== 1 || (whole.BoolExpr.args ?? []).length !== 2) return undefined;
  return [replaceAt(predicate.at, predicate.statement.textOf(predicate.spanOf(only)))];
}
