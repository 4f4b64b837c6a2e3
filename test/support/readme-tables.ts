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
