import { AUDIENCES } from './audience';
import type { Sides } from './difference';
import type { Policy, Table } from './objects';
import type { Predicate } from './predicate';
import { PUBLIC } from './privileges';
import { compareExpressions } from './same-expression';

/** The policies of a table that both sides have, by their names. */
export function comparePolicies(sides: Sides, files: Table, live: Table): void {
  const { report } = sides;
  for (const policy of files.policies) {
    const own = live.policies.find(({ name }) => name === policy.name);
    if (own) {
      comparePolicy(sides, policy, own);
      continue;
    }
    report({
      kind: 'policy-missing',
      object: objectOf(policy),
      message: policy.permissive
        ? `The files have policy ${policy.name} on ${files.name}, and the database has not: what it allows is refused.`
        : `The files have the restrictive policy ${policy.name} on ${files.name}, and the database has not: what it refuses is allowed.`,
      severity: policy.permissive ? 'harmless' : 'dangerous',
      at: policy.at,
      liveAt: live.at,
    });
  }
  for (const policy of live.policies) {
    if (files.policies.some(({ name }) => name === policy.name)) continue;
    report({
      kind: 'policy-extra',
      object: objectOf(policy),
      message: policy.permissive
        ? `The database has policy ${policy.name} on ${files.name}, which no file makes: it allows what the files do not.`
        : `The database has the restrictive policy ${policy.name} on ${files.name}, which no file makes: it refuses what the files allow.`,
      severity: policy.permissive ? 'dangerous' : 'harmless',
      at: undefined,
      liveAt: policy.at,
    });
  }
}

function objectOf({ name, table }: Policy): string {
  return `policy ${name} on ${table.name}`;
}

function comparePolicy(sides: Sides, files: Policy, live: Policy): void {
  const { report } = sides;
  const places = { object: objectOf(files), at: files.at, liveAt: live.at } as const;
  if (files.permissive !== live.permissive) {
    report({
      kind: 'policy-permissive',
      ...places,
      message: `${files.name} on ${files.table.name} is ${kindOf(files)} in the files and ${kindOf(live)} in the database.`,
      severity: live.permissive ? 'dangerous' : 'harmless',
    });
  }
  if (files.verb !== live.verb) {
    report({
      kind: 'policy-verb',
      ...places,
      message: `${files.name} on ${files.table.name} is for ${files.verb.toUpperCase()} in the files and for ${live.verb.toUpperCase()} in the database.`,
      // Another verb than the files allow, unless it only takes some of them away.
      severity: files.permissive === (files.verb !== 'all') ? 'dangerous' : 'harmless',
    });
  }
  compareRoles(sides, files, live);
  for (const [kind, a, b] of [
    ['policy-using', files.using, live.using],
    ['policy-check', files.check, live.check],
  ] as const) {
    comparePredicates(sides, kind, files, live, a, b);
  }
}

function kindOf({ permissive }: Policy): string {
  return permissive ? 'permissive' : 'restrictive';
}

function compareRoles({ files: model, live: liveModel, report }: Sides, files: Policy, live: Policy): void {
  const [names, liveNames] = [rolesOf(files, model), rolesOf(live, liveModel)];
  if (names.join() === liveNames.join()) return;
  const covers = (roles: readonly string[], role: string): boolean =>
    roles.includes(PUBLIC) || roles.includes(role);
  const isMore = !liveNames.every(role => covers(names, role));
  const isLess = !names.every(role => covers(liveNames, role));
  report({
    kind: 'policy-roles',
    object: objectOf(files),
    message: `${files.name} on ${files.table.name} is for ${names.join(', ')} in the files and for ${liveNames.join(', ')} in the database.`,
    severity: (files.permissive ? isMore : isLess) ? 'dangerous' : 'harmless',
    at: files.at,
    liveAt: live.at,
  });
}

function rolesOf({ roles }: Policy, model: Sides['files']): string[] {
  const names = roles.map(({ name }) => model.requestRoleNamed(name));
  // PostgreSQL forgets the others beside PUBLIC.
  return names.length === 0 || names.includes(PUBLIC) ? [PUBLIC] : [...new Set(names)].sort();
}

function comparePredicates(
  { files: model, report }: Sides,
  kind: 'policy-using' | 'policy-check',
  files: Policy,
  live: Policy,
  a: Predicate | undefined,
  b: Predicate | undefined,
): void {
  if (!a && !b) return;
  const sameness =
    a && b
      ? compareExpressions(
          { node: a.node, uses: a.columns },
          { node: b.node, uses: b.columns },
          model.apiSchema,
        )
      : 'differs';
  if (sameness === 'same') return;
  const clause = kind === 'policy-using' ? 'USING' : 'WITH CHECK';
  const subject = `${clause} of ${files.name} on ${files.table.name}`;
  const text = a && b ? `: ${inOneLine(a.text)} in the files, ${inOneLine(b.text)} in the database` : '';
  report({
    kind,
    object: objectOf(files),
    message: !b
      ? `${subject} is in the files and not in the database.`
      : !a
        ? `${subject} is in the database and not in the files.`
        : `${subject} ${sameness === 'differs' ? 'differs' : 'may differ'}${text}.`,
    severity: isLooser(files.permissive, sameness === 'differs', a, b) ? 'dangerous' : 'harmless',
    certain: sameness === 'differs',
    at: a?.at ?? files.at,
    liveAt: b?.at ?? live.at,
  });
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Whether the database may let more through: where nothing shows that it lets less through, it may. */
function isLooser(
  permissive: boolean,
  certain: boolean,
  files: Predicate | undefined,
  live: Predicate | undefined,
): boolean {
  // A permissive policy without a predicate lets nothing through, a restrictive one everything.
  if (!live) return !permissive;
  if (!files) return permissive;
  const [a, b] = [AUDIENCES.indexOf(files.audience), AUDIENCES.indexOf(live.audience)];
  return certain ? b >= a && live.audience !== 'nobody' : b > a;
}
