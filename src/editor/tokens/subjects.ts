import * as vscode from 'vscode';
import type { PanelMark } from '../../panel/messages';
import { readSubjects, withSubject, type TestSubject } from './test-subject';

/** Test subjects of a folder, in the order they were added; kept with the workspace, for they are no secrets. */
export class Subjects implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {}

  /** The ids alone. */
  list(folder: vscode.WorkspaceFolder): readonly string[] {
    return this.all(folder).map(({ subject }) => subject);
  }

  all(folder: vscode.WorkspaceFolder): readonly TestSubject[] {
    return readSubjects(this.memento.get<unknown>(keyOf(folder)));
  }

  /** What is known of a subject; one that is not in the list has nothing of its own. */
  find(folder: vscode.WorkspaceFolder, subject: string): TestSubject {
    return this.all(folder).find(other => other.subject === subject) ?? { subject, color: 'blue' };
  }

  /** Letters and colors of the subjects, the same wherever they appear. */
  marks(folder: vscode.WorkspaceFolder): PanelMark[] {
    return this.all(folder).map(({ subject, color }, index) => ({
      subject,
      color,
      mark: String.fromCharCode('A'.charCodeAt(0) + (index % 26)),
    }));
  }

  async add(folder: vscode.WorkspaceFolder, subject: string): Promise<void> {
    const known = this.all(folder);
    const more = withSubject(known, subject);
    if (more !== known) await this.#store(folder, more);
  }

  /** Puts what is known of a subject in the place of what was. */
  async change(folder: vscode.WorkspaceFolder, changed: TestSubject): Promise<void> {
    await this.#store(
      folder,
      this.all(folder).map(other => (other.subject === changed.subject ? changed : other)),
    );
  }

  async remove(folder: vscode.WorkspaceFolder, subject: string): Promise<void> {
    await this.#store(
      folder,
      this.all(folder).filter(other => other.subject !== subject),
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #store(folder: vscode.WorkspaceFolder, subjects: readonly TestSubject[]): Promise<void> {
    await this.memento.update(keyOf(folder), subjects);
    this.#changed.fire();
  }
}

function keyOf(folder: vscode.WorkspaceFolder): string {
  return `subjects ${folder.uri.toString()}`;
}
