import assert from 'node:assert/strict';
import { NEVER } from '../../../src/editor/checklist/checklist-run';
import { panelChecklist, panelProject, usualMilliseconds } from '../../../src/editor/panel/panel-state';
import { decidingRequest, repeatedByCurl, tokenNeeded } from '../../../src/editor/panel/repeat-request';
import type { FluxProject } from '../../../src/flux/project';
import { Secret } from '../../../src/flux/secret';
import { lifeInWords, secondsInWords } from '../../../src/panel/words';
import { doneRun, evidence, FORGED, MARKS, result, someResults } from '../../support/panel-states';

const PROJECT: FluxProject = {
  folder: '/app',
  name: 'notes-app',
  gatewayUrl: {
    value: 'https://api.flux.example',
    from: { kind: 'file', name: 'apiUrl', file: 'flux.json' },
  },
  engine: { value: 'v1_dedicated', from: { kind: 'file', name: 'mode', file: 'flux.json' } },
  schema: { value: 'api', from: { kind: 'setting', name: 'fluxRls.schema' } },
  jwtSecret: { value: new Secret('hidden-secret'), from: { kind: 'secret-storage', name: 'SecretStorage' } },
  files: [],
  problems: [],
};

describe('what the page shows of a project', () => {
  it('is all that is known, the secret only as known', () => {
    const shown = panelProject(PROJECT, { profile: 'staging', appRoute: '/api/my-notes', milliseconds: 42 });
    assert.deepEqual(
      shown.rows.map(({ label, state, value, note = '' }) => [label, state, value, note]),
      [
        ['gateway', 'found', 'api.flux.example', '42 ms'],
        ['schema', 'found', 'api', ''],
        ['secret', 'found', 'known', ''],
        ['app route', 'found', '/api/my-notes', ''],
      ],
    );
    assert.equal(shown.profile, 'staging');
    assert.ok(!JSON.stringify(shown).includes('hidden-secret'));
  });

  it('is a way to set what is missing', () => {
    const { folder, name, files, problems } = PROJECT;
    const shown = panelProject({ folder, name, files, problems }, { milliseconds: 42 });
    assert.deepEqual(
      shown.rows.map(({ state, action, note }) => [state, action?.command, note]),
      [
        ['missing', 'fluxRls.setGatewayUrl', undefined],
        ['missing', 'fluxRls.showProjectSettings', undefined],
        ['missing', 'fluxRls.enterSecret', undefined],
        ['missing', 'fluxRls.setAppRoute', undefined],
      ],
    );
  });

  it('measures the gateway by its answers, and not by those that never came', () => {
    const taken = (...times: number[]): number | undefined =>
      usualMilliseconds({
        results: [
          result('notes', 'signed-out', {
            evidence: [
              ...times.map(milliseconds => evidence({ milliseconds })),
              evidence({ milliseconds: 9000, status: null }),
            ],
          }),
          result('/api', 'app-own-rows', { evidence: [evidence({ milliseconds: 7000 })] }),
        ],
      });
    assert.equal(taken(10, 41.6, 900), 42);
    assert.equal(taken(), undefined);
  });
});

describe('what the page shows of a run', () => {
  it('counts verdicts, requests and rows', () => {
    const run = doneRun(someResults());
    const shown = panelChecklist(run, MARKS);
    assert.deepEqual(shown.counts, { pass: 18, fail: 1, unknown: 1, skipped: 0 });
    assert.deepEqual(
      [shown.requests, shown.seconds, shown.requestSeconds, shown.mode],
      [46, 3.1, 9.4, 'no-write'],
    );
    assert.deepEqual(shown.rows, { created: 4, removed: 4, left: [] });
    assert.match(shown.ranAt, /12.04/);
  });

  it('gives stand-ins the first letters and colors, and known subjects their own', () => {
    const marks = (subjects: string[]): string[] =>
      panelChecklist({ ...NEVER, subjects }, MARKS).subjects.map(
        ({ subject, mark, color }) => `${subject} ${mark} ${color}`,
      );
    assert.deepEqual(marks(['x', 'y']), ['x A blue', 'y B yellow']);
    assert.deepEqual(marks(['ann@example.com', '104923']), ['ann@example.com B yellow', '104923 A blue']);
  });
});

describe('a check’s request, repeated', () => {
  it('is the one that decided, with the token as a variable', () => {
    const asked = decidingRequest({ evidence: FORGED.evidence! })!;
    assert.equal(asked.control, false);
    assert.equal(tokenNeeded(asked), '104923');
    assert.equal(
      repeatedByCurl(asked, 'http://h:1/', PROJECT),
      `curl -i -X POST 'http://h:1/notes?columns=owner_id,body' -H "Authorization: Bearer $FLUX_TOKEN" -H 'Content-Profile: api' -H 'Content-Type: application/json' -H 'Prefer: return=minimal' -d '{"owner_id":"ann@example.com","body":"…"}'`,
    );
  });

  it('has no token where none was sent', () => {
    const asked = evidence({ method: 'GET', path: '/notes', as: 'nobody', body: '', headers: [] });
    assert.equal(tokenNeeded(asked), undefined);
    assert.equal(
      repeatedByCurl(asked, 'http://h', PROJECT),
      "curl -i 'http://h/notes' -H 'Accept-Profile: api'",
    );
    assert.equal(tokenNeeded({ ...asked, as: 'nobody (expired token)' }), 'nobody (expired token)');
  });
});

describe('words of the page', () => {
  it('say times as people do', () => {
    assert.deepEqual([3.14, 59.9, 61, 125].map(secondsInWords), [
      '3.1 s',
      '59.9 s',
      '1 min 1 s',
      '2 min 5 s',
    ]);
    assert.deepEqual([-1, 0, 1, 252, 3600].map(lifeInWords), [
      'expired',
      'expired',
      '0:01',
      '4:12',
      '1 h 0 min',
    ]);
  });
});
