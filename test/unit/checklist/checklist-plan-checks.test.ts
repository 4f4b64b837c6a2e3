import assert from 'node:assert/strict';
import { makeRow } from '../../../src/checklist/make-row';
import type { PlannedColumn, RowValue } from '../../../src/checklist/table-plan';
import { tablePlanOf } from '../../support/checklist-plans';

const MARKER = 'flux-rls check 0a1b2c3d-4e5f60';

/** A column under CHECKs of its own and of the table. */
async function columnOf(definition: string, constraints = ''): Promise<PlannedColumn> {
  const plan = await tablePlanOf(`create table t (owner_id text, c ${definition}${constraints});`, 't');
  return plan.columns[1]!;
}

/** The values that a row gets, without its owner. */
async function rowOf(definitions: string, before = ''): Promise<Readonly<Record<string, RowValue>>> {
  const plan = await tablePlanOf(`${before} create table t (owner_id text, ${definitions});`, 't');
  const row = makeRow(plan, { fixed: { owner_id: 'ann' }, marker: MARKER, given: {} });
  if ('reason' in row) throw new Error(`${row.column}: ${row.reason}`);
  return row.values;
}

describe('what CHECKs leave of a column', () => {
  const VALUES: Readonly<
    Record<string, readonly [definition: string, expected: readonly RowValue[] | undefined]>
  > = {
    'a list': ["text not null check (c in ('a', 'b'))", ['a', 'b']],
    'a list as an array': ["text not null check (c = any (array['a', 'b']))", ['a', 'b']],
    'a list as an array of text': ["text not null check (c = any ('{a,b}'::text[]))", ['a', 'b']],
    'a list of ORs': ["text not null check (c = 'a' or c = 'b')", ['a', 'b']],
    'an exception': ["text not null check (c <> 'a')", undefined],
    'numbers above': ['int not null check (c > 40)', [100, 41]],
    'numbers below': ['int not null check (c < 0)', [-1]],
    'numbers between': ['int not null check (c between 3 and 4)', [3, 4]],
    'numbers not between': ['int not null check (c not between 0 and 50)', [100, -1, 51]],
    'a sign': ['int not null check (c <= -7)', [-7, -8]],
    'numbers between integers': ['numeric not null check (c > 0 and c < 1)', [0.5]],
    truth: ['bool not null check (c)', [true]],
    'a smaller enum': ["mood not null check (c <> 'good')", ['bad']],
    'an object': ["jsonb not null check (jsonb_typeof(c) = 'object')", [{}]],
    'an array': ["jsonb not null check (jsonb_typeof(c) = 'array')", [[]]],
    'a key': ["jsonb not null check (c ? 'name')", [{ name: 'x' }]],
    'an array that is not empty': ['text[] not null check (cardinality(c) > 0)', [['x']]],
    'no contradiction': ['int not null check (c > 5 and c < 3)', undefined],
    'nothing that is not understood': ['int not null check (c = my_number())', [1]],
    'nothing where no CHECK is': ['int not null', undefined],
    'NULL or a value': ['int check (c is null or c > 500)', [501]],
  };
  for (const [name, [definition, expected]] of Object.entries(VALUES)) {
    it(`is ${name}`, async () => {
      const plan = await tablePlanOf(
        `create type mood as enum ('good', 'bad'); create table t (owner_id text, c ${definition});`,
        't',
      );
      const candidates = plan.columns[1]!.candidates;
      assert.deepEqual(candidates?.slice(0, expected?.length), expected);
    });
  }

  const SHAPES: Readonly<Record<string, readonly [definition: string, pattern: RegExp]>> = {
    'not empty': ["text not null check (c <> '')", /^flux-rls check /],
    'not blank': ['text not null check (length(trim(c)) > 0)', /^flux-rls check /],
    'of a length': ['text not null check (char_length(c) = 6)', /^.{6}$/],
    short: ['text not null check (length(c) <= 10)', /^.{1,10}$/],
    long: ['text not null check (char_length(c) >= 100)', /^flux-rls check .{85,}$/],
    'lower case': ['text not null check (c = lower(c))', /^flux-rls check /],
    'upper case': ['text not null check (c = upper(c))', /^[A-Z]+$/],
    'an address': ["text not null check (c like '%@%.%')", /@example\.com$/],
    'an address, by a regular expression': [
      "text not null check (c ~* '^[A-Z0-9._%+-]+@[A-Z0-9.-]+\\.[A-Z]{2,}$')",
      /@/,
    ],
    'a link': ["text not null check (c ~ '^https?://')", /^https:\/\/example\.com\/flux-rls/],
    'a word': ["text not null check (c ~ '^[[:alnum:]]+$')", /^[a-z0-9]+$/],
    'a color': ["text not null check (c ~ '^#[0-9a-fA-F]{6}$')", /^#[0-9a-f]{6}$/],
    'a code': ["char(2) not null check (c ~ '^[A-Z]{2}$')", /^[A-Z]{2}$/],
    digits: ["text not null check (c ~ '^\\d{5}$')", /^\d{5}$/],
    'as long as the type': ['varchar(8) not null', /^.{8}$/],
  };
  for (const [name, [definition, pattern]] of Object.entries(SHAPES)) {
    it(`is a text that is ${name}`, async () => {
      const { c } = await rowOf(`c ${definition}`);
      assert.match(c as string, pattern);
    });
  }

  it('has a letter in every row, and not just by accident in one', async () => {
    for (const length of [1, 2, 3]) {
      const plan = await tablePlanOf(
        `create table t (owner_id text, c text not null check (c ~ '[a-z]' and length(c) = ${length}));`,
        't',
      );
      for (let row = 0; row < 30; row += 1) {
        const made = makeRow(plan, { fixed: { owner_id: 'ann' }, marker: `${MARKER}${row}`, given: {} });
        assert.match('values' in made ? (made.values.c as string) : '', /[a-z]/);
      }
    }
  });

  it('differs from row to row, however short', async () => {
    const plan = await tablePlanOf(
      "create table t (owner_id text, c text not null unique check (c ~ '^[A-Z]{8}$'));",
      't',
    );
    const texts = new Set<unknown>();
    for (let row = 0; row < 50; row += 1) {
      const made = makeRow(plan, { fixed: { owner_id: 'ann' }, marker: `${MARKER}${row}`, given: {} });
      texts.add('values' in made && made.values.c);
    }
    assert.equal(texts.size, 50);
  });

  it('comes from a domain, and from the domain below', async () => {
    const row = await rowOf(
      'c inner_d not null, d number_d not null',
      `create domain outer_d as text check (value <> 'a'); create domain inner_d as outer_d check (value in ('a', 'b'));
       create domain number_d as int check (value > 7 and value < 9);`,
    );
    assert.deepEqual([row.c, row.d], ['b', 8]);
  });

  it('is left out where it may be', async () => {
    assert.deepEqual(
      Object.keys(await rowOf('c int check (c > 5), d int default 7 check (d > 5), e int not null')),
      ['owner_id', 'e'],
    );
    assert.equal((await columnOf('int check (c > 5)')).wanted, undefined);
  });
});

describe('what CHECKs of several columns leave', () => {
  it('is an order of numbers and times', async () => {
    const row = await rowOf(
      `a int not null, b int not null, c int not null, starts date not null, ends date not null,
       check (a < b and b < c), check (starts < ends)`,
    );
    const [a, b, c] = [row.a, row.b, row.c] as number[];
    assert.ok(a! < b! && b! < c!);
    assert.ok((row.starts as string) < (row.ends as string));
  });

  it('is a time after one that PostgreSQL fills in', async () => {
    const row = await rowOf(
      "a timestamptz not null default now(), b timestamptz not null, check (b > a + interval '1 day')",
    );
    assert.ok(Date.parse(row.b as string) > Date.now());
    assert.ok(!('a' in row));
  });

  it('is days that are far enough apart', async () => {
    const row = await rowOf('a date not null, b date not null, check (b - a >= 2)');
    assert.ok(Date.parse(row.b as string) - Date.parse(row.a as string) >= 2 * 86_400_000);
  });

  it('is a value where NULL would do, if one of them has to have one', async () => {
    const row = await rowOf(
      "kind text not null check (kind in ('a', 'b')), x text, y text, check (kind <> 'b' or y is not null), check (num_nonnulls(x, y) = 1)",
    );
    assert.equal([row.x, row.y].filter(value => value !== undefined).length, 1);
    assert.ok(row.kind !== 'b' || row.y !== undefined);
    const either = await rowOf('a int, b int, check (a is not null or b is not null)');
    assert.equal(Object.keys(either).length, 2);
    const or = await rowOf(
      "state text not null default 'sent', at date, check (state <> 'sent' or at is not null)",
    );
    assert.ok('at' in or || (or.state !== 'sent' && 'state' in or));
  });

  it('is a link, if one of several has to be there', async () => {
    const plan = await tablePlanOf(
      `create table notes (id int primary key, owner_id text); create table t (owner_id text, a int references notes, b int references notes, check (num_nonnulls(a, b) = 1));`,
      't',
    );
    assert.deepEqual(
      plan.columns.map(({ name, wanted }) => `${name} ${wanted === true}`),
      ['owner_id false', 'a false', 'b true'],
    );
  });

  it('is no link that a default or NULL does without', async () => {
    const plan = await tablePlanOf(
      `create table notes (id int primary key, owner_id text); create table t (owner_id text, a int default 3 references notes, b int references notes, check (a <> 4 and coalesce(b, 1) <> a));`,
      't',
    );
    assert.deepEqual(
      plan.columns.map(({ name, wanted }) => `${name} ${wanted === true}`),
      ['owner_id false', 'a false', 'b false'],
    );
  });

  it('is nothing where no values fit, or none are understood', async () => {
    const row = await rowOf('a int not null, b int not null, check (a < b and b < a)');
    assert.deepEqual([row.a, row.b], [1, 1]);
    const other = await rowOf('a int not null, b int not null, check (odd(a, b))');
    assert.deepEqual([other.a, other.b], [1, 1]);
  });

  it('takes little time, however many columns there are', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `c${index}`);
    const row = await rowOf(
      `${names.map(name => `${name} int not null`).join(', ')}, check (${names.join(' + ')} = -1000)`,
    );
    assert.equal(Object.keys(row).length, 41);
  });
});
