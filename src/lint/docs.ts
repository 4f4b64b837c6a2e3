import type { Engine } from '../flux/engine';
import type { Rule } from './rule';

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
    `Bad:\n\n\`\`\`sql\n${docs.bad}\n\`\`\``,
    `Good:\n\n\`\`\`sql\n${docs.good}\n\`\`\``,
    ...(sources.length > 0 ? [`Also known as: ${sources.join(' · ')}.`] : []),
  ]
    .join('\n\n')
    .concat('\n');
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
