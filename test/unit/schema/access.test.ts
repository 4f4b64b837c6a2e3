import assert from 'node:assert/strict';
import type { Engine } from '../../../src/flux/engine';
import { accessOf, verdictOf } from '../../../src/schema/access';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { parseAll } from '../../support/sql';

const TABLE = 'create table notes (id uuid primary key, owner_id text not null, body text);';
const ON = 'alter table notes enable row level security;';
const WRITES = 'grant insert, update, delete on notes to authenticated;';

/** `role verb: verdict` for every line of the table `notes`. */
async function verdicts(sql: string, engine: Engine = 'v2_shared'): Promise<string[]> {
  const files = await parseAll(sql);
  assert.deepEqual(files[0]?.errors, []);
  const model = modelFromStatements(files, { engine });
  const table = [...model.tables.values()].find(({ name }) => name === 'notes');
  assert.ok(table);
  return accessOf(model, table).map(access => `${access.role} ${access.verb}: ${verdictOf(access)}`);
}

async function verdict(verb: string, sql: string, role = 'authenticated', engine?: Engine): Promise<string> {
  const prefix = `${role} ${verb}: `;
  const line = (await verdicts(sql, engine)).find(text => text.startsWith(prefix));
  assert.ok(line, `a line for ${role} ${verb}`);
  return line.slice(prefix.length);
}

