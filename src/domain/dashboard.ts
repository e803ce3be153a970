import { answerTimes, attention, commonActions, rigCounts, type ActionCount, type RigCounts } from "../db/dashboard.ts";
import { countsByDay, countsByOutcome, type DayCount, type Days, type OutcomeCount } from "../db/dashboard/counts.ts";
import { healthFacts } from "../db/health.ts";
import { libraryCounts, type LibraryCounts } from "../db/stats.ts";
import { RIG_INACTIVE_AFTER_S } from "../wire/protocol.ts";
import type { Category, OutcomeName } from "../wire/vocabulary.ts";
import type { HubContext } from "./context.ts";
import { latestEvents, type EventLine } from "./dashboard-events.ts";
import { outcomeShares, type OutcomeShares } from "./outcome-shares.ts";

const DAY_MS = 86_400_000;
const SUMMARY_DAYS = 30;
const WEEK_DAYS = 7;
const TOP_CATEGORIES = 5;
/** A quarter: long enough for shares that mean something, and the work does not grow with the years. */
export const OUTCOME_DAYS = 90;
/** The newest answers that times and actions are taken from. */
const ANSWERS_MAX = 5000;
const ACTIONS_MAX = 10;
const LATEST_EVENTS = 10;

export interface CategoryCount {
  readonly category: Category;
  readonly count: number;
}

export interface Summary {
  /** Heard of within 48 h. */
  readonly active_rigs: number;
  /** Of the UTC day, by the event's own time. */
  readonly events_today: number;
  /** Of the last 30 days, at most five. */
  readonly top_categories: readonly CategoryCount[];
  readonly library_version: number;
  readonly total_episodes: number;
}

/** GET /api/fleet/dashboard/summary */
export async function summary(context: HubContext): Promise<Summary> {
  const [rigs, days, library] = await Promise.all([
    rigCounts(context.sql, seenSince(context)),
    trends(context, SUMMARY_DAYS),
    libraryCounts(context.sql),
  ]);
  return {
    active_rigs: rigs.active,
    events_today: sumOf(days.filter(({ date }) => date === today(context))),
    top_categories: topCategories(days),
    library_version: library.version,
    total_episodes: library.total,
  };
}

/** GET /api/fleet/dashboard/trends: events by UTC day and category, oldest first, today included. */
export function trends(context: HubContext, days: number): Promise<DayCount[]> {
  return countsByDay(context.sql, lastDays(context, days));
}

export interface Outcomes extends OutcomeShares {
  /** Over so many days. */
  readonly days: number;
  readonly by_category: readonly (OutcomeShares & { readonly category: Category })[];
  /** Of the newest 5,000 answers. */
  readonly common_actions: readonly ActionCount[];
  /** Of the same, from the event to its answer; null when there is none. */
  readonly average_resolution_s: number | null;
  readonly median_resolution_s: number | null;
  readonly p90_resolution_s: number | null;
  /** Answers that the times are of. */
  readonly resolution_count: number;
}

/** GET /api/fleet/dashboard/outcomes */
export async function outcomes(context: HubContext, days = OUTCOME_DAYS): Promise<Outcomes> {
  const { sql } = context;
  const [counts, times, actions] = await Promise.all([
    countsByOutcome(sql, lastDays(context, days)),
    answerTimes(sql, ANSWERS_MAX),
    commonActions(sql, { answers: ANSWERS_MAX, actions: ACTIONS_MAX }),
  ]);
  return {
    days,
    ...outcomeShares(counts),
    by_category: byCategory(counts),
    common_actions: actions,
    average_resolution_s: times.average_s,
    median_resolution_s: times.median_s,
    p90_resolution_s: times.p90_s,
    resolution_count: times.answered,
  };
}

function byCategory(counts: readonly OutcomeCount[]): Outcomes["by_category"] {
  const byName = Map.groupBy(counts, ({ category }) => category);
  const sorted = [...byName].toSorted(([left], [right]) => left.localeCompare(right));
  return sorted.map(([category, rows]) => Object.assign({ category }, outcomeShares(rows)));
}

export interface Overview {
  readonly rigs: RigCounts;
  readonly events_today: number;
  /** Median of the seven days before today. */
  readonly events_day_median: number;
  /** Without an answer; 10,000 stands for that and more. */
  readonly critical_pending: number;
  readonly high_pending: number;
  readonly quarantined: number;
  readonly oldest_quarantined: string | null;
  readonly curation_backlog: number;
  readonly last_curation: string | null;
  readonly last_curation_error: string | null;
  readonly library: LibraryCounts;
  /** The last 30 days. */
  readonly days: readonly DayCount[];
  readonly top_categories: readonly CategoryCount[];
  readonly outcomes: readonly { readonly outcome: OutcomeName; readonly count: number }[];
  readonly latest: readonly EventLine[];
}

/** All that the first page shows. */
export async function overview(context: HubContext): Promise<Overview> {
  const { sql } = context;
  const [rigs, days, shares, urgent, facts, library, latest] = await Promise.all([
    rigCounts(sql, seenSince(context)),
    trends(context, SUMMARY_DAYS),
    countsByOutcome(sql, lastDays(context, SUMMARY_DAYS)),
    attention(sql),
    healthFacts(sql),
    libraryCounts(sql),
    latestEvents(context, LATEST_EVENTS),
  ]);
  return {
    rigs,
    events_today: sumOf(days.filter(({ date }) => date === today(context))),
    events_day_median: medianDay(context, days),
    critical_pending: urgent.critical_pending,
    high_pending: urgent.high_pending,
    quarantined: facts.quarantined,
    oldest_quarantined: urgent.oldest_quarantined?.toISOString() ?? null,
    curation_backlog: facts.backlog,
    last_curation: facts.last_success?.toISOString() ?? null,
    last_curation_error: facts.last_error,
    library,
    days,
    top_categories: topCategories(days),
    outcomes: outcomeShares(shares).outcome_breakdown,
    latest,
  };
}

function seenSince({ clock }: HubContext): Date {
  return new Date(clock.now() - RIG_INACTIVE_AFTER_S * 1000);
}

function lastDays(context: HubContext, days: number): Days {
  return { from: dayBefore(context, days - 1), to: today(context) };
}

function today(context: HubContext): string {
  return dayBefore(context, 0);
}

function dayBefore({ clock }: HubContext, days: number): string {
  return new Date(clock.now() - days * DAY_MS).toISOString().slice(0, "2026-11-10".length);
}

function sumOf(days: readonly DayCount[]): number {
  return days.reduce((sum, { count }) => sum + count, 0);
}

function medianDay(context: HubContext, days: readonly DayCount[]): number {
  const week = Array.from({ length: WEEK_DAYS }, (_, at) => dayBefore(context, at + 1));
  const sums = week.map((date) => sumOf(days.filter((day) => day.date === date)));
  return sums.toSorted((left, right) => left - right)[Math.floor(WEEK_DAYS / 2)] ?? 0;
}

function topCategories(days: readonly DayCount[]): CategoryCount[] {
  const sums = new Map<Category, number>();
  for (const { category, count } of days) sums.set(category, (sums.get(category) ?? 0) + count);
  return [...sums]
    .map(([category, count]) => ({ category, count }))
    .toSorted((left, right) => right.count - left.count || left.category.localeCompare(right.category))
    .slice(0, TOP_CATEGORIES);
}
