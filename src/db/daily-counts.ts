import type { ISql } from "postgres";
import type { LockedEvent } from "./events.ts";

/** The columns of an event that decide which row counts it. */
export type Counted = Pick<LockedEvent, "rig_id" | "timestamp" | "category" | "outcome" | "risk_level" | "campaign">;

const ISO_DAY_CHARS = "2026-11-10".length;

/**
 * Adds `by` for each event to the row of its UTC day. The caller holds the lock of each event's rig, and every row
 * belongs to one rig, so two writers never meet in another order.
 */
export async function countEvents(sql: ISql, events: readonly Counted[], by: 1 | -1): Promise<void> {
  const cells = new Map<string, ReturnType<typeof cell>>();
  for (const event of events) {
    const next = cell(event);
    const key = JSON.stringify(next);
    cells.set(key, { ...next, events: (cells.get(key)?.events ?? 0) + by });
  }
  if (cells.size === 0) return;
  await sql`
    insert into daily_counts ${sql([...cells.values()])}
    on conflict (day, rig_id, category, outcome, risk_level, campaign)
    do update set events = daily_counts.events + excluded.events`;
}

function cell({ rig_id, timestamp, category, outcome, risk_level, campaign }: Counted) {
  const day = timestamp.toISOString().slice(0, ISO_DAY_CHARS);
  return { day, rig_id, category, outcome, risk_level, campaign, events: 0 };
}
