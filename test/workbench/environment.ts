/** Variables of a surrounding VS Code or Node that would steer the one started here. */
const FOREIGN = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|XDG_RUNTIME_DIR$)/;

/** The environment for a VS Code that knows no marketplace, with `extra` on top. */
export function vsCodeEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...extra };
}
