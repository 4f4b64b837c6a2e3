import { type HostConsole } from './host-console';
import { type Profile } from './profile';
import { type Settings } from './quiet-settings';

/** Everything a host needs to know about one run of the suite; all paths are absolute. */
export interface HostTestPlan {
  readonly profile: Profile;
  /** Folder of the extension that is under test, when {@link vsix} is not. */
  readonly extension: string;
  readonly vsix: string | undefined;
  /** The compiled suite, which exports `run()`. */
  readonly tests: string;
  readonly workspace: string | undefined;
  readonly settings: Settings;
  /** Environment of the tests. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds for the whole run. */
  readonly timeout: number;
  readonly console: HostConsole;
  readonly log: (line: string) => void;
}

/** What a host can say when the suite left no report. */
export interface HostEnd {
  readonly reason?: string;
}
