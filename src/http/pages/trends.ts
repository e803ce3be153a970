import type { TrendsPage } from "../../../views/trends/model.ts";
import { Trends } from "../../../views/trends/trends.tsx";
import { depthDensity, scatter, SCATTER_MAX, trends, type TrendWish } from "../../domain/dashboard/trends.ts";
import { CAMPAIGNS, CATEGORIES, UPLOADED_RISKS } from "../../wire/vocabulary.ts";
import { panel, type PageSet, type PageVisit, type View } from "../page.ts";
import { choice, integer } from "../query.ts";

const DAYS = 30;
/** A leap year: as many buckets as a plot shows. */
const DAYS_MAX = 366;

export const trendPages: PageSet = { pages: [{ path: "/trends", read }] };

async function read(visit: PageVisit): Promise<View> {
  const page = await trendsPage(visit);
  return { title: "Trends", data: page, charts: "trends", content: (frame) => Trends({ frame, page }) };
}

async function trendsPage(visit: PageVisit): Promise<TrendsPage> {
  const { context } = visit;
  const wish = wishOf(visit.query);
  const [series, depth, points] = await Promise.all([
    panel(visit, "events over time", trends(context, wish)),
    panel(visit, "events by depth", depthDensity(context, wish)),
    panel(visit, "depth and time", scatter(context, wish)),
  ]);
  const { days, bucket, by, filter } = wish;
  const { category, campaign, risk_level: risk } = filter;
  return {
    wish: { days, bucket, by, category, campaign, risk },
    series,
    depth,
    scatter: points,
    scatterMax: SCATTER_MAX,
  };
}

function wishOf(query: URLSearchParams): TrendWish {
  return {
    days: integer(query, "days", { min: 1, max: DAYS_MAX }) ?? DAYS,
    bucket: choice(query, "bucket", ["day", "week"]) ?? "day",
    by: choice(query, "by", ["category", "risk_level"]) ?? "category",
    filter: {
      category: choice(query, "category", CATEGORIES),
      risk_level: choice(query, "risk", UPLOADED_RISKS),
      campaign: choice(query, "campaign", CAMPAIGNS),
    },
  };
}
