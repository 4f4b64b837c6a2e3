import { ANON, AUTHENTICATED, SERVICE_ROLE, type Engine } from '../flux/engine';
import { requestRole, tenantOf } from '../flux/names';
import type { CatalogQuery, CatalogRows, RelationRow, RoutineRow } from './catalog-rows';
import { PrivilegeWriter } from './from-catalog-privileges';
import { readCatalog } from './from-catalog-queries';
import { policyText, tableText } from './from-catalog-tables';

/** Which project of a database is read. */
export interface LiveProject {
  readonly engine: Engine;
  readonly schema: string;
}

/** Name of the document that a live schema is written as. */
export const LIVE_FILE = 'live.sql';

/**
 * Writes the live schema as SQL that reads like the files of a push: names of the API schema unqualified, on v2 the
 * tenant's role as `authenticated`, and of the privileges what differs from the platform's own. Undefined when the
 * database has no such schema.
 */
export async function liveSql(
  query: CatalogQuery,
  { engine, schema }: LiveProject,
): Promise<string | undefined> {
  const role = requestRole(engine, schema);
  const ddlRole = engine === 'v2_shared' ? tenantOf(schema)?.ddlRole : undefined;
  const [{ version } = { version: 0 }] = await query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  const rows = await readCatalog(
    query,
    schema,
    [...new Set([role, AUTHENTICATED, ANON])],
    ddlRole ?? 'postgres',
  );
  if (!rows) return undefined;
  // Others than those of requests say nothing about them; authenticator only changes into another role.
  const silent = new Set([
    rows.schema.owner,
    ddlRole,
    'postgres',
    'authenticator',
    ...(engine === 'v2_shared' ? [SERVICE_ROLE] : []),
  ]);
  const names = new RoleNames(engine, role, silent);
  return new LiveWriter(
    rows,
    names,
    new PrivilegeWriter(engine, version >= 170_000, name => names.granted(name)),
    new Set([rows.schema.owner, ddlRole ?? 'postgres']),
    `-- The live schema ${schema}, as the database's catalog has it.`,
  ).write();
}

/** Roles as files name them. */
class RoleNames {
  constructor(
    private readonly engine: Engine,
    private readonly requests: string,
    private readonly silent: ReadonlySet<string | undefined>,
  ) {}

  written(role: string): string {
    if (role === 'public') return role;
    if (this.engine === 'v2_shared' && role === this.requests) return AUTHENTICATED;
    // A lower-case word needs no quotes; the parser reads a quoted one just the same.
    return /^[a-z_][a-z0-9_]*$/.test(role) ? role : `"${role.replaceAll('"', '""')}"`;
  }

  granted(role: string): string | undefined {
    return this.silent.has(role) || role.startsWith('pg_') ? undefined : this.written(role);
  }
}

class LiveWriter {
  constructor(
    private readonly rows: CatalogRows,
    private readonly roles: RoleNames,
    private readonly privileges: PrivilegeWriter,
    private readonly usualOwners: ReadonlySet<string>,
    private readonly title: string,
  ) {}

