import assert from 'node:assert/strict';
import { readAnswer, type Answer } from '../../../src/checklist/answer';
import { fromEvidence } from '../../../src/checklist/explain-answer';
import { isAsExpected, isStopped } from '../../../src/checklist/explain-decisive';
import { exchangeOf, type Request } from '../../../src/checklist/gateway-client';
import {
  affects,
  creates,
  refusesByPolicy,
  rollsBack,
  shows,
  stopsAtCast,
  stopsAtNull,
} from '../../../src/checklist/ideal';
import { outcomeOf } from '../../../src/checklist/outcome';
import { ANSWERS, type Answering } from '../../support/answering-gateway';

const GET: Request = { method: 'GET', table: 'notes', as: 'ann', ideal: shows([]) };

describe('the evidence of an answer', () => {
  for (const [name, answering] of Object.entries<Answering>(ANSWERS)) {
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE'] as const) {
      it(`tells what the answer told: ${name}, to ${method}`, async () => {
        const response = answering({ method, path: '/notes', subject: 'ann', body: '' });
        const answer: Answer | undefined = response && (await readAnswer(response));
        const { evidence } = exchangeOf(
          { ...GET, method },
          answer ?? { status: null, reason: 'unreachable', message: 'ECONNREFUSED' },
          1,
        );
        const read = fromEvidence(evidence);
        if (!answer) {
          assert.deepEqual(
            [read.status, read.noAnswer, read.message],
            [undefined, 'unreachable', 'ECONNREFUSED'],
          );
          return;
        }
        assert.deepEqual(
          [read.status, read.code, read.rows],
          [answer.status, answer.code, answer.rows?.length],
        );
        // PostgREST says of a missing or second object in the details alone which it is.
        if (answer.code === 'PGRST116') assert.equal(read.details, answer.details);
        else if (answer.status >= 400) assert.equal(read.message, answer.message);
        // Rows say it by themselves.
        else if (!answer.rows) assert.equal(read.total, answer.total);
        if (answer.by === 'gateway') assert.equal(read.by, 'gateway');
      });
    }
  }

  it('tells of a body what it shows, one row or many, and who asked', () => {
    const sent = (
      body: Request['body'],
      as: Request['as'] = 'ann',
    ): ReturnType<typeof fromEvidence>['request'] =>
      fromEvidence(
        exchangeOf(
          {
            ...GET,
            method: 'POST',
            as,
            shown: ['owner_id'],
            cast: { column: 'owner_id', type: 'uuid' },
            ...(body && { body }),
          },
          { status: 201, by: 'postgrest' },
          1,
        ).evidence,
      ).request;
    const one = sent({ owner_id: 'a "quoted", one', body: 'secret', done: null });
    assert.deepEqual(one.row, { owner_id: 'a "quoted", one', body: '…', done: null });
    assert.deepEqual(
      [one.table, one.verb, one.path, one.hasToken],
      ['notes', 'insert', '/notes?select=owner_id::uuid', true],
    );
    assert.deepEqual(sent([{ owner_id: 'ann', body: 'x' }, { owner_id: 'bob' }]).row, {
      owner_id: 'ann',
      body: '…',
    });
    assert.equal(sent(undefined).row, undefined);
    const tokens = (['empty', 'garbage', 'expired', 'no-sub'] as const).map(
      fault => sent(undefined, { subject: 'ann', fault }).hasToken,
    );
    assert.deepEqual(tokens, [false, true, true, true]);
  });

  it('is as expected where it is what a check wants, and stopped where the run takes it for that', async () => {
    const wanted = [
      shows([]),
      shows([{ id: 1 }]),
      creates(),
      affects(0),
      affects(1),
      refusesByPolicy(),
      stopsAtNull('body'),
      rollsBack(2),
    ];
    for (const ideal of [...wanted, stopsAtCast('x')]) {
      const request = {
        ...GET,
        ideal,
        ...(ideal.words.includes('cast') && { cast: { column: 'body', type: 'uuid' } }),
      };
      const { evidence } = exchangeOf(request, ideal.answer, 1);
      assert.ok(isAsExpected(evidence), ideal.words);
      for (const other of wanted.filter(({ words }) => words !== ideal.words)) {
        const isLike = /stopped|rolled/.test(ideal.words) && /stopped|rolled/.test(other.words);
        const told = exchangeOf(request, other.answer, 1).evidence;
        assert.equal(isAsExpected(told), isLike, `${ideal.words} and ${other.words}`);
      }
    }
    for (const answering of Object.values<Answering>(ANSWERS)) {
      const response = answering({ method: 'POST', path: '/notes', subject: 'ann', body: '' });
      if (!response) continue;
      const exchange = exchangeOf(
        { ...GET, method: 'POST', cast: { column: 'body', type: 'uuid' } },
        await readAnswer(response),
        1,
      );
      assert.equal(isStopped(exchange.evidence), outcomeOf(exchange).kind === 'stopped');
    }
  });
});
