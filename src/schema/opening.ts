import { ANON } from '../flux/engine';
import { isWider, type Audience } from './audience';
import { isChoosable } from './choosable';
import { audienceThrough, clausesOf, concernsRequests, type Judged } from './clauses';
import type { Fact } from './facts';
import type { SchemaModel } from './model';
import type { Policy, Table } from './objects';
import type { Predicate } from './predicate';

/** What makes a policy too wide. Each kind is a rule of its own, and a policy has one kind at most. */
export type OpeningKind =
  /** True for every row. */
  | 'always-true'
  /** Asks for a subject, and not for whose row it is. */
  | 'any-authenticated'
  /** WITH CHECK lets a row be written that USING would not have found. */
  | 'check-weaker'
  /** INSERT takes rows in another user's name. */
  | 'insert-unchecked-owner'
  /** Looks at the row alone. */
  | 'no-subject'
  /** Looks at the row alone, beside a policy that asks for its owner: permissive policies add up. */
  | 'widened';

export interface Opening {
  readonly kind: OpeningKind;
  readonly clause: Predicate;
  /** Less than an error where it may be meant: reference data, or rows that a group shares. */
  readonly severity: 'error' | 'warning' | 'info';
  /** The table in which it asks for any row of the caller's. */
  readonly asks?: Table;
  /** The owner policy that it stands beside. */
  readonly beside?: Policy;
}

const KNOWN = new WeakMap<Policy, Opening | null>();

/**
 * The one thing that makes a policy too wide, after restrictive policies have taken away from it. The widest counts:
 * always true before any subject before the row alone; what WITH CHECK adds is asked for only where USING is right.
 */
export function openingOf(policy: Policy, model: SchemaModel): Opening | undefined {
  const known = KNOWN.get(policy);
  if (known !== undefined) return known ?? undefined;
  const opening =
    policy.permissive && concernsRequests(policy, model) && !isAnonWrite(policy)
      ? new OpeningReader(policy, model).read()
      : undefined;
  KNOWN.set(policy, opening ?? null);
  return opening;
}

/** That signed-out visitors write at all is what `policy-anon-write` says. */
function isAnonWrite({ verb, roles }: Policy): boolean {
  return verb !== 'select' && roles.length > 0 && roles.every(({ name }) => name === ANON);
}

class OpeningReader {
  readonly #owners: readonly string[];
  readonly #isOwned: boolean;

  constructor(
    private readonly policy: Policy,
    private readonly model: SchemaModel,
  ) {
    this.#owners = model.ownerColumns(policy.table).map(({ name }) => name);
    this.#isOwned = model.isOwned(policy.table);
  }

  read(): Opening | undefined {
    const { found, written } = clausesOf(this.policy);
    const whoFinds = this.#through('found');
    const opening = found && (this.#wideOpen(found, whoFinds) ?? this.#byRow(found, whoFinds));
    if (opening || !written || written === found) return opening;
    const whoWrites = this.#through('written');
    if (found && isOwners(whoFinds)) return this.#weaker(found, whoFinds, written, whoWrites);
    // What an UPDATE may write concerns only those whom USING lets at a row.
    return this.policy.verb === 'update' ? undefined : this.#inserted(written, whoWrites);
  }

  #through(judged: Judged): Audience {
    return audienceThrough(this.policy, judged, this.model);
  }

  #wideOpen(clause: Predicate, who: Audience): Opening | undefined {
    if (who === 'everybody')
      return opening(
        'always-true',
        clause,
        this.policy.verb === 'select' && !this.#isOwned ? 'info' : 'error',
      );
    if (!this.#isOwned) return undefined;
    // `owner_id = current_user` is another mistake: it does compare the owner.
    const asks = clause.ways.some(
      ({ atom, audience }) => audience === 'signed-in' && clause.factOf(atom).kind !== 'database-role',
    );
    if (who === 'signed-in') return asks ? opening('any-authenticated', clause, 'error') : undefined;
    return who === 'certain-users' ? this.#byMembership(clause) : undefined;
  }

