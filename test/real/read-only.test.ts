import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { readOnly } from '../../src/database/read-only';
import { DatabaseUnreachable } from '../../src/database/unreachable';
import type { LocalFlux } from '../../src/stack/local-flux';
import { localFlux, runSql, selectSql } from '../support/local-flux';

/** A password that is in no text but the URL. */
const PASSWORD = 'hunter2%2Fwith%40slash';

async function failure(url: string): Promise<string> {
  try {
    await readOnly(url, query => query('select 1'));
  } catch (error) {
    assert.ok(error instanceof DatabaseUnreachable, inspect(error));
    const shown = `${inspect(error, { showHidden: true, depth: 9 })} ${JSON.stringify(error)} ${error.stack ?? ''}`;
    for (const secret of [PASSWORD, decodeURIComponent(PASSWORD), 'hunter2']) {
      assert.ok(!shown.includes(secret), shown);
    }
    return `${error.kind}: ${error.message}`;
  }
  throw new assert.AssertionError({ message: 'it was reached' });
}

describe('a read-only session', () => {
  let flux: LocalFlux;
  before(async () => {
    flux = await localFlux('v1_dedicated');
    await runSql(flux, 'create table if not exists public.kept (id int)');
  });
  after(() => runSql(flux, 'drop table public.kept'));

  it('reads, with the rows as they are', async () => {
    const rows = await readOnly(flux.databaseUrl, query => query('select $1::int + 1 as two', [1]));
    assert.deepEqual(rows, [{ two: 2 }]);
  });

  it('refuses every write, also after an attempt to leave the transaction', async () => {
    for (const sql of [
      'insert into public.kept values (1)',
      'create table public.made (id int)',
      'grant select on public.kept to public',
      'set transaction read write',
      `select set_config('transaction_read_only', 'off', true)`,
    ]) {
      await assert.rejects(
        readOnly(flux.databaseUrl, async query => {
          await query('select 1');
          await query(sql);
        }),
        /read-only transaction|read-write mode/,
        sql,
      );
    }
    assert.deepEqual(await selectSql(flux, 'select count(*)::int as count from public.kept'), [{ count: 0 }]);
  });

  it('gives a statement its time and no more', async () => {
    await assert.rejects(
      readOnly(flux.databaseUrl, query => query('select pg_sleep(60)'), { statementTimeout: 50 }),
      { code: '57014' },
    );
  });

  it('ends when it is told to, with the reason', async () => {
    const controller = new AbortController();
    const asking = readOnly(
      flux.databaseUrl,
      async query => {
        const sleeping = query('select pg_sleep(60)');
        controller.abort(new Error('enough'));
        return sleeping;
      },
      { signal: controller.signal },
    );
    await assert.rejects(asking, { message: 'enough' });
  });

  it('ends while it connects to a server that does not answer', async () => {
    const silent = createServer();
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const controller = new AbortController();
    silent.once('connection', socket => {
      controller.abort(new Error('enough'));
      socket.unref();
    });
    const asking = readOnly(`postgres://ann:x@127.0.0.1:${port}/app`, query => query('select 1'), {
      signal: controller.signal,
    });
    await assert.rejects(asking, { message: 'enough' });
    silent.close();
  });

  it('lets an error of the work through', async () => {
    await assert.rejects(
      readOnly(flux.databaseUrl, query => query('select nothing')),
      { code: '42703' },
    );
  });

  it('says that the server ended it', async () => {
    await assert.rejects(
      readOnly(flux.databaseUrl, query => query('select pg_terminate_backend(pg_backend_pid())')),
      { name: 'DatabaseUnreachable', kind: 'lost' },
    );
  });
});

describe('a database that cannot be reached is told in one sentence without its password', () => {
  let flux: LocalFlux;
  let host: string;
  before(async () => {
    flux = await localFlux('v1_dedicated');
    host = new URL(flux.databaseUrl).host;
  });

  it('when nobody listens', async () => {
    assert.equal(
      await failure(`postgres://ann:${PASSWORD}@127.0.0.1:1/app`),
      'refused: Nothing answers at 127.0.0.1:1: start the database, or correct the host and port in the database URL.',
    );
  });

  it('when the host is unknown', async () => {
    assert.match(
      await failure(`postgres://ann:${PASSWORD}@nowhere.invalid/app`),
      /^unknown-host: .*nowhere\.invalid:5432/,
    );
  });

  it('when the password is wrong', async () => {
    assert.equal(
      await failure(`postgres://postgres:${PASSWORD}@${host}/postgres`),
      `password: ${host} refuses postgres: correct the user and password in the database URL.`,
    );
  });

  it('when there is no password', async () => {
    assert.match(await failure(`postgres://postgres@${host}/postgres`), /^password: /);
  });

  it('when the database is missing', async () => {
    const url = new URL(flux.databaseUrl);
    url.pathname = '/nothere';
    assert.match(await failure(url.href), /^database-missing: There is no database nothere at /);
  });

  it('when it has no SSL', async () => {
    assert.match(await failure(`${flux.databaseUrl}?sslmode=require`), /^ssl-refused: /);
  });

  it('when it asks for SSL', async () => {
    // What a server with `hostssl` lines alone answers to a connection without encryption.
    const text = 'no pg_hba.conf entry for host "127.0.0.1", user "ann", database "app", no encryption';
    const fields = Buffer.from(`SFATAL\0VFATAL\0C28000\0M${text}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    const server = createServer(socket =>
      socket.once('data', () => socket.end(Buffer.concat([head, fields]))),
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      assert.equal(
        await failure(`postgres://ann:${PASSWORD}@127.0.0.1:${port}/app`),
        `ssl-required: 127.0.0.1:${port} takes encrypted connections only: add ?sslmode=require to the database URL.`,
      );
    } finally {
      server.close();
    }
  });

  for (const url of [
    `http://ann:${PASSWORD}@127.0.0.1/app`,
    `postgres://ann:${PASSWORD}@127.0.0.1:99999/app`,
    `postgres://ann:${PASSWORD}%E0%A4%A@127.0.0.1/%E0%A4%A`,
    'host=127.0.0.1 password=hunter2',
    '',
  ]) {
    it(`when the URL is no URL: ${url.replace(PASSWORD, '…')}`, async () => {
      assert.match(await failure(url), /^bad-url: The database URL cannot be read/);
    });
  }
});
