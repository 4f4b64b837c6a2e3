import assert from 'node:assert/strict';
import { EXEMPT, FOR_ALL_ROLES, NOTES, OWN, READS, routine } from '../../support/routine-sql';
import { ruleCases } from '../../support/rule-cases';
import { findings } from '../../support/sql';

const CLOSED = 'revoke execute on function f from public;\n';
const GRANTED = 'grant execute on function f to authenticated;\n';

ruleCases('function-definer-exposed', [
  ['is about functions for everybody', `${NOTES}${OWN}${routine(READS)}`, ['error f'], ['warning f']],
  ['that write', `${NOTES}${OWN}${routine('delete from notes returning *')}`, ['error f'], ['warning f']],
  [
    'that cannot be read',
    "create function f(t text) returns void language plpgsql security definer as $$ begin execute 'drop table ' || t; end $$;",
    ['error f'],
    ['warning f'],
  ],
  [
    'says less of those that ask for the subject',
    `${NOTES}${OWN}${routine(`${READS} where owner_id = auth.uid()`)}`,
    ['info f'],
  ],
  ['is silent after REVOKE', `${NOTES}${OWN}${routine(READS)}${CLOSED}${GRANTED}`, []],
  ['of ALL as well', `${NOTES}${OWN}${routine(READS)}revoke all on function f() from public;`, []],
  [
    'but not after a REVOKE from the signed-out alone',
    `${NOTES}${OWN}${routine(READS)}revoke execute on function f from anon;`,
    ['error f'],
    ['warning f'],
  ],
  [
    'nor after GRANT TO PUBLIC',
    `${NOTES}${OWN}${routine(READS)}${CLOSED}grant execute on function f to public;`,
    ['error f'],
    ['warning f'],
  ],
  [
    'on triggers',
    `${NOTES}create function f() returns trigger language plpgsql security definer as $$ begin insert into notes values (null, '', ''); return new; end $$;`,
    [],
  ],
  [
    'on what computes only',
    'create function f(a int) returns int language sql security definer as $$ select a + 1 $$;',
    [],
  ],
  ['on other schemas', `${NOTES}${OWN}${routine(READS, 'security definer', 'private.f()')}`, []],
  ['and on SECURITY INVOKER', `${NOTES}${OWN}${routine(READS, 'stable')}`, []],
]);

const TRUSTS = 'function-definer-trusts-argument';
const BY = 'f(who text)';
const OF_WHO = `${READS} where owner_id = who`;
const definer = (body: string, name = BY): string =>
  routine(body, 'security definer set search_path from current', name);
ruleCases(TRUSTS, [
  ['is about owners by argument', `${NOTES}${OWN}${definer(OF_WHO)}`, ['warning who'], []],
  [
    'where the owner of the table gets its rows',
    `${NOTES}${EXEMPT}${OWN}${definer(OF_WHO)}`,
    ['warning who'],
  ],
  ['by number', `${NOTES}${OWN}${definer(`${READS} n where $1 = n.owner_id`)}`, ['warning $1'], []],
  [
    'with the name of the function',
    `${NOTES}${OWN}${definer(`${READS} where owner_id = f.who::text`)}`,
    ['warning f.who::text'],
    [],
  ],
  [
    'inserted',
    `${NOTES}${OWN}${definer('insert into notes (id, owner_id) values (gen_random_uuid(), who) returning *')}`,
    ['warning who'],
    [],
  ],
  [
    'inserted by SELECT',
    `${NOTES}${OWN}${definer('insert into notes (owner_id, id) select who, gen_random_uuid() returning *')}`,
    ['warning who'],
    [],
  ],
  [
    'in UPDATE',
    `${NOTES}${OWN}${definer("update notes set body = '' where owner_id = who returning *")}`,
    ['warning who'],
    [],
  ],
  [
    'in PL/pgSQL',
    `${NOTES}${OWN}create function f(who text) returns void language plpgsql security definer as $$ begin delete from notes where owner_id = who; end $$;`,
    ['warning who'],
    [],
  ],
  [
    'is silent where the subject is asked for',
    `${NOTES}${OWN}${definer(`${OF_WHO} and who = auth.uid()`)}`,
    [],
  ],
  ['on other columns', `${NOTES}${OWN}${definer(`${READS} where body = who`)}`, []],
  [
    'on columns that are called like the argument',
    `${NOTES}${OWN}${definer(`${READS} where owner_id = body`, 'f(body text)')}`,
    [],
  ],
  ['on functions that requests may not call', `${NOTES}${OWN}${definer(OF_WHO)}${CLOSED}`, []],
  ['and on SECURITY INVOKER', `${NOTES}${OWN}${routine(OF_WHO, 'stable', BY)}`, []],
]);

const FORCED = 'function-definer-writes-forced';
const writer = (body: string): string =>
  `create function f() returns trigger language plpgsql security definer set search_path from current as $$ begin ${body}; return new; end $$;`;
const INSERT = "insert into notes (id, owner_id) values (gen_random_uuid(), 'ann')";
ruleCases(FORCED, [
  [
    'is about writes that no policy lets the owner make',
    `${NOTES}${OWN}${writer(INSERT)}`,
    [],
    ['error notes'],
  ],
  [
    'of every kind',
    `${NOTES}${OWN}${writer("update notes set body = ''; delete from notes")}`,
    [],
    ['error notes', 'error notes'],
  ],
  ['of a table without policies', `${NOTES}${writer(INSERT)}`, [], ['error notes']],
  ['is silent on policies for every role', `${NOTES}${FOR_ALL_ROLES}${writer(INSERT)}`, []],
  [
    'of the verb',
    `${NOTES}create policy r on notes for select using (true); ${writer(INSERT)}`,
    [],
    ['error notes'],
  ],
  ['on tables kept out of FORCE', `${NOTES}${EXEMPT}${OWN}${writer(INSERT)}`, []],
  ['on tables without row security', `create table notes (id uuid, owner_id text); ${writer(INSERT)}`, []],
  ['on tables made elsewhere', `${OWN}${writer(INSERT)}`, []],
  ['on reads', `${NOTES}${OWN}${writer('perform 1 from notes')}`, []],
  ['and on SECURITY INVOKER', `${NOTES}${OWN}${writer(INSERT).replace('definer', 'invoker')}`, []],
]);

describe(FORCED, () => {
  it('does not write over a comment', async () => {
    const sql = `${NOTES}${OWN}comment on table notes is 'What people write down'; ${writer(INSERT)}`;
    const finding = (await findings(sql)).find(({ rule }) => rule === FORCED);
    assert.ok(finding);
    assert.equal(finding.fix, undefined);
  });
});
