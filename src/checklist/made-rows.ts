import { randomBytes } from 'node:crypto';
import { diagnose } from './diagnose';
import type { Exchange, Row } from './gateway-client';
import { creates, shows } from './ideal';
import { filterOf, readColumns, type Control, type Filter, type KnownRow } from './known-row';
import { draftRow, type DraftOptions } from './links';
import { hidden, idealRow, notCreated, NOT_TOLD } from './made-row-facts';
import { mayHaveWritten } from './outcome';
import type { RowJournal } from './row-journal';
import { cannotMake, type Draft, type Drafted, type RowSource } from './row-source';
import { linkColumns, type TablePlan } from './table-plan';
import type { Evidence } from './verdict';

/** An insert that was sent, and the row's name in the journal. */
export interface SentInsert {
  readonly exchange: Exchange;
  readonly journalIds: readonly string[];
}

/** A row that nothing names before PostgreSQL does: it is told by what was there before it. */
interface Unnamed {
  readonly owner: string;
  /** By reader, the filter that only later rows pass. */
  readonly since: ReadonlyMap<string, Filter>;
  readonly journalId: string | undefined;
  /** The owners of all rows of the request. */
  readonly beside: readonly string[];
}

/** Makes rows for a run, parents first; each is in the journal before it is sent. */
export class MadeRows implements RowSource {
  readonly #own = new Map<string, Promise<Control<KnownRow>>>();
  /** The rows' names in the journal; counted keys are alike in every table, so that a filter names no row. */
  readonly #journalIds = new Map<KnownRow, string>();
  readonly #unnamed = new Map<Draft, Unnamed>();

  constructor(
    private readonly options: DraftOptions & { readonly subjects: readonly [string, string] },
    private readonly journal: RowJournal,
  ) {}

  async own(plan: TablePlan, subject: string): Promise<Control<KnownRow>> {
    const name = `${plan.table} ${subject}`;
    const known = this.#own.get(name) ?? this.#make(plan, subject, false);
    this.#own.set(name, known);
    return known;
  }

  async another(plan: TablePlan, subject: string): Promise<Control<KnownRow>> {
    return this.#make(plan, subject, true);
  }

  async draft(plan: TablePlan, subject: string, fixed: Row = {}, fresh = false): Promise<Drafted> {
    const marker = `flux-rls check ${this.options.runId}-${randomBytes(3).toString('hex')}`;
    const drafted = await draftRow(this.options, this, plan, subject, { fixed, marker, fresh });
    const isTold = plan.key.length > 0 || !drafted.made || drafted.draft.markerColumn !== undefined;
    return isTold ? drafted : { made: false, diagnosis: NOT_TOLD, evidence: drafted.draft.evidence };
  }

  /** Sends an insert of one or more rows as `as`; the journal knows them before. */
  async insert(
    plan: TablePlan,
    rows: readonly { readonly draft: Draft; readonly owner: string }[],
    request: { readonly as: string; readonly control?: boolean; readonly ideal?: ReturnType<typeof creates> },
  ): Promise<SentInsert> {
    const { asker, signal } = this.options;
    const journalIds: string[] = [];
    for (const { draft, owner } of rows) {
      const id = await this.#remember(plan, draft, owner, request.as);
      journalIds.push(id);
      const unnamed = this.#unnamed.get(draft);
      if (unnamed)
        this.#unnamed.set(draft, { ...unnamed, journalId: id, beside: rows.map(row => row.owner) });
    }
    const bodies = rows.map(({ draft }) => draft.values);
    const exchange = await asker.ask(
      {
        method: 'POST',
        table: plan.table,
        as: request.as,
        body: bodies.length === 1 ? (bodies[0] ?? {}) : bodies,
        // Minimal: a representation would ask the SELECT policy as well, which hides an open INSERT policy.
        prefer: 'return=minimal',
        control: request.control ?? false,
        shown: linkColumns(plan),
        ideal: request.ideal ?? creates(),
      },
      signal,
    );
    const { answer } = exchange;
    for (const id of journalIds) {
      if (answer.status !== null && answer.status < 300 && !answer.foreign) this.journal.written(id);
      else if (!mayHaveWritten(answer)) await this.journal.forget(id);
    }
    return { exchange, journalIds };
  }

