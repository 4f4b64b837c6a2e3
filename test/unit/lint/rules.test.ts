import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ENGINES, type Engine } from '../../../src/flux/engine';
import { ruleMarkdown, rulesByFamily, rulesTable } from '../../../src/lint/docs';
import type { Finding } from '../../../src/lint/finding';
import { severityOn, type Example, type Rule } from '../../../src/lint/rule';
import { RULES } from '../../../src/lint/rules';
import { isAtLeast } from '../../../src/lint/severity';
import { REPOSITORY } from '../../support/local-flux';
import { badExample, exampleOptions, findings, fixedExample, parseExample } from '../../support/sql';

const CASES: (Engine | undefined)[] = [...ENGINES, undefined];

/** Findings of one rule alone. */
async function own(example: Example, rule: Rule, engine: Engine | undefined): Promise<Finding[]> {
  return (await findings(example, exampleOptions(rule, engine))).filter(finding => finding.rule === rule.id);
}

describe('every rule', () => {
  it('is in the registry once, alphabetically, in a file of its name', () => {
    const ids = RULES.map(({ id }) => id);
    const files = readdirSync(path.join(REPOSITORY, 'src/lint/rules')).filter(name => name !== 'index.ts');
    assert.deepEqual(ids, [...ids].sort());
    assert.deepEqual(files.map(name => name.replace('.ts', '')).sort(), ids);
  });

  for (const rule of RULES) {
    describe(rule.id, () => {
      for (const engine of CASES) {
        const where = engine ?? 'an unknown engine';
        if (engine && severityOn(rule, engine) === 'off') {
          it(`is silent on ${where}`, async () => {
            assert.deepEqual(await own(badExample(rule), rule, engine), []);
          });
          continue;
        }

        if (!engine && rule.echoes !== undefined) {
          it(`leaves its bad example to ${rule.echoes} on ${where}`, async () => {
            const found = (await findings(badExample(rule))).filter(
              ({ rule: id }) => id === rule.id || id === rule.echoes,
            );
            assert.deepEqual(
              found.map(({ rule: id }) => id),
              [rule.echoes],
            );
          });
          continue;
        }

        it(`finds its bad example once on ${where}`, async () => {
          const found = await own(badExample(rule), rule, engine);
          assert.equal(found.length, 1, JSON.stringify(found.map(({ message }) => message)));
          const [finding] = found;
          assert.ok(finding!.at.end > finding!.at.start);
          assert.ok(finding!.message.length > 20);
        });

        it(`is silent on its good example on ${where}, and so are the others`, async () => {
          const worse = (await findings(rule.docs.good, exampleOptions(rule, engine))).filter(
            finding => finding.rule === rule.id || isAtLeast(finding.severity, 'warning'),
          );
          assert.deepEqual(
            worse.map(({ rule: id, message }) => `${id}: ${message}`),
            [],
          );
        });

        if (rule.fixable) {
          it(`is mended by its fix on ${where}`, async () => {
            const [before] = await own(badExample(rule), rule, engine);
            const mended = fixedExample(rule.docs.bad, before);
            const broken = (await parseExample(rule.docs.bad)).flatMap(({ errors }) => errors).length;
            const after = (await parseExample(mended)).flatMap(({ errors }) => errors).length;
            assert.ok(after <= broken, 'the fixed text parses');
            assert.deepEqual(await own(mended, rule, engine), []);
          });
        }
      }

      it('tells what, why, what to do and when not', () => {
        const page = ruleMarkdown(rule);
        for (const part of [rule.title, rule.docs.what, rule.docs.why, rule.docs.how, rule.docs.falseAlarm]) {
          assert.ok(part.length > 0 && page.includes(part));
        }
      });
    });
  }

  it('has a row in the generated table', () => {
    const table = rulesTable(RULES);
    assert.equal(table.split('\n').length, RULES.length + 2);
    const byFamily = rulesByFamily(RULES);
    for (const { id } of RULES)
      assert.equal(byFamily.split(`| \`${id}\` |`).length, 2, `${id} is in one family`);
    const view = RULES.find(({ id }) => id === 'view-not-invoker')!;
    assert.equal(severityOn(view, 'v1_dedicated'), 'error');
    assert.match(table, /`view-not-invoker` \| v1 error, v2 warning/);
  });
});
