import { CATEGORIES } from "../../src/wire/vocabulary.ts";
import { address } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Columns } from "../parts/columns.tsx";
import { number } from "../parts/numbers.ts";
import type { Month } from "./model.ts";

/** Events a day by category. Today is marked: it is not over. */
export function DayColumns({ month }: { readonly month: Month }): Markup {
  const { dates, days } = month;
  const names = CATEGORIES.filter((category) => days.some((day) => day.category === category));
  const byDate = Map.groupBy(days, ({ date }) => date);
  const columns = dates.map((date, at) => ({
    label: date,
    href: address("/events", { from: date, to: date }),
    incomplete: at === dates.length - 1,
    parts: names.map((name) => ({
      name,
      value: byDate.get(date)?.find(({ category }) => category === name)?.count ?? 0,
    })),
  }));
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const summary = `${number(total)} events in ${dates.length} days; today is not over.`;
  return (
    <Columns id="per-day" caption="Events a day, UTC, by category" summary={summary} columns={columns} names={names} />
  );
}