  /** A row that a check removed itself. */
  async gone(row: KnownRow): Promise<void> {
    const id = this.#journalIds.get(row);
    if (id !== undefined) await this.journal.forget(id);
    await this.#retire(row);
  }

  /**
   * Writes down where a row will be found once it is somebody else's, before a request that may bring that about. What is
   * returned has to be told whether it did: the row is then its subject's no more, and another is made where one is needed.
   */
  async moving(plan: TablePlan, row: KnownRow, link: Row): Promise<(moved: boolean) => Promise<void>> {
    const filter = {
      ...row.filter,
      ...filterOf(
        Object.keys(link).filter(name => name in row.filter),
        link,
      ),
    };
    const id = this.#journalIds.get(row);
    const isElsewhere = JSON.stringify(filter) !== JSON.stringify(row.filter);
    const { subjects } = this.options;
    const entry = { table: plan.table, owner: row.subject, removers: [...subjects], filter };
    const second = isElsewhere && id !== undefined ? await this.journal.add(entry) : undefined;
    return async moved => {
      if (moved && id !== undefined && second !== undefined) await this.journal.refine(id, filter);
      if (second !== undefined) await this.journal.forget(second);
      if (moved) await this.#retire(row);
    };
  }

  async #retire(row: KnownRow): Promise<void> {
    for (const [name, known] of this.#own) {
      const control = await known;
      if (control.held && control.value === row) this.#own.delete(name);
    }
  }

  /** Reads a row that was inserted as whoever may see it. */
  async find(
    plan: TablePlan,
    draft: Draft,
    as: string,
    isThere = true,
  ): Promise<{ row: Row | undefined; exchange: Exchange }> {
    const filter = this.#filter(draft);
    const unnamed = filter ? undefined : this.#unnamed.get(draft);
    const exchange = unnamed
      ? await this.#readSince(plan, unnamed, as)
      : await this.#read(plan, filter ?? {}, as, isThere);
    const rows = exchange.answer.status === null ? [] : (exchange.answer.rows ?? []);
    if (!unnamed) return { row: rows[0], exchange };
    // Of rows made by one request, those that are meant to be the reader's own come first.
    const row = rows[unnamed.owner === as ? 0 : unnamed.beside.filter(owner => owner === as).length];
    const found = row && filterOf(plan.key, row);
    if (found && unnamed.journalId !== undefined) await this.journal.refine(unnamed.journalId, found);
    return { row, exchange };
  }

  async #make(plan: TablePlan, subject: string, fresh: boolean): Promise<Control<KnownRow>> {
    const drafted = await this.draft(plan, subject, {}, fresh);
    if (!drafted.made) return { held: false, diagnosis: drafted.diagnosis, evidence: drafted.evidence };
    const { draft } = drafted;
    const sent = await this.insert(plan, [{ draft, owner: subject }], { as: subject, control: true });
    const asked = { table: plan.table, subject, owner: linkColumns(plan)[0], verb: 'INSERT' } as const;
    const tokenExpiry = this.options.asker.expiryOf(subject);
    const refused = diagnose(sent.exchange.answer, { ...asked, tokenExpiry }) ?? notCreated(sent.exchange);
    if (refused)
      return { held: false, diagnosis: refused, evidence: [...draft.evidence, sent.exchange.evidence] };
    const { row, exchange } = await this.find(plan, draft, subject);
    const evidence = [...draft.evidence, sent.exchange.evidence, exchange.evidence];
    const unread = diagnose(exchange.answer, { ...asked, verb: 'SELECT', tokenExpiry });
    if (unread) return { held: false, diagnosis: unread, evidence };
    if (!row) return { held: false, diagnosis: hidden(plan), evidence };
    // By its owner alone, all rows of a person would be meant.
    const filter = plan.key.length > 0 ? filterOf(plan.key, row) : this.#filter(draft);
    return this.#known(subject, filter, row, sent.journalIds[0], evidence);
  }

  async #known(
    subject: string,
    filter: Filter | undefined,
    row: Row,
    journalId: string | undefined,
    evidence: readonly Evidence[],
  ): Promise<Control<KnownRow>> {
    if (!filter) {
      return { held: false, diagnosis: cannotMake('the key', 'the answer does not show it'), evidence };
    }
    const value: KnownRow = { subject, filter, values: row, made: true };
    if (journalId !== undefined) {
      await this.journal.refine(journalId, filter);
      this.#journalIds.set(value, journalId);
    }
    return { held: true, value, evidence };
  }

  async #remember(plan: TablePlan, draft: Draft, owner: string, by: string): Promise<string> {
    const { subjects } = this.options;
    const removers = [...new Set([owner, by, ...subjects])];
    const known = this.#filter(draft);
    const entry = { table: plan.table, owner, removers };
    if (known) return this.journal.add({ ...entry, filter: known });
    const ownerColumn = plan.ownership.kind === 'column' ? plan.ownership.column : undefined;
    const since = new Map<string, Filter>();
    for (const reader of new Set([owner, by])) since.set(reader, await this.#since(plan, reader));
    this.#unnamed.set(draft, { owner, since, journalId: undefined, beside: [] });
    const filter = since.get(owner) ?? {};
    return this.journal.add({ ...entry, filter, ...(ownerColumn !== undefined && { ownerColumn }) });
  }

  /** Finds the row before PostgreSQL names it: by its key, else by its marker. */
  #filter({ key, markerColumn, values }: Draft): Filter | undefined {
    if (key) return Object.fromEntries(Object.entries(key).map(([column, value]) => [column, `eq.${value}`]));
    return markerColumn === undefined ? undefined : filterOf([markerColumn], values);
  }

  /** What the owner makes from now on, where keys are counted up. */
  async #since(plan: TablePlan, owner: string): Promise<Filter> {
    const [key = 'id'] = plan.key;
    const exchange = await this.#newestOf(plan, owner, key);
    const last = exchange.answer.status === null ? undefined : exchange.answer.rows?.[0]?.[key];
    return typeof last === 'number' || typeof last === 'string'
      ? { [key]: `gt.${last}` }
      : { [key]: 'not.is.null' };
  }

  /** Rows of the reader's that were not there before the insert. */
  async #readSince(plan: TablePlan, { since, beside }: Unnamed, as: string): Promise<Exchange> {
    const [key = 'id'] = plan.key;
    const columns = readColumns(plan, this.#targetsOf(plan));
    return this.options.asker.ask(
      {
        method: 'GET',
        table: plan.table,
        query: {
          select: columns.join(','),
          ...this.#ownedBy(plan, as),
          ...since.get(as),
          order: `${key}.desc`,
          limit: String(beside.length),
        },
        as,
        control: true,
        ideal: shows([idealRow(plan, columns, {}, as)]),
      },
      this.options.signal,
    );
  }

  #ownedBy({ ownership }: TablePlan, subject: string): Filter {
    return ownership.kind === 'column' ? { [ownership.column]: `eq.${subject}` } : {};
  }

  async #newestOf(plan: TablePlan, as: string, key: string): Promise<Exchange> {
    return this.options.asker.ask(
      {
        method: 'GET',
        table: plan.table,
        query: { select: key, ...this.#ownedBy(plan, as), order: `${key}.desc`, limit: '1' },
        as,
        control: true,
        ideal: shows([{ [key]: 1 }]),
      },
      this.options.signal,
    );
  }

  async #read(plan: TablePlan, filter: Filter, as: string, isThere: boolean): Promise<Exchange> {
    const columns = readColumns(plan, this.#targetsOf(plan));
    return this.options.asker.ask(
      {
        method: 'GET',
        table: plan.table,
        query: { select: columns.join(','), ...filter },
        as,
        control: isThere,
        ideal: shows(isThere ? [idealRow(plan, columns, filter, as)] : []),
      },
      this.options.signal,
    );
  }

  /** Columns that other tables point at. */
  #targetsOf({ table }: TablePlan): string[] {
    return [...this.options.plans.values()].flatMap(({ foreignKeys }) =>
      foreignKeys.filter(key => key.table === table).flatMap(({ targets }) => targets),
    );
  }
}
