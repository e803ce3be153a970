import type { ISql } from "postgres";
import type { RigStatus } from "../wire/vocabulary.ts";

export interface Poll {
  readonly keyHash: Uint8Array;
  readonly at: Date;
  /** The rig that the request says it is; null when it does not say. */
  readonly claimedRigId: string | null;
  /** What the rig says it has; null when it asks otherwise. */
  readonly since: number | null;
  readonly epoch: string | null;
  readonly clockOffsetS: number | null;
  readonly spokeVersion: string | null;
  readonly droppedEvents: number;
}

/** Who asks, and the library as it was in the same instant. */
export interface Polled {
  readonly rig_id: string;
  readonly status: RigStatus;
  /** As it was before this poll. */
  readonly synced_version: number | null;
  readonly epoch: string;
  readonly tombstone_floor: number;
  readonly version: number;
  /** The newest version that removed something; 0 when nothing is buried. */
  readonly pruned_version: number;
}

/**
 * Key, library version and the rig's own stamps in one statement: a poll that changes nothing is one round trip.
 * Undefined when the key is not known. Nothing is written for a revoked rig or one that claims to be another.
 * The stamps may be lost by a crash of the server (the next poll sets them again), so nobody waits for the disk.
 */
export async function pollLibrary(sql: ISql, poll: Poll): Promise<Polled | undefined> {
  const { keyHash, at, claimedRigId, since, epoch, clockOffsetS, spokeVersion, droppedEvents } = poll;
  const [row] = await sql<Polled[]>`
    with caller as materialized (
      select rig_id, status, synced_version from rigs
      where key_hash = ${keyHash} or (previous_key_hash = ${keyHash} and previous_key_until > ${at})
    ), library as materialized (
      select epoch, tombstone_floor,
        coalesce((select max(version) from library_versions), 0) as version,
        coalesce((select max(version) from tombstones), 0) as pruned_version
      from library_state
    ), seen as (
      update rigs set
        last_seen = greatest(rigs.last_seen, ${at}),
        last_sync = greatest(rigs.last_sync, ${at}),
        status = 'active',
        synced_version = case
          when ${since}::bigint <= library.version and coalesce(${epoch}::text, library.epoch) = library.epoch
          then ${since}::bigint else rigs.synced_version end,
        clock_offset_s = coalesce(${clockOffsetS}::double precision, rigs.clock_offset_s),
        spoke_version = coalesce(${spokeVersion}::text, rigs.spoke_version),
        dropped_events = rigs.dropped_events + ${droppedEvents}::bigint
      from caller, library
      where rigs.rig_id = caller.rig_id and rigs.status <> 'revoked'
        and coalesce(${claimedRigId}::text, rigs.rig_id) = rigs.rig_id
    )
    select caller.rig_id, caller.status, caller.synced_version, library.epoch, library.tombstone_floor,
      library.version, library.pruned_version, set_config('synchronous_commit', 'off', true) as stamped
    from caller, library`;
  return row;
}
