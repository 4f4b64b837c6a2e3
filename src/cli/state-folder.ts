import { homedir } from 'node:os';
import path from 'node:path';
import type { Terminal } from './io';

const NAME = 'flux-rls';

/**
 * The folder where a program keeps what outlives it and is no setting.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 * @param platform as `process.platform` tells it
 */
export function stateFolder(
  { LOCALAPPDATA, XDG_STATE_HOME, HOME, USERPROFILE }: Terminal['environment'],
  platform: string,
): string {
  if (platform === 'win32') {
    const local = LOCALAPPDATA ?? path.win32.join(USERPROFILE ?? homedir(), 'AppData', 'Local');
    return path.win32.join(local, NAME);
  }
  // A relative path is invalid by the specification, and would put the journal into the project.
  if (XDG_STATE_HOME && path.posix.isAbsolute(XDG_STATE_HOME)) return path.posix.join(XDG_STATE_HOME, NAME);
  const home = HOME ?? homedir();
  return platform === 'darwin'
    ? path.posix.join(home, 'Library', 'Application Support', NAME)
    : path.posix.join(home, '.local', 'state', NAME);
}
