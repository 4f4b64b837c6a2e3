import { CHECK_FACTS, VERBS, type Actor } from '../../src/checklist/check-ids';
import { COMMANDS } from '../../src/cli/flux-rls';

/** The parts of package.json that tests and the README speak of. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly configuration: readonly {
      readonly properties: Readonly<
        Record<
          string,
          {
            readonly markdownDescription: string;
            readonly default?: unknown;
            readonly scope: string;
            readonly order?: number;
          }
        >
      >;
    }[];
    readonly problemMatchers: readonly {
      readonly name: string;
      readonly owner: string;
      readonly source: string;
      readonly pattern: string;
    }[];
    readonly problemPatterns: readonly [
      Readonly<
        Record<'file' | 'line' | 'column' | 'severity' | 'code' | 'message', number> & {
          name: string;
          regexp: string;
        }
      >,
    ];
    readonly taskDefinitions: readonly [{ readonly type: string }];
    readonly snippets: readonly { readonly language: string; readonly path: string }[];
  };
}

export function commandsTable({ contributes }: Manifest): string {
  const rows = contributes.commands.map(({ title, command }) => `| Flux RLS: ${title} | \`${command}\` |`);
  return ['| command | id |', '|---|---|', ...rows].join('\n');
}

export function settingsTable({ contributes }: Manifest): string {
  const rows = contributes.configuration
    .flatMap(({ properties }) => Object.entries(properties))
    .map(
      ([key, setting]) =>
        `| \`${key}\` | \`${JSON.stringify(setting.default)}\` | ${setting.markdownDescription} |`,
    );
  return ['| setting | default | what it does |', '|---|---|---|', ...rows].join('\n');
}

const ACTORS_IN_WORDS: Readonly<Record<Actor, string>> = {
  own: '`A→A`',
  other: '`A→B`',
  none: '`none`',
  all: '`all`, shared tables',
};

/** Every check of the checklist, by verb. */
export function checksTable(): string {
  const facts = Object.entries(CHECK_FACTS);
  const rows = VERBS.flatMap(verb =>
    facts
      .filter(([, check]) => check.verb === verb)
      .map(([id, check]) => `| ${verb} | ${ACTORS_IN_WORDS[check.actor]} | ${check.title} | \`${id}\` |`),
  );
  return [
    `<details><summary><b>All ${facts.length} checks</b></summary>\n`,
    '| verb | who → whose | what is proved | id |',
    '|---|---|---|---|',
    ...rows,
    '\n</details>',
  ].join('\n');
}

/** How each command of the terminal is called: the first paragraph of its usage. */
export function usageBlocks(): string {
  return COMMANDS.map(({ usage }) => `\`\`\`\n${usage.split('\n\n')[0] ?? ''}\n\`\`\``).join('\n\n');
}
