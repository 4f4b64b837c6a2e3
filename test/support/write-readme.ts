// `npm run readme`: writes the generated tables into README.md and takes its pictures from the browser tests.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/lint/rules';
import { rulesByFamily } from '../../src/lint/docs';
import { checksTable, commandsTable, settingsTable, usageBlocks, type Manifest } from './readme-tables';

const REPOSITORY = path.resolve(__dirname, '../..');

/** Names in `test-output/` and in `media/readme/`. */
const PICTURES = ['panel-green-dark', 'panel-red-light', 'editor-hover', 'scaffold-plan', 'token-inspector'];

const manifest = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;
const readme = path.join(REPOSITORY, 'README.md');
let text = readFileSync(readme, 'utf8');
for (const [mark, table] of [
  ['rules', rulesByFamily(RULES)],
  ['commands', commandsTable(manifest)],
  ['settings', settingsTable(manifest)],
  ['checks', checksTable()],
  ['usage', usageBlocks()],
] as const) {
  const place = new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  if (!place.test(text)) throw new Error(`README.md has no place for the table of ${mark}.`);
  text = text.replace(place, (_, before: string, after: string) => `${before}${table}\n${after}`);
}
writeFileSync(readme, text);
for (const name of PICTURES) {
  const taken = path.join(REPOSITORY, 'test-output', `${name}.png`);
  // Tables can be written without having run the browser tests; the pictures then stay as they are.
  if (existsSync(taken)) copyFileSync(taken, path.join(REPOSITORY, 'media/readme', `${name}.png`));
}
