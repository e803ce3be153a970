import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";
import type { OutcomeName } from "../wire/vocabulary.ts";

export interface HeldEvent {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
}

/** Of the named ones, those of this rig that are stored. */
export async function heldEvents(sql: ISql, rigId: string, ids: readonly string[]): Promise<HeldEvent[]> {
  return sql<HeldEvent[]>`
    select id, digest, outcome, action_taken, notes from events where rig_id = ${rigId} and id = any(${[...ids]})`;
}

export interface HeldTwin {
  readonly event_id: string;
  readonly digest: Uint8Array;
  readonly decision: "accepted" | "discarded" | null;
}

/** Bodies that were kept aside, or stood aside once. */
export async function heldTwins(sql: ISql, rigId: string, ids: readonly string[]): Promise<HeldTwin[]> {
  return sql<HeldTwin[]>`
    select event_id, digest, decision from quarantine where rig_id = ${rigId} and event_id = any(${[...ids]})`;
}

export async function currentEpoch(sql: ISql): Promise<string> {
  const [row] = await sql<{ epoch: string }[]>`select epoch from library_state`;
  assert(row !== undefined, "library_state has its row");
  return row.epoch;
}
