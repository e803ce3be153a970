import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { Campaign, Category, OutcomeName, RiskLevel } from "../../src/wire/vocabulary.ts";
import type { Panel } from "../frame/model.ts";
import type { ArchiveReason, ChangeKind, FieldChange } from "../library/model.ts";
import type { Reach } from "../parts/reach.tsx";

/** Times are ISO 8601 in UTC. */
export interface EpisodeFacts {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly well_id: string;
  readonly field: string;
  readonly category: Category;
  readonly category_inferred: boolean;
  readonly campaign: Campaign;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly resolution: string | null;
  readonly notes: string | null;
  readonly event_count: number;
  readonly timestamp: string;
  readonly archived: boolean;
  readonly archived_reason: ArchiveReason | null;
  readonly archived_at: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly curated_at: string;
}

export interface ScoreLine {
  readonly name: "outcome" | "recency" | "detail" | "diversity";
  readonly weight: number;
  readonly term: number;
  readonly part: number;
}

export interface EpisodeScore {
  readonly lines: readonly ScoreLine[];
  readonly sum: number;
  readonly forgotten: { readonly pending_days: number; readonly score: number; readonly part: number } | null;
  readonly unexplained: number | null;
  readonly total: number;
  readonly scored_at: string;
  readonly published: number;
  readonly publish_step: number;
  readonly score_step: number;
  readonly next_at: string | null;
  readonly every_s: number;
}

export interface Division {
  readonly at: string;
  readonly actor: string;
  readonly episode_id: string | null;
}

export interface SourceEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly depth_ft: number;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly apart: boolean;
  readonly waits: boolean;
  readonly merged_at: string | null;
  readonly run_id: number | null;
  readonly anchor: boolean;
  readonly delta_depth_ft: number | null;
  readonly delta_s: number | null;
  readonly division: Division | null;
}

export interface FormerEvent {
  readonly id: string;
  readonly merged_at: string;
  readonly episode_id: string | null;
  readonly apart: boolean;
  readonly division: Division | null;
}

export interface EpisodeChange {
  readonly version: number;
  readonly kind: ChangeKind;
  readonly committed_at: string | null;
  readonly run_id: number | null;
  readonly fields: readonly FieldChange[];
}

export interface AlikeEpisode {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly timestamp: string;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly outcome: OutcomeName;
  readonly resolution: string | null;
  readonly published_score: number;
  readonly distance: number;
  readonly closeness: "close" | "distant" | "none" | "category_only";
  readonly why: readonly string[];
}

export interface Alike {
  readonly comparable: boolean;
  readonly compared: number;
  readonly episodes: readonly AlikeEpisode[];
}

/** The steps within which events are one episode. */
export interface MergeRule {
  readonly gap_s: number;
  readonly step_ft: number;
  readonly span_s: number;
}

export const EPISODE_DONE = ["apart", "join", "nothing"] as const;
export type EpisodeDone = (typeof EPISODE_DONE)[number];

export interface EpisodePage {
  readonly facts: EpisodeFacts;
  readonly card: FleetEpisode;
  readonly score: EpisodeScore;
  readonly events: readonly SourceEvent[];
  readonly more_events: boolean;
  readonly former: readonly FormerEvent[];
  readonly changes: readonly EpisodeChange[];
  readonly more_changes: boolean;
  readonly rule: MergeRule;
  readonly alike: Panel<Alike>;
  readonly reach: Panel<Reach | undefined>;
  readonly all_rigs: boolean;
  readonly from: string | undefined;
  readonly done: EpisodeDone | undefined;
}
