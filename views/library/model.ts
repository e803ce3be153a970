import type { Campaign, Category, OutcomeName, RiskLevel } from "../../src/wire/vocabulary.ts";
import type { Panel } from "../frame/model.ts";

/** Times are ISO 8601 in UTC. */
export interface EpisodeItem {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
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
  readonly version: number;
  readonly archived_reason: ArchiveReason | null;
  readonly archived_at: string | null;
}

export type ArchiveReason = "age" | "false_positive" | "capacity";

export const ARCHIVE_WORDS: Readonly<Record<ArchiveReason, string>> = {
  age: "too old",
  false_positive: "an old false alarm",
  capacity: "lowest score of a full library",
};

export interface LibraryFilter {
  readonly archived: boolean;
  readonly category?: Category | undefined;
  readonly campaign?: Campaign | undefined;
  readonly outcome?: OutcomeName | undefined;
  readonly rig?: string | undefined;
  readonly score_min?: number | undefined;
  readonly score_max?: number | undefined;
}

/** Fields of the address that filter; archived ones are a list of their own. */
export const LIBRARY_FILTERS = ["category", "campaign", "outcome", "rig", "score_min", "score_max"] as const;

/** What the rows were chosen by: name and value. */
export function filterWords(filter: LibraryFilter): (readonly [string, string])[] {
  const set = LIBRARY_FILTERS.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [[name, `${value}`] as const];
  });
  return filter.archived ? [["archived", "yes"], ...set] : set;
}

export interface LibraryPage {
  readonly filter: LibraryFilter;
  /** As in the address. */
  readonly sort: string;
  readonly size: number;
  readonly rows: readonly EpisodeItem[];
  readonly next: string | null;
  /** Counted no further than `totalMax`. */
  readonly total: number;
  readonly totalMax: number;
  /** Undefined on later pages and among the archived: it is about the whole library. */
  readonly facts: Panel<LibraryFacts> | undefined;
}

export interface AgeBand {
  readonly from_days: number;
  /** Null: older than all. */
  readonly to_days: number | null;
  readonly episodes: number;
}

export interface PreviewRow {
  readonly id: string;
  readonly rig_id: string;
  readonly reason: ArchiveReason;
  readonly timestamp: string;
  readonly outcome: OutcomeName;
  readonly score: number;
}

/** The whole library at one version. */
export interface LibraryFacts {
  readonly version: number;
  readonly committed_at: string | null;
  readonly active: number;
  readonly archived: number;
  readonly matrix: readonly { readonly category: Category; readonly campaign: Campaign; readonly episodes: number }[];
  readonly scores: readonly number[];
  readonly ages: readonly AgeBand[];
  readonly shares: {
    readonly even: number | null;
    readonly most: readonly { readonly rig_id: string; readonly episodes: number; readonly share: number }[];
    readonly others: { readonly rigs: number; readonly episodes: number };
    readonly rigs_without: number;
  };
  readonly pending: { readonly forgotten_days: number; readonly bands: readonly AgeBand[] };
  readonly prune: {
    readonly aged: number;
    readonly excess: number;
    readonly first: readonly PreviewRow[];
    readonly rules: {
      readonly max_age_days: number;
      readonly false_positive_days: number;
      readonly grace_days: number;
      readonly max_episodes: number;
    };
  };
}

export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export type ChangeKind = "created" | "changed" | "rescored" | "returned" | "archived" | "removed";

export interface VersionItem {
  readonly version: number;
  readonly committed_at: string;
  readonly changed: number;
  readonly removed: number;
  readonly run_id: number | null;
  readonly cause: "arrival" | "schedule" | "request" | null;
}

export interface VersionsPage {
  readonly versions: readonly VersionItem[];
  readonly next: string | null;
  readonly size: number;
}

export interface VersionChange {
  readonly episode_id: string;
  readonly kind: ChangeKind;
  readonly there: boolean;
  readonly fields: readonly FieldChange[];
}

export interface VersionPage {
  readonly version: VersionItem & { readonly older: number | null; readonly newer: number | null };
  readonly changes: readonly VersionChange[];
  readonly next: string | null;
  readonly size: number;
}
