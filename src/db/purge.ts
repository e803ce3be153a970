import type { ISql } from "postgres";
import { episodeId } from "../wire/identity.ts";
import type { Counted } from "./daily-counts.ts";
import { blankChanges, recordPurged } from "./library-changes.ts";

const PURGED = "purged";

/** Active episodes of the rig, or of these events of it only: those that rigs may hold. */
export async function activeEpisodes(
  sql: ISql,
  rigId: string,
  from: { readonly eventIds?: readonly string[]; readonly limit: number },
): Promise<string[]> {
  const ofEvents = from.eventIds === undefined ? sql`` : sql`and source_event_id in ${sql(from.eventIds)}`;
  const rows = await sql<{ id: string }[]>`
    select id from episodes where rig_id = ${rigId} and not archived ${ofEvents} order by id limit ${from.limit}`;
  return rows.map(({ id }) => id);
}

/** Deletes the episodes and tells rigs to forget them. The caller holds the library's lock. */
export async function buryEpisodes(
  sql: ISql,
  ids: readonly string[],
  grave: { readonly version: number; readonly at: Date },
): Promise<void> {
  await sql`
    insert into tombstones (episode_id, rig_id, version, reason, buried_at)
    select id, rig_id, ${grave.version}, ${PURGED}, ${grave.at} from episodes where id in ${sql(ids)}
    on conflict (episode_id) do update set
      version = excluded.version, reason = excluded.reason, buried_at = excluded.buried_at`;
  await recordPurged(sql, ids, grave.version);
  await sql`delete from episodes where id in ${sql(ids)}`;
}

/** Locked before the library is, as curation does: the other way round the two would wait for each other. */
export async function eventBatch(sql: ISql, rigId: string, limit: number): Promise<(Counted & { id: string })[]> {
  return sql<(Counted & { id: string })[]>`
    select id, rig_id, timestamp, category, outcome, risk_level, campaign, depth
    from events where rig_id = ${rigId} order by id limit ${limit} for update`;
}

/** With their outcomes, merges and archived episodes, and what is told of them elsewhere. */
export async function deleteEvents(sql: ISql, ids: readonly string[]): Promise<void> {
  await blankChanges(sql, ids.map(episodeId));
  await sql`delete from curation_failures where event_id in ${sql(ids)}`;
  await sql`delete from merge_audit where event_id in ${sql(ids)}`;
  await sql`delete from events where id in ${sql(ids)}`;
}

/** What is left of a rig without events; its row stays, so that the audit means something. */
export async function clearRig(sql: ISql, rigId: string): Promise<void> {
  await sql`delete from quarantine where rig_id = ${rigId}`;
  await sql`delete from rig_refusals where rig_id = ${rigId}`;
  await sql`delete from daily_counts where rig_id = ${rigId}`;
  await sql`update rigs set event_count = 0, last_event_at = null where rig_id = ${rigId}`;
}
