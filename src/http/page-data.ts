import type { EventPage, EventsPage, Figure, LibraryPage, OverviewPage, RigsPage } from "../../views/model.ts";
import { Fault } from "../base/fault.ts";
import { suggestion } from "../base/nearest.ts";
import { show } from "../base/schema.ts";
import type { HubContext } from "../domain/context.ts";
import { overview, type Overview } from "../domain/dashboard.ts";
import { eventDetail, eventsPage as readEvents, rigsTable } from "../domain/dashboard-events.ts";
import { libraryPage as readLibrary } from "../domain/dashboard-library.ts";
import { isEventId, isRigId } from "../wire/identity.ts";
import { CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../wire/vocabulary.ts";

/** Rows of a list; more come by its link to the next. */
const PAGE_ROWS = 50;
/** Where the domain stops counting what is pending. */
const PENDING_COUNT_MAX = 10_000;

export async function overviewPage(context: HubContext): Promise<OverviewPage> {
  const facts = await overview(context);
  const { rigs, latest, outcomes, top_categories: categories, last_curation_error: curationError } = facts;
  return { figures: figures(facts), latest, outcomes, categories, curationError, rigCount: rigCount(rigs) };
}

export async function rigsPage(context: HubContext): Promise<RigsPage> {
  const { rigs, library_version: libraryVersion } = await rigsTable(context);
  return { rigs, libraryVersion };
}

/** Filters and place come from the address. Faults: `invalid_request`. */
export async function eventsPage(context: HubContext, query: URLSearchParams): Promise<EventsPage> {
  const filter = {
    risk: choice(query, "risk", UPLOADED_RISKS),
    category: choice(query, "category", CATEGORIES),
    outcome: choice(query, "outcome", OUTCOME_NAMES),
    rig: rigOf(query),
  };
  const { events, next } = await readEvents(context, { filters: filter, limit: PAGE_ROWS, ...place(query) });
  return { filter, events, next };
}

/** Faults: `not_found`, `corrupt`. */
export async function eventPage(context: HubContext, query: URLSearchParams, id: string): Promise<EventPage> {
  const found = isEventId(id) ? await eventDetail(context, id) : undefined;
  if (found === undefined)
    throw new Fault("not_found", `there is no event ${show(id)}`, "the list of events has them all");
  const { columns, event } = found;
  const track = { by: choice(query, "by", ["time", "depth"]) ?? "time", channel: query.get("channel") ?? undefined };
  return { event: columns, advisory: event.advisory, window: event.history_window, track };
}

/** Faults: `invalid_request`. */
export async function libraryPage(context: HubContext, query: URLSearchParams): Promise<LibraryPage> {
  const { stats, episodes, next } = await readLibrary(context, { limit: PAGE_ROWS, ...place(query) });
  return { stats, episodes, next };
}

function figures(facts: Overview): Figure[] {
  const { rigs } = facts;
  const pending = (risk: string): string => `/events?risk=${risk}&outcome=Pending`;
  return [
    { label: "rigs active", value: rigs.active, href: "/rigs" },
    { label: "rigs silent for 48 h", value: rigs.silent, href: "/rigs", alarming: true },
    { label: "rigs behind the library", value: rigs.behind, href: "/rigs" },
    { label: "rigs revoked", value: rigs.revoked, href: "/rigs" },
    { label: "events today, UTC", value: facts.events_today, href: "/events" },
    { label: "median of 7 days", value: facts.events_day_median, href: "/events" },
    { label: "Critical pending", value: facts.critical_pending, href: pending("Critical"), ...pendingForm },
    { label: "High pending", value: facts.high_pending, href: pending("High"), ...pendingForm },
    { label: "quarantined", value: facts.quarantined, alarming: true },
    { label: "waiting for curation", value: facts.curation_backlog },
    { label: "episodes in the library", value: facts.library.total, href: "/library" },
    { label: "library version", value: facts.library.version, href: "/library" },
  ];
}

const pendingForm = { alarming: true, countedTo: PENDING_COUNT_MAX };

function rigCount({ active, silent, revoked }: Overview["rigs"]): number {
  return active + silent + revoked;
}

/** A form sends what was left empty as an empty text. */
function given(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === "" ? undefined : value;
}

function choice<const T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T | undefined {
  const value = given(query, name);
  const known = choices.find((candidate) => candidate === value);
  if (value === undefined || known !== undefined) return known;
  throw new Fault("invalid_request", `${name} cannot be ${show(value)}`, suggestion(value, choices));
}

function rigOf(query: URLSearchParams): string | undefined {
  const rig = given(query, "rig")?.trim();
  if (rig === undefined || isRigId(rig)) return rig;
  throw new Fault("invalid_request", `${show(rig)} is not a rig's name`, "the list of rigs has them all");
}

function place(query: URLSearchParams): { after?: string } {
  const after = given(query, "after");
  return after === undefined ? {} : { after };
}
