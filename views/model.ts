import type { Campaign, Category, OutcomeName, RiskLevel } from "../src/wire/vocabulary.ts";

/** Times are ISO 8601 in UTC. */
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

/** Breakdowns are of the active episodes. */
export interface LibraryFigures {
  readonly version: number;
  /** Active episodes. */
  readonly total: number;
  readonly archived: number;
  readonly category_breakdown: readonly { readonly category: Category; readonly count: number }[];
  readonly outcome_breakdown: readonly { readonly outcome: OutcomeName; readonly count: number }[];
}

export interface LibraryPage {
  readonly stats: LibraryFigures;
  /** The best first. */
  readonly episodes: readonly EpisodeLine[];
  readonly next: string | null;
}
