import {
  defineRule,
  type HistoryEntry,
  type Policy,
  type SchemaModel,
  type Span,
  type Statement,
  type Table,
} from '../rule';

export default defineRule({
  id: 'rls-weakened-later',
  title: 'Protection that a later statement takes away',
  severity: 'warning',
  fixable: false,
  sources: [],
  docs: {
    what: 'A statement takes protection away that is not put back by the end of the push: it drops a restrictive policy, removes FORCE, or switches row-level security off on a table that an earlier push made.',
    why:
      'Nothing fails: the requests that were refused simply pass. A restrictive policy is a floor under all others, so ' +
      'without it the permissive ones decide alone. Dropping a permissive policy only closes, and is not reported here.',
    how: 'Create the policy anew, or set FORCE or ENABLE again, in the same push.',
    falseAlarm: 'The protection is given up on purpose.',
    bad: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, locked boolean not null default true);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_locked on notes as restrictive for select to authenticated using (not locked);
grant select on notes to authenticated;`,
      'migrations/0002_locks.sql': `drop policy notes_locked on notes;`,
    },
    good: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, locked boolean not null default true);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_locked on notes as restrictive for select to authenticated using (not locked);
grant select on notes to authenticated;`,
      'migrations/0002_locks.sql': `drop policy notes_locked on notes;
create policy notes_locked on notes as restrictive for select to authenticated using (locked is false);`,
    },
  },

  check(model, report) {
    const told = new Set<unknown>();
    // The last statement that takes something away is the one that counts.
    for (const entry of [...model.history].reverse()) {
      const finding = weakened(model, entry);
      if (!finding || told.has(finding.of)) continue;
      told.add(finding.of);
      report({ at: finding.at, message: finding.message, related: finding.related });
    }
  },
});

interface Weakened {
  readonly of: unknown;
  readonly at: Span;
  readonly message: string;
  readonly related: { readonly at: Span; readonly message: string }[];
}

function weakened(model: SchemaModel, entry: HistoryEntry): Weakened | undefined {
  if (entry.kind === 'policy-dropped') {
    const { policy, statement } = entry;
    if (!isFloorGone(model, policy)) return undefined;
    return {
      of: policy,
      at: statement.at,
      message: `This drops ${policy.name}, a restrictive policy of ${policy.table.name}, and nothing takes its place: the permissive policies decide alone.`,
      related: [{ at: policy.at, message: `${policy.name} is made here` }],
    };
  }
  if (entry.kind === 'row-security-disabled') {
    const { table, statement } = entry;
    // On a table that the push makes, rls-not-enabled and its kin speak.
    const isSpokenOf = table.created !== undefined || table.policies.length > 0;
    if (table.switchedOff !== statement || table.rowSecurity !== false || isSpokenOf) return undefined;
    const message = `This switches row-level security off on ${table.name}: every row is open to whoever holds the privilege.`;
    return model.isExposed(table.schema) ? { of: table, at: statement.at, message, related: [] } : undefined;
  }
  if (entry.kind === 'force-removed') {
    const { table, statement } = entry;
    if (table.forcedBy !== statement || !isForceMissed(model, table, statement)) return undefined;
    const message = `This removes FORCE from ${table.name}: what runs as its owner sees every row again.`;
    return { of: table, at: statement.at, message, related: [] };
  }
  return undefined;
}

/** A restrictive policy is missed where permissive ones of its verb are left, and no other floor is. */
function isFloorGone({ tables }: SchemaModel, { permissive, verb, table }: Policy): boolean {
  if (permissive || ![...tables.values()].includes(table)) return false;
  const left = table.policies.filter(other => other.verb === verb || other.verb === 'all' || verb === 'all');
  return left.length > 0 && left.every(other => other.permissive);
}

/**
 * FORCE binds owners that are no superusers: on v1 those that a statement names. A v2 push forces plain tables again at
 * its end, and comments that keep them out have rules of their own.
 */
function isForceMissed(model: SchemaModel, table: Table, removed: Statement): boolean {
  if (model.engine === 'v2_shared' ? !table.partitioned : !table.owner) return false;
  return model.history.some(
    entry =>
      entry.kind === 'forced' &&
      entry.table === table &&
      model.orderOf(entry.statement) < model.orderOf(removed),
  );
}
