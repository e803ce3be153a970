import type { ISql } from "postgres";
import { listColumns, type EventListRow } from "./events.ts";

/** The newest arrivals first, by the hub's clock: a rig whose clock runs ahead does not stand on top for a day. */
export async function newestArrivals(
  sql: ISql,
  { limit, textMax }: { readonly limit: number; readonly textMax: number },
): Promise<EventListRow[]> {
  return sql<EventListRow[]>`
    select ${listColumns(sql, textMax)} from events order by received_at desc, events.id limit ${limit}`;
}
