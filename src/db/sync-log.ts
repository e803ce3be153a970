import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

/** Rows kept of one rig: 100 days of a sync every 6 h. */
export const SYNC_LOG_MAX = 400;

export interface SyncEntry {
  readonly rigId: string;
  readonly at: Date;
  readonly episodesSent: number;
  readonly version: number;
  /** Whether this reply brings the rig up to the version. */
  readonly complete: boolean;
}

/**
 * One row a sync, made by its first reply; returns its id. Like the stamps of a poll it may be lost by a crash of the
 * server, so nobody waits for the disk.
 */
export async function logSync(sql: ISql, entry: SyncEntry): Promise<number> {
  const { rigId, at, episodesSent, version, complete } = entry;
  const [row] = await sql<{ id: number }[]>`
    with logged as (
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
      values (${rigId}, ${at}, ${episodesSent}, ${version})
      returning id
    ), trimmed as (
      delete from sync_log where rig_id = ${rigId} and synced_at < (
        select synced_at from sync_log where rig_id = ${rigId}
        order by synced_at desc offset ${SYNC_LOG_MAX - 1} limit 1)
    ), stamped as (
      update rigs set synced_version = ${version} where rig_id = ${rigId} and ${complete}::boolean
    )
    select id, set_config('synchronous_commit', 'off', true) as unflushed from logged`;
  assert(row !== undefined, "an inserted row gives its id");
  return row.id;
}

/** A further page of the sync. `episodesSent` counts from its start, so a page that is asked for twice counts once. */
export async function continueSync(sql: ISql, logId: number, entry: SyncEntry): Promise<void> {
  const { rigId, at, episodesSent, version, complete } = entry;
  await sql`
    with logged as (
      update sync_log set episodes_sent = greatest(episodes_sent, ${episodesSent}::int), synced_at = ${at}
      where id = ${logId} and rig_id = ${rigId}
    ), stamped as (
      update rigs set synced_version = ${version} where rig_id = ${rigId} and ${complete}::boolean
    )
    select set_config('synchronous_commit', 'off', true) as unflushed`;
}
