import type { Engine } from '../../../src/flux/engine';
import { exampleFiles } from '../../../src/lint/docs';
import type { Example } from '../../../src/lint/rule';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { PushFailed } from '../../../src/stack/push';
import { ask, pushFiles, runSql, TEST_SCHEMA } from '../../support/local-flux';

/** How a rule's symptom is looked for on a running Flux, and what is seen. */
export interface Observation {
  /** Pushes an example and says in a few words what came of it. */
  readonly observe: (flux: LocalFlux, example: Example) => Promise<string>;
  /** What the bad example does; per engine where it differs, without those on which the rule is off. */
  readonly bad: string | Readonly<Partial<Record<Engine, string>>>;
  readonly good: string | Readonly<Partial<Record<Engine, string>>>;
}

/** Observations by rule id. */
export type Observations = Readonly<Record<string, Observation>>;

/** Pushes first; a refused push is what is seen. */
export function afterPush(look: (flux: LocalFlux) => Promise<string>): Observation['observe'] {
  return async (flux, example) => {
    try {
      await pushFiles(flux, exampleFiles(example));
    } catch (error) {
      if (!(error instanceof PushFailed)) throw error;
      return `refused ${error.code ?? ''} ${error.reason.split(' on RLS-disabled')[0] ?? ''}`;
    }
    return look(flux);
  };
}

/** What ann sees of a table that holds a row of bob. */
export async function asAnnBesideBob(flux: LocalFlux): Promise<string> {
  await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('bob')`);
  return answer(flux, '/notes', { as: 'ann' });
}

export async function answer(
  flux: LocalFlux,
  path: string,
  request: Parameters<typeof ask>[2],
): Promise<string> {
  const { status, code, message, body } = await ask(flux, path, request);
  if (code !== undefined) return `${status} ${code} ${message ?? ''}`;
  if (!Array.isArray(body)) return String(status);
  const owners = (body as { owner_id: string }[]).map(row => row.owner_id).sort();
  return `${status} ${owners.length === 0 ? '0 rows' : owners.join(', ')}`;
}

/** For symptoms of the push itself: what was said when it was refused, or `pushed`. */
export const pushOnly: Observation['observe'] = afterPush(() => Promise.resolve('pushed'));
