import type { Sql } from "postgres";
import { openClient } from "../../../src/db/client.ts";
import { migrate } from "../../../src/db/migrate.ts";
import { startPostgres } from "../../support/postgres-server.ts";
import { createSessions, type Sessions } from "./sessions.ts";

/** A real server in memory, used by one run after the other. */
export interface SimDatabase {
  /** Past the simulation. */
  readonly monitor: Sql;
  readonly sessions: Sessions;
  /** As it was when it was made; the library's epoch is the given one. */
  reset(epoch: string): Promise<void>;
  /** Keeps all rows, and gives what brings them back. */
  backUp(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Filled by migrations. */
const KEPT: ReadonlySet<string> = new Set(["schema_compat", "library_state"]);
const PORT = 5432;

export async function startDatabase(): Promise<SimDatabase> {
  const url = new URL(await startPostgres());
  const folder = url.searchParams.get("host") ?? "";
  const monitor = openClient({
    host: folder,
    port: PORT,
    database: "postgres",
    user: "postgres",
    max: 2,
    connect_timeout: 0,
    idle_timeout: 0,
    max_lifetime: 0,
  });
  // A lock that can never come is noticed at once, and not a second later.
  for (const setting of ["deadlock_timeout = '1ms'", "jit = off", "timezone = 'UTC'"]) {
    await monitor.unsafe(`alter database postgres set ${setting}`);
  }
  await migrate({ sql: monitor });
  const sessions = createSessions(`${folder}/.s.PGSQL.${PORT}`, "postgres", monitor);
  const tables = await tableNames(monitor);
  return {
    monitor,
    sessions,
    async reset(epoch) {
      await truncate(monitor, await filled(monitor, tables));
      await monitor`update library_state set epoch = ${epoch}, tombstone_floor = 0`;
    },
    backUp: () => backUp(monitor, tables),
    async close() {
      sessions.close();
      await monitor.end({ timeout: 1 });
    },
  };
}

async function tableNames(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind = 'r' and nspname = 'public' order by relname`;
  return rows.map(({ name }) => name).filter((name) => !KEPT.has(name));
}

/** Emptied tables have pages too: they count as filled, so that the next run finds them as new. */
async function filled(sql: Sql, tables: readonly string[]): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from unnest(${[...tables]}::text[]) as name where pg_relation_size(quote_ident(name)::regclass) > 0`;
  return rows.map(({ name }) => name);
}

async function truncate(sql: Sql, tables: readonly string[]): Promise<void> {
  if (tables.length > 0) {
    await sql.begin(async (tx) => {
      // The audit refuses to be emptied; this is another world, not another audit.
      await tx`set local session_replication_role = replica`;
      await tx.unsafe(`truncate ${tables.join(", ")} restart identity cascade`);
    });
  }
  await sql`alter sequence library_version_seq restart`;
}

/** Quicker than the product's own way by far, and with the same end: rows as they were then. */
async function backUp(sql: Sql, tables: readonly string[]): Promise<() => Promise<void>> {
  const kept = [...tables, ...KEPT];
  const rows = new Map<string, string>();
  for (const name of await filled(sql, kept)) {
    const [row] = await sql.unsafe(`select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text as rows from ${name} t`);
    rows.set(name, String(row?.["rows"]));
  }
  return async () => {
    await truncate(sql, await filled(sql, tables));
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      for (const [name, json] of rows) {
        if (KEPT.has(name)) continue;
        await tx`insert into ${tx(name)} overriding system value
          select each.* from jsonb_populate_recordset(null::${tx(name)}, ${json}::text::jsonb) as each`;
      }
    });
    await advanceSequences(sql);
  };
}

async function advanceSequences(sql: Sql): Promise<void> {
  const columns = await sql<{ table_name: string; column_name: string }[]>`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and is_identity = 'YES' order by table_name`;
  for (const { table_name: table, column_name: column } of columns) {
    await sql.unsafe(
      `select setval(pg_get_serial_sequence('${table}', '${column}'), greatest(1, (select max(${column}) from ${table})))`,
    );
  }
  await sql`select setval('library_version_seq', greatest(1, (select max(version) from library_versions)))`;
}
