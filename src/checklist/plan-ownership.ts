import { AUTHENTICATED } from '../flux/engine';
import { accessOf } from '../schema/access';
import type { Column, ForeignKey, SchemaModel, Table } from '../schema/model';
import { provesParent } from '../schema/parent-proof';
import { plannedForeignKeys } from './plan-columns';
import type { Ownership, TableChoices } from './table-plan';

/** How the rows of a table belong to subjects, or why it cannot be told. */
export type OwnershipFound =
  { readonly ownership: Ownership; readonly shared: boolean } | { readonly reason: string };

const NO_OWNER = 'no column tells whose a row is: name one, or mark the table as shared';

/** Says of each table how its rows belong to subjects; what a person said goes first. */
export class OwnershipReader {
  readonly #known = new Map<Table, Ownership | undefined>();

  constructor(
    private readonly model: SchemaModel,
    private readonly choices: TableChoices,
  ) {}

  read(table: Table): OwnershipFound {
    const ownership = this.ownerOf(table);
    if (this.choices.shared.includes(table.name)) {
      return { ownership: ownership ?? { kind: 'nobody' }, shared: true };
    }
    if (ownership) return { ownership, shared: false };
    return isReadByAll(this.model, table)
      ? { ownership: { kind: 'nobody' }, shared: true }
      : { reason: NO_OWNER };
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

  #pointsAtOwned(table: Table, column: string): boolean {
    return table.foreignKeys.some(({ columns, table: key }) => {
      const parent = this.model.tables.get(key);
      return columns.includes(column) && parent !== undefined && this.ownerOf(parent) !== undefined;
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

/** Whether the SQL says in so many words that every signed-in subject reads a table and none writes it. */
function isReadByAll(model: SchemaModel, table: Table): boolean {
  if (model.mayBeDoneByCode(table, /\b(?:grant|revoke|policy|row\s+level)\b/i)) return false;
  const access = accessOf(model, table).filter(({ role }) => role === AUTHENTICATED);
  const isMeant = ({ reason, granted }: (typeof access)[number]): boolean =>
    reason === 'policies' || granted === 'files';
  return access.every(each =>
    each.verb === 'select'
      ? (each.reach === 'everybody' || each.reach === 'signed-in') && isMeant(each)
      : each.reach === 'nobody',
  );
}
