import { EXEMPT, FOR_ALL_ROLES, NOTES, OWN, READS, routine } from '../../support/routine-sql';
import { ruleCases } from '../../support/rule-cases';

ruleCases('view-not-invoker', [
  [
    'is about views over tables with row security',
    `${NOTES}${OWN}create view v as ${READS};`,
    ['error v'],
    ['warning v'],
  ],
  [
    'and over other views',
    `${NOTES}${OWN}create view v with (security_invoker) as ${READS}; create view w as select * from v;`,
    ['error w'],
    ['warning w'],
  ],
  [
    'knows policies for every role',
    `${NOTES}${FOR_ALL_ROLES}create view v as ${READS};`,
    ['error v'],
    ['info v'],
  ],
  [
    'knows tables that are kept out of FORCE',
    `${NOTES}${EXEMPT}${OWN}create view v as ${READS};`,
    ['error v'],
    ['error v'],
  ],
  [
    'sees a partitioned table, which no push forces',
    `create table notes (owner_id text) partition by list (owner_id); alter table notes enable row level security; ${OWN}create view v as ${READS};`,
    ['error v'],
  ],
  [
    'tells a view that filters by itself',
    `${NOTES}${OWN}create view v as ${READS} where owner_id = auth.uid();`,
    ['warning v'],
    ['warning v'],
  ],
  [
    'finds a hidden view behind one that reads as the caller',
    `${NOTES}${OWN}create view private.v as ${READS}; grant select on private.v to authenticated; create view w with (security_invoker) as select * from private.v;`,
    ['error v'],
    ['warning v'],
  ],
  [
    'leaves a hidden view alone',
    `${NOTES}${OWN}create view private.v as ${READS}; grant select on private.v to authenticated;`,
    [],
  ],
  [
    'reports the outer one of two only',
    `${NOTES}${OWN}create view private.v as ${READS}; create view w as select * from private.v;`,
    ['error w'],
    ['warning w'],
  ],
  ['is silent on tables without row security', `create table notes (id int); create view v as ${READS};`, []],
  ['and on tables made elsewhere', `create view v as ${READS};`, []],
  ['but not where policies tell', `${OWN}create view v as ${READS};`, ['error v'], []],
  [
    'is silent where nobody may read',
    `${NOTES}${OWN}create view v as ${READS}; revoke all on v from authenticated, anon;`,
    [],
  ],
  [
    'sees that writing is left',
    `${NOTES}${OWN}create view v as ${READS}; revoke select on v from authenticated, anon; grant insert on v to authenticated;`,
    ['error v'],
    ['warning v'],
  ],
  [
    'follows ALTER VIEW',
    `${NOTES}${OWN}create view v as ${READS}; alter view v set (security_invoker = on);`,
    [],
  ],
  [
    'and RESET',
    `${NOTES}${OWN}create view v with (security_invoker) as ${READS}; alter view v reset (security_invoker);`,
    ['error v'],
    ['warning v'],
  ],
  [
    'leaves temporary and materialized views to others',
    `${NOTES}${OWN}create temp view v as ${READS}; create materialized view m as ${READS};`,
    [],
  ],
]);

const OVER = 'create view v with (security_invoker) as select * from f();';
ruleCases('view-calls-definer', [
  ['is about functions that read as their owner', `${NOTES}${OWN}${routine(READS)}${OVER}`, ['warning f()']],
  [
    'in any place of the query',
    `${NOTES}${OWN}create function f() returns bigint language sql security definer as $$ select count(*) from notes $$; create view v as select f() as n;`,
    ['warning f()'],
  ],
  [
    'is silent on functions that read as their caller',
    `${NOTES}${OWN}${routine(READS, 'stable')}${OVER}`,
    [],
  ],
  [
    'on those that ask for the subject',
    `${NOTES}${OWN}${routine(`${READS} where owner_id = auth.uid()`)}${OVER}`,
    [],
  ],
  ['on policies for every role', `${NOTES}${FOR_ALL_ROLES}${routine(READS)}${OVER}`, ['warning f()'], []],
  ['and on tables without row security', `create table notes (id int); ${routine(READS)}${OVER}`, []],
  [
    'follows ALTER FUNCTION',
    `${NOTES}${OWN}${routine(READS)}${OVER} alter function f() security invoker;`,
    [],
  ],
]);
