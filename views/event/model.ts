import type { FleetEvent } from "../../src/wire/event.ts";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../../src/wire/vocabulary.ts";
import type { Panel } from "../frame/model.ts";
import type { Reach } from "../parts/reach.tsx";
import type { TracksWish } from "../tracks/model.ts";

/** Times are ISO 8601 in UTC. */
export interface EventFacts {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category: Category;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly outcome_at: string | null;
  readonly depth_ft: number;
  readonly timestamp: string;
  readonly received_at: string;
  readonly clock_offset_s: number | null;
  readonly late: boolean;
  readonly held: boolean;
  readonly apart: boolean;
  readonly needs_curation: boolean;
  readonly curation_error: string | null;
  readonly episode_id: string | null;
  readonly episode_events: number | null;
  readonly episode_score: number | null;
  readonly episode_archived: boolean | null;
  readonly episode_source: string | null;
}

/** Where the category comes from. */
export type CategoryBasis = "field" | "trace" | "advice" | "rules";

export interface TimelineEntry {
  readonly at: string | null;
  readonly clock: "rig" | "hub";
  readonly what: TimelineStep;
  readonly who: string | null;
  readonly detail: {
    readonly late?: boolean;
    readonly clock_offset_s?: number;
    readonly episode_id?: string;
    readonly version?: number;
    readonly outcome?: OutcomeName;
    readonly action_taken?: string;
    readonly notes?: string;
    readonly given_at?: string;
    readonly reason?: string;
    readonly note?: string;
    readonly score_before?: number;
    readonly score_after?: number;
    readonly fields?: readonly string[];
    readonly delay_s?: number;
    readonly have?: number;
    readonly may_have?: number;
  };
}

export type TimelineStep =
  | "detected"
  | "queued"
  | "sent"
  | "accepted"
  | "quarantined"
  | "decided"
  | "curated"
  | "curation_failed"
  | "merged"
  | "outcome"
  | "rescored"
  | "changed"
  | "returned"
  | "archived"
  | "removed"
  | "delivered_first"
  | "delivered_last";

export interface Way {
  readonly entries: readonly TimelineEntry[];
  /** Of the event's episode; undefined while it has none. */
  readonly reach: Reach | undefined;
}

export interface EventPage {
  readonly facts: EventFacts;
  readonly event: FleetEvent;
  readonly basis: CategoryBasis;
  readonly twins: readonly { readonly id: number; readonly reason: string; readonly decision: string | null }[];
  readonly way: Panel<Way>;
  readonly wish: TracksWish;
  /** The list that the reader came from. */
  readonly from: string | undefined;
  /** All rigs of the reach, not the worst only. */
  readonly allRigs: boolean;
  /** A deed was done just now. */
  readonly done: "recurate" | undefined;
}
