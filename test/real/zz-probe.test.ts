import { ENGINES } from '../../src/flux/engine';
import { PushFailed } from '../../src/stack/push';
import { ask, localFlux, pushFiles, runSql, TEST_SCHEMA } from '../support/local-flux';
import { Database } from '../../src/database/connection';

const T = (type: string, rest = ''): string => `create table notes (id uuid primary key default gen_random_uuid(), owner_id ${type} not null, body text);
alter table notes enable row level security;
create policy r on notes for select to authenticated using (owner_id = auth.uid());
create policy w on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;${rest}`;
const LONG = 'x'.repeat(70);
describe('probe', () => {
  for (const engine of ENGINES) it(engine, async () => {
    const flux = await localFlux(engine);
    const q = async (sql: string): Promise<unknown> => { const d = await Database.connect(flux.databaseUrl); try { return (await d.query(sql)).rows; } finally { await d.close(); } };
    const push = async (name: string, ...texts: string[]): Promise<boolean> => {
      try { await pushFiles(flux, texts.map((text, i) => ({ name: `${i}.sql`, text }))); return true; }
      catch (e) { if (!(e instanceof PushFailed)) throw e; console.log(engine, name, 'REFUSED', e.code, e.reason); return false; }
    };
    for (const [type, sub] of [['char(36)', 'ann'], ['char(8)', 'annabella-long'], ['varchar(8)', 'annabella-long'], ['name', LONG], ['name','ann'], ['int','42'],['bpchar','ann'], ['citext','Ann']] as const) {
      if (!(await push(type, T(type)))) continue;
      const post = await ask(flux, '/notes', { as: sub, method: 'POST', body: { owner_id: sub }, headers: {prefer: 'return=representation'} });
      console.log(engine, type, post.status, JSON.stringify(post.body));
      const get = await ask(flux, '/notes?select=owner_id', { as: sub });
      console.log(engine, type, 'GET', get.status, JSON.stringify(get.body));
    }
    await push('int cast', T('int').replaceAll('owner_id = auth', 'owner_id::text = auth'));
    await push('default', 'create table notes (owner_id int default auth.uid())');
    await push('default uuid', 'create table notes (owner_id uuid default auth.uid())');
    for (const o of ['authenticated', 'anon', 't_1a2b3c4d5e6f_role'])
      if (await push('owner '+o, T('text', `alter table notes owner to ${o};`))) {
        await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('bob')`);
        console.log(engine, 'owner', o, JSON.stringify((await ask(flux, '/notes?select=owner_id', { as: 'ann' })).body));
      }
    await push('bypass', 'create role r1 bypassrls');
    await push('superuser', 'create role r2 superuser');
    await push('alter role', 'alter role authenticator bypassrls');
    await runSql(flux, 'drop role if exists r1; drop role if exists r2; alter role authenticator nobypassrls');
    for (const s of ['enable row level security', 'force row level security', 'owner to authenticated']) await push('view ' + s, T('text', `create view v as select * from notes; alter table v ${s};`));
    await push('view alter view', T('text', `create view v as select * from notes; alter view v enable row level security;`));
    await push('policy view', T('text', `create view v as select * from notes; create policy p on v using (true);`));
    await push('policy mv', T('text', `create materialized view v as select * from notes; create policy p on v using (true);`));
    await push('enable mv', T('text', `create materialized view v as select * from notes; alter materialized view v enable row level security;`));
    await push('drop col', T('text', `alter table notes drop column owner_id;`));
    await push('drop col cascade', T('text', `alter table notes drop column owner_id cascade;`));
    console.log(engine, JSON.stringify(await q(`select polname from pg_policy`)));
    await push('comment later', T('text'), `comment on table notes is 'flux:no-force-rls: x'`);
    console.log(engine, 'comment later', JSON.stringify(await q(`select relforcerowsecurity from pg_class where relname = 'notes'`)));
    await push('comment later+noforce', T('text'), `comment on table notes is 'flux:no-force-rls: x'; alter table notes no force row level security`);
    console.log(engine, 'comment later + no force', JSON.stringify(await q(`select relforcerowsecurity from pg_class where relname = 'notes'`)));
    await push('column missing', T('text', 'create policy z on notes using (ownr_id = auth.uid())'));
    await push('column missing q', T('text', 'create policy z on notes using (notes.ownr_id = auth.uid())'));
    await push('column missing index', T('text', 'create index on notes (ownr_id)'));
    await push('column missing grant', T('text', 'grant update (ownr_id) on notes to authenticated'));
    await push('auth.users fk', 'create table notes (owner_id text references auth.users (id))');
    await push('auth.users trigger', T('text', 'create function f() returns trigger language plpgsql as $$ begin return new; end $$; create trigger t after insert on auth.users for each row execute function f()'));
    await push('auth.users fn sql', T('text', 'create function f() returns bigint language sql as $$ select count(*) from auth.users $$;'));
    await push('auth.users fn plpgsql', T('text', 'create function f() returns bigint language plpgsql as $$ begin return (select count(*) from auth.users); end $$;'));
    console.log(JSON.stringify((await ask(flux, '/rpc/f', {as: 'ann', method: 'POST', body: {}})).body));
    await push('current_user', T('text').replaceAll('owner_id = auth.uid()', 'owner_id = current_user'));
    console.log(engine, 'current', JSON.stringify((await ask(flux, '/notes', { as: 'ann', method: 'POST', body: {owner_id: flux.role} })).body));
    console.log(engine, 'bob', JSON.stringify((await ask(flux, '/notes', { as: 'bob' })).body));
  }).timeout(120000);
});
