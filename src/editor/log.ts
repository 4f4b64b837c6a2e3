import * as vscode from 'vscode';
import { redact } from './redact';

/** The output channel "Flux RLS", made with the first line; secrets never get in. */
export class Log implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;

  info(message: string): void {
    this.#open().info(redact(message));
  }

  error(message: string): void {
    this.#open().error(redact(message));
  }

  show(): void {
    this.#open().show();
  }

  dispose(): void {
    this.#channel?.dispose();
  }

  #open(): vscode.LogOutputChannel {
    return (this.#channel ??= vscode.window.createOutputChannel('Flux RLS', { log: true }));
  }
}
