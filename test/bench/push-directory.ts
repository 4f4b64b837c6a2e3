/** A file of a push directory. */
export interface BenchFile {
  readonly name: string;
  readonly text: string;
}

const TABLES_PER_FILE = 10;

function table(name: string): string {
  return `create table ${name} (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  title text not null check (length(title) between 1 and 200),
  done boolean not null default false,
  created_at timestamptz not null default now()
);
create index ${name}_owner on ${name} (owner_id);
alter table ${name} enable row level security;
create policy ${name}_read on ${name} for select to authenticated using (owner_id = (select auth.uid()));
create policy ${name}_insert on ${name} for insert to authenticated with check (owner_id = (select auth.uid()));
create policy ${name}_update on ${name} for update to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy ${name}_delete on ${name} for delete to authenticated using (owner_id = (select auth.uid()));
grant select, insert, update, delete on ${name} to authenticated;
`;
}

/** Statements of one table. */
export const STATEMENTS_PER_TABLE = 8;

/** Migrations with as many statements as asked for (a multiple of 80), eight for each table. */
export function pushDirectory(statements: number): BenchFile[] {
  const files = statements / STATEMENTS_PER_TABLE / TABLES_PER_FILE;
  return Array.from({ length: files }, (_, file) => ({
    name: `migrations/${String(file + 1).padStart(4, '0')}_tables.sql`,
    text: Array.from({ length: TABLES_PER_FILE }, (_, index) => table(`table_${file}_${index}`)).join('\n'),
  }));
}
