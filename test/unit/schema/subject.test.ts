import assert from 'node:assert/strict';
import { readSubject } from '../../../src/schema/subject';
import { parseAll } from '../../support/sql';

async function read(expression: string): Promise<string | undefined> {
  const [file] = await parseAll(`select ${expression}`);
  const node = file!.statements[0]!.node;
  const target = 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined;
  const subject = readSubject(target && 'ResTarget' in target ? target.ResTarget.val : undefined);
  return subject && (subject.castTo ?? 'as text');
}

describe('subject expressions', () => {
  for (const spelling of [
    'auth.uid()',
    '(auth.uid())',
    '(select auth.uid())',
    'auth.uid()::text',
    '(select auth.uid())::varchar(64)',
    `current_setting('request.jwt.claims', true)::json->>'sub'`,
    `(current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::text`,
    `nullif(current_setting('request.jwt.claims', true), '')::json->>'sub'`,
    `nullif(current_setting('request.jwt.claims', true)::json->>'sub', '')`,
    `((select current_setting('request.jwt.claims', true))::json)->>'sub'`,
  ]) {
    it(`reads ${spelling}`, async () => {
      assert.equal(await read(spelling), 'as text');
    });
  }

  it('knows the cast around it', async () => {
    assert.equal(await read('auth.uid()::uuid'), 'uuid');
    assert.equal(await read('cast((select auth.uid()) as bigint)'), 'int8');
  });

  for (const other of [
    'uid()',
    'auth.role()',
    'auth.uid(1)',
    `current_setting('request.jwt.claims', true)::json->>'role'`,
    `current_setting('request.jwt.claims', true)::json->'sub'`,
    `current_setting('app.user_id')`,
    '(select auth.uid() from t)',
    'current_user',
  ]) {
    it(`does not take ${other} for the subject`, async () => {
      assert.equal(await read(other), undefined);
    });
  }
});
