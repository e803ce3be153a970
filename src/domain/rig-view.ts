import type { RigRow } from "../db/rigs.ts";
import type { RigStatus } from "../wire/vocabulary.ts";

/** A rig as people see it. Times are ISO 8601 in UTC. */
export interface RigView {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly status: RigStatus;
  readonly registered_at: string;
  readonly revoked_at: string | null;
  readonly last_seen: string | null;
  readonly last_sync: string | null;
  readonly last_event_at: string | null;
  readonly event_count: number;
  /** The library version of the last reply to it. */
  readonly synced_version: number | null;
  /** Rig clock minus hub clock. */
  readonly clock_offset_s: number | null;
  readonly spoke_version: string | null;
  readonly dropped_events: number;
  /** Until when its key before the last rotation is good. */
  readonly previous_key_until: string | null;
}

export function rigView(row: RigRow): RigView {
  return {
    ...row,
    registered_at: row.registered_at.toISOString(),
    revoked_at: iso(row.revoked_at),
    last_seen: iso(row.last_seen),
    last_sync: iso(row.last_sync),
    last_event_at: iso(row.last_event_at),
    previous_key_until: iso(row.previous_key_until),
  };
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
