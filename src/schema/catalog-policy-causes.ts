import type { CatalogFacts, CatalogQuestion, PolicyFact } from './catalog-facts';
import {
  cannotTell,
  isBound,
  no,
  policyInWords,
  yes,
  type CatalogAnswer,
  type Explain,
} from './catalog-words';

/** Causes that policies are asked about: first whether they are asked at all, then what they say. */
export const POLICY_CAUSES: Readonly<Record<string, Explain>> = {
  policy: asked((facts, question) =>
    isClosed(facts) ? yes(closed(question)) : upToPolicies(facts, question),
  ),
  'no-policy': asked((facts, question) =>
    isClosed(facts)
      ? yes(closed(question))
      : no(
          `For ${question.verb.toUpperCase()} by ${question.role} ${question.table} has ${names(permissive(facts))}.`,
        ),
  ),
  'open-policy': asked((facts, question) => {
    if (isClosed(facts)) return no(closed(question));
    const open = permissive(facts).filter(policy => decisive(policy, question) === 'true');
    const isNarrowed = facts.policies.length > permissive(facts).length;
    return open.length > 0 && !isNarrowed
      ? yes(`Every row of ${question.table} passes: ${open.map(policyInWords).join('; ')}.`)
      : upToPolicies(facts, question);
  }),
  'policy-other-role': asked((facts, { role, verb, table }) => {
    const { otherPolicies } = facts;
    if (otherPolicies.length === 0)
      return no(`No policy of ${table} for ${verb.toUpperCase()} is for another role than ${role}.`);
    const sentence = `${otherPolicies.map(({ name, roles }) => `${name} is for ${roles.join(', ')}`).join('; ')}, and not for ${role}.`;
    return isClosed(facts) ? yes(sentence) : cannotTell(sentence);
  }),
  'policy-never-true': asked((facts, question) => {
    if (isClosed(facts)) return no(closed(question));
    const policies = permissive(facts);
    return policies.every(policy => decisive(policy, question) === 'false')
      ? yes(`No row of ${question.table} passes: ${policies.map(policyInWords).join('; ')}.`)
      : upToPolicies(facts, question);
  }),
  'restrictive-policy': asked((facts, question) =>
    facts.policies.some(policy => !policy.permissive)
      ? upToPolicies(facts, question)
      : no(`No policy of ${question.table} for ${question.verb.toUpperCase()} is restrictive.`),
  ),
  /** Whatever hangs on what the policies say. */
  'policy-text': asked((facts, question) =>
    isClosed(facts) ? no(closed(question)) : upToPolicies(facts, question),
  ),
};

/** Policies are the cause of nothing while none is asked. */
function asked(explain: Explain): Explain {
  return (facts, question) => {
    const { table, role } = question;
    // A view has no policies; those behind it are its tables'.
    if (facts.kind === 'v' || facts.kind === 'm') return cannotTell();
    if (facts.rowSecurity === false) return no(`Row security of ${table} is off: no policy is asked.`);
    if (!isBound(facts)) return no(`The policies of ${table} do not bind ${role}.`);
    return explain(facts, question);
  };
}

function permissive({ policies }: CatalogFacts): readonly PolicyFact[] {
  return policies.filter(policy => policy.permissive);
}

function isClosed(facts: CatalogFacts): boolean {
  return permissive(facts).length === 0;
}

function closed({ role, verb, table }: CatalogQuestion): string {
  return `No permissive policy lets ${role} ${verb.toUpperCase()} on ${table}: every row is refused.`;
}

function upToPolicies({ policies }: CatalogFacts, { table }: CatalogQuestion): CatalogAnswer {
  return cannotTell(
    `Whether a row passes is up to these policies of ${table}: ${policies.map(policyInWords).join('; ')}.`,
  );
}

/** The expression that judges the verb. */
function decisive({ using, check }: PolicyFact, { verb }: CatalogQuestion): string | null {
  return verb === 'insert' ? (check ?? using) : using;
}

function names(policies: readonly PolicyFact[]): string {
  return `${policies.length === 1 ? 'policy' : 'policies'} ${policies.map(({ name }) => name).join(', ')}`;
}
