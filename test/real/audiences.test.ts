import assert from 'node:assert/strict';
import { Database } from '../../src/database/connection';
import type { Audience } from '../../src/schema/audience';
import { AROUND_DOCS, AUDIENCES_OF } from '../support/audiences';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';

/** ann and bob each have an org, a membership, a post and a document; carol has nothing. */
const ROWS = `set search_path to ${TEST_SCHEMA};
insert into orgs values (1, 'ann', true), (2, 'bob', true);
insert into members values (1, 'ann', 'admin'), (2, 'bob', 'member');
insert into open_list values (1), (2);
insert into posts values (1, 'ann', false), (2, 'bob', true);
insert into floored values (1, 'ann'), (2, 'bob');
insert into shown values (1), (2);
insert into docs values (1, 1, 'ann', 'ann', 'ann@x', 'x', true, '{ann}', '["ann"]'), (2, 2, 'bob', 'bob', 'bob@x', 'public', true, '{bob}', '["bob"]');`;

/** Documents that a subject sees past a predicate, or PostgreSQL's code where it refuses the policy. */
async function seen(database: Database, role: string, predicate: string, sub: string): Promise<string> {
  const policy = `create policy p on ${TEST_SCHEMA}.docs for select to ${role} using (${predicate})`;
  try {
    await database.query(`set search_path to ${TEST_SCHEMA}`);
    await database.query(policy);
    const as = { role, schema: TEST_SCHEMA, claims: { sub, email: `${sub}@x` } };
    const { rows } = await database.asRequest(as, request =>
      request.query<{ id: number }>('select id from docs order by id'),
    );
    return rows.map(({ id }) => id).join();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await database.query(`drop policy if exists p on ${TEST_SCHEMA}.docs`);
  }
}

/** What a verdict promises of carol, who has nothing, and of ann, whose document is the first. */
const PROMISES: Readonly<Record<Audience, ((carol: string, ann: string) => boolean) | undefined>> = {
  nobody: (carol, ann) => carol === '' && ann === '',
  'signed-out': (carol, ann) => carol === '' && ann === '',
  owner: (carol, ann) => carol === '' && (ann === '' || ann === '1'),
  members: (carol, ann) => carol === '' && (ann === '' || ann === '1'),
  'certain-users': carol => carol === '',
  others: (carol, ann) => carol === '1,2' && ann === '2',
  'signed-in': carol => carol === '1,2',
  everybody: (carol, ann) => carol === '1,2' && ann === '1,2',
  // Which rows they are depends on the rows.
  'row-decides': undefined,
  unknown: undefined,
};

describe('who gets a row past a predicate, on a real server', () => {
  let database: Database;
  let role: string;

  before(async () => {
    const flux = await localFlux('v1_dedicated');
    await pushAlone(
      flux,
      `${AROUND_DOCS} grant select on orgs, members, open_list, posts, floored, shown, docs to authenticated; revoke insert, update, delete, truncate on open_list from anon, authenticated; alter table docs enable row level security;`,
    );
    await runSql(flux, ROWS);
    database = await Database.connect(flux.databaseUrl);
    role = flux.role;
  });

  after(async () => database.close());

  for (const [predicate, audience] of Object.entries(AUDIENCES_OF)) {
    const isKept = PROMISES[audience];
    // The rows of a database role are nobody's here.
    if (!isKept || predicate === 'owner_id = current_user') continue;
    it(`${predicate}: ${audience}`, async () => {
      const [carol, ann] = [
        await seen(database, role, predicate, 'carol'),
        await seen(database, role, predicate, 'ann'),
      ];
      assert.ok(isKept(carol, ann), `carol sees ${carol || 'nothing'}, ann sees ${ann || 'nothing'}`);
    });
  }
});
