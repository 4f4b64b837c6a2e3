// Writes into package.json what is made from the rules: the setting with a severity for each. Part of `npm run readme`.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/lint/rules';
import { RULE_SETTINGS, ruleSettings } from './rule-settings';

interface Configuration {
  readonly title: string;
  readonly properties: Record<string, object>;
}

const file = path.resolve(__dirname, '../../package.json');
const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
  contributes: { configuration: Configuration[] };
};
const lint = manifest.contributes.configuration.find(({ title }) => title === 'Lint');
if (!lint) throw new Error('package.json has no settings called Lint.');
lint.properties[RULE_SETTINGS] = ruleSettings(RULES);
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
