import type { Category, RiskLevel } from "../../src/wire/vocabulary.ts";

export type Reason = "conflict" | "future_timestamp";
export type Decision = "accepted" | "discarded";
export type State = "open" | Decision;

/** Times are ISO 8601 in UTC. */
export interface EntryLine {
  readonly id: number;
  readonly event_id: string;
  readonly rig_id: string;
  readonly reason: Reason;
  readonly detail: string;
  readonly body_bytes: number;
  readonly clock_offset_s: number | null;
  readonly received_at: string;
  readonly event_at: string;
  readonly category: Category;
  readonly risk_level: RiskLevel;
  readonly time_zone: string;
  readonly decision: Decision | null;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
  readonly decision_note: string | null;
}

export interface QuarantinePage {
  readonly filter: { readonly state: State; readonly reason: Reason | undefined; readonly rig: string | undefined };
  readonly entries: readonly EntryLine[];
  readonly next: string | null;
  readonly size: number;
  readonly reasons: readonly { readonly reason: Reason; readonly entries: number; readonly oldest: string }[];
  /** That one press decides at most. */
  readonly decisionsMax: number;
}

export interface EntryPage {
  readonly entry: EntryLine;
  readonly differences: readonly {
    readonly path: string;
    readonly stored: string | undefined;
    readonly refused: string | undefined;
  }[];
  readonly differencesMax: number;
  readonly kept_until: string | null;
}

export interface ReportPage {
  readonly reports: readonly {
    readonly id: number;
    readonly event_id: string | null;
    readonly result: "accepted" | "discarded" | "reopened" | "stays" | "failed";
    readonly sentence: string;
  }[];
  /** The list that was decided from. */
  readonly back: string;
}

export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  conflict: "same id, other body",
  future_timestamp: "time far ahead",
};
