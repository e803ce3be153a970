import type { ISql } from "postgres";
import {
  campaignOf,
  anyRow,
  rigLines,
  rigMatches,
  RIG_STATES,
  weekOf,
  type RigFilters,
  type RigListRow,
  type RigsAsOf,
  type RigState,
  type Piece,
} from "./rig-lines.ts";

/** A sort key's value of a row and its rig: the list goes on behind it. */
export interface RigPlace {
  readonly value: number | string | null;
  readonly rigId: string;
}

export interface RigsQuery {
  readonly asOf: RigsAsOf;
  readonly filters: RigFilters;
  readonly sort: RigSort;
  readonly descending: boolean;
  readonly after: RigPlace | undefined;
  readonly limit: number;
}

/** Orders by a text; the others go by a number. */
export const TEXT_SORTS = ["rig", "well", "field", "spoke"] as const satisfies readonly RigSort[];
export const RIG_SORTS = [
  "state",
  "rig",
  "well",
  "field",
  "last_seen",
  "last_event",
  "last_sync",
  "lag",
  "queue",
  "queue_oldest",
  "queue_worst",
  "bytes",
  "offset",
  "events_7d",
  "answered_7d",
  "spoke",
  "key",
] as const;
export type RigSort = (typeof RIG_SORTS)[number];

/** Rows that lack the value stand last both ways; equal ones stand by name. */
export async function rigList(sql: ISql, query: RigsQuery): Promise<(RigListRow & { place: RigPlace["value"] })[]> {
  const { asOf, filters, sort, descending, after, limit } = query;
  const key = sortKeys(sql)[sort];
  return sql<(RigListRow & { place: RigPlace["value"] })[]>`
    with listed as materialized (
      select * from (
        select line.*, ${key} as place
        from ${rigLines(sql, asOf)} as line ${isOfWeek(sort) ? weekJoin(sql, asOf, sql`line.rig_id`) : sql``}
        where ${rigMatches(sql, filters)} and ${stateIs(sql, filters.state)}
      ) as keyed
      where ${behindPlace(sql, after, descending)}
      order by place ${descending ? sql`desc` : sql`asc`} nulls last, rig_id
      limit ${limit}
    )
    select listed.*, ${campaignOf(sql, sql`listed.rig_id`)} as campaign,
      coalesce(week.events, 0)::bigint as events_7d, coalesce(week.answered, 0)::bigint as answered_7d
    from listed ${weekJoin(sql, asOf, sql`listed.rig_id`)}
    order by place ${descending ? sql`desc` : sql`asc`} nulls last, rig_id`;
}

/** One rig as the list shows it. */
export async function rigLineRow(sql: ISql, asOf: RigsAsOf, rigId: string): Promise<RigListRow | undefined> {
  const [row] = await sql<RigListRow[]>`
    select line.*, ${campaignOf(sql, sql`line.rig_id`)} as campaign, recent.events_7d, recent.answered_7d
    from ${rigLines(sql, asOf)} as line cross join lateral (${weekOf(sql, asOf, sql`line.rig_id`)}) as recent
    where rig_id = ${rigId}`;
  return row;
}

export interface RigStateCount {
  readonly state: RigState;
  readonly rigs: number;
  readonly behind: number;
}

/** Under every filter but the state's, so that each state says what choosing it would show. */
export async function rigStateCounts(sql: ISql, asOf: RigsAsOf, filters: RigFilters): Promise<RigStateCount[]> {
  return sql<RigStateCount[]>`
    select state, count(*) as rigs, count(*) filter (where behind) as behind
    from ${rigLines(sql, asOf)} as line where ${rigMatches(sql, filters)}
    group by state`;
}

/** For the filter's choices. */
export async function rigFields(sql: ISql, limit: number): Promise<string[]> {
  const rows = await sql<{ field: string }[]>`select distinct field from rigs order by field limit ${limit}`;
  return rows.map(({ field }) => field);
}

function stateIs(sql: ISql, state: RigState | undefined) {
  return state === undefined ? anyRow(sql) : sql`state = ${state}`;
}

/**
 * Of all rigs at once: the days lie together, and looks for each rig of a page cost four times as much. A day's count fits in an int, whose sum takes two thirds of a
 * bigint's time.
 */
function weekJoin(sql: ISql, { week }: RigsAsOf, rigId: Piece) {
  return sql`left join (
    select rig_id, sum(events::int) as events,
      sum(events::int) filter (where outcome <> 'Pending') as answered
    from daily_counts where day between ${week.at(-1) ?? null}::date and ${week[0] ?? null}::date group by rig_id
  ) as week on week.rig_id = ${rigId}`;
}

function isOfWeek(sort: RigSort): boolean {
  return sort === "events_7d" || sort === "answered_7d";
}

function behindPlace(sql: ISql, after: RigPlace | undefined, descending: boolean) {
  if (after === undefined) return anyRow(sql);
  const { value, rigId } = after;
  if (value === null) return sql`(place is null and rig_id > ${rigId})`;
  const place = typeof value === "number" ? sql`${value}::double precision` : sql`${value}::text`;
  const further = descending ? sql`place < ${place}` : sql`place > ${place}`;
  return sql`(${further} or (place = ${place} and rig_id > ${rigId}) or place is null)`;
}

/** Each key is a text or a number, so that a place can stand in an address. */
function sortKeys(sql: ISql): Readonly<Record<RigSort, Piece>> {
  const ms = (column: Piece) => sql`(extract(epoch from ${column}) * 1000)::double precision`;
  const states = [...RIG_STATES];
  return {
    // Within a state who has been away longest comes first; the factor lifts a state over every time in ms.
    state: sql`(array_position(${states}::text[], state) * 1e14 + ${ms(sql`heard_at`)})`,
    rig: sql`line.rig_id`,
    well: sql`well_id`,
    field: sql`field`,
    last_seen: ms(sql`last_seen`),
    last_event: ms(sql`last_event_at`),
    last_sync: ms(sql`last_sync`),
    lag: sql`lag::double precision`,
    queue: sql`queue_events::double precision`,
    queue_oldest: ms(sql`queue_oldest_at`),
    queue_worst: sql`array_position(array['Low', 'Elevated', 'High', 'Critical'], queue_worst)::double precision`,
    bytes: sql`bytes_today::double precision`,
    offset: sql`clock_offset_s`,
    events_7d: sql`coalesce(week.events, 0)::double precision`,
    answered_7d: sql`(coalesce(week.answered, 0)::double precision / nullif(week.events, 0))`,
    spoke: sql`spoke_key`,
    key: ms(sql`key_issued_at`),
  };
}
