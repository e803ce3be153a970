import type { Fragment, ISql } from "postgres";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../../wire/vocabulary.ts";
import { WALK_ENTRIES_MAX, type EventFilters, type EventOrder, type EventPlace } from "./event-filters.ts";

export interface SourceQuery {
  readonly filters: EventFilters;
  readonly order: EventOrder;
  readonly after: EventPlace | undefined;
}

/** Where a page of the list is read from: one range of an index, or several that are merged. */
export interface ListSource {
  /** A table of the ranges; one row when there is one. */
  readonly facets: Fragment;
  readonly combinations: number;
  /** A select of a range's entries, in the given part of the list. */
  entries(query: SourceQuery): Fragment;
  /** What is asked of each entry on top. */
  readonly residual: Fragment;
  /** Nothing is. */
  readonly bare: boolean;
  /** Of one range. */
  readonly entriesMax: number;
}

/** With more ranges than these a walk through all would be short in each, and one through time is better. */
const WALKED_RANGES_MAX = 24;
const FILE_RANGES_MAX = 6;

type Narrow = "rig" | "well" | "held" | "late";

/** Chooses by what is asked: which of the indexes of the list has them, and what is left over. */
export function listSource(sql: ISql, filters: EventFilters, walkMax: number): ListSource {
  const narrow = (["well", "rig", "held", "late"] as const).find((name) => isGiven(filters[name]));
  if (narrow !== undefined) return plainSource(sql, { filters, narrow, walkMax });
  return facetCount(filters) <= rangesMax(filters, walkMax)
    ? facetSource(sql, filters, walkMax)
    : plainSource(sql, { filters, walkMax });
}

/** Each range brings a page's worth of rows: little for a page, and waste for a file, which has hundreds of pages. */
function rangesMax(filters: EventFilters, walkMax: number): number {
  if (walkMax > WALK_ENTRIES_MAX) return FILE_RANGES_MAX;
  return filters.field === undefined && !hasDepth(filters) ? ALL_COMBINATIONS - 1 : WALKED_RANGES_MAX;
}

const ALL_COMBINATIONS = CATEGORIES.length * OUTCOME_NAMES.length * UPLOADED_RISKS.length * CAMPAIGNS.length;

function facetCount(filters: EventFilters): number {
  return chosen(filters).reduce((product, values) => product * values.length, 1);
}

function chosen({ category, outcome, risk, campaign }: EventFilters): readonly (readonly string[])[] {
  return [
    category === undefined ? CATEGORIES : [category],
    outcome === undefined ? OUTCOME_NAMES : [outcome],
    risk === undefined ? UPLOADED_RISKS : [risk],
    campaign === undefined ? CAMPAIGNS : [campaign],
  ];
}

function facetSource(sql: ISql, filters: EventFilters, walkMax: number): ListSource {
  const [categories = [], outcomes = [], risks = [], campaigns = []] = chosen(filters);
  const combinations = facetCount(filters);
  const bare = filters.field === undefined && !hasDepth(filters);
  return {
    facets: sql`(
      select * from unnest(${[...categories]}::text[]) as a (of_category)
      cross join unnest(${[...outcomes]}::text[]) as b (of_outcome)
      cross join unnest(${[...risks]}::text[]) as c (of_risk)
      cross join unnest(${[...campaigns]}::text[]) as d (of_campaign)) as facet`,
    combinations,
    entries: (query) => sql`
      select id, timestamp, depth, field from events
      where category = of_category and outcome = of_outcome and risk_level = of_risk and campaign = of_campaign
        ${within(sql, query)}`,
    residual: sql`(true ${placeConditions(sql, filters)})`,
    bare,
    entriesMax: Math.max(1, Math.floor(walkMax / combinations)),
  };
}

interface PlainOptions {
  readonly filters: EventFilters;
  readonly narrow?: Narrow;
  readonly walkMax: number;
}

function plainSource(sql: ISql, { filters, narrow, walkMax }: PlainOptions): ListSource {
  const { rig, well, late, held } = filters;
  const range = {
    rig: sql`and rig_id = ${rig ?? ""}`,
    well: sql`and well_id = ${well ?? ""}`,
    held: sql`and held`,
    late: sql`and late`,
    none: sql``,
  }[narrow ?? "none"];
  // Columns that no index of these has are named only when they are asked for: naming one costs a look at each row.
  const columns = sql`id, timestamp, depth, category, outcome, risk_level, campaign
    ${filters.field === undefined ? sql`` : sql`, field`} ${narrow !== "well" || rig === undefined ? sql`` : sql`, rig_id`}
    ${narrow !== "late" && late === true ? sql`, late` : sql``}
    ${narrow !== "held" && held === true ? sql`, held` : sql``}`;
  const rest = sql`
    ${facetConditions(sql, filters)} ${placeConditions(sql, filters)}
    ${narrow === "well" && rig !== undefined ? sql`and rig_id = ${rig}` : sql``}
    ${narrow !== "late" && late === true ? sql`and late` : sql``}
    ${narrow !== "held" && held === true ? sql`and held` : sql``}`;
  return {
    facets: sql`(select 1) as one`,
    combinations: 1,
    entries: (query) => sql`select ${columns} from events where true ${range} ${within(sql, query)}`,
    residual: sql`(true ${rest})`,
    bare: isBare(filters, narrow),
    entriesMax: walkMax,
  };
}

function isBare(filters: EventFilters, narrow: Narrow | undefined): boolean {
  const { from: _from, to: _to, ...asked } = filters;
  return Object.entries(asked).every(([name, value]) => name === narrow || !isGiven(value));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function hasDepth({ depthFromFt, depthToFt }: EventFilters): boolean {
  return depthFromFt !== undefined || depthToFt !== undefined;
}

function facetConditions(sql: ISql, { category, outcome, risk, campaign }: EventFilters): Fragment {
  return sql`
    ${category === undefined ? sql`` : sql`and category = ${category}`}
    ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}`}
    ${risk === undefined ? sql`` : sql`and risk_level = ${risk}`}
    ${campaign === undefined ? sql`` : sql`and campaign = ${campaign}`}`;
}

export function placeConditions(sql: ISql, { field, depthFromFt: from, depthToFt: to }: EventFilters): Fragment {
  return sql`
    ${field === undefined ? sql`` : sql`and field = ${field}`}
    ${from === undefined ? sql`` : sql`and depth >= ${from}::double precision`}
    ${to === undefined ? sql`` : sql`and depth <= ${to}::double precision`}`;
}

/** The part of the list that is asked for: by time, and behind the page before. */
export function within(sql: ISql, { filters: { from, to }, order, after }: SourceQuery): Fragment {
  return sql`
    ${from === undefined ? sql`` : sql`and timestamp >= ${from}`}
    ${to === undefined ? sql`` : sql`and timestamp <= ${to}`}
    ${after === undefined ? sql`` : behind(sql, order, after)}`;
}

function behind(sql: ISql, order: EventOrder, { timestamp, id }: EventPlace): Fragment {
  return order === "newest"
    ? sql`and timestamp <= ${timestamp} and (timestamp < ${timestamp} or id > ${id})`
    : sql`and timestamp >= ${timestamp} and (timestamp > ${timestamp} or id < ${id})`;
}
