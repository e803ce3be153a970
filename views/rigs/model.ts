import type { Campaign, RiskLevel } from "../../src/wire/vocabulary.ts";

/** Who needs somebody first. */
export type RigState = "silent" | "late" | "waiting" | "active" | "revoked";

/** Times are ISO 8601 in UTC. */
export interface RigLine {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly time_zone: string;
  readonly state: RigState;
  readonly heard_at: string;
  readonly registered_at: string;
  readonly revoked_at: string | null;
  readonly last_seen: string | null;
  readonly last_event_at: string | null;
  readonly last_sync: string | null;
  readonly synced_version: number | null;
  readonly lag: number | null;
  readonly behind: boolean;
  readonly queue_events: number | null;
  readonly queue_oldest_at: string | null;
  readonly queue_worst: RiskLevel | null;
  readonly queue_told_at: string | null;
  readonly bytes_today: number | null;
  readonly clock_offset_s: number | null;
  readonly spoke_version: string | null;
  readonly old_spoke: boolean;
  readonly key_issued_at: string;
  readonly previous_key_until: string | null;
  readonly dropped_events: number;
  readonly campaign: Campaign | null;
  readonly events_7d: number;
  readonly answered_7d: number | null;
}

export interface RigsFilter {
  readonly state?: RigState | undefined;
  readonly field?: string | undefined;
  readonly campaign?: Campaign | undefined;
  readonly behind: boolean;
  readonly oldSpoke: boolean;
  readonly text?: string | undefined;
}

export interface RigsPage {
  readonly filter: RigsFilter;
  /** `name` or `-name`. */
  readonly sort: string;
  readonly size: number;
  readonly rigs: readonly RigLine[];
  readonly next: string | null;
  /** Under every filter but the state's. */
  readonly counts: Readonly<Record<RigState | "all" | "behind", number>>;
  readonly fields: readonly string[];
  readonly library_version: number;
}
