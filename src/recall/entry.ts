import type { EpisodeMetrics } from "../wire/episode.ts";
import type { Campaign, Category, OutcomeName } from "../wire/vocabulary.ts";
import type { Closeness } from "./closeness.ts";

/** What recall keeps of an episode; the episode itself stays in the rig's database. */
export interface IndexEntry {
  readonly id: string;
  readonly rig_id: string;
  readonly category: Category;
  readonly campaign: Campaign;
  readonly outcome: OutcomeName;
  /** Unix s */
  readonly timestamp: number;
  readonly depth_ft: number;
  /** 12 × int8, all missing for an episode of a hub that sends none. */
  readonly situation: Int8Array;
  readonly action_text: string | null;
}

/** What is asked. Everything is optional; what is not given is not held against an episode. */
export interface RecallQuery {
  /** Of an event. A missing feature here is a sensor that the asking rig lacks. */
  readonly situation?: Int8Array;
  /** For who has numbers but no event: compared where they say something, and no more. */
  readonly key_metrics?: Partial<EpisodeMetrics>;
  readonly category?: Category;
  readonly campaign?: Campaign;
  readonly depth_ft?: number;
  readonly exclude_rig?: string;
  /** Read for a category when none is given. */
  readonly text?: string;
}

export interface RecallHit {
  readonly id: string;
  /** e^-d_all, 0 … 1. */
  readonly similarity: number;
  /** Similarity × outcome × age, 0 … 1. */
  readonly rank: number;
  /** Distance with category and campaign; 1 is far. */
  readonly d_all: number;
  /** Weight of the features that both sides measured, of 12. */
  readonly common_weight: number;
  readonly closeness: Closeness;
  readonly why: readonly string[];
  /** 1 for the first shown. */
  readonly position: number;
}

export interface RecallAnswer {
  readonly verdict: Closeness;
  /** The first thing to say, before any hit. */
  readonly headline: string;
  readonly hits: readonly RecallHit[];
}
