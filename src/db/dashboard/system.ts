import type { ISql } from "postgres";
import { assert } from "../../base/assert.ts";

export interface DatabaseFacts {
  /** `15.18 (Debian 15.18-0+deb12u1)` */
  readonly server_version: string;
  readonly bytes: number;
  /** Name of the last migration. */
  readonly schema: string | null;
  readonly connections: number;
  readonly connections_max: number;
}

export async function databaseFacts(sql: ISql): Promise<DatabaseFacts> {
  const [row] = await sql<DatabaseFacts[]>`
    select current_setting('server_version') as server_version, pg_database_size(current_database()) as bytes,
      (select max(migration) from schema_compat) as schema,
      (select count(*) from pg_stat_activity where datname = current_database()) as connections,
      current_setting('max_connections')::int as connections_max`;
  assert(row !== undefined, "a select without from gives a row");
  return row;
}

/** A round trip that reads nothing. */
export async function ping(sql: ISql): Promise<void> {
  await sql`select 1`;
}

export interface Replica {
  readonly name: string;
  readonly state: string | null;
  /** Null where the hub's role may not see it, or when nothing was written of late. */
  readonly lag_s: number | null;
}

export async function replicas(sql: ISql, limit: number): Promise<Replica[]> {
  return sql<Replica[]>`
    select coalesce(nullif(application_name, ''), 'standby') as name, state,
      extract(epoch from replay_lag)::double precision as lag_s
    from pg_stat_replication order by 1 limit ${limit}`;
}

export interface SizeRow {
  readonly day: string;
  readonly database_bytes: number;
}

/** Oldest first, of the newest days. */
export async function sizeHistory(sql: ISql, days: number): Promise<SizeRow[]> {
  const rows = await sql<SizeRow[]>`
    select to_char(day, 'YYYY-MM-DD') as day, database_bytes from size_log order by size_log.day desc limit ${days}`;
  return rows.toReversed();
}

export interface SpokeCount {
  /** Null for rigs that do not say. */
  readonly spoke_version: string | null;
  readonly rigs: number;
}

export async function spokeCounts(sql: ISql, limit: number): Promise<SpokeCount[]> {
  return sql<SpokeCount[]>`
    select spoke_version, count(*) as rigs from rigs where status <> 'revoked'
    group by spoke_version order by rigs desc, spoke_version limit ${limit}`;
}

export interface BackupRow {
  readonly kind: "backup" | "restore";
  readonly at: Date;
  readonly ok: boolean;
  readonly bytes: number | null;
  readonly took_s: number | null;
}

/** The newest of each kind, good or not. */
export async function lastBackups(sql: ISql, each: number): Promise<BackupRow[]> {
  return sql<BackupRow[]>`
    select kind, at, ok, bytes, took_s from (
      select *, row_number() over (partition by kind order by at desc, id desc) as nth from backup_log) as numbered
    where nth <= ${each} order by kind, at desc`;
}
