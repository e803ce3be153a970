import type { Campaign, Category, OutcomeName, RiskLevel } from "../../wire/vocabulary.ts";

/** A count of matches stops here. */
export const EVENT_COUNT_MAX = 10_000;
/** Entries of an index that one page may walk through. */
export const WALK_ENTRIES_MAX = 10_000;

/** Undefined: any. */
export interface EventFilters {
  readonly rig?: string | undefined;
  readonly well?: string | undefined;
  readonly field?: string | undefined;
  readonly category?: Category | undefined;
  readonly risk?: RiskLevel | undefined;
  readonly outcome?: OutcomeName | undefined;
  readonly campaign?: Campaign | undefined;
  readonly depthFromFt?: number | undefined;
  readonly depthToFt?: number | undefined;
  /** By the event's own time, both included. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** True: only such. */
  readonly late?: boolean | undefined;
  readonly held?: boolean | undefined;
}

export type EventOrder = "newest" | "oldest";

/** Of the same second, the newest-first list has the smaller id first, and the other list is its reverse. */
export interface EventPlace {
  readonly timestamp: Date;
  readonly id: string;
}
