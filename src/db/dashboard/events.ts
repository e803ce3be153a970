import type { Fragment, ISql } from "postgres";
import { assert } from "../../base/assert.ts";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../../wire/vocabulary.ts";
import {
  EVENT_COUNT_MAX,
  WALK_ENTRIES_MAX,
  type EventFilters,
  type EventOrder,
  type EventPlace,
} from "./event-filters.ts";
import { listSource, type ListSource, type SourceQuery } from "./event-source.ts";

export interface EventsRead {
  readonly filters: EventFilters;
  readonly order: EventOrder;
  /** What the page comes behind; undefined for the first. */
  readonly after: EventPlace | undefined;
  readonly limit: number;
  /** Characters of what drillers wrote. */
  readonly textMax: number;
  /** Entries of an index that the page may walk through. */
  readonly walkMax: number;
}

export interface EventListRow {
  readonly id: string;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category: Category;
  readonly outcome: OutcomeName;
  readonly outcome_at: Date | null;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly depth_ft: number;
  readonly timestamp: Date;
  readonly received_at: Date;
  readonly late: boolean;
  readonly held: boolean;
  readonly episode_id: string | null;
  /** Of its rig, an IANA name. */
  readonly time_zone: string;
}

export interface WalkedRow extends EventListRow {
  readonly is_match: boolean;
  /** The walk stopped here: behind it nothing was looked at. */
  readonly is_end: boolean;
}

/**
 * Matches in the order of the list, and where a walk had to stop. A filter that no index holds is asked of each entry
 * of one that the other filters narrow; the walk over it is bounded, so that no filter makes a page slow.
 */
export async function walkEvents(sql: ISql, read: EventsRead): Promise<WalkedRow[]> {
  const source = listSource(sql, read.filters, read.walkMax);
  const order = listOrder(sql, read.order);
  // Two more than the page shows: one that tells of a next page, and perhaps the end of a walk among them.
  const enough = read.limit + 2;
  return sql<WalkedRow[]>`
    with page as materialized (
      select id, is_match, is_end, row_number() over (order by ${order}) as place from (
        select entry.* from ${source.facets}
        cross join lateral (
          select * from (${numbered(sql, source, read)}) as numbered
          where is_match or is_end order by ${order} limit ${enough}
        ) as entry
      ) as merged
      order by ${order} limit ${enough}
    )
    select page.is_match, page.is_end, ${listColumns(sql, read.textMax)}
    from page join events using (id)
    order by place`;
}

function numbered(sql: ISql, source: ListSource, read: SourceQuery): Fragment {
  const order = listOrder(sql, read.order);
  return sql`
    select id, timestamp, ${source.residual} as is_match,
      row_number() over (order by ${order}) = ${source.entriesMax} as is_end
    from (${source.entries(read)} order by ${order} limit ${source.entriesMax}) as walked`;
}

export interface EventTally {
  readonly matches: number;
  /** False: there may be more. */
  readonly exact: boolean;
}

/** Matches from the start of the list on, up to `EVENT_COUNT_MAX` and no further than a page may walk. */
export async function tallyEvents(sql: ISql, filters: EventFilters): Promise<EventTally> {
  const source = listSource(sql, filters, WALK_ENTRIES_MAX);
  const [row] = await (source.bare ? countedEntries(sql, source, filters) : countedMatches(sql, source, filters));
  assert(row !== undefined, "an aggregate gives a row");
  return { matches: row.matches, exact: !row.cut };
}

interface Counted {
  readonly matches: number;
  readonly cut: boolean;
}

function countedEntries(sql: ISql, source: ListSource, filters: EventFilters) {
  return sql<Counted[]>`
    select count(*) as matches, count(*) = ${EVENT_COUNT_MAX} as cut
    from (
      select from ${source.facets}
      cross join lateral (${fromTheTop(sql, source, filters)} limit ${EVENT_COUNT_MAX}) as entry
      limit ${EVENT_COUNT_MAX}
    ) as counted`;
}

function countedMatches(sql: ISql, source: ListSource, filters: EventFilters) {
  return sql<Counted[]>`
    select sum(matches)::bigint as matches, bool_or(walked = ${source.entriesMax}) as cut
    from ${source.facets}
    cross join lateral (
      select count(*) filter (where ${source.residual}) as matches, count(*) as walked
      from (${fromTheTop(sql, source, filters)} limit ${source.entriesMax}) as entry
    ) as counted`;
}

function fromTheTop(sql: ISql, source: ListSource, filters: EventFilters): Fragment {
  return sql`${source.entries({ filters, order: "newest", after: undefined })} order by ${listOrder(sql, "newest")}`;
}

export function listOrder(sql: ISql, order: EventOrder): Fragment {
  return order === "newest" ? sql`timestamp desc, id` : sql`timestamp, id desc`;
}

export function listColumns(sql: ISql, textMax: number): Fragment {
  return sql`
    events.id, rig_id, well_id, field, campaign, risk_level, severity, category, outcome, outcome_at,
    left(action_taken, ${textMax}::int) as action_taken, left(notes, ${textMax}::int) as notes, depth as depth_ft,
    events.timestamp, received_at, late, held, episode_id,
    (select time_zone from rigs where rigs.rig_id = events.rig_id) as time_zone`;
}

export interface EventSpan {
  readonly oldest: Date;
  readonly newest: Date;
}

/** Of all events; undefined without any. */
export async function eventSpan(sql: ISql): Promise<EventSpan | undefined> {
  const [row] = await sql<{ oldest: Date | null; newest: Date | null }[]>`
    select (select min(timestamp) from events) as oldest, (select max(timestamp) from events) as newest`;
  if (row === undefined || row.oldest === null || row.newest === null) return undefined;
  return { oldest: row.oldest, newest: row.newest };
}
