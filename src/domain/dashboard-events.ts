import { Fault } from "../base/fault.ts";
import {
  eventDetailRow,
  eventLines,
  outcomeHistory,
  type EventDetailRow,
  type EventFilters,
  type EventLineRow,
  type EventPosition,
  type OutcomeLogRow,
} from "../db/dashboard-lists.ts";
import type { FleetEvent } from "../wire/event.ts";
import type { HubContext } from "./context.ts";
import { episodeDetail, type EpisodeDetail } from "./dashboard-library.ts";
import { listMark, listPage, readListMark } from "./dashboard-mark.ts";
import { readEvent } from "./events.ts";
import { isoTimes, type IsoTimes } from "./iso-times.ts";

export const EVENTS_PAGE_MAX = 200;
/** No clock of a rig is ahead of this. */
const FAR_FUTURE_MS = 99_999_999_999_000;

export type EventLine = IsoTimes<EventLineRow>;

export interface EventsQuery {
  readonly filters?: EventFilters;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. Faults: `invalid_request`. */
export async function eventsPage({ sql }: HubContext, { filters = {}, after, limit }: EventsQuery) {
  const shown = Math.min(Math.max(1, limit), EVENTS_PAGE_MAX);
  const rows = await eventLines(sql, { filters, after: position(after), limit: shown + 1 });
  const { rows: page, next } = listPage(rows, shown, (row) => listMark(row.timestamp.getTime(), row.id));
  return { events: page.map(isoTimes), next };
}

export async function latestEvents({ sql }: HubContext, limit: number): Promise<EventLine[]> {
  return (await eventLines(sql, { filters: {}, after: position(undefined), limit })).map(isoTimes);
}

function position(after: string | undefined): EventPosition {
  if (after === undefined) return { timestamp: new Date(FAR_FUTURE_MS), id: "" };
  const { at, id } = readListMark(after);
  if (!Number.isSafeInteger(at) || at < 0 || at > FAR_FUTURE_MS) {
    throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
  }
  return { timestamp: new Date(at), id };
}

export interface EventDetail {
  readonly columns: IsoTimes<EventDetailRow>;
  /** As uploaded, its outcome as it is now. */
  readonly event: FleetEvent;
  /** Answers that came after it, oldest first. */
  readonly outcomes: readonly IsoTimes<OutcomeLogRow>[];
  readonly episode: EpisodeDetail | undefined;
}

/** Undefined when there is no such event. Faults: `corrupt`. */
export async function eventDetail(context: HubContext, id: string): Promise<EventDetail | undefined> {
  const { sql } = context;
  const [columns, stored, outcomes] = await Promise.all([
    eventDetailRow(sql, id),
    readEvent(context, id),
    outcomeHistory(sql, id),
  ]);
  if (columns === undefined || stored === undefined) return undefined;
  const event = JSON.parse(new TextDecoder().decode(stored.json)) as FleetEvent;
  const episode = columns.episode_id === null ? undefined : await episodeDetail(context, columns.episode_id);
  return { columns: isoTimes(columns), event, outcomes: outcomes.map(isoTimes), episode };
}
