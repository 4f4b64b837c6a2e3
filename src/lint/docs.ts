import type { Engine } from '../flux/engine';
import type { Example, Rule } from './rule';

/** A rule's documentation as Markdown, for the editor and the terminal. */
export function ruleMarkdown(rule: Rule): string {
  const { docs, sources } = rule;
  return [
    `# ${rule.title}`,
    `\`${rule.id}\` · ${severityInWords(rule)}${rule.fixable ? ' · quick fix' : ''}`,
    docs.what,
    `**Why it matters.** ${docs.why}`,
    `**What to do.** ${docs.how}`,
    `**False alarm?** ${docs.falseAlarm}`,
    `Bad:\n\n${exampleMarkdown(docs.bad)}`,
    `Good:\n\n${exampleMarkdown(docs.good)}`,
    ...(sources.length > 0 ? [`Also known as: ${sources.join(' · ')}.`] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Files of an example; a single text is called `schema.sql`. */
export function exampleFiles(example: Example): readonly { readonly name: string; readonly text: string }[] {
  if (typeof example === 'string') return [{ name: 'schema.sql', text: example }];
  return Object.entries(example).map(([name, text]) => ({ name, text }));
}

function exampleMarkdown(example: Example): string {
  const files = exampleFiles(example);
  return files
    .map(({ name, text }) => `\`\`\`sql\n${files.length > 1 ? `-- ${name}\n` : ''}${text}\n\`\`\``)
    .join('\n\n');
}

/** The table of rules for the README. */
export function rulesTable(rules: readonly Rule[]): string {
  const rows = rules.map(
    rule =>
      `| \`${rule.id}\` | ${severityInWords(rule)} | ${rule.docs.what} | ${rule.fixable ? 'yes' : ''} |`,
  );
  return ['| rule | severity | what it finds | quick fix |', '|---|---|---|---|', ...rows].join('\n');
}

function severityInWords({ severity }: Rule): string {
  if (typeof severity === 'string') return severity;
  const on = (engine: Engine): string => `${engine.slice(0, 2)} ${severity[engine]}`;
  return `${on('v1_dedicated')}, ${on('v2_shared')}`;
}
