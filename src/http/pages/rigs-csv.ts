import type { RigLine } from "../../domain/dashboard/rigs.ts";
import type { CsvColumn } from "../csv.ts";

/** A column for each of the list, and what it is made of. */
export const RIG_CSV: readonly CsvColumn<RigLine>[] = [
  { name: "rig", value: (rig) => rig.rig_id },
  { name: "state", value: (rig) => rig.state },
  { name: "last_seen_utc", value: (rig) => rig.last_seen },
  { name: "well", value: (rig) => rig.well_id },
  { name: "field", value: (rig) => rig.field },
  { name: "campaign", value: (rig) => rig.campaign },
  { name: "time_zone", value: (rig) => rig.time_zone },
  { name: "last_event_utc", value: (rig) => rig.last_event_at },
  { name: "last_sync_utc", value: (rig) => rig.last_sync },
  { name: "library_version", value: (rig) => rig.synced_version },
  { name: "versions_behind", value: (rig) => rig.lag },
  { name: "behind", value: (rig) => rig.behind },
  { name: "queue_events", value: (rig) => rig.queue_events },
  { name: "queue_oldest_utc", value: (rig) => rig.queue_oldest_at },
  { name: "queue_worst_risk", value: (rig) => rig.queue_worst },
  { name: "bytes_today", value: (rig) => rig.bytes_today },
  { name: "clock_offset_s", value: (rig) => rig.clock_offset_s },
  { name: "events_7d", value: (rig) => rig.events_7d },
  { name: "answered_share_7d", value: (rig) => rig.answered_7d },
  { name: "dropped_events", value: (rig) => rig.dropped_events },
  { name: "spoke_version", value: (rig) => rig.spoke_version },
  { name: "key_issued_utc", value: (rig) => rig.key_issued_at },
  { name: "enrolled_utc", value: (rig) => rig.registered_at },
  { name: "revoked_utc", value: (rig) => rig.revoked_at },
];
