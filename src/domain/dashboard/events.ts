import { Fault } from "../../base/fault.ts";
import { OUTCOME_TEXT_MAX } from "../../base/limits.ts";
import {
  WALK_ENTRIES_MAX,
  type EventFilters,
  type EventOrder,
  type EventPlace,
} from "../../db/dashboard/event-filters.ts";
import {
  tallyEvents,
  walkEvents,
  type EventListRow,
  type EventsRead,
  type EventTally,
  type WalkedRow,
} from "../../db/dashboard/events.ts";
import { rigFields } from "../../db/dashboard/rigs.ts";
import { episodeId } from "../../wire/identity.ts";
import type { HubContext } from "../context.ts";
import { listMark, readListMark } from "../dashboard-mark.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { wordsPage } from "./event-words.ts";

export const EVENTS_LIMIT_MAX = 1000;
/** Characters of an action or a note that a list shows. */
export const LIST_TEXT_MAX = 160;
export const WORDS_MAX = 200;
const FIELDS_MAX = 500;
/** A file is read in larger steps than a page, which somebody waits for. */
const FILE_PAGE_ROWS = 500;
const FILE_WALK_MAX = 50_000;
/** No clock of a rig is ahead of this. */
const FAR_FUTURE_MS = 99_999_999_999_000;
const A_WORD = /[\p{L}\p{N}]/u;

export interface EventsFilter extends EventFilters {
  /** Whole words of action and notes; all of them must be there. */
  readonly words?: string | undefined;
  /** With words: only where the action is these and no other, as `said` compares them. */
  readonly alone?: boolean | undefined;
  /** Only events that have been without an answer for so long. */
  readonly pendingOverS?: number | undefined;
}

export interface EventsQuery {
  readonly filter: EventsFilter;
  readonly order?: EventOrder | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly textMax?: number | undefined;
  /** Entries that the page may walk through before it ends with what it has. */
  readonly walkMax?: number | undefined;
}

export interface EventItem extends IsoTimes<EventListRow> {
  /** It went into the episode of another event. */
  readonly duplicate: boolean;
}

export interface EventsPage {
  readonly events: readonly EventItem[];
  readonly next: string | null;
  /** The search ended here to stay quick, and `next` goes on; null when it did not. */
  readonly searched_to: string | null;
}

/** One page of the events that match. Faults: `invalid_request`. */
export async function eventsPage({ sql, clock }: HubContext, query: EventsQuery): Promise<EventsPage> {
  const { words, filters } = resolved(query.filter, clock.now());
  const limit = Math.min(Math.max(1, query.limit), EVENTS_LIMIT_MAX);
  const { order = "newest", textMax = LIST_TEXT_MAX, walkMax = WALK_ENTRIES_MAX } = query;
  const read: EventsRead = { filters, order, after: placeOf(query.after), limit, textMax, walkMax };
  return words === undefined
    ? walkedPage(await walkEvents(sql, read), read)
    : searchedPage(sql, { ...read, words, alone: query.filter.alone === true });
}

/** How many match in all. Undefined with words: counting those would cost more than the page. */
export async function eventsTally({ sql, clock }: HubContext, filter: EventsFilter): Promise<EventTally | undefined> {
  const { words, filters } = resolved(filter, clock.now());
  return words === undefined ? tallyEvents(sql, filters) : undefined;
}

/** All of them, a page at a time, with what was written whole. */
export async function* everyEvent(
  context: HubContext,
  { filter, order }: Pick<EventsQuery, "filter" | "order">,
): AsyncGenerator<readonly EventItem[]> {
  let after: string | undefined;
  do {
    const query = { filter, order, after, limit: FILE_PAGE_ROWS, textMax: OUTCOME_TEXT_MAX, walkMax: FILE_WALK_MAX };
    const page = await eventsPage(context, query);
    yield page.events;
    after = page.next ?? undefined;
  } while (after !== undefined);
}

/** Of the rigs that there are, by name. */
export function eventFields({ sql }: HubContext): Promise<string[]> {
  return rigFields(sql, FIELDS_MAX);
}

/** Age is a bound in time, so nothing below has to know of it. */
function resolved(filter: EventsFilter, nowMs: number): { filters: EventFilters; words: string | undefined } {
  const { words, pendingOverS, ...filters } = filter;
  checkWords(words);
  if (pendingOverS === undefined) return { filters, words };
  if ((filters.outcome ?? "Pending") !== "Pending") {
    throw new Fault("invalid_request", "only Pending events have an age", "leave out the outcome or the age");
  }
  const to = new Date(Math.min(filters.to?.getTime() ?? Infinity, nowMs - pendingOverS * 1000));
  return { filters: { ...filters, outcome: "Pending", to }, words };
}

function checkWords(words: string | undefined): void {
  if (words === undefined) return;
  if (words.length > WORDS_MAX || words.includes("\0")) {
    throw new Fault("invalid_request", `the text is over ${WORDS_MAX} characters`, "search for fewer words");
  }
  if (!A_WORD.test(words)) {
    throw new Fault("invalid_request", "the text has no word in it", "search for whole words or numbers");
  }
}

function walkedPage(walked: readonly WalkedRow[], { limit }: EventsRead): EventsPage {
  const end = walked.findIndex(({ is_end }) => is_end);
  const reached = end < 0 ? walked : walked.slice(0, end + 1);
  const found = reached.filter(({ is_match }) => is_match);
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : walked[end];
  const stopped = found.length > limit ? undefined : last;
  return pageOf(shown, last, stopped);
}

async function searchedPage(sql: HubContext["sql"], read: Parameters<typeof wordsPage>[1]): Promise<EventsPage> {
  const { rows, stopped } = await wordsPage(sql, { ...read, limit: read.limit + 1 });
  const shown = rows.slice(0, read.limit);
  return pageOf(shown, rows.length > read.limit ? shown.at(-1) : stopped, stopped);
}

function pageOf(rows: readonly EventListRow[], last?: EventPlace, stopped?: EventPlace): EventsPage {
  return {
    events: rows.map(eventItem),
    next: last === undefined ? null : listMark(last.timestamp.getTime(), last.id),
    searched_to: stopped?.timestamp.toISOString() ?? null,
  };
}

function eventItem(row: EventListRow): EventItem {
  const { id, rig_id, well_id, field, campaign, risk_level, severity, category, outcome, outcome_at } = row;
  const { action_taken, notes, depth_ft, timestamp, received_at, late, held, episode_id, time_zone } = row;
  const shown = { id, rig_id, well_id, field, campaign, risk_level, severity, category, outcome, outcome_at };
  const more = { action_taken, notes, depth_ft, timestamp, received_at, late, held, episode_id, time_zone };
  return { ...isoTimes({ ...shown, ...more }), duplicate: episode_id !== null && episode_id !== episodeId(id) };
}

function placeOf(after: string | undefined): EventPlace | undefined {
  if (after === undefined) return undefined;
  const { at, id } = readListMark(after);
  if (!Number.isSafeInteger(at) || Math.abs(at) > FAR_FUTURE_MS) {
    throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
  }
  return { timestamp: new Date(at), id };
}
