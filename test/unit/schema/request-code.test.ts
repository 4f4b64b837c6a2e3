import assert from 'node:assert/strict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { requestCode, type RequestCode } from '../../../src/schema/request-code';
import { parseAll } from '../../support/sql';

async function codeOf(sql: string): Promise<readonly RequestCode[]> {
  const files = await parseAll(sql);
  assert.deepEqual(files[0]!.errors, []);
  return requestCode(modelFromStatements(files, { engine: 'v1_dedicated' }));
}

/** The text of every `current_setting` call, as its range has it. */
async function marked(sql: string): Promise<string[]> {
  return (await codeOf(sql)).flatMap(code =>
    code.settings.map(({ call }) => {
      const { start, end } = code.spanOf({ FuncCall: call });
      return sql.slice(start, end);
    }),
  );
}

describe('the code that requests run', () => {
  it('is policies, defaults, views and routines', async () => {
    const code = await codeOf(`create table t (a text default current_setting('x'), b text);
      create view v as select a from t;
      create function f() returns boolean language sql as $$ select true $$;
      create function g() returns boolean language plpgsql as $$ begin return h(); end $$;
      create function h() returns boolean language sql as $$ select true $$;
      create policy p on t using (g()) with check (true);`);
    assert.deepEqual(
      code.map(({ name, decides }) => `${name}${decides ? ', decides' : ''}`),
      [
        'policy p, decides',
        'policy p, decides',
        'the default of a',
        'view v',
        'function f',
        'function g, decides',
        'function h, decides',
      ],
    );
  });

  for (const [title, sql] of [
    ['a predicate', "create policy p on t using (a = current_setting('é', true));"],
    ['a default', "create table t (a int, b text not null default current_setting('é', true));"],
    ['a view', "create view v as select current_setting('é', true);"],
    [
      'a body in SQL',
      "-- é\ncreate function f() returns text language sql as $é$ select 'é', 1; select current_setting('é', true) $é$;",
    ],
    ['a RETURN', "create function f() returns text language sql return current_setting('é', true);"],
    [
      'an atomic body',
      "create function f() returns text begin atomic select 'é'; select current_setting('é', true); end;",
    ],
    [
      'a value',
      "create function f() returns text language plpgsql as $$ declare é text; begin é := 'é' || current_setting('é', true); return é; end $$;",
    ],
    [
      'SELECT INTO',
      "create function f() returns text language plpgsql as $$ declare x text; begin select a into x from t where a = current_setting('é', true); return x; end $$;",
    ],
    [
      'PERFORM',
      "create function f() returns void language plpgsql as $$ begin perform g(); perform g(current_setting('é', true)); end $$;",
    ],
    [
      'a condition',
      "create function f() returns text language plpgsql as $$ begin if 'é' = current_setting('é', true) then return 1; end if; end $$;",
    ],
  ] as const) {
    it(`has places in ${title}`, async () => {
      assert.deepEqual(await marked(sql), ["current_setting('é', true)"]);
    });
  }

  it('is named by its routine where doubled quotes hide the place', async () => {
    const sql = "create function f() returns text language sql as 'select current_setting(''a'', true)';";
    assert.deepEqual(await marked(sql), ['f']);
  });

  it('tells whether a predicate can be true without a part of it', async () => {
    const needs = async (predicate: string): Promise<boolean[]> => {
      const [code] = await codeOf(`create policy p on t using (${predicate});`);
      return code!.settings.map(({ call }) => code!.needs(call));
    };
    assert.deepEqual(await needs("a = current_setting('x')"), [true]);
    assert.deepEqual(await needs("a = current_setting('x') and b"), [true]);
    assert.deepEqual(await needs("a = current_setting('x') or b"), [false]);
    assert.deepEqual(await needs("exists (select 1 from u where a = current_setting('x'))"), [true]);
  });
});
