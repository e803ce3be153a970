import { newestArrivals } from "../../db/dashboard/arrivals.ts";
import type { EventListRow } from "../../db/dashboard/events.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { LIST_TEXT_MAX } from "./events.ts";

/** Of the whole fleet, the newest arrival first. */
export async function latestArrivals({ sql }: HubContext, limit: number): Promise<IsoTimes<EventListRow>[]> {
  return (await newestArrivals(sql, { limit, textMax: LIST_TEXT_MAX })).map(isoTimes);
}
