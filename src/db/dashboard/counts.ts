import type { ISql } from "postgres";
import type { Campaign, Category, OutcomeName, RiskLevel } from "../../wire/vocabulary.ts";

/** `YYYY-MM-DD`, UTC, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** What is left out is not asked for. */
export interface CountFilter {
  readonly category?: Category | undefined;
  readonly risk_level?: RiskLevel | undefined;
  readonly campaign?: Campaign | undefined;
}

export interface DayCount {
  readonly date: string;
  readonly category: Category;
  readonly count: number;
}

/** Events of the whole fleet, by their own time. Oldest day first; days without events are left out, here and below. */
export async function countsByDay(sql: ISql, days: Days, filter: CountFilter = {}): Promise<DayCount[]> {
  return sql<DayCount[]>`
    select to_char(day, 'YYYY-MM-DD') as date, category, sum(events)::bigint as count
    from fleet_days
    where ${countsMatching(sql, days, filter)}
    group by day, category
    having sum(events) > 0
    order by day, category`;
}

export interface OutcomeCount {
  readonly category: Category;
  readonly outcome: OutcomeName;
  readonly count: number;
}

export async function countsByOutcome(sql: ISql, days: Days, filter: CountFilter = {}): Promise<OutcomeCount[]> {
  return sql<OutcomeCount[]>`
    select category, outcome, sum(events)::bigint as count
    from fleet_days
    where ${countsMatching(sql, days, filter)}
    group by category, outcome
    having sum(events) > 0
    order by category, outcome`;
}

export interface OutcomeParts {
  readonly category: Category | null;
  readonly risk_level: RiskLevel | null;
  readonly campaign: Campaign | null;
  readonly outcome: OutcomeName;
  readonly count: number;
}

/** Outcomes by category, by risk and by campaign, in one look: the columns that a row is not about are null. */
export async function outcomeParts(sql: ISql, days: Days, filter: CountFilter = {}): Promise<OutcomeParts[]> {
  return sql<OutcomeParts[]>`
    select category, risk_level, campaign, outcome, sum(events)::bigint as count
    from fleet_days
    where ${countsMatching(sql, days, filter)}
    group by grouping sets ((category, outcome), (risk_level, outcome), (campaign, outcome))
    having sum(events) > 0`;
}

export interface DepthFilter {
  readonly campaign?: Campaign | undefined;
  /** First day of a UTC month, `YYYY-MM-01`, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface DepthCount extends OutcomeCount {
  /** Where the band begins; see `DEPTH_BAND_FT`. */
  readonly band_ft: number;
}

/** The shallowest band first: a row for each category and outcome that it has. */
export async function depthCounts(sql: ISql, { campaign, from, to }: DepthFilter = {}): Promise<DepthCount[]> {
  return sql<DepthCount[]>`
    select band_ft, category, outcome, sum(events)::bigint as count
    from depth_months
    where month between coalesce(${from ?? null}::date, '-infinity') and coalesce(${to ?? null}::date, 'infinity')
      ${campaign === undefined ? sql`` : sql`and campaign = ${campaign}`}
    group by band_ft, category, outcome
    having sum(events) > 0
    order by band_ft, category, outcome`;
}

/** A condition on fleet_days. */
export function countsMatching(sql: ISql, { from, to }: Days, { category, risk_level, campaign }: CountFilter) {
  return sql`day between ${from}::date and ${to}::date
    ${category === undefined ? sql`` : sql`and category = ${category}`}
    ${risk_level === undefined ? sql`` : sql`and risk_level = ${risk_level}`}
    ${campaign === undefined ? sql`` : sql`and campaign = ${campaign}`}`;
}
