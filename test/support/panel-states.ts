import { CHECK_FACTS, type CheckId } from '../../src/checklist/check-ids';
import type { CheckResult, ChecklistReport, Evidence, Verdict } from '../../src/checklist/verdict';
import { NEVER, type ChecklistRun } from '../../src/editor/checklist/checklist-run';
import type { ResultCause } from '../../src/editor/panel/panel-matrix';
import { panelChecklist } from '../../src/editor/panel/panel-state';
import type { PanelMark, PanelState } from '../../src/panel/messages';

export const MARKS: readonly PanelMark[] = [
  { subject: '104923', mark: 'A', color: 'blue' },
  { subject: 'ann@example.com', mark: 'B', color: 'yellow' },
];

/** A request that was answered. */
export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    method: 'POST',
    path: '/notes?columns=owner_id,body',
    as: '104923',
    body: '{"owner_id":"ann@example.com","body":"…"}',
    headers: ['Prefer: return=minimal'],
    expected: '403 with 42501',
    status: 201,
    code: null,
    answer: 'accepted',
    control: false,
    milliseconds: 42,
    ...changes,
  };
}

/** One result; a pass unless told otherwise. */
export function result(table: string, check: CheckId, changes: Partial<CheckResult> = {}): CheckResult {
  const { verb, actor } = CHECK_FACTS[check];
  return {
    table,
    check,
    verb,
    actor,
    verdict: 'pass',
    cause: null,
    message: 'Answered as it must be.',
    advice: '',
    evidence: [evidence({ path: `/${table}`, status: 403, code: '42501', answer: 'refused' })],
    ...changes,
  };
}

export const FORGED: Partial<CheckResult> = {
  verdict: 'fail',
  cause: 'policy',
  message: 'Accepted. The insert policy does not tie owner_id to the subject.',
  advice: 'Add with check (owner_id = auth.uid()) to the insert policy.',
  evidence: [
    evidence({ body: '{"owner_id":"104923","body":"…"}', expected: '201', control: true }),
    evidence(),
  ],
};

const EACH: readonly CheckId[] = [
  'signed-out',
  'expired-token',
  'signed-out-insert',
  'signed-out-update',
  'signed-out-delete',
  'read-own',
  'cross-read',
  'insert-own',
  'forged-insert',
  'update-own',
  'update-other',
  'delete-own',
  'delete-other',
];

const SHARED: readonly CheckId[] = ['shared-read', 'shared-insert', 'shared-update', 'shared-delete'];
const APP: readonly CheckId[] = ['app-signed-out', 'app-own-rows', 'app-other-rows'];

/** Results of three kinds: tables of owners, a shared one, the app's route; one insert is let through. */
export function someResults(tables: readonly string[] = ['notes']): CheckResult[] {
  return [
    ...tables.flatMap(table => EACH.map(check => result(table, check))),
    ...SHARED.map(check => result('countries', check)),
    ...APP.map(check => result('/api/my-notes', check)),
  ].map(one =>
    one.table === tables[0] && one.check === 'forged-insert'
      ? { ...one, ...FORGED }
      : one.table === tables[0] && one.check === 'update-other'
        ? {
            ...one,
            verdict: 'unknown' satisfies Verdict,
            cause: 'not-askable',
            message: 'No-write mode cannot ask this: every column has a default.',
            advice: 'Run in full mode on the local Flux to settle it.',
          }
        : one,
  );
}

/** A run that ended, with the report of its results. */
export function doneRun(results: readonly CheckResult[], changes: Partial<ChecklistRun> = {}): ChecklistRun {
  const report: ChecklistReport = {
    runId: 'r1',
    url: 'http://127.0.0.1:1',
    engine: 'v2_shared',
    mode: 'no-write',
    subjects: ['104923', 'ann@example.com'],
    started: '2026-01-01T12:00:00Z',
    seconds: 3.1,
    requestSeconds: 9.4,
    requests: 46,
    waits: [],
    results,
    notChecked: [],
    rows: { created: 4, removed: 4, left: [], byTable: [] },
    cancelled: false,
  };
  const names = [...new Set(results.map(({ table }) => table))];
  return {
    ...NEVER,
    state: 'done',
    mode: 'no-write',
    url: report.url,
    tables: names.map(table => {
      const checks = results.filter(one => one.table === table).length;
      return { table, shared: table === 'countries', finished: checks, checks };
    }),
    subjects: ['104923', 'ann@example.com'],
    results,
    report,
    ended: new Date('2026-01-01T12:04:00'),
    seconds: 3.1,
    ...changes,
  };
}

export const CAUSE: ResultCause = {
  place: { file: 'flux-rls.sql', line: 24, label: 'notes_owner_insert' },
  rules: ['policy-insert-unchecked'],
};

/** All that the page shows, of a project that lacks nothing. */
export function panelState(run: ChecklistRun = NEVER, changes: Partial<PanelState> = {}): PanelState {
  const now = Math.floor(Date.now() / 1000);
  return {
    trusted: true,
    project: {
      name: 'notes-app',
      engine: 'v2 shared',
      profile: null,
      rows: [
        {
          label: 'gateway',
          state: 'found',
          value: 'api--notes--1a2b3c4.flux.example',
          source: 'flux.json',
          note: '42 ms',
        },
        { label: 'schema', state: 'found', value: 't_5ecfa3ab72d1_api', source: '.env.local' },
        { label: 'secret', state: 'found', value: 'known', source: 'SecretStorage' },
        {
          label: 'app route',
          state: 'missing',
          value: 'not set',
          source: '',
          action: { label: 'Set…', command: 'fluxRls.setAppRoute' },
        },
      ],
      problems: [],
    },
    localFlux: 'stopped',
    subjects: [
      {
        ...MARKS[0]!,
        label: 'Owner',
        role: 'authenticated',
        claims: [],
        expiresAt: now + 252,
        lifetime: 300,
      },
      {
        ...MARKS[1]!,
        label: '',
        role: 'authenticated',
        claims: ['org_id'],
        expiresAt: now - 5,
        lifetime: 300,
      },
    ],
    checklist: panelChecklist(run, MARKS, one => (one.verdict === 'fail' ? CAUSE : undefined)),
    ...changes,
  };
}

/** The same state with these rows of the project missing. */
export function without(...labels: readonly string[]): PanelState {
  const state = panelState();
  return {
    ...state,
    project: {
      ...state.project!,
      rows: state.project!.rows.map(row =>
        labels.includes(row.label)
          ? {
              label: row.label,
              state: 'missing',
              value: 'not set',
              source: '',
              action:
                row.label === 'secret'
                  ? { label: 'Enter…', command: 'fluxRls.enterSecret' }
                  : { label: 'Set…', command: 'fluxRls.setGatewayUrl' },
            }
          : row,
      ),
    },
  };
}