  /** `exists (select 1 from notes n where n.owner_id = auth.uid())`: any row of the caller's, whatever this row is. */
  #byMembership(clause: Predicate): Opening | undefined {
    for (const { atom, audience } of clause.ways) {
      const fact = clause.factOf(atom);
      if (audience !== 'certain-users' || fact.kind !== 'related' || fact.correlated) continue;
      const [key, ...others] = fact.relations;
      const asks = this.model.tables.get(key ?? '');
      const columns = new Set(clause.columnsIn(atom.node).map(({ column }) => column));
      if (!asks || others.length > 0 || columns.size !== 1 || ELECT.test(asks.name)) continue;
      const isParent = this.policy.table.foreignKeys.some(({ table }) => table === key);
      return { ...opening('any-authenticated', clause, isParent ? 'warning' : 'info'), asks };
    }
    return undefined;
  }

  #byRow(clause: Predicate, who: Audience): Opening | undefined {
    if (who !== 'row-decides' || !this.#isOwned || this.#isLiteral(clause)) return undefined;
    const isRead = this.policy.verb === 'select';
    if (isRead && (clause.mentionsSubject || clause.shows || !isPlain(clause))) return undefined;
    const beside = this.#ownerPolicy();
    return beside
      ? { ...opening('widened', clause, 'warning'), beside }
      : opening('no-subject', clause, 'warning');
  }

  /** USING is right: what does WITH CHECK let through that it would not? */
  #weaker(found: Predicate, finds: Audience, written: Predicate, writes: Audience): Opening | undefined {
    if (isWider(writes, 'others')) return opening('check-weaker', written, 'error');
    // Restrictive policies ask for the owner where the check does not.
    if (finds !== 'owner' || writes !== written.audience) return undefined;
    const named = new Set(written.columns.filter(({ of }) => of === 'own').map(({ column }) => column));
    const isGivenUp = this.#owners.some(column => found.tiesOwner(column) && !named.has(column));
    return isGivenUp && isOwners(writes) ? opening('check-weaker', written, 'warning') : undefined;
  }

  #inserted(clause: Predicate, who: Audience): Opening | undefined {
    const wide = this.#wideOpen(clause, who);
    if (wide || this.#owners.length === 0 || this.#isLiteral(clause)) return wide;
    if (!isChoosable(this.policy.table, this.#owners, 'insert', this.model)) return undefined;
    if (who === 'row-decides') return opening('insert-unchecked-owner', clause, 'error');
    const asksOwner = clause.facts.some(({ kind }) => kind === 'owner' || kind === 'owner-pattern');
    return who === 'members' && !asksOwner ? opening('insert-unchecked-owner', clause, 'info') : undefined;
  }

  /** Rows of one written-out owner are another mistake, or templates. */
  #isLiteral(clause: Predicate): boolean {
    return clause.facts.some(fact => fact.kind === 'literal' && this.#owners.includes(fact.column));
  }

  #ownerPolicy(): Policy | undefined {
    const { verb, table } = this.policy;
    return table.policies.find(
      other =>
        other !== this.policy &&
        other.permissive &&
        other.verb !== 'insert' &&
        (other.verb === verb || other.verb === 'all' || verb === 'all') &&
        concernsRequests(other, this.model) &&
        isOwners(audienceThrough(other, 'found', this.model)),
    );
  }
}

function opening(kind: OpeningKind, clause: Predicate, severity: Opening['severity']): Opening {
  return { kind, clause, severity };
}

/** Tables of a few people, to be in which says enough. */
const ELECT = /admin|staff|moderator|operator|editor|subscri|allow|approved/i;

function isOwners(audience: Audience): boolean {
  return audience === 'owner' || audience === 'members';
}

/** It looks at columns and constants, not at other tables. */
function isPlain(clause: Predicate): boolean {
  const plain: readonly Fact['kind'][] = ['row', 'literal', 'constant'];
  return clause.facts.every(({ kind }) => plain.includes(kind));
}
