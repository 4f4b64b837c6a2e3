import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { QUIET_SETTINGS, type Settings } from './quiet-settings';

/** A throw-away folder with everything that VS Code writes: data, extensions, temporary files. */
export class Profile {
  private constructor(readonly folder: string) {}

  /** VS Code makes sockets in here, and a socket's path may have about 100 characters: hence `/tmp` and one letter. */
  static async create(): Promise<Profile> {
    const parent = process.platform !== 'win32' && existsSync('/tmp') ? '/tmp' : tmpdir();
    const profile = new Profile(await mkdtemp(path.join(parent, 'vsc-')));
    await mkdir(profile.userDir, { recursive: true });
    await mkdir(profile.extensionsDir);
    await mkdir(profile.temporaryDir);
    return profile;
  }

  /** Of the server. */
  get dataDir(): string {
    return path.join(this.folder, 'd');
  }

  /** Where the server looks for what the desktop calls `--user-data-dir`. */
  get userDataDir(): string {
    return path.join(this.dataDir, 'data');
  }

  get extensionsDir(): string {
    return path.join(this.folder, 'e');
  }

  get temporaryDir(): string {
    return path.join(this.folder, 't');
  }

  get logFile(): string {
    return path.join(this.folder, 'server.log');
  }

  /** Has an effect at the next start: a running web workbench does not notice a change from outside. */
  async writeSettings(settings: Settings): Promise<void> {
    const content = JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2);
    await writeFile(path.join(this.userDir, 'settings.json'), content);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get userDir(): string {
    return path.join(this.userDataDir, 'User');
  }
}
