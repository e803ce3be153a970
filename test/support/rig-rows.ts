import type { ISql } from "postgres";
import { keyHash } from "../../src/base/api-key.ts";

/** Columns of `rigs`; times as ISO 8601. */
export type RigSpec = Readonly<Record<string, string | number | null>> & { readonly rig_id: string };

/** Rows of enrolled rigs as they are given, whatever the rest of the hub would have written. */
export async function storeRigs(sql: ISql, specs: readonly RigSpec[]): Promise<void> {
  for (const spec of specs) {
    const row = {
      key_hash: keyHash(`sk-fleet-test-${spec.rig_id}`),
      well_id: "WELL-1",
      field: "Permian",
      registered_at: "2026-01-01T00:00:00Z",
      ...spec,
    };
    await sql`insert into rigs ${sql(row)}`;
  }
}

export interface DaySpec {
  readonly rig_id: string;
  readonly day: string;
  readonly events: number;
  readonly outcome?: string;
  readonly category?: string;
}

/** Counts of days, of the rig and of the fleet. */
export async function storeDays(sql: ISql, specs: readonly DaySpec[]): Promise<void> {
  for (const spec of specs) {
    const cell = {
      category: "Mechanical",
      outcome: "Pending",
      risk_level: "High",
      campaign: "Production",
      ...spec,
    };
    await sql`insert into daily_counts ${sql(cell)}`;
    const { rig_id: _, ...fleet } = cell;
    await sql`
      insert into fleet_days ${sql({ ...fleet, shard: 0 })}
      on conflict (day, shard, category, outcome, risk_level, campaign)
      do update set events = fleet_days.events + excluded.events`;
  }
}
