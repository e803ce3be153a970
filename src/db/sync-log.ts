import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";
import { utcDay } from "./heard-rigs.ts";

/** Rows kept of one rig: 100 days of a sync every 6 h. */
export const SYNC_LOG_MAX = 400;

export interface SyncEntry {
  readonly rigId: string;
  readonly episodesSent: number;
  readonly version: number;
  /** Of the reply's body, as sent. */
  readonly bytes: number;
  /** The rig's clock minus ours, s; null when it did not tell its time. */
  readonly clockOffsetS: number | null;
}

/**
 * Syncs that one reply completes: a row each, and the version that each rig has now. Like the stamps of a poll they may
 * be lost by a crash of the server, and a rig that another transaction holds keeps its older version until its next
 * poll tells: an older one only makes the hub send more.
 */
export async function logSyncs(sql: ISql, entries: readonly SyncEntry[], at: Date): Promise<void> {
  const rows = JSON.stringify(
    entries.map(({ rigId, episodesSent, version, bytes, clockOffsetS }) => ({
      rig_id: rigId,
      sent: episodesSent,
      version,
      bytes,
      offset_s: clockOffsetS,
    })),
  );
  await sql`
    with entry as materialized (
      select * from jsonb_to_recordset(${rows}::text::jsonb) as entry (
        rig_id text, sent int, version bigint, bytes bigint, offset_s double precision)
    ), logged as (
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version, bytes, clock_offset_s)
      select rig_id, ${at}, sent, version, bytes, offset_s from entry
    ), met as (
      insert into rig_days (rig_id, day, first_at, last_at, syncs, sync_bytes)
      select rig_id, ${utcDay(sql, at)}, ${at}, ${at}, count(*), sum(bytes) from entry group by rig_id order by rig_id
      ${addSyncs(sql)}
    ), has as (
      select rig_id, max(version) as version from entry group by rig_id
    ), free as materialized (
      select rig_id from rigs where rig_id in (select rig_id from has) for no key update skip locked
    ), stamped as (
      update rigs set synced_version = has.version from has join free using (rig_id) where rigs.rig_id = has.rig_id
    )
    select set_config('synchronous_commit', 'off', true) as unflushed`;
}

/** A sync of several pages has one row, made by its first; returns its id. `addPage` adds what the first weighs. */
export async function beginSync(sql: ISql, entry: Omit<SyncEntry, "bytes">, at: Date): Promise<number> {
  const { rigId, episodesSent, version, clockOffsetS } = entry;
  const [row] = await sql<{ id: number }[]>`
    with met as (
      insert into rig_days (rig_id, day, first_at, last_at, syncs)
      values (${rigId}, ${utcDay(sql, at)}, ${at}, ${at}, 1)
      ${addSyncs(sql)}
    )
    insert into sync_log (rig_id, synced_at, episodes_sent, library_version, bytes, clock_offset_s)
    values (${rigId}, ${at}, ${episodesSent}, ${version}, 0, ${clockOffsetS})
    returning id, set_config('synchronous_commit', 'off', true) as unflushed`;
  assert(row !== undefined, "an inserted row gives its id");
  return row.id;
}

/**
 * A page. `episodesSent` counts from the start of the sync, so a page that is asked for twice counts once; its bytes
 * travel twice, and count so.
 */
export async function addPage(
  sql: ISql,
  logId: number,
  { rigId, episodesSent, version, bytes, complete }: SyncEntry & { readonly complete: boolean },
  at: Date,
): Promise<void> {
  await sql`
    with logged as (
      update sync_log set
        episodes_sent = greatest(episodes_sent, ${episodesSent}::int), synced_at = ${at},
        bytes = coalesce(bytes, 0) + ${bytes}::bigint
      where id = ${logId} and rig_id = ${rigId}
    ), met as (
      insert into rig_days (rig_id, day, first_at, last_at, sync_bytes)
      values (${rigId}, ${utcDay(sql, at)}, ${at}, ${at}, ${bytes}::bigint)
      ${addSyncs(sql)}
    ), stamped as (
      update rigs set synced_version = ${version} where rig_id = ${rigId} and ${complete}::boolean
    )
    select set_config('synchronous_commit', 'off', true) as unflushed`;
}

/** Rows of several rigs come in the order of their names, so that no two writers wait for each other. */
function addSyncs(sql: ISql) {
  return sql`
    on conflict (rig_id, day) do update set
      last_at = greatest(rig_days.last_at, excluded.last_at), syncs = rig_days.syncs + excluded.syncs,
      sync_bytes = rig_days.sync_bytes + excluded.sync_bytes`;
}

/** Keeps the newest `SYNC_LOG_MAX` rows of the rig. */
export async function trimSyncLog(sql: ISql, rigId: string): Promise<void> {
  await sql`
    delete from sync_log where rig_id = ${rigId} and synced_at < (
      select synced_at from sync_log where rig_id = ${rigId}
      order by synced_at desc offset ${SYNC_LOG_MAX - 1} limit 1)`;
}
