import { AUTHENTICATED } from '../flux/engine';
import { accessOf, type Access } from '../schema/access';
import type { Column, ForeignKey, SchemaModel, Table } from '../schema/model';
import { provesParent } from '../schema/parent-proof';
import { plannedForeignKeys } from './plan-columns';
import type { Ownership, TableChoices } from './table-plan';

/** How the rows of a table belong to subjects, or why it cannot be told. */
export type OwnershipFound =
  { readonly ownership: Ownership; readonly shared: boolean } | { readonly reason: string };

const NO_OWNER = 'no column tells whose a row is: name one, or mark the table as shared';
const NO_ACCESS = 'the SQL lets signed-in subjects neither read nor write it, so there is nothing to compare';

/** Says of each table how its rows belong to subjects; what a person said goes first. */
export class OwnershipReader {
  readonly #known = new Map<Table, Ownership | undefined>();

  constructor(
    private readonly model: SchemaModel,
    private readonly choices: TableChoices,
  ) {}

  read(table: Table): OwnershipFound {
    const chosen = this.choices.owners[table.name];
    if (chosen !== undefined && table.columnsKnown && !table.columns.has(chosen))
      return { reason: `it has no column ${chosen}: name another one` };
    const ownership = this.ownerOf(table);
    if (this.choices.shared.includes(table.name)) {
      return { ownership: ownership ?? { kind: 'nobody' }, shared: true };
    }
    if (ownership) return { ownership, shared: false };
    const access = signedInAccess(this.model, table);
    if (access && isReadByAll(access)) return { ownership: { kind: 'nobody' }, shared: true };
    return { reason: access?.every(({ reach }) => reach === 'nobody') === true ? NO_ACCESS : NO_OWNER };
  }

  /** By a column of its own, else through the row of another table. */
  ownerOf(table: Table): Ownership | undefined {
    if (this.#known.has(table)) return this.#known.get(table);
    // A table that hangs on itself comes back here before it is answered.
    this.#known.set(table, undefined);
    const chosen = this.choices.owners[table.name];
    const column = chosen ?? this.#ownerColumn(table)?.name;
    const ownership: Ownership | undefined =
      column === undefined ? this.#parentOf(table) : { kind: 'column', column };
    this.#known.set(table, ownership);
    return ownership;
  }

  /** The owner column that an INSERT is judged by, where several could be meant. */
  #ownerColumn(table: Table): Column | undefined {
    const columns = this.model.ownerColumns(table);
    const isUsed = this.model.ownerColumnsByUse(table).size > 0;
    // By its name alone, a column that points at an owned table is a link and no owner.
    const owners = isUsed ? columns : columns.filter(({ name }) => !this.#pointsAtOwned(table, name));
    const checks = this.model
      .policiesFor(table, 'insert')
      .flatMap(({ using, check }) => check ?? using ?? []);
    return owners.find(({ name }) => checks.some(check => check.tiesOwner(name))) ?? owners[0];
  }

  /** Whether a column points at a row that has an owner, and not at the owner itself. */
  #pointsAtOwned(table: Table, column: string): boolean {
    return plannedForeignKeys(this.model, table).some(({ columns, targets }, index) => {
      const at = columns.indexOf(column);
      const parent = this.model.tables.get(table.foreignKeys[index]?.table ?? '');
      const owner = at === -1 || !parent || parent === table ? undefined : this.ownerOf(parent);
      return owner !== undefined && !(owner.kind === 'column' && owner.column === targets[at]);
    });
  }

  /** The foreign key by which policies prove ownership; else the only one that has to point at an owned row. */
  #parentOf(table: Table): Ownership | undefined {
    const keys = table.foreignKeys.filter(key => this.#isOwned(key, table));
    const proving = keys.filter(key => isProof(table, key));
    const required = keys.filter(key => isRequired(table, key));
    const key =
      proving.find(key => isRequired(table, key)) ??
      proving[0] ??
      (required.length === 1 ? required[0] : undefined);
    if (!key) return undefined;
    const planned = plannedForeignKeys(this.model, { ...table, foreignKeys: [key] })[0];
    return (
      planned && { kind: 'parent', columns: key.columns, parent: planned.table, targets: planned.targets }
    );
  }

  #isOwned({ table: key }: ForeignKey, child: Table): boolean {
    const parent = this.model.tables.get(key);
    return (
      parent !== undefined &&
      parent !== child &&
      this.model.isExposedTable(parent) &&
      this.ownerOf(parent) !== undefined
    );
  }
}

function isProof({ policies }: Table, key: ForeignKey): boolean {
  return policies.some(({ using, check }) =>
    [using, check].some(
      predicate => predicate !== undefined && predicate.relations.length > 0 && provesParent(predicate, key),
    ),
  );
}

function isRequired(table: Table, { columns }: ForeignKey): boolean {
  return columns.every(name => table.columns.get(name)?.notNull ?? false);
}

/** What signed-in requests may do with a table; undefined where code that runs may have changed it. */
function signedInAccess(model: SchemaModel, table: Table): Access[] | undefined {
  if (model.mayBeDoneByCode(table, /\b(?:grant|revoke|policy|row\s+level)\b/i)) return undefined;
  return accessOf(model, table).filter(({ role }) => role === AUTHENTICATED);
}

/** Whether the SQL says in so many words that every signed-in subject reads a table, and lets none write it. */
function isReadByAll(access: readonly Access[]): boolean {
  return access.every(({ verb, reach, reason, granted }) =>
    verb === 'select'
      ? (reach === 'everybody' || reach === 'signed-in') && (reason === 'policies' || granted === 'files')
      : reach === 'nobody',
  );
}
