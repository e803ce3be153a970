import type { ISql } from "postgres";
import type { LockedEvent } from "./events.ts";

/** Hubs add to different rows of the fleet's counts, as far as their shards differ: readers sum over all of them. */
export const SHARDS = 16;
/** ft of depth that are counted together; a band begins at a multiple of it. */
export const DEPTH_BAND_FT = 500;
/** The last band begins here, whatever a rig calls its depth. */
export const DEPTH_BAND_LAST_FT = 100_000;

/** The columns of an event that decide which rows count it. */
export type Counted = Pick<
  LockedEvent,
  "rig_id" | "timestamp" | "category" | "outcome" | "risk_level" | "campaign" | "depth"
>;

/**
 * Counts events out of the rows they stood in and into those they stand in now, in one statement. The caller holds the
 * lock of each event's rig: see `countsOf` for the order of the rest.
 */
export async function recount(
  sql: ISql,
  shard: number,
  { from = [], to = [] }: { readonly from?: readonly Counted[]; readonly to?: readonly Counted[] },
): Promise<void> {
  const changes = [...from.map((event) => change(event, -1)), ...to.map((event) => change(event, 1))];
  if (changes.length === 0) return;
  await sql`
    with change as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb) as change (
        rig_id text, timestamp timestamptz, category text, outcome text, risk_level text, campaign text,
        depth double precision, events int)
    ), ${countsOf(sql, shard)}
    select count(*) from counted_by_depth`;
}

function change({ rig_id, timestamp, category, outcome, risk_level, campaign, depth }: Counted, events: 1 | -1) {
  return { rig_id, timestamp, category, outcome, risk_level, campaign, depth, events };
}

/**
 * Common table expressions that add the rows of `change` (the columns of `Counted`, and how many events) to all three
 * tables. Writers never wait for each other in a circle: whoever counts holds its rigs, takes daily_counts, which are of
 * its rigs alone, then fleet_days, then depth_months, and the rows of each in the order of their keys. Each expression
 * reads the one before it, because nothing else says which of them runs first.
 */
export function countsOf(sql: ISql, shard: number) {
  return sql`
    counted_by_rig as (
      insert into daily_counts (day, rig_id, category, outcome, risk_level, campaign, events)
      select (timestamp at time zone 'UTC')::date, rig_id, category, outcome, risk_level, campaign, sum(events)
      from change group by 1, 2, 3, 4, 5, 6 having sum(events) <> 0 order by 1, 2, 3, 4, 5, 6
      on conflict (day, rig_id, category, outcome, risk_level, campaign)
      do update set events = daily_counts.events + excluded.events
      returning day
    ), counted_by_day as (
      insert into fleet_days (day, shard, category, outcome, risk_level, campaign, events)
      select (timestamp at time zone 'UTC')::date, ${shard}::smallint, category, outcome, risk_level, campaign, sum(events)
      from change where (select count(*) from counted_by_rig) >= 0
      group by 1, 3, 4, 5, 6 having sum(events) <> 0 order by 1, 3, 4, 5, 6
      on conflict (day, shard, category, outcome, risk_level, campaign)
      do update set events = fleet_days.events + excluded.events
      returning day
    ), counted_by_depth as (
      insert into depth_months (month, shard, band_ft, category, outcome, campaign, events)
      select date_trunc('month', timestamp at time zone 'UTC')::date, ${shard}::smallint,
        least(${DEPTH_BAND_LAST_FT}::float8, greatest(0, floor(depth / ${DEPTH_BAND_FT}::float8) * ${DEPTH_BAND_FT}::float8))::int,
        category, outcome, campaign, sum(events)
      from change where (select count(*) from counted_by_day) >= 0
      group by 1, 3, 4, 5, 6 having sum(events) <> 0 order by 1, 3, 4, 5, 6
      on conflict (month, shard, band_ft, category, outcome, campaign)
      do update set events = depth_months.events + excluded.events
      returning month
    )`;
}
