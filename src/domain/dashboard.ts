import { answerTimes, commonActions, type ActionCount } from "../db/dashboard.ts";
import { countsByDay, countsByOutcome, type DayCount, type OutcomeCount } from "../db/dashboard/counts.ts";
import { libraryCounts } from "../db/stats.ts";
import type { Category } from "../wire/vocabulary.ts";
import type { HubContext } from "./context.ts";
import { dayBefore, lastDays, topCategories, totalOf, type CategoryCount } from "./dashboard/days.ts";
import { rigCounts } from "./dashboard/rigs.ts";
import { outcomeShares, type OutcomeShares } from "./outcome-shares.ts";

const SUMMARY_DAYS = 30;
/** A quarter: long enough for shares that mean something, and the work does not grow with the years. */
export const OUTCOME_DAYS = 90;
/** The newest answers that times and actions are taken from. */
const ANSWERS_MAX = 5000;
const ACTIONS_MAX = 10;

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
    rigCounts(context),
    trends(context, SUMMARY_DAYS),
    libraryCounts(context.sql),
  ]);
  return {
    active_rigs: rigs.active + rigs.late,
    events_today: totalOf(days.filter(({ date }) => date === dayBefore(context, 0))),
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
