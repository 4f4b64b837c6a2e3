import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { LintService } from '../../src/editor/lint/lint-service';
import { PushReader } from '../../src/editor/lint/push-reader';
import { Pushes } from '../../src/editor/lint/pushes';
import { Log } from '../../src/editor/log';
import type { Projects } from '../../src/editor/project/projects';
import { LineIndex } from '../../src/sql/offsets';
import type { SourceFile } from '../../src/sql/source-file';
import { closeEditors, type, until } from './support';

/** Hands out the text of an untitled document as it was when it was asked for, but not before it is told to. */
class SlowReader extends PushReader {
  readonly waiting: { readonly signal: AbortSignal | undefined; readonly goOn: () => void }[] = [];

  override async parse(
    [uri]: readonly vscode.Uri[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<SourceFile[]> {
    if (uri!.scheme !== 'untitled') return [];
    const name = uri!.toString();
    const text = vscode.workspace.textDocuments.find(document => document.uri.toString() === name)!.getText();
    await new Promise<void>(goOn => this.waiting.push({ signal, goOn }));
    return [{ name, text, lines: new LineIndex(text), statements: [], errors: [], comments: [] }];
  }
}

describe('what was read of an older text [one folder]', () => {
  let reader: SlowReader;
  let pushes: Pushes;
  let linted: string[];
  const disposables: { dispose(): void }[] = [];

  beforeEach(() => {
    reader = new SlowReader();
    const projects = {
      onDidChange: new vscode.EventEmitter<void>().event,
      of: () => Promise.resolve(undefined),
    } as unknown as Projects;
    pushes = new Pushes(reader, projects);
    const log = new Log();
    const service = new LintService(pushes, log);
    linted = [];
    const listener = service.onDidLint(({ push }) => linted.push(push.files[0]!.text));
    disposables.push(listener, service, pushes, log);
  });
  afterEach(async () => {
    await closeEditors();
    for (const each of disposables.splice(0)) each.dispose();
  });

  it('is given up at the next key, shown to nobody, and read again', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'sql', content: 'select 1;' });
    const editor = await vscode.window.showTextDocument(document);
    const [first] = await until('the first reading', () => reader.waiting.length === 1 && reader.waiting);
    const stale = pushes.of(document);
    const settled = pushes.settled(document);
    await type(editor, '1', '2');
    assert.equal(first!.signal?.aborted, true);
    first!.goOn();
    assert.equal(await stale, undefined);
    const second = await until('the second reading', () => reader.waiting[1]);
    assert.equal(second.signal?.aborted, false);
    second.goOn();
    assert.equal((await settled)?.files[0]?.text, 'select 2;');
    await until('the findings', () => linted.length > 0);
    assert.deepEqual(linted, ['select 2;']);
    assert.equal(reader.waiting.length, 2, 'nothing is read twice for one text');
  });

  it('is not waited for by who has gone away', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'sql', content: 'select 3;' });
    const source = new vscode.CancellationTokenSource();
    const gone = pushes.settled(document, source.token);
    const reading = await until('the reading', () => reader.waiting[0]);
    source.cancel();
    reading.goOn();
    assert.equal(await gone, undefined);
  });

  it('is of no use to a document that was closed', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'sql', content: 'select 4;' });
    await vscode.window.showTextDocument(document);
    const reading = await until('the reading', () => reader.waiting[0]);
    const stale = pushes.of(document);
    await closeEditors();
    await until('it is given up', () => reading.signal?.aborted);
    reading.goOn();
    assert.equal(await stale, undefined);
    assert.deepEqual(linted, []);
  });
});
