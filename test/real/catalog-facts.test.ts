import assert from 'node:assert/strict';
import { readOnly } from '../../src/database/read-only';
import type { TableVerb } from '../../src/flux/engine';
import { confirmFromCatalog } from '../../src/schema/catalog-facts';
import { GUIDE_SQL } from '../support/guide-sql';
import { freshSchema, pushExample, runInSchema } from '../support/live';
import { localFlux } from '../support/local-flux';

interface Case {
  readonly cause: string;
  readonly verb?: TableVerb;
  readonly table?: string;
  readonly owner?: string;
  /** What a superuser does before; ROLE is the role of requests. */
  readonly after?: string;
  readonly confirmed: boolean | undefined;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  { cause: 'missing-grant', verb: 'insert', confirmed: false, says: /^ROLE has INSERT on notes\.$/ },
  {
    cause: 'missing-grant',
    verb: 'insert',
    after: 'revoke insert on notes from ROLE',
    confirmed: true,
    says: /^ROLE has no INSERT on notes\.$/,
  },
  {
    cause: 'missing-grant',
    after: 'revoke select on notes from ROLE; grant select (id) on notes to ROLE',
    confirmed: true,
    says: /SELECT on some columns of notes only/,
  },
  {
    cause: 'missing-grant',
    after: 'revoke usage on schema SCHEMA from ROLE',
    confirmed: false,
    says: /no USAGE on schema SCHEMA/,
  },
  {
    cause: 'missing-schema-usage',
    after: 'revoke usage on schema SCHEMA from ROLE',
    confirmed: true,
    says: /no USAGE/,
  },
  { cause: 'missing-schema-usage', confirmed: false, says: /has USAGE/ },
  {
    cause: 'missing-sequence-grant',
    verb: 'insert',
    confirmed: false,
    says: /No default of notes asks a sequence/,
  },
  {
    cause: 'missing-sequence-grant',
    verb: 'insert',
    after: 'alter table notes add no serial',
    confirmed: false,
    says: /^ROLE may use every sequence/,
  },
  {
    cause: 'missing-sequence-grant',
    verb: 'insert',
    after: 'alter table notes add no serial; revoke all on sequence notes_no_seq from ROLE',
    confirmed: true,
    says: /may not use notes_no_seq/,
  },
  { cause: 'missing-function-grant', confirmed: undefined, says: /may run every function/ },
  {
    cause: 'missing-function-grant',
    after:
      'create function mine(text) returns boolean language sql stable as $$ select true $$; revoke execute on function mine(text) from public; create policy more on notes for select using (mine(body))',
    confirmed: true,
    says: /may not run mine\(text\), which a policy of notes calls/,
  },
  {
    cause: 'policy',
    confirmed: undefined,
    says: /up to these policies of notes: notes_owner_read using \(owner_id = auth\.uid\(\)\)\.$/,
  },
  {
    cause: 'policy',
    after: 'drop policy notes_owner_read on notes',
    confirmed: true,
    says: /No permissive policy lets ROLE SELECT on notes/,
  },
  {
    cause: 'policy',
    after: 'alter policy notes_owner_read on notes to postgres',
    confirmed: true,
    says: /No permissive policy/,
  },
  {
    cause: 'policy',
    after: 'alter table notes disable row level security',
    confirmed: false,
    says: /is off: no policy is asked/,
  },
  {
    cause: 'rls-off',
    after: 'alter table notes disable row level security',
    confirmed: true,
    says: /is off\.$/,
  },
  { cause: 'rls-off', confirmed: false, says: /is on.* and binds ROLE\.$/ },
  {
    cause: 'rls-off',
    after: 'alter role ROLE bypassrls',
    confirmed: false,
    says: /is on[^.]*\. ROLE has BYPASSRLS: policies do not bind it\.$/,
  },
  { cause: 'policy', after: 'alter role ROLE bypassrls', confirmed: false, says: /do not bind ROLE/ },
  {
    cause: 'rls-off',
    after: 'alter table notes no force row level security; alter table notes owner to ROLE',
    confirmed: false,
    says: /ROLE owns notes/,
  },
  { cause: 'owner-type', owner: 'owner_id', confirmed: false, says: /notes\.owner_id is text\.$/ },
  { cause: 'owner-type', owner: 'id', confirmed: true, says: /notes\.id is uuid, and subjects are text/ },
  { cause: 'owner-default', owner: 'owner_id', confirmed: true, says: /no default, and no trigger/ },
  {
    cause: 'owner-default',
    owner: 'owner_id',
    after: 'alter table notes alter owner_id set default auth.uid()',
    confirmed: false,
    says: /the default auth\.uid\(\)/,
  },
  {
    cause: 'owner-default',
    owner: 'owner_id',
    after:
      'create function stamp() returns trigger language plpgsql as $$ begin return new; end $$; create trigger stamp before insert on notes for each row execute function stamp()',
    confirmed: undefined,
    says: /trigger stamp may fill it in/,
  },
  { cause: 'column-missing', owner: 'user_id', confirmed: true, says: /no column user_id/ },
  { cause: 'column-missing', owner: 'owner_id', confirmed: false, says: /has column owner_id/ },
  { cause: 'table-not-found', confirmed: false, says: /has notes/ },
  {
    cause: 'table-not-found',
    table: 'nothing',
    confirmed: true,
    says: /^Schema SCHEMA has no table nothing\.$/,
  },
  { cause: 'missing-grant', table: 'nothing', confirmed: false, says: /has no table nothing/ },
  { cause: 'stale-schema-cache', confirmed: true, says: /PostgREST has not read/ },
  { cause: 'stale-schema-cache', table: 'nothing', confirmed: false, says: /has no table/ },
  {
    cause: 'bypassing-door',
    after: 'create view v as select * from notes; grant select on v to ROLE',
    confirmed: true,
    says: /may read v, which reads notes with its owner's rights/,
  },
  {
    cause: 'bypassing-door',
    after: 'create view v with (security_invoker) as select * from notes; grant select on v to ROLE',
    confirmed: undefined,
    says: /No view/,
  },
  { cause: 'gateway-unreachable', confirmed: undefined, says: /^$/ },
];

