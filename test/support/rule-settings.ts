import type { Rule } from '../../src/lint/rule';
import { SEVERITIES, type Severity } from '../../src/lint/severity';

/** The setting that {@link ruleSettings} makes. */
export const RULE_SETTINGS = 'fluxRls.lint.rules';

const CHOICES: Readonly<Record<Severity | 'off', string>> = {
  off: 'Not reported.',
  error: 'Reported as an error.',
  warning: 'Reported as a warning.',
  info: 'Reported as information.',
  hint: 'Reported as a hint: dots under the text, and no entry in Problems.',
};

/** A severity for every rule, as package.json declares it: an object that knows its keys and their values. */
export function ruleSettings(rules: readonly Rule[]): object {
  const choices = ['off', ...SEVERITIES] as const;
  return {
    type: 'object',
    default: {},
    order: 2,
    scope: 'resource',
    markdownDescription:
      'Severities that take the place of the rules’ own, by rule. “Flux RLS: Explain Rule…” tells what each rule finds.',
    properties: Object.fromEntries(
      rules.map(({ id, title }) => [
        id,
        {
          type: 'string',
          enum: choices,
          enumDescriptions: choices.map(choice => CHOICES[choice]),
          description: title,
        },
      ]),
    ),
    additionalProperties: false,
  };
}
