import { depthCounts, type CountFilter, type Days, type DepthCount } from "../../db/dashboard/counts.ts";
import {
  bucketCounts,
  campaignCounts,
  scatterPoints,
  type BucketCount,
  type CampaignCount,
  type ScatterPoint,
} from "../../db/dashboard/trends.ts";
import { OUTCOME_NAMES } from "../../wire/vocabulary.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { lastDays } from "./days.ts";

const DAY_MS = 86_400_000;
const ISO_DAY_CHARS = "2026-11-10".length;
/** Points of each outcome in the scatter: what a plot can show and a link can carry. */
export const SCATTER_MAX = 200;

export interface TrendWish {
  /** Days up to today. */
  readonly days: number;
  readonly bucket: "day" | "week";
  readonly by: "category" | "risk_level";
  readonly filter: CountFilter;
}

export interface Trends {
  readonly range: Days;
  /** First day of every bucket, the empty ones too; the last holds today and is not over. */
  readonly buckets: readonly string[];
  readonly counts: readonly BucketCount[];
  readonly campaigns: readonly CampaignCount[];
}

/** Events by their own time, UTC. */
export async function trends(context: HubContext, wish: TrendWish): Promise<Trends> {
  const { sql } = context;
  const range = lastDays(context, wish.days);
  const [counts, campaigns] = await Promise.all([
    bucketCounts(sql, { ...wish, days: range }),
    campaignCounts(sql, range, wish.filter),
  ]);
  return { range, buckets: bucketsOf(range, wish.bucket), counts, campaigns };
}

export interface DepthDensity {
  /** First days of UTC months, both included: depths are counted by whole months. */
  readonly months: Days;
  readonly counts: readonly DepthCount[];
}

export async function depthDensity(context: HubContext, { days, filter }: TrendWish): Promise<DepthDensity> {
  const range = lastDays(context, days);
  const months = { from: monthOf(range.from), to: monthOf(range.to) };
  const { campaign, category } = filter;
  const counts = await depthCounts(context.sql, { campaign, ...months });
  return { months, counts: counts.filter((row) => category === undefined || row.category === category) };
}

/** The newest of each outcome, oldest first within one. */
export async function scatter(context: HubContext, { days, filter }: TrendWish): Promise<IsoTimes<ScatterPoint>[]> {
  const range = lastDays(context, days);
  const ofEach = OUTCOME_NAMES.map((outcome) =>
    scatterPoints(context.sql, { days: range, outcome, filter, limit: SCATTER_MAX }),
  );
  return (await Promise.all(ofEach)).flatMap((points) => points.toReversed().map(isoTimes));
}

function monthOf(day: string): string {
  return `${day.slice(0, "2026-11".length)}-01`;
}

/** As date_trunc parts them: weeks begin on Monday, so the first may begin before the range. */
function bucketsOf({ from, to }: Days, bucket: TrendWish["bucket"]): string[] {
  const step = (bucket === "day" ? 1 : 7) * DAY_MS;
  const start = new Date(`${from}T00:00:00Z`);
  const back = bucket === "day" ? 0 : (start.getUTCDay() + 6) % 7;
  const buckets: string[] = [];
  for (let at = start.getTime() - back * DAY_MS; at <= Date.parse(`${to}T00:00:00Z`); at += step) {
    buckets.push(new Date(at).toISOString().slice(0, ISO_DAY_CHARS));
  }
  return buckets;
}
