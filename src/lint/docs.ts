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

/** A rule's documentation as plain text, for a terminal of usual width. */
export function ruleText(rule: Rule): string {
  const { docs, sources } = rule;
  return [
    `${rule.title}\n${rule.id} · ${severityInWords(rule)}${rule.fixable ? ' · quick fix' : ''}`,
    wrap(docs.what),
    wrap(`Why it matters. ${docs.why}`),
    wrap(`What to do. ${docs.how}`),
    wrap(`False alarm? ${docs.falseAlarm}`),
    `Bad:\n${exampleText(docs.bad)}`,
    `Good:\n${exampleText(docs.good)}`,
    ...(sources.length > 0 ? [wrap(`Also known as: ${sources.join(' · ')}.`)] : []),
  ].join('\n\n');
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

function exampleText(example: Example): string {
  const files = exampleFiles(example);
  return files.map(({ name, text }) => indent(files.length > 1 ? `-- ${name}\n${text}` : text)).join('\n\n');
}

/** What the first word of an id says a rule is about, in the order of the README. */
const FAMILIES: readonly (readonly [title: string, words: readonly string[]])[] = [
  ['Row security switches', ['rls']],
  ['Policies', ['policy']],
  ['Privileges', ['grant']],
  ['Owner columns', ['owner', 'column']],
  ['Schemas and tables', ['schema', 'table', 'identifier']],
  ['Views, functions, triggers', ['view', 'function']],
  ['Pushing', ['push', 'sql']],
  ['The linter itself', ['suppress']],
];

/** The rules for the README, a table for each family that opens. */
export function rulesByFamily(rules: readonly Rule[]): string {
  return FAMILIES.map(([title, words]) => {
    const own = rules.filter(({ id }) => words.includes(id.split('-')[0] ?? ''));
    const count = own.length === 1 ? '1 rule' : `${own.length} rules`;
    return `<details><summary><b>${title}</b> (${count})</summary>\n\n${rulesTable(own)}\n\n</details>`;
  }).join('\n\n');
}

/** A table of rules. */
export function rulesTable(rules: readonly Rule[]): string {
  const rows = rules.map(
    rule =>
      `| \`${rule.id}\` | ${severityInWords(rule)} | ${rule.docs.what} | ${rule.fixable ? 'yes' : ''} |`,
  );
  return ['| rule | severity | what it finds | quick fix |', '|---|---|---|---|', ...rows].join('\n');
}

/** All rules, one a line, for a terminal. */
export function rulesText(rules: readonly Rule[]): string {
  const rows = rules.map(rule => [rule.id, severityInWords(rule), rule.title] as const);
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map(row => row[column].length));
  return rows
    .map(([id, severity, title]) => `${id.padEnd(width(0))}  ${severity.padEnd(width(1))}  ${title}`)
    .join('\n');
}

function severityInWords({ severity }: Rule): string {
  if (typeof severity === 'string') return severity;
  const on = (engine: Engine): string => `${engine.slice(0, 2)} ${severity[engine]}`;
  return `${on('v1_dedicated')}, ${on('v2_shared')}`;
}

/** Columns of text in a terminal. */
const WIDTH = 96;

function wrap(text: string): string {
  return text.split(/\s+/).reduce((page, word) => {
    const column = page.length - page.lastIndexOf('\n') - 1;
    return `${page}${column + 1 + word.length > WIDTH ? '\n' : ' '}${word}`;
  });
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
