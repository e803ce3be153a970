import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

/** Rows kept of one rig: 100 days of a sync every 6 h. */
export const SYNC_LOG_MAX = 400;

export interface SyncEntry {
  readonly rigId: string;
  readonly episodesSent: number;
  readonly version: number;
}

/**
 * Syncs that one reply completes: a row each, and the version that each rig has now. Like the stamps of a poll they may
 * be lost by a crash of the server, and a rig that another transaction holds keeps its older version until its next
 * poll tells: an older one only makes the hub send more.
 */
export async function logSyncs(sql: ISql, entries: readonly SyncEntry[], at: Date): Promise<void> {
  const rows = JSON.stringify(
    entries.map(({ rigId, episodesSent, version }) => ({ rig_id: rigId, sent: episodesSent, version })),
  );
  await sql`
    with entry as materialized (
      select * from jsonb_to_recordset(${rows}::text::jsonb) as entry (rig_id text, sent int, version bigint)
    ), logged as (
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
      select rig_id, ${at}, sent, version from entry
    ), has as (
      select rig_id, max(version) as version from entry group by rig_id
    ), free as materialized (
      select rig_id from rigs where rig_id in (select rig_id from has) for no key update skip locked
    ), stamped as (
      update rigs set synced_version = has.version from has join free using (rig_id) where rigs.rig_id = has.rig_id
    )
    select set_config('synchronous_commit', 'off', true) as unflushed`;
}

/** A sync of several pages has one row, made by its first; returns its id. */
export async function beginSync(sql: ISql, { rigId, episodesSent, version }: SyncEntry, at: Date): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
    values (${rigId}, ${at}, ${episodesSent}, ${version})
    returning id, set_config('synchronous_commit', 'off', true) as unflushed`;
  assert(row !== undefined, "an inserted row gives its id");
  return row.id;
}

/** A further page. `episodesSent` counts from the start of the sync, so a page that is asked for twice counts once. */
export async function continueSync(
  sql: ISql,
  logId: number,
  { rigId, episodesSent, version, complete }: SyncEntry & { readonly complete: boolean },
  at: Date,
): Promise<void> {
  await sql`
    with logged as (
      update sync_log set episodes_sent = greatest(episodes_sent, ${episodesSent}::int), synced_at = ${at}
      where id = ${logId} and rig_id = ${rigId}
    ), stamped as (
      update rigs set synced_version = ${version} where rig_id = ${rigId} and ${complete}::boolean
    )
    select set_config('synchronous_commit', 'off', true) as unflushed`;
}

/** Keeps the newest `SYNC_LOG_MAX` rows of the rig. */
export async function trimSyncLog(sql: ISql, rigId: string): Promise<void> {
  await sql`
    delete from sync_log where rig_id = ${rigId} and synced_at < (
      select synced_at from sync_log where rig_id = ${rigId}
      order by synced_at desc offset ${SYNC_LOG_MAX - 1} limit 1)`;
}
