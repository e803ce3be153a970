import type { DayCount, Days } from "../../db/dashboard/counts.ts";
import type { Clock } from "../../base/clock.ts";
import type { Category } from "../../wire/vocabulary.ts";

const DAY_MS = 86_400_000;
const ISO_DAY_CHARS = "2026-11-10".length;
const WEEK_DAYS = 7;
const TOP_CATEGORIES = 5;

interface Now {
  readonly clock: Clock;
}

/** `YYYY-MM-DD`, UTC; today is 0 days before. */
export function dayBefore({ clock }: Now, days: number): string {
  return new Date(clock.now() - days * DAY_MS).toISOString().slice(0, ISO_DAY_CHARS);
}

/** So many days up to today, which is one of them. */
export function lastDays(now: Now, days: number): Days {
  return { from: dayBefore(now, days - 1), to: dayBefore(now, 0) };
}

export function totalOf(days: readonly { readonly count: number }[]): number {
  return days.reduce((sum, { count }) => sum + count, 0);
}

/** Median of the seven days before today. */
export function medianOfWeek(now: Now, days: readonly DayCount[]): number {
  const week = Array.from({ length: WEEK_DAYS }, (_, at) => dayBefore(now, at + 1));
  const sums = week.map((date) => totalOf(days.filter((day) => day.date === date)));
  return sums.toSorted((left, right) => left - right)[Math.floor(WEEK_DAYS / 2)] ?? 0;
}

export interface CategoryCount {
  readonly category: Category;
  readonly count: number;
}

/** At most five, the most frequent first. */
export function topCategories(days: readonly DayCount[]): CategoryCount[] {
  const byCategory = Map.groupBy(days, ({ category }) => category);
  return [...byCategory]
    .map(([category, rows]) => ({ category, count: totalOf(rows) }))
    .toSorted((left, right) => right.count - left.count || left.category.localeCompare(right.category))
    .slice(0, TOP_CATEGORIES);
}
