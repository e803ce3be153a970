import type { CurationCounts } from "../../db/curation-runs.ts";

type Counter = Exclude<keyof CurationCounts, "version">;

/** What a run has done so far. */
export interface Tally {
  add(done: Partial<CurationCounts>): void;
  readonly counts: CurationCounts;
}

export function newTally(): Tally {
  const counters: Record<Counter, number> = {
    events_read: 0,
    episodes_created: 0,
    episodes_changed: 0,
    events_merged: 0,
    episodes_rescored: 0,
    episodes_archived: 0,
    events_failed: 0,
  };
  let version: number | null = null;
  return {
    add({ version: made, ...done }) {
      version = made ?? version;
      for (const [name, by] of Object.entries(done)) counters[name as Counter] += by;
    },
    get counts() {
      return { ...counters, version };
    },
  };
}
