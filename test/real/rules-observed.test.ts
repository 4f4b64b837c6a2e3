import assert from 'node:assert/strict';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { severityOn } from '../../src/lint/rule';
import { RULES } from '../../src/lint/rules';
import { localFlux } from '../support/local-flux';
import { badExample, findings, fixedExample } from '../support/sql';
import { OBSERVATIONS as expressions } from './observations/expressions';
import type { Observation, Observations } from './observations/observation';
import { OBSERVATIONS as owners } from './observations/owners';
import { OBSERVATIONS as policies } from './observations/policies';
import { OBSERVATIONS as policyForm } from './observations/policy-form';
import { OBSERVATIONS as predicates } from './observations/predicates';
import { OBSERVATIONS as privileges } from './observations/privileges';
import { OBSERVATIONS as pushing } from './observations/pushing';
import { OBSERVATIONS as routines } from './observations/routines';
import { OBSERVATIONS as rowSecurity } from './observations/row-security';
import { OBSERVATIONS as suppressions } from './observations/suppressions';
import { OBSERVATIONS as tables } from './observations/tables';
import { OBSERVATIONS as verbs } from './observations/verbs';

/** Told by family, one file each. */
const OBSERVATIONS: Observations = {
  ...expressions,
  ...owners,
  ...policies,
  ...policyForm,
  ...predicates,
  ...privileges,
  ...pushing,
  ...routines,
  ...rowSecurity,
  ...suppressions,
  ...tables,
  ...verbs,
};

function on(engine: Engine, seen: Observation['bad']): string | undefined {
  return typeof seen === 'string' ? seen : seen[engine];
}

describe('the symptom of every rule, on real servers', () => {
  it('is looked for with every rule', () => {
    assert.deepEqual(Object.keys(OBSERVATIONS).sort(), RULES.map(({ id }) => id).sort());
  });

  for (const engine of ENGINES) {
    for (const rule of RULES.filter(candidate => severityOn(candidate, engine) !== 'off')) {
      it(`${rule.id} on ${engine}`, async () => {
        const { observe, bad, good } = OBSERVATIONS[rule.id]!;
        const flux = await localFlux(engine);
        assert.equal(await observe(flux, badExample(rule)), on(engine, bad), 'bad example');
        assert.equal(await observe(flux, rule.docs.good), on(engine, good), 'good example');
        if (!rule.fixable) return;
        const [finding] = (await findings(rule.docs.bad, { engine })).filter(
          ({ rule: id }) => id === rule.id,
        );
        assert.equal(
          await observe(flux, fixedExample(rule.docs.bad, finding)),
          on(engine, good),
          'after its fix',
        );
      });
    }
  }
});
