import { Events } from "../../../views/events/events.tsx";
import { filterWords, WAITING, type EventsFilter, type EventsPage, type Waiting } from "../../../views/events/model.ts";
import { everyEvent, eventFields, eventsPage, eventsTally, type EventItem } from "../../domain/dashboard/events.ts";
import type { EventsFilter as EventsWish } from "../../domain/dashboard/events.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../../wire/vocabulary.ts";
import { csvReply, type CsvColumn } from "../csv.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { afterOf, choice, day, decimal, flag, given, rigOf, sizeOf, sortOf } from "../query.ts";

const DAY_MS = 86_400_000;
const DEPTH_RANGE_FT = { min: 0, max: 100_000 };
const HOUR_S = 3600;
const WAITING_S: Readonly<Record<Waiting, number>> = {
  "1 h": HOUR_S,
  "6 h": 6 * HOUR_S,
  "24 h": 24 * HOUR_S,
  "7 d": 7 * 24 * HOUR_S,
};

export const eventPages: PageSet = {
  pages: [{ path: "/events", read }],
  downloads: [{ path: "/events.csv", send }],
};

async function read({ context, query }: PageVisit): Promise<View> {
  const { filter, wish, order, sort } = asked(query);
  const size = sizeOf(query);
  const [found, total, fields] = await Promise.all([
    eventsPage(context, { filter: wish, order, ...afterOf(query), limit: size }),
    eventsTally(context, wish),
    eventFields(context),
  ]);
  const page: EventsPage = { filter, sort, size, ...found, total, fields };
  return { title: "Events", data: page, content: (frame) => Events({ frame, page }) };
}

async function send({ context, query, nowMs }: PageVisit): Promise<Response> {
  const { filter, wish, order } = asked(query);
  return csvReply({
    name: "events",
    nowMs,
    filter: filterWords(filter),
    zone: choice(query, "zone", ["utc", "rig"]) === "rig" ? "the rig" : "UTC",
    columns: COLUMNS,
    pages: everyEvent(context, { filter: wish, order }),
    log: context.log,
  });
}

const COLUMNS: readonly CsvColumn<EventItem>[] = [
  { name: "time_utc", value: ({ timestamp }) => timestamp },
  { name: "rig_time_zone", value: ({ time_zone }) => time_zone },
  { name: "event_id", value: ({ id }) => id },
  { name: "rig", value: ({ rig_id }) => rig_id },
  { name: "well", value: ({ well_id }) => well_id },
  { name: "field", value: ({ field }) => field },
  { name: "campaign", value: ({ campaign }) => campaign },
  { name: "risk", value: ({ risk_level }) => risk_level },
  { name: "severity", value: ({ severity }) => severity },
  { name: "category", value: ({ category }) => category },
  { name: "depth_ft", value: ({ depth_ft }) => depth_ft },
  { name: "outcome", value: ({ outcome }) => outcome },
  { name: "outcome_utc", value: ({ outcome_at }) => outcome_at },
  { name: "action", value: ({ action_taken }) => action_taken },
  { name: "notes", value: ({ notes }) => notes },
  { name: "received_utc", value: ({ received_at }) => received_at },
  { name: "late", value: ({ late }) => late },
  { name: "held_back", value: ({ held }) => held },
  { name: "duplicate", value: ({ duplicate }) => duplicate },
  { name: "episode", value: ({ episode_id }) => episode_id },
];

/** The same for the list and for its file. Faults: `invalid_request`. */
function asked(query: URLSearchParams) {
  const filter = filterOf(query);
  const { down } = sortOf(query, ["time"], "-time");
  const order = down ? ("newest" as const) : ("oldest" as const);
  return { filter, wish: wishOf(filter), order, sort: down ? ("-time" as const) : ("time" as const) };
}

function filterOf(query: URLSearchParams): EventsFilter {
  return {
    q: given(query, "q"),
    alone: flag(query, "alone"),
    rig: rigOf(query),
    well: given(query, "well"),
    field: given(query, "field"),
    category: choice(query, "category", CATEGORIES),
    risk: choice(query, "risk", UPLOADED_RISKS),
    outcome: choice(query, "outcome", OUTCOME_NAMES),
    campaign: choice(query, "campaign", CAMPAIGNS),
    depth_from: decimal(query, "depth_from", DEPTH_RANGE_FT),
    depth_to: decimal(query, "depth_to", DEPTH_RANGE_FT),
    from: day(query, "from"),
    to: day(query, "to"),
    waiting: choice(query, "waiting", WAITING),
    late: flag(query, "late"),
    held: flag(query, "held"),
  };
}

function wishOf(filter: EventsFilter): EventsWish {
  const { q, depth_from, depth_to, from, to, waiting, ...same } = filter;
  return {
    ...same,
    words: q,
    depthFromFt: depth_from,
    depthToFt: depth_to,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(Date.parse(to) + DAY_MS - 1),
    pendingOverS: waiting === undefined ? undefined : WAITING_S[waiting],
  };
}
