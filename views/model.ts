import type { HistorySnapshot, StrategicAdvisory } from "../src/wire/event.ts";
import type { Campaign, Category, OutcomeName, RigStatus, RiskLevel } from "../src/wire/vocabulary.ts";

/** What stands around a page: who looks, where, and when the figures were read. */
export interface Frame {
  readonly title: string;
  /** Path of the view and its query: what a live refresh asks for. */
  readonly here: string;
  readonly formToken: string;
  readonly nowMs: number;
}

/** A figure and the list that it counts. */
export interface Figure {
  readonly label: string;
  readonly value: number | null;
  readonly href: string;
  /** Draws the eye when it is not zero. */
  readonly alarming: boolean;
}

/** Times are ISO 8601 in UTC. */
export interface EventLine {
  readonly id: string;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly category: Category;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly depth_ft: number;
  readonly timestamp: string;
  readonly late: boolean;
}

export interface OverviewPage {
  readonly figures: readonly Figure[];
  readonly latest: readonly EventLine[];
  readonly rigCount: number;
}

export interface RigLine {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly status: RigStatus;
  readonly last_seen: string | null;
  readonly last_sync: string | null;
  readonly last_event_at: string | null;
  readonly event_count: number;
  readonly synced_version: number | null;
  readonly clock_offset_s: number | null;
  readonly spoke_version: string | null;
  readonly dropped_events: number;
}

export interface RigsPage {
  readonly rigs: readonly RigLine[];
  /** Newest version of the library: what a rig is behind of. */
  readonly libraryVersion: number;
}

export interface EventFilter {
  readonly risk: RiskLevel | undefined;
  readonly category: Category | undefined;
  readonly outcome: OutcomeName | undefined;
  readonly rig: string | undefined;
}

export interface EventsPage {
  readonly filter: EventFilter;
  readonly events: readonly EventLine[];
  /** Cursor of the page after this one; undefined on the last. */
  readonly next: string | undefined;
}

export interface EventPage {
  readonly event: EventLine & {
    readonly notes: string | null;
    readonly outcome_at: string | null;
    readonly received_at: string;
    readonly episode_id: string | null;
  };
  readonly advisory: StrategicAdvisory;
  readonly window: readonly HistorySnapshot[];
  /** As the address asks; what can be drawn is decided by the window. */
  readonly track: { readonly by: "time" | "depth"; readonly channel: string | undefined };
}

export interface EpisodeLine {
  readonly id: string;
  readonly rig_id: string;
  readonly category: Category;
  readonly campaign: Campaign;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly resolution: string | null;
  readonly event_count: number;
  readonly score: number;
  readonly timestamp: string;
}

export interface LibraryPage {
  readonly version: number;
  readonly active: number;
  readonly archived: number;
  /** The best first. */
  readonly episodes: readonly EpisodeLine[];
}
