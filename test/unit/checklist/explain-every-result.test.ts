import assert from 'node:assert/strict';
import type { Cause } from '../../../src/checklist/diagnose';
import { explainResult } from '../../../src/checklist/explain-result';
import { explanationText } from '../../../src/checklist/explain-report';
import { planFromModel } from '../../../src/checklist/plan';
import { runChecklist } from '../../../src/checklist/run';
import {
  CHECK_FACTS,
  CHECK_IDS,
  MODES,
  type CheckResult,
  type Evidence,
} from '../../../src/checklist/verdict';
import { ENGINES, type Engine } from '../../../src/flux/engine';
import { Secret } from '../../../src/flux/secret';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { SchemaModel } from '../../../src/schema/model';
import { ANSWERS, answering, type Answering } from '../../support/answering-gateway';
import { GUIDE_SQL } from '../../support/guide-sql';
import { parseAll } from '../../support/sql';

const SQL = `${GUIDE_SQL}
create view my_notes as select * from notes;
create function list_notes() returns setof notes language sql stable as 'select * from notes';
create table items (id uuid primary key default gen_random_uuid(), owner_id text not null, note_id uuid references notes, body text not null);
alter table items enable row level security;
create policy items_own on items using (owner_id = auth.uid());
grant select, insert, update, delete on items to authenticated;
grant select on my_notes to authenticated;
create table countries (code text primary key, name text not null);
grant select on countries to authenticated;`;

/** Every cause there is; a new one does not compile without its line. */
const CAUSES: Readonly<Record<Cause, true>> = {
  policy: true,
  'rls-off': true,
  'missing-grant': true,
  'missing-schema-usage': true,
  'missing-sequence-grant': true,
  'missing-function-grant': true,
  'wrong-secret': true,
  'expired-token': true,
  'token-refused': true,
  'owner-type': true,
  'table-not-found': true,
  'wrong-schema': true,
  'stale-schema-cache': true,
  'column-missing': true,
  'policy-recursion': true,
  'row-not-made': true,
  'no-authentication': true,
  'gateway-unreachable': true,
  'gateway-error': true,
  timeout: true,
  'rate-limited': true,
  'not-flux': true,
  cancelled: true,
  'differs-from-sql': true,
  'parent-not-checked': true,
  'owner-default': true,
  'bypassing-door': true,
  'no-row': true,
  'not-askable': true,
  'auth-secret-missing': true,
  'session-refused': true,
  'app-unreachable': true,
};