describe('a cause that the catalog confirms', () => {
  for (const engine of ['v1_dedicated', 'v2_shared'] as const) {
    for (const { cause, verb = 'select', table = 'notes', owner, after, confirmed, says } of CASES) {
      it(`on ${engine}: ${cause}${after === undefined ? '' : ` after ${after}`}${table === 'notes' ? '' : ` of ${table}`}`, async () => {
        const flux = await localFlux(engine);
        const { schema, role } = flux;
        const named = (text: string): string => text.replaceAll('ROLE', role).replaceAll('SCHEMA', schema);
        assert.equal(await pushExample(flux, GUIDE_SQL), undefined);
        try {
          if (after !== undefined) await runInSchema(flux, named(after));
          const answer = await readOnly(flux.databaseUrl, query =>
            confirmFromCatalog(query, { schema, table, verb, role, cause, owner }),
          );
          assert.match(answer.sentences.join(' '), new RegExp(named(says.source)));
          assert.equal(answer.confirmed, confirmed);
        } finally {
          await runInSchema(flux, named('alter role ROLE nobypassrls'));
          await freshSchema(flux);
        }
      });
    }
  }

  it('names a schema and a role that are not there', async () => {
    const flux = await localFlux('v2_shared');
    const ask = (schema: string, role: string, cause: string): Promise<unknown> =>
      readOnly(flux.databaseUrl, query =>
        confirmFromCatalog(query, { schema, role, cause, table: 'notes', verb: 'select' }),
      );
    assert.deepEqual(await ask('t_000000000000_api', flux.role, 'wrong-schema'), {
      confirmed: true,
      sentences: ['The database has no schema t_000000000000_api.'],
    });
    assert.deepEqual(await ask(flux.schema, 'authenticated', 'missing-grant'), {
      confirmed: undefined,
      sentences: ['The database has no role authenticated: check the engine of the project.'],
    });
  });
});
