import type { Engine } from '../flux/engine';
import { diagnose, type Diagnosis } from './diagnose';
import type { Asker, Caller, Exchange, Request, Row } from './gateway-client';
import { affects, refusesByPolicy, shows, stopsAtCast, stopsAtNull, type Ideal } from './ideal';
import {
  castGuard,
  isText,
  nullColumn,
  readColumns,
  type Control,
  type Filter,
  type KnownRow,
} from './known-row';
import type { MadeRows } from './made-rows';
import { outcomeOf, type Outcome } from './outcome';
import type { Draft, RowSource } from './row-source';
import { valueFor } from './row-values';
import { linkColumns, type TablePlan } from './table-plan';
import type { Mode } from './verdict';

/** What a changed text says. */
const CHANGE = 'changed by the flux-rls check';

/** An answer, and how far it shows the request got. */
export interface Told extends Exchange {
  readonly outcome: Outcome;
}

type Asked = Omit<Request, 'table' | 'shown'> & { readonly table?: string };

export interface ContextOptions {
  readonly plan: TablePlan;
  readonly plans: ReadonlyMap<string, TablePlan>;
  readonly engine: Engine;
  readonly subjects: readonly [string, string];
  readonly asker: Asker;
  readonly rows: RowSource;
  /** Undefined where nothing is to be written. */
  readonly made: MadeRows | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What the checks of one table share: requests, subjects and rows, and the forms of request that cannot write. */
export class CheckContext {
  readonly plan: TablePlan;
  readonly engine: Engine;
  readonly subjects: readonly [string, string];
  readonly rows: RowSource;
  readonly made: MadeRows | undefined;
  /** What became of the first own row, which was deleted for good; undefined before. */
  deletedOwn: Told | undefined;
  readonly #tokens = new Map<string, Promise<Control<Told>>>();
  readonly #ownInserts = new Map<string, Promise<Told>>();
  readonly #seconds = new Map<string, Promise<Control<KnownRow>>>();

  constructor(private readonly options: ContextOptions) {
    this.plan = options.plan;
    this.engine = options.engine;
    this.subjects = options.subjects;
    this.rows = options.rows;
    this.made = options.made;
  }

  get mode(): Mode {
    return this.made ? 'full' : 'no-write';
  }

  /** The columns that make a row a subject's. */
  get link(): readonly string[] {
    return linkColumns(this.plan);
  }

  /** The column to ask for where any one does. */
  get column(): string {
    return this.link[0] ?? this.plan.key[0] ?? this.plan.columns[0]?.name ?? '*';
  }

  planOf(table: string): TablePlan | undefined {
    return this.options.plans.get(table);
  }

  async ask(request: Asked): Promise<Told> {
    const exchange = await this.options.asker.ask(
      { ...request, table: request.table ?? this.plan.table, shown: this.link },
      this.options.signal,
    );
    return { ...exchange, outcome: outcomeOf(exchange) };
  }

  /** Why an answer is a refusal; undefined when it is none. */
  diagnose(
    { answer }: Pick<Exchange, 'answer'>,
    verb: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE',
    subject?: string,
  ): Diagnosis | undefined {
    const { code, message = '' } = answer.status === null ? {} : answer;
    // A value that is of another type may be the other subject's.
    const quoted = code === '22P02' ? this.subjects.find(each => message.includes(`"${each}"`)) : undefined;
    return diagnose(answer, {
      table: this.plan.table,
      owner: this.link[0],
      verb,
      subject: quoted ?? subject,
      tokenExpiry: subject === undefined ? undefined : this.options.asker.expiryOf(subject),
    });
  }

  async own(subject: string): Promise<Control<KnownRow>> {
    return this.rows.own(this.plan, subject);
  }

  /** One row more of the subject's. */
  async another(subject: string): Promise<Control<KnownRow>> {
    return this.rows.another(this.plan, subject);
  }

  /** A second row that stays the subject's while the table is asked about. */
  async second(subject: string): Promise<Control<KnownRow>> {
    const known = this.#seconds.get(subject) ?? this.another(subject);
    this.#seconds.set(subject, known);
    return known;
  }

  /** The subject's token gets as far as PostgreSQL; asked once. */
  async tokenWorks(subject: string): Promise<Control<Told>> {
    const known = this.#tokens.get(subject) ?? this.#tryToken(subject);
    this.#tokens.set(subject, known);
    return known;
  }

  async #tryToken(subject: string): Promise<Control<Told>> {
    const query = { select: this.column, limit: '1' };
    const told = await this.ask({
      method: 'GET',
      query,
      as: subject,
      control: true,
      ideal: this.#ownShown(subject),
    });
    const diagnosis = this.diagnose(told, 'SELECT', subject);
    const evidence = [told.evidence];
    return diagnosis ? { held: false, diagnosis, evidence } : { held: true, value: told, evidence };
  }

