import { randomBytes } from 'node:crypto';
import type { Engine } from '../flux/engine';
import type { Answer } from './answer';
import { diagnose, type Diagnosis } from './diagnose';
import type { Exchange, GatewayClient, Request } from './gateway-client';
import { makeOwnedRow } from './make-row';
import type { RowJournal } from './row-journal';
import { linkColumns, type TablePlan } from './table-plan';
import type { Evidence } from './verdict';

/** A positive control: what has to work before a refusal elsewhere means anything. */
export type Control<T> =
  | { readonly held: true; readonly value: T; readonly evidence: readonly Evidence[] }
  | { readonly held: false; readonly diagnosis: Diagnosis; readonly evidence: readonly Evidence[] };

/** A row that a subject made and can see. */
export interface OwnRow {
  readonly subject: string;
  /** PostgREST filter that finds exactly this row. */
  readonly filter: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the checks of one table share: the requests, the two subjects, and their own rows, made once. */
export class CheckContext {
  readonly #ownRows = new Map<string, Promise<Control<OwnRow>>>();
  readonly #run = randomBytes(4).toString('hex');

  constructor(
    readonly plan: TablePlan,
    readonly engine: Engine,
    readonly subjects: readonly [string, string],
    private readonly client: GatewayClient,
    private readonly journal: RowJournal,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** The column that makes a row a subject's. */
  get owner(): string {
    return linkColumns(this.plan)[0] ?? '';
  }

  async ask(request: Omit<Request, 'table'>): Promise<Exchange> {
    return this.client.ask({ ...request, table: this.plan.table }, this.signal);
  }

  /** Why an answer is a refusal; undefined when it is none. */
  diagnose(
    exchange: Exchange,
    verb: 'SELECT' | 'INSERT' | 'DELETE',
    subject?: string,
  ): Diagnosis | undefined {
    return diagnose(exchange.answer, {
      table: this.plan.table,
      owner: this.owner,
      verb,
      subject,
      tokenExpiry: subject === undefined ? undefined : this.client.expiryOf(subject),
    });
  }

  /** The subject's token gets as far as PostgreSQL. */
  async tokenWorks(subject: string): Promise<Control<Exchange>> {
    const asked = await this.ask({ method: 'GET', query: this.#glance(), as: subject, control: true });
    const diagnosis = this.diagnose(asked, 'SELECT', subject);
    const evidence = [asked.evidence];
    return diagnosis ? { held: false, diagnosis, evidence } : { held: true, value: asked, evidence };
  }

  /** The subject's own row: inserted at the first call, and seen by its owner. */
  async ownRow(subject: string): Promise<Control<OwnRow>> {
    const known = this.#ownRows.get(subject) ?? this.#makeOwnRow(subject);
    this.#ownRows.set(subject, known);
    return known;
  }

  /** A fresh row in `owner`'s name; its values tell where it is from. */
  newRow(owner: string): ReturnType<typeof makeOwnedRow> {
    return makeOwnedRow(this.plan, owner, `flux-rls check ${this.#run}-${randomBytes(3).toString('hex')}`);
  }

  /** Writes an insert down that `by` sends and that ends up with `owner`. */
  remember(
    row: { filter: Readonly<Record<string, string>> },
    owner: string,
    by: string,
    certain: boolean,
  ): void {
    const [column, condition] = Object.entries(row.filter)[0] ?? ['', ''];
    const removers = [...new Set([owner, by])];
    this.journal.add({
      table: this.plan.table,
      column,
      value: condition.slice('eq.'.length),
      owner,
      removers,
      certain,
    });
  }

  /**
   * Whether row-level security runs for the subject, asked without writing: a row that lacks a required value is
   * refused (23502) after the policies, and so is one whose key is taken (23505). PostgreSQL hides the values in
   * `details` exactly while row-level security is on. Undefined when it cannot be told.
   */
  async rowSecurityIsOn(own: OwnRow): Promise<boolean | undefined> {
    const { columns } = this.plan;
    const { owner } = this;
    const required = columns.find(column => column.required && !column.primaryKey && column.name !== owner);
    const key = columns.find(column => column.primaryKey && column.name in own.values);
    if (!required && !key) return undefined;
    const fresh = required ? this.newRow(own.subject) : undefined;
    const body =
      required && fresh && 'values' in fresh ? { ...fresh.values, [required.name]: null } : own.values;
    const { answer } = await this.ask({ method: 'POST', as: own.subject, body, prefer: 'return=minimal' });
    if (answer.status === null || (answer.code !== '23502' && answer.code !== '23505')) return undefined;
    return answer.details === null;
  }

  /** A filter for the one row of a subject that came after its own; for tables whose keys PostgreSQL counts up. */
  async rowAfter({ subject, filter }: OwnRow): Promise<OwnRow['filter'] | undefined> {
    const [key, condition] = Object.entries(filter)[0] ?? ['', ''];
    const value = condition.slice('eq.'.length);
    if (!/^\d+$/.test(value)) return undefined;
    const query = { select: key, [this.owner]: `eq.${subject}`, [key]: `gt.${value}`, limit: '2' };
    const { answer } = await this.ask({ method: 'GET', query, as: subject });
    const rows = answer.status === null ? [] : (answer.rows ?? []);
    const found = rows.length === 1 ? rows[0]?.[key] : undefined;
    return typeof found === 'number' || typeof found === 'string' ? { [key]: `eq.${found}` } : undefined;
  }

  /** Says that a row stays behind, because nothing names it. */
  lose(owner: string): void {
    const { table } = this.plan;
    this.journal.addLost({
      table,
      key: 'unknown',
      owner,
      reason: 'the answer to the insert does not show its key',
    });
  }

  async #makeOwnRow(subject: string): Promise<Control<OwnRow>> {
    // Who cannot read could not find the row again, so nothing is written.
    const token = await this.tokenWorks(subject);
    if (!token.held) return token;
    const row = this.newRow(subject);
    if ('reason' in row) {
      return { held: false, diagnosis: cannotMake(row.column, row.reason), evidence: token.evidence };
    }
    const knownFilter = row.key && { [row.key.column]: `eq.${row.key.value}` };
    const insert = await this.ask({
      method: 'POST',
      as: subject,
      body: row.values,
      prefer: knownFilter ? 'return=minimal' : 'return=representation',
      control: true,
    });
    const { answer } = insert;
    if (answer.status === null || answer.status >= 500) {
      if (knownFilter) this.remember({ filter: knownFilter }, subject, subject, false);
    }
    const refused = this.diagnose(insert, 'INSERT', subject);
    if (refused) return { held: false, diagnosis: refused, evidence: [insert.evidence] };
    const filter = knownFilter ?? this.#filterOf(answer as Answer);
    if (!filter) {
      this.lose(subject);
      const diagnosis = cannotMake('the primary key', 'the answer to the insert does not show it');
      return { held: false, diagnosis, evidence: [insert.evidence] };
    }
    this.remember({ filter }, subject, subject, true);
    const own: OwnRow = { subject, filter, values: row.values };
    const seen = await this.see(own, subject, true);
    const evidence = [insert.evidence, seen.exchange.evidence];
    if (seen.diagnosis) return { held: false, diagnosis: seen.diagnosis, evidence };
    if (seen.rows !== 1) return { held: false, diagnosis: ownRowHidden(this.owner), evidence };
    return { held: true, value: own, evidence };
  }

  /** Asks for one row as somebody. */
  async see(
    row: Pick<OwnRow, 'filter'>,
    subject: string,
    control = false,
  ): Promise<{ exchange: Exchange; rows: number; owner: unknown; diagnosis: Diagnosis | undefined }> {
    const query = { select: this.owner, ...row.filter };
    const exchange = await this.ask({ method: 'GET', query, as: subject, control });
    const rows = exchange.answer.status === null ? undefined : exchange.answer.rows;
    return {
      exchange,
      rows: rows?.length ?? 0,
      owner: rows?.[0]?.[this.owner],
      diagnosis: this.diagnose(exchange, 'SELECT', subject),
    };
  }

  /** A glance at the table that costs nothing. */
  #glance(): Record<string, string> {
    return { select: this.owner, limit: '1' };
  }

  #filterOf({ rows }: Answer): Record<string, string> | undefined {
    const key = this.plan.columns.find(({ primaryKey }) => primaryKey)?.name ?? 'id';
    const value = rows?.[0]?.[key];
    return typeof value === 'string' || typeof value === 'number' ? { [key]: `eq.${value}` } : undefined;
  }
}

function cannotMake(column: string, reason: string): Diagnosis {
  return {
    cause: 'row-not-made',
    message: `No valid row can be made: ${column} has to be given, and ${reason}.`,
    advice: `Give ${column} a default, or check this table by hand.`,
  };
}

function ownRowHidden(owner: string): Diagnosis {
  return {
    cause: 'policy',
    message: 'The insert was accepted, but its owner cannot see the row.',
    advice: `Add a SELECT policy: using (${owner} = auth.uid()).`,
  };
}
