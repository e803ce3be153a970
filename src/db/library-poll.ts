import type { ISql } from "postgres";
import type { RigStatus } from "../wire/vocabulary.ts";
import { queueTold, utcDay, type ToldQueue } from "./heard-rigs.ts";

export interface Poll {
  /** SHA-256 of the key, hex. */
  readonly key: string;
  /** The rig that the request says it is; null when it does not say. */
  readonly claimed: string | null;
  /** What the rig says it has; null when it asks otherwise. */
  readonly since: number | null;
  readonly epoch: string | null;
  readonly offset_s: number | null;
  readonly spoke: string | null;
  /** Null when it did not tell. */
  readonly queue: ToldQueue | null;
}

export interface PollTimes {
  readonly at: Date;
  /** A rig last seen after this has its contact of the day noted already. */
  readonly contactBefore: Date;
}

/** Who asks, and the library as it was in the same instant. */
export interface Polled {
  readonly rig_id: string;
  readonly status: RigStatus;
  /** As it was before this poll. */
  readonly synced_version: number | null;
  /** As told with this poll. */
  readonly offset_s: number | null;
  readonly epoch: string;
  readonly tombstone_floor: number;
  readonly version: number;
  /** The newest version that removed something; 0 when nothing is buried. */
  readonly pruned_version: number;
}

/**
 * Key, library version and the rigs' own stamps in one statement, for all who ask at once: a poll that changes nothing
 * costs at most one round trip. In the order of the polls; undefined where the key is not known. Nothing is written for
 * a revoked rig or one that claims to be another.
 *
 * The stamps are worth no wait: a crash of the server may lose them (the next poll sets them again), so the disk is not
 * waited for; and a rig that another transaction holds is passed over (an upload stamps it itself), so that no poll
 * stands behind an upload and no deadlock is possible.
 */
export async function pollLibrary(
  sql: ISql,
  polls: readonly Poll[],
  { at, contactBefore }: PollTimes,
): Promise<(Polled | undefined)[]> {
  const asked = JSON.stringify(polls.map(askedRow));
  const rows = await sql<(Polled & { nth: number })[]>`
    with asked as materialized (
      select decode(key, 'hex') as hash, asked.*
      from jsonb_to_recordset(${asked}::text::jsonb) as asked (
        nth int, key text, claimed text, since bigint, epoch text, offset_s double precision, spoke text,
        queue_events int, queue_oldest_at timestamptz, queue_worst text)
    ), caller as materialized (
      select asked.*, rig_id, status, synced_version, true as current_key from asked join rigs on key_hash = hash
      union all
      select asked.*, rig_id, status, synced_version, false from asked join rigs on previous_key_hash = hash
      where previous_key_until > ${at}
    ), library as materialized (
      select epoch, tombstone_floor,
        coalesce((select max(version) from library_versions), 0) as version,
        coalesce((select max(version) from tombstones), 0) as pruned_version
      from library_state
    ), told as (
      select rig_id, max(offset_s) as offset_s, max(spoke) as spoke, max(since) filter (
        where since <= library.version and coalesce(caller.epoch, library.epoch) = library.epoch) as since,
        bool_or(current_key) as current_key, bool_or(not current_key) as previous_key,
        max(queue_events) as queue_events, min(queue_oldest_at) as queue_oldest_at, max(queue_worst) as queue_worst
      from caller, library
      where coalesce(claimed, rig_id) = rig_id
      group by rig_id
    ), free as materialized (
      select rig_id, last_seen from rigs
      where rig_id in (select rig_id from told) and status <> 'revoked'
      for no key update skip locked
    ), met as (
      insert into rig_days (rig_id, day, first_at, last_at)
      select rig_id, ${utcDay(sql, at)}, ${at}, ${at} from free
      where last_seen is null or last_seen < ${contactBefore} order by rig_id
      on conflict (rig_id, day) do update set last_at = greatest(rig_days.last_at, excluded.last_at)
    ), seen as (
      update rigs set
        last_seen = greatest(rigs.last_seen, ${at}),
        last_sync = greatest(last_sync, ${at}),
        status = 'active',
        synced_version = coalesce(told.since, synced_version),
        clock_offset_s = coalesce(told.offset_s, clock_offset_s),
        spoke_version = coalesce(told.spoke, spoke_version),
        key_used_at = case when told.current_key then greatest(key_used_at, ${at}) else key_used_at end,
        previous_key_used_at =
          case when told.previous_key then greatest(previous_key_used_at, ${at}) else previous_key_used_at end,
        confirmed_at = case when told.since is null or told.since = confirmed_version then confirmed_at else ${at} end,
        confirmed_version = coalesce(told.since, confirmed_version),
        ${queueTold(sql, "told", at)}
      from told join free using (rig_id)
      where rigs.rig_id = told.rig_id
    )
    select nth, rig_id, status, synced_version, offset_s, library.epoch, tombstone_floor, version, pruned_version,
      set_config('synchronous_commit', 'off', true) as unflushed
    from caller, library`;
  const answers: (Polled | undefined)[] = polls.map(() => undefined);
  for (const { nth, ...polled } of rows) answers[nth] = polled;
  return answers;
}

function askedRow({ queue, ...poll }: Poll, nth: number) {
  const told = { queue_events: queue?.events, queue_oldest_at: queue?.oldest_at, queue_worst: queue?.worst };
  return { nth, ...poll, ...told };
}