  write(): string {
    const { rows } = this;
    const tables = rows.relations.filter(({ kind }) => kind === 'r' || kind === 'p' || kind === 'f');
    const views = rows.relations.filter(({ kind }) => kind === 'v' || kind === 'm');
    return [
      this.title,
      ...this.#section('Roles and schema', this.#rolesAndSchema()),
      ...rows.types.flatMap(({ written, definition, domain }) =>
        this.#section(`Type ${written}`, [`create ${domain ? 'domain' : 'type'} ${written} ${definition};`]),
      ),
      ...rows.sequences
        .filter(({ serial }) => !serial)
        .flatMap(({ written, acl }) =>
          this.#section(`Sequence ${written}`, [
            `create sequence ${written};`,
            ...this.privileges.statements('sequence', `sequence ${written}`, acl),
          ]),
        ),
      ...tables.flatMap(table => this.#section(tableTitle(table), this.#table(table))),
      ...views.flatMap(view =>
        this.#section(
          `${view.kind === 'm' ? 'Materialized view' : 'View'} ${view.written}`,
          this.#view(view),
        ),
      ),
      ...rows.routines.flatMap(routine =>
        this.#section(
          `${routine.procedure ? 'Procedure' : 'Function'} ${routine.written}`,
          this.#routine(routine),
        ),
      ),
      ...tables.flatMap(table => this.#section(`Who may do what with ${table.written}`, this.#rights(table))),
      ...this.#section(
        'Privileges of serial columns’ sequences',
        rows.sequences
          .filter(({ serial }) => serial)
          .flatMap(({ written, acl }) => this.privileges.statements('sequence', `sequence ${written}`, acl)),
      ),
      ...this.#section('Default privileges of later pushes', this.#defaults()),
    ]
      .join('\n\n')
      .concat('\n');
  }

  /** One object under a comment line; nothing where there is nothing to say. */
  #section(title: string, statements: readonly string[]): string[] {
    return statements.length === 0 ? [] : [[`-- ${title.replace(/\s+/g, ' ')}`, ...statements].join('\n')];
  }

  #rolesAndSchema(): string[] {
    const { roles, schema } = this.rows;
    return [
      ...roles.flatMap(({ name, superuser, bypassesRls, groups }) => {
        const written = this.roles.written(name);
        const options = [...(superuser ? ['superuser'] : []), ...(bypassesRls ? ['bypassrls'] : [])];
        return [
          ...(options.length > 0 ? [`alter role ${written} ${options.join(' ')};`] : []),
          ...groups.map(group => `grant ${this.roles.written(group)} to ${written};`),
        ];
      }),
      ...this.privileges.statements('schema', `schema ${schema.written}`, schema.acl),
    ];
  }

  #routine({ written, arguments: types, definition, procedure, comment, acl }: RoutineRow): string[] {
    const object = `${procedure ? 'procedure' : 'function'} ${written}(${types})`;
    const { written: schema } = this.rows.schema;
    const end = definition.search(/^(?:AS |BEGIN ATOMIC|RETURN )/m);
    const head = definition
      .slice(0, end < 0 ? undefined : end)
      .replace(`${schema}.${written}(`, `${written}(`)
      // What `set search_path from current` becomes when it is pushed.
      .replace(
        new RegExp(`^( SET search_path) TO '?${schema.replace(/\W/g, '\\$&')}'?$`, 'm'),
        '$1 FROM CURRENT',
      );
    return [
      `${head}${end < 0 ? '' : definition.slice(end)}`.trimEnd().concat(';'),
      ...this.#comment(object, comment),
      ...this.privileges.statements('routine', object, acl),
    ];
  }

  #table(table: RelationRow): string[] {
    const { rows } = this;
    const { oid, written, comment, owner } = table;
    const of = <Row extends { readonly relation: string }>(all: readonly Row[]): Row[] =>
      all.filter(({ relation }) => relation === oid);
    const columns = of(rows.columns);
    return [
      tableText(table, rows),
      ...this.#comment(`table ${written}`, comment),
      ...columns.flatMap(column => this.#comment(`column ${written}.${column.written}`, column.comment)),
      ...(this.usualOwners.has(owner)
        ? []
        : [`alter table ${written} owner to ${this.roles.written(owner)};`]),
      ...of(rows.indexes).map(({ definition }) => `${definition};`),
      ...(table.rowSecurity ? [`alter table ${written} enable row level security;`] : []),
      ...(table.forced ? [`alter table ${written} force row level security;`] : []),
    ];
  }

  /** Behind all tables and functions, for they speak of them. */
  #rights({ oid, written, acl }: RelationRow): string[] {
    const { rows } = this;
    const of = <Row extends { readonly relation: string }>(all: readonly Row[]): Row[] =>
      all.filter(({ relation }) => relation === oid);
    return [
      ...of(rows.policies).flatMap(policy => [
        policyText(policy, written, role => this.roles.written(role)),
        ...this.#comment(`policy ${policy.written} on ${written}`, policy.comment),
      ]),
      ...of(rows.triggers).map(({ definition }) => `${definition};`),
      ...this.privileges.statements('table', `table ${written}`, acl),
      ...this.privileges.columnStatements(`table ${written}`, of(rows.columns)),
    ];
  }

  #view({ oid, written, kind, options, query, comment, acl }: RelationRow): string[] {
    const settings = options.map(option => option.replace('=', ' = ')).join(', ');
    const create = `create ${kind === 'm' ? 'materialized ' : ''}view ${written}${kind === 'v' && settings !== '' ? ` with (${settings})` : ''} as`;
    return [
      `${create}\n${query ?? ''}`,
      ...this.#comment(`${kind === 'm' ? 'materialized ' : ''}view ${written}`, comment),
      ...this.privileges.statements('table', `table ${written}`, acl),
      ...this.privileges.columnStatements(
        `table ${written}`,
        this.rows.columns.filter(({ relation }) => relation === oid),
      ),
      ...this.rows.triggers
        .filter(({ relation }) => relation === oid)
        .map(({ definition }) => `${definition};`),
    ];
  }

  #defaults(): string[] {
    const kinds = [
      ['r', 'table'],
      ['S', 'sequence'],
      ['f', 'routine'],
    ] as const;
    return kinds.flatMap(([on, kind]) =>
      this.privileges.defaultStatements(
        this.rows.schema.written,
        kind,
        this.rows.defaults.find(row => row.on === on)?.acl ?? [],
      ),
    );
  }

  #comment(object: string, comment: string | null): string[] {
    return comment === null ? [] : [`comment on ${object} is '${comment.replaceAll("'", "''")}';`];
  }
}

function tableTitle({ written, rowSecurity, forced, kind }: RelationRow): string {
  const security = rowSecurity ? `row security on${forced ? ', forced' : ''}` : 'row security off';
  return `${kind === 'f' ? 'Foreign table' : 'Table'} ${written}: ${security}`;
}
