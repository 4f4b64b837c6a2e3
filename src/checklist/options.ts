import type { Engine } from '../flux/engine';
import type { CheckId } from './check-ids';
import type { Diagnosis } from './diagnose';
import type { ClientOptions } from './gateway-client';
import type { JournalStore } from './journal-store';
import type { Sweep } from './row-journal';
import type { ChecklistPlan, GivenValues } from './table-plan';
import type { CheckResult, Mode } from './verdict';

export interface ChecklistOptions extends ClientOptions {
  /** Found out from the first answer when left out. */
  readonly engine?: Engine | undefined;
  readonly plan: ChecklistPlan;
  /** Two different subjects. */
  readonly subjects: readonly [string, string];
  readonly mode: Mode;
  readonly given?: GivenValues;
  /** Kept in memory when left out: then nothing can be cleaned up by another process. */
  readonly journal?: JournalStore;
  /** Removes rows past every policy; for the local Flux, whose database is at hand. */
  readonly sweep?: Sweep | undefined;
  /** Only these checks; all when left out. */
  readonly only?: readonly { readonly table: string; readonly check?: CheckId | undefined }[];
  /** The app's route, asked after the tables. */
  readonly app?: AppRoute | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a run is. Tables that have nothing to do with each other are asked side by side. */
export type Progress =
  | {
      readonly kind: 'planned';
      readonly tables: readonly { readonly table: string; readonly checks: number }[];
    }
  | { readonly kind: 'started'; readonly table: string; readonly check: CheckId }
  | { readonly kind: 'finished'; readonly result: CheckResult }
  /** The gateway asks for patience; the run goes on after the wait. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly seconds: number }
  | { readonly kind: 'cleaning' };

/** A route of the app that answers with the signed-in user's rows. Built by `app-route.ts`. */
export interface AppRoute {
  /** Path shown in results, `GET /api/my-notes`. */
  readonly name: string;
  /** The table whose rows it answers with; its plan tells the owner column. */
  readonly table: string;
  /** Asks the route as a subject, or signed out. */
  ask(subject: string | undefined, signal?: AbortSignal): Promise<AppAnswer>;
}

/** What the route said; problems of the app's own are recognized by name. */
export interface AppAnswer {
  readonly status: number | null;
  /** The rows of a JSON array; undefined when the answer is none. */
  readonly rows: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly message: string;
  readonly problem?: 'auth-secret-missing' | 'session-refused' | 'unreachable' | 'not-json' | 'redirected';
  /** Why the answer is no list of rows, and what to do about it. */
  readonly diagnosis?: Diagnosis;
  readonly milliseconds: number;
}
