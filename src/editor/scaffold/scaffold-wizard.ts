import * as vscode from 'vscode';
import { isApiSchema } from '../../flux/names';
import { PROVIDERS, type ScaffoldAnswers } from '../../scaffold/answers';
import { applyScaffold } from '../../scaffold/apply';
import { planScaffold, type PlannedFile, type ScaffoldPlan } from '../../scaffold/plan';
import type { Commands } from '../commands';
import { tell } from '../notify';
import type { Projects } from '../project/projects';
import { requireFolder } from '../project/require';
import { readText } from '../workspace-files';
import { DiffPages } from './diff-pages';

const REMARKS = {
  create: 'new',
  merge: 'lines added',
  same: 'as it should be',
  differs: 'there with another text',
} as const;

/** "Scaffold Auth.js Files": asks little, shows every file, writes at the end, and nothing on Escape. */
export class ScaffoldWizard implements vscode.Disposable {
  readonly #registration: vscode.Disposable;
  readonly #diffs = new DiffPages();

  constructor(
    commands: Commands,
    private readonly projects: Projects,
  ) {
    this.#registration = commands.register('fluxRls.scaffold', () => this.#run());
  }

  dispose(): void {
    this.#registration.dispose();
    this.#diffs.dispose();
  }

  async #run(): Promise<void> {
    const folder = await requireFolder();
    const answers = await this.#ask(folder);
    if (!answers) return;
    const plan = await planScaffold(answers, path => readText(vscode.Uri.joinPath(folder.uri, path)));
    const chosen = await chooseFiles(plan);
    if (!chosen) return;
    const overwrite = await this.#reviewDiffering(folder, chosen);
    if (!overwrite) return;
    const written = await applyScaffold(chosen, writerFor(folder), overwrite);
    await this.#tell(folder, written, plan.packages);
  }

  async #ask(folder: vscode.WorkspaceFolder): Promise<ScaffoldAnswers | undefined> {
    const provider = await vscode.window.showQuickPick(
      PROVIDERS.map(id => ({ label: 'GitHub', description: id, id })),
      { title: 'Scaffold Auth.js files (1/3)', placeHolder: 'Who signs people in?' },
    );
    if (!provider) return undefined;
    const project = await this.projects.of(folder);
    const schema = await vscode.window.showInputBox({
      title: 'Scaffold Auth.js files (2/3)',
      prompt: 'API schema of the project. Left empty, the SQL names no schema and fits every project.',
      placeHolder: 't_<12 hex digits>_api',
      value: project.schema?.value ?? '',
      ignoreFocusOut: true,
      validateInput: text =>
        text === '' || isApiSchema(text)
          ? undefined
          : '"api" or t_<12 hex digits>_api, as the dashboard shows it.',
    });
    if (schema === undefined) return undefined;
    return { provider: provider.id, schema: schema === '' ? undefined : schema };
  }

  /** Each existing file with another text is shown beside the new one; the person decides. Undefined on Escape. */
  async #reviewDiffering(
    folder: vscode.WorkspaceFolder,
    files: readonly PlannedFile[],
  ): Promise<Set<string> | undefined> {
    const overwrite = new Set<string>();
    for (const file of files.filter(({ state }) => state === 'differs')) {
      await this.#diffs.show(vscode.Uri.joinPath(folder.uri, file.path), file.path, file.after);
      const picked = await vscode.window.showQuickPick(
        [
          { label: 'Keep my file', overwrite: false },
          { label: 'Overwrite with the right side', overwrite: true },
        ],
        { title: `${file.path} is there already`, ignoreFocusOut: true },
      );
      if (!picked) return undefined;
      if (picked.overwrite) overwrite.add(file.path);
    }
    return overwrite;
  }

  async #tell(
    folder: vscode.WorkspaceFolder,
    written: readonly string[],
    packages: readonly string[],
  ): Promise<void> {
    if (written.length === 0) {
      tell('nothing had to be written.');
      return;
    }
    if (written.includes('flux-rls.sql')) {
      await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'flux-rls.sql'));
    }
    const count = `${written.length} file${written.length === 1 ? '' : 's'}`;
    if (packages.length === 0) tell(`wrote ${count}.`);
    else {
      tell(`wrote ${count}. They need ${packages.join(' and ')}.`, {
        label: 'Copy Install Command',
        run: () => vscode.env.clipboard.writeText(`npm install ${packages.join(' ')}`),
      });
    }
  }
}

/** The plan as a list: what is ticked is written. Undefined on Escape. */
async function chooseFiles({ files, notes }: ScaffoldPlan): Promise<PlannedFile[] | undefined> {
  const items = files.map(file => ({
    label: file.path,
    description: REMARKS[file.state],
    picked: file.state === 'create' || file.state === 'merge',
    file,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Scaffold Auth.js files (3/3)',
    placeHolder: notes[0] ?? 'These files are written; a file that is there is shown first',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return picked?.map(({ file }) => file);
}

function writerFor(folder: vscode.WorkspaceFolder): Parameters<typeof applyScaffold>[1] {
  return {
    write: async (path, text) => {
      await vscode.workspace.fs.writeFile(
        vscode.Uri.joinPath(folder.uri, path),
        new TextEncoder().encode(text),
      );
    },
    remove: async path => {
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, path));
    },
  };
}
