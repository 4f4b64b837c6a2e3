import { isWider, type Audience } from './audience';
import { isChoosable } from './choosable';
import { audienceThrough, clausesOf, concernsRequests, type Judged } from './clauses';
import type { Fact } from './facts';
import type { SchemaModel } from './model';
import type { Policy } from './objects';
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
  /** It may be meant: reference data, or rows that a group shares. */
  readonly isPlausible: boolean;
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
    policy.permissive && concernsRequests(policy, model)
      ? new OpeningReader(policy, model).read()
      : undefined;
  KNOWN.set(policy, opening ?? null);
  return opening;
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
      return opening('always-true', clause, this.policy.verb === 'select' && !this.#isOwned);
    // `owner_id = current_user` is another mistake: it does compare the owner.
    const asks = clause.ways.some(
      ({ atom, audience }) => audience === 'signed-in' && clause.factOf(atom).kind !== 'database-role',
    );
    return who === 'signed-in' && this.#isOwned && asks ? opening('any-authenticated', clause) : undefined;
  }

  #byRow(clause: Predicate, who: Audience): Opening | undefined {
    if (who !== 'row-decides' || !this.#isOwned || this.#isLiteral(clause)) return undefined;
    const isRead = this.policy.verb === 'select';
    if (isRead && (clause.mentionsSubject || clause.shows || !isPlain(clause))) return undefined;
    const beside = this.#ownerPolicy();
    return beside ? { ...opening('widened', clause), beside } : opening('no-subject', clause);
  }

  /** USING is right: what does WITH CHECK let through that it would not? */
  #weaker(found: Predicate, finds: Audience, written: Predicate, writes: Audience): Opening | undefined {
    if (isWider(writes, 'others') || writes === 'others') return opening('check-weaker', written);
    // Restrictive policies ask for the owner where the check does not.
    if (finds !== 'owner' || writes !== written.audience) return undefined;
    const named = new Set(written.columns.filter(({ of }) => of === 'own').map(({ column }) => column));
    const isGivenUp = this.#owners.some(column => found.tiesOwner(column) && !named.has(column));
    return isGivenUp && isOwners(writes) ? opening('check-weaker', written, true) : undefined;
  }

  #inserted(clause: Predicate, who: Audience): Opening | undefined {
    const wide = this.#wideOpen(clause, who);
    if (wide || this.#owners.length === 0 || this.#isLiteral(clause)) return wide;
    if (!isChoosable(this.policy.table, this.#owners, 'insert', this.model)) return undefined;
    if (who === 'row-decides') return opening('insert-unchecked-owner', clause);
    const asksOwner = clause.facts.some(({ kind }) => kind === 'owner' || kind === 'owner-pattern');
    return who === 'members' && !asksOwner ? opening('insert-unchecked-owner', clause, true) : undefined;
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

function opening(kind: OpeningKind, clause: Predicate, isPlausible = false): Opening {
  return { kind, clause, isPlausible };
}

function isOwners(audience: Audience): boolean {
  return audience === 'owner' || audience === 'members';
}

/** It looks at columns and constants, not at other tables. */
function isPlain(clause: Predicate): boolean {
  const plain: readonly Fact['kind'][] = ['row', 'literal', 'constant'];
  return clause.facts.every(({ kind }) => plain.includes(kind));
}
