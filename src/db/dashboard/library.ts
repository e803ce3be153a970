import type { ISql, PendingQuery, Row } from "postgres";
import type { Campaign, Category, OutcomeName, RiskLevel } from "../../wire/vocabulary.ts";
import type { ArchiveReason } from "../episodes.ts";

export interface EpisodeListRow {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly category: Category;
  readonly campaign: Campaign;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly resolution: string | null;
  readonly event_count: number;
  /** As rigs see it. */
  readonly score: number;
  readonly timestamp: Date;
  readonly version: number;
  readonly archived_reason: ArchiveReason | null;
  readonly archived_at: Date | null;
}

/** Absent: any. */
export interface EpisodeFilter {
  readonly archived: boolean;
  readonly category?: Category | undefined;
  readonly campaign?: Campaign | undefined;
  readonly outcome?: OutcomeName | undefined;
  readonly rig?: string | undefined;
  readonly score_min?: number | undefined;
  readonly score_max?: number | undefined;
}

export const EPISODE_SORTS = ["score", "time", "version"] as const;
export const ARCHIVE_SORTS = ["archived"] as const;
export type EpisodeSort = (typeof EPISODE_SORTS)[number] | (typeof ARCHIVE_SORTS)[number];

export interface EpisodeOrder {
  readonly by: EpisodeSort;
  readonly down: boolean;
}

/** A row's place: its value in the order, times in ms, and of equal ones its id. */
export interface EpisodePlace {
  readonly at: number;
  readonly id: string;
}

export interface EpisodeListQuery {
  readonly filter: EpisodeFilter;
  readonly order: EpisodeOrder;
  readonly after?: EpisodePlace | undefined;
  readonly limit: number;
}

/** One page of a list in the order of one index, which its condition names too. */
export async function episodeList(sql: ISql, query: EpisodeListQuery): Promise<EpisodeListRow[]> {
  const { filter, order, after, limit } = query;
  const column = COLUMNS[order.by](sql);
  const direction = order.down ? sql`desc` : sql`asc`;
  return sql<EpisodeListRow[]>`
    select e.id, e.rig_id, rigs.time_zone, e.category, e.campaign, e.depth_min, e.depth_max, e.risk_level, e.outcome,
      e.resolution, e.event_count, e.published_score as score, e.timestamp, e.version, e.archived_reason, e.archived_at
    from (
      select * from episodes
      where ${matches(sql, filter)} ${after === undefined ? sql`` : behind(sql, order, after)}
      order by ${column} ${direction}, id
      limit ${limit}) e
    join rigs on rigs.rig_id = e.rig_id
    order by ${column} ${direction}, id`;
}

/** Counts up to `max`: a filter that matches more matches many. */
export async function episodeListCount(sql: ISql, filter: EpisodeFilter, max: number): Promise<number> {
  const [row] = await sql<{ episodes: number }[]>`
    select count(*) as episodes from (select from episodes where ${matches(sql, filter)} limit ${max}) counted`;
  return row?.episodes ?? 0;
}

type Fragment = PendingQuery<Row[]>;

const COLUMNS: Readonly<Record<EpisodeSort, (sql: ISql) => Fragment>> = {
  score: (sql) => sql`published_score`,
  time: (sql) => sql`timestamp`,
  version: (sql) => sql`version`,
  archived: (sql) => sql`archived_at`,
};

/** A condition that is not asked for is left out, so that the planner sees which index serves. */
function matches(sql: ISql, filter: EpisodeFilter): Fragment {
  const { archived, category, campaign, outcome, rig, score_min, score_max } = filter;
  const conditions = [
    category === undefined ? undefined : sql`and category = ${category}`,
    campaign === undefined ? undefined : sql`and campaign = ${campaign}`,
    outcome === undefined ? undefined : sql`and outcome = ${outcome}`,
    rig === undefined ? undefined : sql`and rig_id = ${rig}`,
    score_min === undefined ? undefined : sql`and published_score >= ${score_min}`,
    score_max === undefined ? undefined : sql`and published_score <= ${score_max}`,
  ].filter((condition) => condition !== undefined);
  const start = archived ? sql`archived` : sql`not archived`;
  return conditions.reduce((all, condition) => sql`${all} ${condition}`, start);
}

/** Ids go upwards in either direction. */
function behind(sql: ISql, { by, down }: EpisodeOrder, { at, id }: EpisodePlace): Fragment {
  const column = COLUMNS[by](sql);
  const value = by === "time" || by === "archived" ? sql`${new Date(at)}` : sql`${at}`;
  return down
    ? sql`and ${column} <= ${value} and (${column} < ${value} or id > ${id})`
    : sql`and ${column} >= ${value} and (${column} > ${value} or id > ${id})`;
}
