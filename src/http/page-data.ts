import type { EventsPage, LibraryPage } from "../../views/model.ts";
import { Fault } from "../base/fault.ts";
import { suggestion } from "../base/nearest.ts";
import { show } from "../base/schema.ts";
import type { HubContext } from "../domain/context.ts";
import { eventsPage as readEvents } from "../domain/dashboard-events.ts";
import { libraryPage as readLibrary } from "../domain/dashboard-library.ts";
import { isRigId } from "../wire/identity.ts";
import { CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../wire/vocabulary.ts";

/** Rows of a list; more come by its link to the next. */
const PAGE_ROWS = 50;

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

/** Faults: `invalid_request`. */
export async function libraryPage(context: HubContext, query: URLSearchParams): Promise<LibraryPage> {
  const { stats, episodes, next } = await readLibrary(context, { limit: PAGE_ROWS, ...place(query) });
  return { stats, episodes, next };
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
