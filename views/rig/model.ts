import type { Category, OutcomeName, RiskLevel, RigStatus } from "../../src/wire/vocabulary.ts";
import type { Panel } from "../frame/model.ts";
import type { RigLine } from "../rigs/model.ts";

/** Times are ISO 8601 in UTC. */
export interface RigFacts {
  readonly status: RigStatus;
  readonly revoke_reason: string | null;
  readonly event_count: number;
  readonly confirmed_version: number | null;
  readonly confirmed_at: string | null;
  readonly key_used_at: string | null;
  readonly previous_key_used_at: string | null;
}

export interface Enrolment {
  readonly state: "used" | "cancelled" | "expired" | "open";
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly used_from: string | null;
  readonly cancelled_at: string | null;
}

export interface StripDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly state: "contact" | "away" | "unrecorded" | "before" | "revoked";
  readonly contact: {
    readonly first_at: string;
    readonly last_at: string;
    readonly uploads: number;
    readonly syncs: number;
    readonly upload_bytes: number | null;
    readonly sync_bytes: number | null;
  } | null;
}

export interface Strip {
  /** Oldest first, today last. */
  readonly days: readonly StripDay[];
  /** Longest first; `to` is null while it lasts. */
  readonly gaps: readonly { readonly from: string; readonly to: string | null; readonly seconds: number }[];
}

export interface RigEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly category: Category;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly depth_ft: number;
  readonly action_taken: string | null;
}

export interface RigLog {
  readonly syncs: readonly {
    readonly synced_at: string;
    readonly episodes_sent: number;
    readonly library_version: number;
    readonly bytes: number | null;
    readonly clock_offset_s: number | null;
  }[];
  readonly drops: readonly { readonly told_at: string; readonly events: number }[];
  readonly refusals: readonly {
    readonly code: string;
    readonly refusals: number;
    readonly first_at: string;
    readonly last_at: string;
    readonly last_event_id: string | null;
    readonly last_sentence: string;
  }[];
  readonly quarantined: readonly {
    readonly id: number;
    readonly event_id: string;
    readonly reason: string;
    readonly detail: string;
    readonly received_at: string;
  }[];
  readonly more_quarantined: boolean;
}

interface Load {
  readonly events: number;
  readonly false_positive_share: number | null;
  readonly answered: number;
}

export interface RigRecord {
  readonly outcome_days: number;
  readonly outcomes: {
    readonly total: number;
    readonly pending: number;
    readonly outcome_breakdown: readonly { readonly outcome: OutcomeName; readonly count: number }[];
    readonly resolution_rate: number | null;
    readonly answered_resolution_rate: number | null;
  };
  readonly load_days: number;
  readonly load: Load & { readonly per_day: number };
  readonly fleet: Load & { readonly per_day: number | null; readonly rigs: number };
}

export interface RigPage {
  readonly line: RigLine;
  readonly facts: RigFacts;
  readonly library_version: number;
  readonly enrolment: Enrolment | null;
  /** The list that the visitor came from. */
  readonly from: string | undefined;
  readonly strip: Panel<Strip>;
  readonly events: Panel<readonly RigEvent[]>;
  readonly record: Panel<RigRecord>;
  readonly log: Panel<RigLog>;
}
