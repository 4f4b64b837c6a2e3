/** What is needed of a terminal. */
interface Screen {
  readonly columns: number;
  write(text: string): unknown;
}

/** Writes lines over one another at the bottom of a terminal; an empty one takes the last away. */
export function statusLine(screen: Screen): (line: string) => void {
  return line => {
    // A line that breaks could not be taken away again.
    screen.write(`\r\u001b[2K${line.slice(0, Math.max(0, screen.columns - 1))}`);
  };
}
