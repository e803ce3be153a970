/** Times are ISO 8601 in UTC. */
export interface RunLine {
  readonly id: number;
  readonly cause: "arrival" | "schedule" | "request";
  readonly started_at: string;
  /** Null while it runs, or when its hub died. */
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly events_read: number;
  readonly episodes_created: number;
  readonly episodes_changed: number;
  readonly events_merged: number;
  readonly episodes_rescored: number;
  readonly episodes_archived: number;
  readonly events_failed: number;
  readonly version: number | null;
  readonly error: string | null;
}

export interface CurationPage {
  readonly filter: { readonly cause: RunLine["cause"] | undefined; readonly kind: "changed" | "failed" | undefined };
  readonly runs: readonly RunLine[];
  readonly next: string | null;
  readonly size: number;
  readonly state: {
    readonly backlog: number;
    readonly backlog_since: string | null;
    readonly last_success: string | null;
    readonly last_error: string | null;
    readonly curates: boolean;
    readonly interval_s: number;
    readonly next_scheduled: string | null;
    readonly uncurated: readonly {
      readonly id: string;
      readonly rig_id: string;
      readonly timestamp: string;
      readonly curation_error: string;
    }[];
  };
  readonly backlogMax: number;
}

export interface RunPage {
  readonly run: RunLine;
  readonly versions: readonly {
    readonly version: number;
    readonly committed_at: string;
    readonly changed: number;
    readonly removed: number;
  }[];
  readonly episodes: readonly { readonly episode_id: string; readonly version: number; readonly kind: string }[];
  readonly failures: readonly { readonly event_id: string; readonly error: string; readonly failed_at: string }[];
  readonly partMax: number;
  /** It was asked for a moment ago, by this person. */
  readonly asked: boolean;
}

export const CAUSE_WORDS: Readonly<Record<RunLine["cause"], string>> = {
  arrival: "events arrived",
  schedule: "schedule",
  request: "a person asked",
};