describe('who may do what', () => {
  it('counts grants, policies and the switch, for every role and verb', async () => {
    const own = 'create policy own on notes to authenticated using (owner_id = auth.uid());';
    assert.deepEqual(await verdicts(TABLE + ON + own + WRITES), [
      'authenticated select: own rows',
      'authenticated insert: own rows',
      'authenticated update: own rows',
      'authenticated delete: own rows',
    ]);
    assert.deepEqual(await verdicts(TABLE + ON + own), [
      'authenticated select: own rows',
      'authenticated insert: no rows: no grant',
      'authenticated update: no rows: no grant',
      'authenticated delete: no rows: no grant',
    ]);
    assert.deepEqual(await verdicts(TABLE + ON, 'v1_dedicated'), [
      ...['select', 'insert', 'update', 'delete'].map(verb => `authenticated ${verb}: no rows: no policy`),
      ...['select', 'insert', 'update', 'delete'].map(verb => `anon ${verb}: no rows: no policy`),
    ]);
    assert.equal(await verdict('select', TABLE), 'every row: RLS is off');
    assert.equal(await verdict('insert', TABLE), 'no rows: no grant');
  });

  it('knows who granted, and which policies speak of it', async () => {
    const model = modelFromStatements(
      await parseAll(
        `${TABLE}${ON}grant insert on notes to authenticated;
         create policy r on notes for select to authenticated using (true);
         create policy w on notes for insert with check (owner_id = auth.uid());`,
      ),
      { engine: 'v2_shared' },
    );
    const lines = accessOf(model, [...model.tables.values()][0]!);
    assert.deepEqual(
      lines.map(({ granted, policies }) => [granted, policies.map(({ name }) => name).join()]),
      [
        ['platform', 'r'],
        ['files', 'w'],
        [undefined, ''],
        [undefined, ''],
      ],
    );
  });

  it('takes away what a REVOKE takes, of the table or of its schema', async () => {
    const own = 'create policy own on notes to authenticated using (owner_id = auth.uid());';
    const api = { schema: 't_1a2b3c4d5e6f_api' };
    assert.equal(
      await verdict('select', `${TABLE}${ON}${own}revoke select on notes from authenticated;`),
      'no rows: no grant',
    );
    assert.equal(
      await verdict(
        'select',
        `${TABLE.replace('notes', `${api.schema}.notes`)}revoke usage on schema ${api.schema} from authenticated;`,
      ),
      'no rows: no grant',
    );
  });

  it('adds up permissive policies, and takes away what restrictive ones exclude', async () => {
    const policy = (name: string, using: string, as = ''): string =>
      `create policy ${name} on notes ${as} for select to authenticated using (${using});`;
    const own = policy('own', 'owner_id = auth.uid()');
    const read = async (...policies: string[]): Promise<string> =>
      verdict('select', TABLE + ON + policies.join(''));
    assert.equal(await read(own), 'own rows');
    assert.equal(await read(own, policy('open', 'true')), 'every row');
    assert.equal(await read(own, policy('shared', "body = 'x'")), 'some rows, whoever asks');
    assert.equal(
      await read(policy('open', 'true'), policy('r', 'owner_id = auth.uid()', 'as restrictive')),
      'own rows',
    );
    assert.equal(await read(own, policy('r', 'false', 'as restrictive')), 'no rows: no policy is ever true');
    assert.equal(await read(policy('r', 'true', 'as restrictive')), 'no rows: no policy');
    assert.equal(await read(policy('never', '1 = 2')), 'no rows: no policy is ever true');
  });

  it('calls rows own only where nothing else lets a row through', async () => {
    const read = async (using: string): Promise<string> =>
      verdict('select', `${TABLE}${ON}create policy p on notes to authenticated using (${using});`);
    assert.equal(await read("owner_id = (select auth.uid()) and body <> ''"), 'own rows');
    assert.equal(await read('owner_id = auth.uid() or body is null'), 'some rows, whoever asks');
    assert.equal(await read('not (owner_id = auth.uid())'), 'everybody else’s rows');
    assert.equal(await read('owner_id = team_of(auth.uid())'), 'rows shared with the subject');
    assert.equal(await read("auth.uid() = 'ann'"), 'some rows: for certain users');
    assert.equal(await read('may_read(notes)'), 'some rows: by predicate');
    assert.equal(await read('auth.uid() is not null'), 'every row');
  });

  it('counts policies for a role that requests are a member of', async () => {
    const sql = `${TABLE}${ON}create role editors; create policy p on notes for select to editors using (true);`;
    const read = async (more: string): Promise<string> =>
      verdict('select', sql + more, 'authenticated', 'v1_dedicated');
    assert.equal(await read(''), 'no rows: no policy');
    assert.equal(await read('grant editors to authenticated;'), 'every row');
    assert.equal(
      await read('grant editors to authenticated; revoke editors from authenticated;'),
      'no rows: no policy',
    );
  });

  it('names the columns of a grant on some of them', async () => {
    const files = await parseAll(`${TABLE}${ON}grant update (body) on notes to authenticated;`);
    const model = modelFromStatements(files, { engine: 'v2_shared' });
    const update = accessOf(model, [...model.tables.values()][0]!).find(({ verb }) => verb === 'update');
    assert.deepEqual([update?.granted, update?.columns], ['files', ['body']]);
  });

  it('lets signed-out requests of v1 through what is true without a subject', async () => {
    const on = async (role: string, using: string): Promise<string> =>
      verdict('select', `${TABLE}${ON}create policy p on notes using (${using});`, role, 'v1_dedicated');
    assert.equal(await on('anon', 'owner_id = auth.uid()'), 'no rows: no policy is ever true');
    assert.equal(await on('anon', 'auth.uid() is null'), 'every row');
    assert.equal(await on('anon', "body = 'x'"), 'some rows, whoever asks');
    assert.equal(await on('anon', 'auth.uid() is null or owner_id = auth.uid()'), 'every row');
    assert.equal(await on('authenticated', 'auth.uid() is null'), 'every row');
  });

  it('tells what an UPDATE may make of its rows', async () => {
    const update = async (clauses: string): Promise<string> =>
      verdict(
        'update',
        `${TABLE}${ON}${WRITES}create policy p on notes for update to authenticated ${clauses};`,
      );
    assert.equal(await update('using (owner_id = auth.uid())'), 'own rows');
    assert.equal(await update('using (owner_id = auth.uid()) with check (true)'), 'own rows, for any owner');
    assert.equal(await update('using (true) with check (owner_id = auth.uid())'), 'every row');
  });

  it('lets nothing through a policy that lacks the clause', async () => {
    const sql = `${TABLE}${ON}${WRITES}create policy p on notes to authenticated with check (owner_id = auth.uid());`;
    assert.equal(await verdict('select', sql), 'no rows: no policy is ever true');
    assert.equal(await verdict('insert', sql), 'own rows');
  });

  it('cannot tell of a table that is made elsewhere', async () => {
    assert.equal(
      await verdict('select', 'create policy p on notes to authenticated using (true);'),
      'cannot tell: the table is made elsewhere',
    );
  });
});