/** What keeps a result from being explained; empty for nothing. */
function objections(result: CheckResult, engine: Engine, model: SchemaModel): string[] {
  const explained = explainResult(result, { engine, model, now: 0 });
  const { summary, answeredBy, causes, proof } = explained;
  const text = explanationText(explained);
  const said = `${result.check} ${result.verdict} ${result.cause ?? ''}`;
  const wrong = (what: string): string => `${said}: ${what}\n${text}`;
  const found: string[] = [];
  if (!summary || !answeredBy) found.push(wrong('no summary'));
  if (/\bundefined\b|\[object|NaN|eyJ/.test(text)) found.push(wrong('an unread value'));
  if (result.verdict === 'pass') {
    if (causes.length > 0 || !proof?.endsWith('.')) found.push(wrong('no proof'));
    return found;
  }
  if (causes[0]?.id !== result.cause) found.push(wrong('does not begin with what the run found out'));
  for (const { title, why, confirm, fix } of causes) {
    if (![title, why, confirm, fix].every(part => part.trim() !== ''))
      found.push(wrong(`an empty part in ${title}`));
  }
  const ids = causes.map(({ id }) => id);
  if (new Set(ids).size < ids.length) found.push(wrong('a cause twice'));
  // What was let through was not refused by what the explanation is about.
  const isLeak =
    result.verdict === 'fail' &&
    ['policy', 'rls-off', 'bypassing-door', 'parent-not-checked'].includes(result.cause ?? '');
  if (isLeak && result.actor !== 'own' && result.actor !== 'all' && explained.layer !== 'none')
    found.push(wrong(`a leak, and ${explained.layer} refused it`));
  return found;
}

const { own } = ANSWERS;
const RUNS = ENGINES.flatMap(engine => MODES.map(mode => [engine, mode] as const));

describe('every result of the checklist', () => {
  let model: SchemaModel;

  before(async () => {
    model = modelFromStatements(await parseAll(SQL), { engine: 'v2_shared' });
  });

  async function run(
    engine: Engine,
    mode: (typeof MODES)[number],
    answer: Answering,
  ): Promise<readonly CheckResult[]> {
    const plans = ['notes', 'items', 'countries'].flatMap(table => planFromModel(model, table) ?? []);
    const shared = plans.map(plan => ({ ...plan, shared: plan.ownership.kind === 'nobody' }));
    const { results } = await runChecklist({
      gatewayUrl: 'https://demo.example',
      secret: new Secret('a-secret-that-signs-tokens-0123456789'),
      engine,
      mode,
      plan: { tables: shared, notChecked: [] },
      subjects: ['ann', 'bob'],
      fetch: answering(answer),
      now: () => 1_800_000_000,
      sleep: () => Promise.resolve(),
    });
    return results;
  }

  const seen = new Set<string>();
  for (const [turn, [engine, mode]] of RUNS.entries()) {
    it(`is explained, whatever answers which of its requests: ${engine}, ${mode}`, async () => {
      const wrong: string[] = [];
      for (const [index, answer] of Object.values(ANSWERS).entries()) {
        // Each pair is asked in one of the runs.
        for (const isOdd of ODD.filter((_, odd) => (index + odd) % RUNS.length === turn)) {
          const answers: Answering = received => (isOdd(received) ? answer : own)(received);
          const results = await run(engine, mode, answers).catch((error: unknown) => {
            // What is no gateway at all is told before the first check.
            assert.match(String(error), /^CannotRun/);
            return [];
          });
          for (const result of results) {
            seen.add(`${result.verdict} ${result.cause ?? ''}`);
            wrong.push(...objections(result, engine, model));
          }
        }
      }
      assert.deepEqual(wrong.slice(0, 3), []);
    }).timeout(60_000);
  }

  it('has been of many kinds', () => {
    assert.ok(seen.size > 30, [...seen].join('\n'));
  });

  it('is explained for every cause, with and without a request that led to it', () => {
    const wrong: string[] = [];
    const asked: Evidence = {
      method: 'POST',
      path: '/notes?select=owner_id,id::uuid',
      as: 'nobody (token: expired)',
      body: '[{"owner_id":"ann","body":…}, {"owner_id":null}]',
      headers: ['Prefer: return=minimal', 'Accept: application/vnd.pgrst.object+json'],
      expected: '401, refused',
      status: 403,
      code: '42501',
      answer: 'new row violates row-level security policy for table "notes"',
      control: true,
      milliseconds: 1,
    };
    for (const cause of Object.keys(CAUSES) as Cause[]) {
      for (const check of CHECK_IDS) {
        for (const verdict of ['fail', 'unknown', 'skipped'] as const) {
          for (const evidence of [[], [asked]]) {
            const { verb, actor } = CHECK_FACTS[check];
            const base = { table: 'notes', check, verb, actor, verdict, cause, evidence };
            const result: CheckResult = { ...base, message: 'It is so.', advice: '' };
            wrong.push(
              ...objections(result, 'v2_shared', model).filter(text => !text.includes(': a leak, ')),
            );
          }
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 3), []);
  });
});

/** Which requests are answered in another way than those of a project where all is well. */
const ODD: readonly ((received: Parameters<Answering>[0]) => boolean)[] = [
  () => true,
  ({ method }) => method === 'GET',
  ({ method }) => method === 'POST',
  ({ method }) => method === 'PATCH',
  ({ method }) => method === 'DELETE',
  ({ subject }) => subject === undefined,
  ({ subject }) => subject === 'bob',
  ({ path }) => path.includes('isdistinct'),
  ({ method, body }) => method === 'POST' && body.includes('bob'),
  ({ path }) => path.startsWith('/my_notes') || path.startsWith('/rpc/'),
  ({ method, path }) => method !== 'GET' && !path.includes('?'),
  ({ method, path }) => method !== 'GET' && path.includes('%3A%3A'),
];
