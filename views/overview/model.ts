import type { Category, OutcomeName, RiskLevel } from "../../src/wire/vocabulary.ts";
import type { Panel } from "../frame/model.ts";

/** A figure and the list that it counts. */
export interface Figure {
  readonly label: string;
  readonly value: number;
  readonly href: string;
  /** Draws the eye when it is not zero. */
  readonly alarming?: boolean;
  /** Nobody counted further: this many stands for as many and more. */
  readonly countedTo?: number;
  /** ISO 8601 of what the figure's oldest or last is, and what that is. */
  readonly since?: { readonly what: string; readonly iso: string | null };
}

export interface Concern {
  /** Decides its sign: Critical, High or Elevated as for risks. */
  readonly urgency: Exclude<RiskLevel, "Low">;
  readonly sentence: string;
  /** What rigs or the hub said about it. */
  readonly words?: string;
  readonly href: string;
  /** What to do there. */
  readonly step: string;
  readonly since: string | null;
}

export interface Month {
  /** Every day, oldest first. */
  readonly dates: readonly string[];
  readonly days: readonly { readonly date: string; readonly category: Category; readonly count: number }[];
  readonly top_categories: readonly { readonly category: Category; readonly count: number }[];
  readonly outcomes: readonly { readonly outcome: OutcomeName; readonly count: number }[];
}

/** Times are ISO 8601 in UTC. */
export interface LatestEvent {
  readonly id: string;
  readonly rig_id: string;
  readonly well_id: string;
  readonly category: Category;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly depth_ft: number;
  readonly timestamp: string;
}

export interface OverviewPage {
  readonly figures: Panel<readonly Figure[]>;
  readonly concerns: Panel<readonly Concern[]>;
  readonly month: Panel<Month>;
  readonly latest: Panel<readonly LatestEvent[]>;
  /** Whether any rig was ever enrolled; null when that could not be read. */
  readonly hasRigs: boolean | null;
}
