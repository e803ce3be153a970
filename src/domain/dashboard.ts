import { countsByDay, type DayCount } from "../db/dashboard/counts.ts";
import { libraryCounts } from "../db/stats.ts";
import type { HubContext } from "./context.ts";
import { dayBefore, lastDays, topCategories, totalOf, type CategoryCount } from "./dashboard/days.ts";
import { OUTCOME_DAYS, outcomesView } from "./dashboard/outcomes.ts";
import { rigCounts } from "./dashboard/rigs.ts";
import type { OutcomeShares } from "./outcome-shares.ts";

const SUMMARY_DAYS = 30;

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
  readonly by_category: readonly (OutcomeShares & { readonly category: string })[];
  /** Of the newest 1,000 answers; `count` stand as resolved by it. */
  readonly common_actions: readonly { readonly action_taken: string; readonly count: number; readonly tried: number }[];
  /** Of the same, from the event to its answer; null when there is none. */
  readonly average_resolution_s: number | null;
  readonly median_resolution_s: number | null;
  readonly p90_resolution_s: number | null;
  /** Answers that the times are of. */
  readonly resolution_count: number;
}

/** GET /api/fleet/dashboard/outcomes: the figures of the page of outcomes, without a filter. */
export async function outcomes(context: HubContext): Promise<Outcomes> {
  const view = await outcomesView(context, {});
  const { actions, times } = view;
  return {
    days: OUTCOME_DAYS,
    ...sharesOf(view),
    by_category: view.by_category.map((row) => Object.assign({ category: row.name }, sharesOf(row))),
    common_actions: actions.map(({ action_taken, resolved, tried }) => ({ action_taken, count: resolved, tried })),
    average_resolution_s: times.average_s,
    median_resolution_s: times.median_s,
    p90_resolution_s: times.p90_s,
    resolution_count: times.answered,
  };
}

function sharesOf(shares: OutcomeShares): OutcomeShares {
  const { total, pending, outcome_breakdown, resolution_rate, answered_resolution_rate } = shares;
  return { total, pending, outcome_breakdown, resolution_rate, answered_resolution_rate };
}
