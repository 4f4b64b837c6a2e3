import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { CHECK_FACTS, type CheckId } from '../../src/checklist/check-ids';
import type { ChecklistReport, CheckResult, Evidence, Verdict } from '../../src/checklist/verdict';
import { REPOSITORY } from './local-flux';

/** A result as a check gives it, with the verb and the actor of its check. */
export function resultOf(
  table: string,
  check: CheckId,
  verdict: Verdict,
  rest: Partial<CheckResult> = {},
): CheckResult {
  const { verb, actor } = CHECK_FACTS[check];
  const message = verdict === 'pass' ? 'As it must be.' : 'Not as it must be.';
  return { table, check, verb, actor, verdict, cause: null, message, advice: '', evidence: [], ...rest };
}

/** A request with its answer. */
export function evidenceOf(rest: Partial<Evidence> = {}): Evidence {
  return {
    method: 'GET',
    path: '/notes',
    as: 'ann',
    body: '',
    headers: [],
    expected: '',
    status: 200,
    code: null,
    answer: '1 row',
    control: false,
    milliseconds: 12.5,
    ...rest,
  };
}

/** A text that would break out of every format, were it not escaped. */
export const HOSTILE =
  'a|b `c` ``` <img src=x onerror="alert(1)"> & ]]> \u0000\u001b[31m\u009b2J "q" 🦊 *b* [l](http://x)\r\n# no heading';

/** A report with every verdict, a door, a row that was left, waits, and texts that nobody should trust. */
export function richReport(rest: Partial<ChecklistReport> = {}): ChecklistReport {
  return {
    runId: '1a2b3c4d',
    url: 'http://127.0.0.1:54321',
    engine: 'v2_shared',
    mode: 'full',
    subjects: ['ann', 'bob'],
    started: '2026-03-04T12:04:05.000Z',
    seconds: 3.14,
    requestSeconds: 9.4,
    requests: 5,
    waits: [{ reason: 'The gateway limits requests (429)', times: 2, seconds: 61 }],
    results: [
      resultOf('notes', 'signed-out', 'pass', {
        message: 'Without a token: 401.',
        evidence: [evidenceOf({ as: 'nobody', status: 401, answer: 'missing bearer token' })],
      }),
      resultOf('notes', 'read-own', 'pass', { evidence: [evidenceOf()] }),
      resultOf('notes', 'forged-insert', 'fail', {
        cause: 'policy',
        message: 'Accepted.',
        advice: 'Tie owner_id to the subject.',
        evidence: [
          evidenceOf({ method: 'POST', status: 201, answer: 'no body', control: true }),
          evidenceOf({
            method: 'POST',
            body: '{"owner_id":"bob","title":"…"}',
            headers: ['Prefer: return=minimal'],
            expected: '403 with 42501',
            status: 201,
            answer: 'no body',
          }),
        ],
      }),
      resultOf('notes', 'view-read', 'fail', {
        through: 'all_notes',
        cause: 'bypassing-door',
        message: HOSTILE,
        advice: HOSTILE,
        evidence: [evidenceOf({ path: '/all_notes?select=*', answer: HOSTILE, code: 'XX000', status: 500 })],
      }),
      resultOf('notes', 'delete-own', 'unknown', {
        cause: 'timeout',
        message: 'The gateway gave no answer within 12 s.',
        advice: 'Try again; a cold project takes longer once.',
        evidence: [evidenceOf({ method: 'DELETE', status: null, answer: 'no answer within 12 s' })],
      }),
      resultOf('countries', 'shared-insert', 'pass'),
      resultOf('countries', 'shared-delete', 'skipped', {
        cause: 'not-askable',
        message: 'No-write mode has no request that could tell.',
      }),
      resultOf('GET /api/my-notes', 'app-own-rows', 'pass'),
    ],
    notChecked: [{ table: 'audit_log', reason: 'no role that requests have may use it' }],
    rows: {
      created: 3,
      removed: 2,
      byTable: [{ table: 'notes', created: 3, removed: 2 }],
      left: [{ table: 'notes', key: 'id=1', owner: 'bob', reason: 'no policy lets its owner delete it' }],
    },
    cancelled: false,
    ...rest,
  };
}

const SCHEMA = path.join(REPOSITORY, 'test/support/checklist-report.schema.json');

let validator: ValidateFunction | undefined;

/** What the schema of the JSON report, version 2, objects to; empty for a valid one. */
export function jsonReportObjections(json: string): string[] {
  const validate = (validator ??= addFormats(new Ajv({ allErrors: true, allowUnionTypes: true })).compile(
    JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
  ));
  validate(JSON.parse(json));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}
