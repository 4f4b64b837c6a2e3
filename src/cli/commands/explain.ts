import { ruleMarkdown, rulesTable, rulesText, ruleText } from '../../lint/docs';
import { namesLike } from '../../lint/nearest-name';
import type { Rule } from '../../lint/rule';
import { findRule, RULES } from '../../lint/rules';
import { choiceOption, inWords, parse } from '../arguments';
import { EXIT, UsageError, type Command } from '../io';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'tell what a rule finds, why it matters and what to do',
  usage: `flux-rls explain [rule] [--format text|markdown|json]

Without a rule it lists all of them.`,

  run(args, terminal) {
    const { values, positionals } = parse(args, { format: { type: 'string' } });
    const format = choiceOption('format', values.format, ['text', 'markdown', 'json']);
    const [id, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError('explain takes one rule, or none for the list.');
    if (id === undefined) {
      const list = { text: rulesText, markdown: rulesTable, json: rulesJson }[format];
      terminal.out(list(RULES));
    } else {
      const page = { text: ruleText, markdown: ruleMarkdown, json: ruleJson }[format];
      terminal.out(page(ruleNamed(id)).trimEnd());
    }
    return Promise.resolve(EXIT.clean);
  },
};

/** The rule of an id, or a sentence with the ids that may be meant. */
export function ruleNamed(id: string): Rule {
  const rule = findRule(id);
  if (rule) return rule;
  const like = namesLike(
    id,
    RULES.map(known => known.id),
  );
  throw new UsageError(
    `There is no rule "${id}". ${like.length > 0 ? `Did you mean ${inWords(like)}?` : 'flux-rls explain lists them all.'}`,
  );
}

function ruleJson(rule: Rule): string {
  return JSON.stringify({ version: 1, rule: asData(rule) }, null, 2);
}

function rulesJson(rules: readonly Rule[]): string {
  return JSON.stringify({ version: 1, rules: rules.map(asData) }, null, 2);
}

function asData({ id, title, severity, fixable, docs, sources }: Rule): object {
  return { id, title, severity, fixable, docs, sources };
}
