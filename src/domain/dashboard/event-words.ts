import type { ISql } from "postgres";
import type { EventFilters, EventPlace } from "../../db/dashboard/event-filters.ts";
import { eventsWithWords, type WordDays, type WordsFound, type WordsQuery } from "../../db/dashboard/event-words.ts";
import { eventSpan, type EventListRow, type EventsRead, type EventSpan } from "../../db/dashboard/events.ts";

const DAY_MS = 86_400_000;
const YEAR_2000_MS = Date.parse("2000-01-01T00:00:00Z");
/** Rows that one page may look at, and looks that it may take. */
const ROWS_MAX = 300;
const LOOKS_MAX = 6;
/** Days whose index entries one look joins. */
const DAYS_MAX = 32;
/** Of one day, which cannot be looked at by parts. */
const DAY_ROWS_MAX = 5000;
/** Days differ: looking at some more at once is cheaper than a further look. */
const AMPLE = 1.5;
/** How many days must have been seen before they stand for the others. */
const TELLING_DAYS = 10;

export interface WordsPage {
  readonly rows: readonly EventListRow[];
  /** Where the search stopped before it was through; undefined when it was, or the page is full. */
  readonly stopped: EventPlace | undefined;
}

/**
 * Goes through the days of the list, a few at a time: common words fill a page within days, and once they prove rare
 * all that is left is one look. The work is bounded; it says how far it came.
 */
export async function wordsPage(sql: ISql, read: Read): Promise<WordsPage> {
  const span = await eventSpan(sql);
  const range = span === undefined ? undefined : daysOf(span, read);
  if (range === undefined) return { rows: [], stopped: undefined };
  const rows: EventListRow[] = [];
  let left = range;
  let seen: Seen = { days: 0, looked: 0, found: 0, crowded: false };
  for (let looks = 0; looks < LOOKS_MAX && !isEmpty(left) && rows.length < read.limit; looks += 1) {
    const days = nextDays(left, seen, read);
    const found = await look(sql, { ...read, limit: read.limit - rows.length }, days);
    if (found === undefined) {
      seen = { days: seen.days, looked: seen.looked, found: seen.found, crowded: true };
      continue;
    }
    rows.push(...found.rows);
    left = without(left, days, read);
    const looked = seen.looked + found.looked;
    seen = { days: seen.days + lengthOf(days), looked, found: rows.length, crowded: false };
    if (seen.looked >= ROWS_MAX) break;
  }
  const full = rows.length >= read.limit;
  return { rows, stopped: full || isEmpty(left) ? undefined : edgeOf(left, read) };
}

interface Seen {
  readonly days: number;
  readonly looked: number;
  readonly found: number;
  /** The last look had more rows than it may. */
  readonly crowded: boolean;
}

type Read = EventsRead & Pick<WordsQuery, "words" | "alone">;

/** Undefined: too many rows for one look, so that fewer days must do. */
async function look(sql: ISql, read: Read, days: WordDays): Promise<WordsFound | undefined> {
  const rowsMax = lengthOf(days) === 1 ? DAY_ROWS_MAX : ROWS_MAX;
  const named = lengthOf(days) <= DAYS_MAX ? days : null;
  const found = await eventsWithWords(sql, { ...read, filters: clamped(read.filters, days), days: named, rowsMax });
  return found.looked > rowsMax && lengthOf(days) > 1 ? undefined : found;
}

type Order = Pick<EventsRead, "order">;

/** As many as the page seems to need and may afford; all that are left where they are few, as of one rig or well. */
function nextDays(left: WordDays, seen: Seen, { order, filters, limit }: EventsRead): WordDays {
  const { days, looked, found, crowded } = seen;
  const narrow = filters.rig !== undefined || filters.well !== undefined;
  const affordable = Math.floor(((ROWS_MAX - looked) * days) / Math.max(looked, 1));
  const needed = found === 0 ? Infinity : Math.ceil((AMPLE * days * (limit - found)) / found);
  const few = days === 0 ? narrow : days >= TELLING_DAYS && affordable >= lengthOf(left) * 2;
  const some = Math.max(1, Math.min(needed, affordable, DAYS_MAX, days * 8 + 1));
  const width = crowded ? 1 : few && needed > DAYS_MAX ? lengthOf(left) : Math.min(some, lengthOf(left));
  return order === "newest" ? { ...left, from: left.to - width + 1 } : { ...left, to: left.from + width - 1 };
}

function without(left: WordDays, days: WordDays, { order }: Order): WordDays {
  return order === "newest" ? { ...left, to: days.from - 1 } : { ...left, from: days.to + 1 };
}

/** The last moment that was looked at: the list goes on behind it. */
function edgeOf(left: WordDays, { order }: Order): EventPlace {
  const at = order === "newest" ? startOf(left.to + 1) : startOf(left.from);
  return { timestamp: new Date(at - 1), id: "" };
}

/** The days that the list still has, undefined when none. */
function daysOf(span: EventSpan, { filters, order, after }: EventsRead): WordDays | undefined {
  const { from = span.oldest, to = span.newest } = filters;
  const first = Math.max(
    span.oldest.getTime(),
    from.getTime(),
    order === "oldest" && after !== undefined ? timeOf(after) : -Infinity,
  );
  const last = Math.min(
    span.newest.getTime(),
    to.getTime(),
    order === "newest" && after !== undefined ? timeOf(after) : Infinity,
  );
  return first > last ? undefined : { from: dayOf(first), to: dayOf(last) };
}

function timeOf(place: EventPlace): number {
  return place.timestamp.getTime();
}

/** A look without days still keeps to them. */
function clamped(filters: EventFilters, { from, to }: WordDays): EventFilters {
  const first = Math.max(startOf(from), filters.from?.getTime() ?? -Infinity);
  const last = Math.min(startOf(to + 1) - 1, filters.to?.getTime() ?? Infinity);
  return { ...filters, from: new Date(first), to: new Date(last) };
}

function dayOf(ms: number): number {
  return Math.floor((ms - YEAR_2000_MS) / DAY_MS);
}

function startOf(day: number): number {
  return YEAR_2000_MS + day * DAY_MS;
}

function lengthOf({ from, to }: WordDays): number {
  return to - from + 1;
}

function isEmpty(days: WordDays): boolean {
  return days.from > days.to;
}
