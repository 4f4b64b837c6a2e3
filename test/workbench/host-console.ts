import { format } from 'node:util';

/** Lines to keep for a run that fails. */
const KEPT = 300;

/** What VS Code itself says in every run of this kind. */
const NOISE = new RegExp(
  [
    /connection token|Creating a socket|reconnection-grace|\[remote-connection\]|\[Service Worker\]|\[AgentHost/,
    /AccountPolicyGate|authentication provider 'github'|DefaultAccount|builtin extensions|No search provider/,
    /chat-stt|workbench contribution|open-vsx/,
  ]
    .map(part => part.source)
    .join('|'),
);

/** The console of the extension host: printed at once when the run is verbose, else kept until something fails. */
export class HostConsole {
  private readonly lines: string[] = [];

  constructor(
    private readonly verbose: boolean,
    private readonly log: (line: string) => void,
  ) {}

  /** Takes the arguments of one call of `console`, as the page hands them over. */
  add(values: unknown): void {
    const text = format(...(Array.isArray(values) ? values : [values]).map(readable)).replace(/^/gm, '  | ');
    if (NOISE.test(text)) return;
    if (this.verbose) this.log(text);
    this.lines.push(text);
    if (this.lines.length > KEPT) this.lines.shift();
  }

  /** Prints what was kept, because something failed. */
  printKept(): void {
    if (this.verbose || this.lines.length === 0) return;
    this.log('\n  Console of the extension host:');
    for (const line of this.lines) this.log(line);
  }
}

/** Errors come as plain objects. */
function readable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('stack' in value && value.stack) return value.stack;
  if ('message' in value && value.message) return value.message;
  return JSON.stringify(value);
}