  /** Asks for one row as somebody; `ideal` tells whether it is to be seen. */
  async see(row: KnownRow, as: Caller, isSeen: boolean): Promise<Told> {
    const select = readColumns(this.plan).join(',') || this.column;
    const ideal = shows(isSeen ? [row.values] : []);
    return this.ask({ method: 'GET', query: { select, ...row.filter }, as, control: isSeen, ideal });
  }

  /**
   * Inserts the same two rows in a form that cannot write: a required value is NULL, and two rows where one object is
   * asked for are rolled back. `stopped` means that privileges and policies let it through.
   */
  async probeInsert(draft: Draft, as: Caller, isOpen: boolean): Promise<Told> {
    const missing = nullColumn(this.plan, 'insert');
    const row = missing === undefined ? draft.values : { ...draft.values, [missing]: null };
    return this.ask({
      method: 'POST',
      as,
      body: [row, row],
      prefer: 'return=minimal',
      single: true,
      control: isOpen,
      ideal: isOpen ? stopsAtNull(missing ?? '') : refusesByPolicy(),
    });
  }

  /** The subject's own insert in that form, asked once; a broken control where no row can be drafted. */
  async probeOwnInsert(subject: string): Promise<Told | Extract<Control<never>, { readonly held: false }>> {
    const known = this.#ownInserts.get(subject);
    if (known) return known;
    const drafted = await this.rows.draft(this.plan, subject);
    if (!drafted.made) return { held: false, diagnosis: drafted.diagnosis, evidence: drafted.evidence };
    const told = this.probeInsert(drafted.draft, subject, true);
    this.#ownInserts.set(subject, told);
    return told;
  }

  /** Changes one row in a form that cannot write; undefined when there is none for this table. */
  async probeUpdate(row: KnownRow, change: Row, as: Caller, ideal?: Ideal): Promise<Told | undefined> {
    const missing = nullColumn(this.plan, 'update');
    const cast = castGuard(this.plan, row.values);
    if (missing === undefined && !cast) return undefined;
    return this.ask({
      method: 'PATCH',
      query: row.filter,
      as,
      body: missing === undefined ? change : { ...change, [missing]: null },
      prefer: 'return=representation',
      ...(cast && { cast }),
      control: ideal === undefined,
      ideal: ideal ?? stopsAtNull(missing ?? ''),
    });
  }

  /** Whose a row would be after a change, told by the cast alone; undefined where the owner is no text. */
  async probeUpdateCast(row: KnownRow, change: Row, as: string): Promise<Told | undefined> {
    const values = { [this.column]: change[this.column] };
    const cast = castGuard(this.plan, values);
    if (!cast) return undefined;
    return this.ask({
      method: 'PATCH',
      query: row.filter,
      as,
      body: change,
      prefer: 'return=representation',
      cast,
      ideal: refusesByPolicy(),
    });
  }

  /** Deletes one row in a form that is rolled back; undefined when there is none for this table. */
  async probeDelete(row: KnownRow, as: Caller, ideal?: Ideal): Promise<Told | undefined> {
    const cast = castGuard(this.plan, row.values);
    if (!cast) return undefined;
    return this.ask({
      method: 'DELETE',
      query: row.filter,
      as,
      prefer: 'return=representation',
      cast,
      control: ideal === undefined,
      ideal: ideal ?? stopsAtCast(String(row.values[cast.column])),
    });
  }

  /** Changes rows for good, and counts them. */
  async update(filter: Filter, change: Row, as: string, ideal = affects(1)): Promise<Told> {
    const isControl = ideal.answer.total === 1;
    return this.ask({
      method: 'PATCH',
      query: filter,
      as,
      body: change,
      prefer: 'return=minimal,count=exact',
      control: isControl,
      ideal,
    });
  }

  /** Deletes rows for good, and counts them. */
  async delete(filter: Filter, as: string, ideal = affects(1)): Promise<Told> {
    const isControl = ideal.answer.total === 1;
    return this.ask({
      method: 'DELETE',
      query: filter,
      as,
      prefer: 'return=minimal,count=exact',
      control: isControl,
      ideal,
    });
  }

  /** A valid change of a row that its subject may make: a column that neither finds the row nor decides about it. */
  changeOf(row: KnownRow): Row {
    const { plan } = this;
    const fixed = [...plan.key, ...this.link, ...plan.policyColumns, ...Object.keys(row.filter)];
    const bound = [...plan.foreignKeys.flatMap(({ columns }) => columns), ...plan.uniqueKeys.flat()];
    const free = plan.columns.filter(
      ({ name, updatable, generated }) =>
        updatable && generated !== 'always' && ![...fixed, ...bound].includes(name),
    );
    for (const column of [...free.filter(isText), ...free]) {
      const value = valueFor(column, CHANGE, false);
      if (value !== undefined) return { [column.name]: value };
    }
    return Object.fromEntries(this.link.map(column => [column, row.values[column]]));
  }

  #ownShown(subject: string): Ideal {
    return shows([{ [this.column]: this.plan.ownership.kind === 'column' ? subject : '…' }]);
  }
}
