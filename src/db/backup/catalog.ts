import type { ISql } from "postgres";
import { assert } from "../../base/assert.ts";

/** In the manifest by name, and rows of the database that reads them. */
const SCHEMA_TABLE = "schema_compat";
/** A restore ends every session: people sign in again; what was tried against the lost hub is its own affair. */
const NOT_CARRIED = new Set([SCHEMA_TABLE, "admin_sessions", "tries"]);

/** The tables that a backup carries, each after those that its rows refer to. */
export async function carriedTables(sql: ISql): Promise<string[]> {
  const rows = await sql<{ name: string; needs: string[] }[]>`
    select relname::text as name, array(
      select target.relname::text from pg_constraint join pg_class as target on target.oid = confrelid
      where conrelid = pg_class.oid and contype = 'f' and confrelid <> conrelid
    ) as needs
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = current_schema() and relkind = 'r'
    order by relname`;
  return ordered(rows.filter(({ name }) => !NOT_CARRIED.has(name)));
}

function ordered(tables: readonly { name: string; needs: readonly string[] }[]): string[] {
  const done: string[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ needs }) => needs.every((need) => done.includes(need)));
    assert(ready.length > 0, "no two tables refer to each other");
    done.push(...ready.map(({ name }) => name));
    waiting = waiting.filter(({ name }) => !done.includes(name));
  }
  return done;
}

/** In the order of their application; empty for a database without tables. */
export async function schemaNames(sql: ISql): Promise<string[]> {
  const [there] = await sql<{ there: boolean }[]>`select to_regclass(${SCHEMA_TABLE}) is not null as there`;
  if (there?.there !== true) return [];
  const rows = await sql<{ migration: string }[]>`select migration from schema_compat order by position`;
  return rows.map(({ migration }) => migration);
}

export interface SequenceValue {
  readonly name: string;
  /** The last number that it gave. */
  readonly value: number;
}

/** Those that gave a number. Read after the rows, they are at least as far as any row that was seen. */
export async function sequenceValues(sql: ISql): Promise<SequenceValue[]> {
  return sql<SequenceValue[]>`
    select sequencename::text as name, last_value as value from pg_sequences
    where schemaname = current_schema() and last_value is not null
    order by 1`;
}

export interface DatabaseFacts {
  readonly server_version: string;
  readonly epoch: string;
  readonly library_version: number;
}

export async function factsForManifest(sql: ISql): Promise<DatabaseFacts> {
  const [row] = await sql<DatabaseFacts[]>`
    select current_setting('server_version') as server_version, epoch,
      coalesce((select max(version) from library_versions), 0) as library_version
    from library_state`;
  assert(row !== undefined, "library_state has its row");
  return row;
}

/** No table at all, or our tables with nothing in them but what migrations put there. */
export async function isEmptyDatabase(sql: ISql): Promise<boolean> {
  const [tables] = await sql<{ count: number }[]>`
    select count(*)::int as count from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = current_schema() and relkind in ('r', 'p')`;
  if (tables?.count === 0) return true;
  if ((await schemaNames(sql)).length === 0) return false;
  for (const table of await carriedTables(sql)) {
    if (table !== "library_state" && (await hasRows(sql, table))) return false;
  }
  return true;
}

async function hasRows(sql: ISql, table: string): Promise<boolean> {
  const [row] = await sql<{ any: boolean }[]>`select exists (select from ${sql(table)}) as any`;
  return row?.any === true;
}
