import type { Fragment, ISql } from "postgres";
import { CAMPAIGNS, UPLOADED_RISKS, type Campaign, type Category, type OutcomeName } from "../../wire/vocabulary.ts";
import { countsMatching, type CountFilter, type Days } from "./counts.ts";

export interface BucketCount {
  /** First UTC day of the bucket, `YYYY-MM-DD`; weeks begin on Monday. */
  readonly bucket: string;
  /** Value of the column that the counts are broken down by. */
  readonly name: string;
  readonly count: number;
}

export interface BucketQuery {
  readonly days: Days;
  readonly bucket: "day" | "week";
  readonly by: "category" | "risk_level";
  readonly filter: CountFilter;
}

/** The oldest bucket first; those without events are left out. */
export async function bucketCounts(sql: ISql, { days, bucket, by, filter }: BucketQuery): Promise<BucketCount[]> {
  return sql<BucketCount[]>`
    with by_day as (
      select day, ${sql(by)} as name, sum(events) as events from fleet_days
      where ${countsMatching(sql, days, filter)}
      group by day, 2
    )
    select to_char(date_trunc(${bucket}, day::timestamp), 'YYYY-MM-DD') as bucket, name, sum(events)::bigint as count
    from by_day
    group by 1, name
    having sum(events) > 0
    order by 1, name`;
}

export interface CampaignCount {
  readonly campaign: Campaign;
  readonly category: Category;
  readonly count: number;
}

export async function campaignCounts(sql: ISql, days: Days, filter: CountFilter): Promise<CampaignCount[]> {
  return sql<CampaignCount[]>`
    select campaign, category, sum(events)::bigint as count
    from fleet_days
    where ${countsMatching(sql, days, filter)}
    group by campaign, category
    having sum(events) > 0
    order by campaign, category`;
}

export interface ScatterPoint {
  readonly id: string;
  readonly timestamp: Date;
  readonly depth_ft: number;
  readonly outcome: OutcomeName;
}

interface ScatterQuery {
  readonly days: Days;
  readonly outcome: OutcomeName;
  readonly filter: CountFilter;
  readonly limit: number;
}

/** The newest events of one outcome, so that a rare outcome is seen beside a common one. */
export async function scatterPoints(sql: ISql, query: ScatterQuery): Promise<ScatterPoint[]> {
  const { outcome, filter, limit } = query;
  const { category, risk_level, campaign } = filter;
  if (category === undefined) {
    return sql<ScatterPoint[]>`
      ${points(sql, query)} and outcome = ${outcome}
        ${risk_level === undefined ? sql`` : sql`and risk_level = ${risk_level}`}
        ${campaign === undefined ? sql`` : sql`and campaign = ${campaign}`}
      order by timestamp desc limit ${limit}`;
  }
  // The index by category has risk and campaign before the time: each pair of them is in order, all together are not.
  const pairs = (risk_level === undefined ? UPLOADED_RISKS : [risk_level]).flatMap((risk) =>
    (campaign === undefined ? CAMPAIGNS : [campaign]).map((of) => ({ risk, of })),
  );
  const parts = pairs.map(
    ({ risk, of }) => sql`
      (${points(sql, query)} and category = ${category} and outcome = ${outcome} and risk_level = ${risk}
        and campaign = ${of} order by timestamp desc limit ${limit})`,
  );
  const all = parts.reduce((left, right) => sql`${left} union all ${right}`);
  return sql<ScatterPoint[]>`select * from (${all}) as newest order by timestamp desc limit ${limit}`;
}

function points(sql: ISql, { days }: ScatterQuery): Fragment {
  return sql`
    select id, timestamp, depth as depth_ft, outcome from events
    where timestamp >= ${days.from}::date::timestamp at time zone 'UTC'
      and timestamp < (${days.to}::date + 1)::timestamp at time zone 'UTC'`;
}
