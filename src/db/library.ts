import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

/** A place in the order best first: what comes behind it has a lower score, or the same and a greater id. */
export interface BestPosition {
  readonly score: number;
  readonly id: string;
}

/** Above every score; not infinity, which JSON cannot carry. */
export const BEST_START: BestPosition = { score: Number.MAX_VALUE, id: "" };

export interface EpisodePageQuery {
  /** Its own episodes are left out. */
  readonly rigId: string;
  /** Later changes are left out: they come with the next delta. */
  readonly upTo: number;
  readonly after: BestPosition;
  readonly limit: number;
  /** Bytes of JSON, but one episode is always given. */
  readonly jsonBytesMax: number;
}

export interface EpisodePage {
  readonly rows: readonly EpisodeRow[];
  readonly more: boolean;
}

export interface EpisodeRow extends BestPosition {
  readonly rig_id: string;
  readonly body: string;
}

type FoundRow = EpisodeRow & { readonly found: number };

/**
 * Active episodes, best first. Two ranges of one index: a single condition on (score, id) would read all episodes of
 * the same score again for every page, and thousands share the score of an unanswered one.
 */
export async function bestEpisodes(sql: ISql, query: EpisodePageQuery): Promise<EpisodePage> {
  const { rigId, upTo, after, limit, jsonBytesMax } = query;
  const rows = await sql<FoundRow[]>`
    with candidate as (
      (select id, rig_id, published_score, body from episodes
        where published_score = ${after.score} and id > ${after.id}
          and not archived and rig_id <> ${rigId} and version <= ${upTo}
        order by id limit ${limit + 1})
      union all
      (select id, rig_id, published_score, body from episodes
        where published_score < ${after.score}
          and not archived and rig_id <> ${rigId} and version <= ${upTo}
        order by published_score desc, id limit ${limit + 1})
    ), sized as (
      select id, rig_id, published_score as score, body, count(*) over () as found,
        row_number() over best as nth, sum(octet_length(body)) over best as bytes
      from candidate window best as (order by published_score desc, id)
    )
    select id, rig_id, score, body, found from sized
    where nth = 1 or (nth <= ${limit} and bytes <= ${jsonBytesMax})
    order by nth`;
  return pageOf(rows);
}

/** The same of what changed after `since`. Bodies are read only for the page, however large the delta is. */
export async function changedEpisodes(sql: ISql, query: EpisodePageQuery & { since: number }): Promise<EpisodePage> {
  const { rigId, since, upTo, after, limit, jsonBytesMax } = query;
  const rows = await sql<FoundRow[]>`
    with changed as materialized (
      select id, published_score from episodes
      where version > ${since} and version <= ${upTo} and not archived and rig_id <> ${rigId}
        and (published_score < ${after.score} or (published_score = ${after.score} and id > ${after.id}))
    ), candidate as (
      select id from changed order by published_score desc, id limit ${limit + 1}
    ), sized as (
      select id, rig_id, published_score as score, body, count(*) over () as found,
        row_number() over best as nth, sum(octet_length(body)) over best as bytes
      from candidate join episodes using (id)
      window best as (order by published_score desc, id)
    )
    select id, rig_id, score, body, found from sized
    where nth = 1 or (nth <= ${limit} and bytes <= ${jsonBytesMax})
    order by nth`;
  return pageOf(rows);
}

function pageOf(found: readonly FoundRow[]): EpisodePage {
  const rows = found.map(({ found: _found, ...row }) => row);
  return { rows, more: (found[0]?.found ?? 0) > rows.length };
}

export interface PrunedQuery {
  readonly rigId: string;
  readonly since: number;
  readonly upTo: number;
  readonly after: PrunedPosition;
  readonly limit: number;
}

export interface PrunedRow extends PrunedPosition {
  readonly rig_id: string;
}

export interface PrunedPosition {
  readonly version: number;
  readonly id: string;
}

export const PRUNED_START: PrunedPosition = { version: 0, id: "" };

/** What left the library after `since`, oldest first. A rig never had its own, and what came back is not gone. */
export async function prunedEpisodes(sql: ISql, query: PrunedQuery): Promise<PrunedRow[]> {
  const { rigId, since, upTo, after, limit } = query;
  return sql<PrunedRow[]>`
    select version, episode_id as id, rig_id from tombstones
    where version > ${since} and version <= ${upTo} and rig_id <> ${rigId}
      and (version, episode_id) > (${after.version}, ${after.id})
      and not exists (select from episodes where episodes.id = tombstones.episode_id and not archived)
    order by version, episode_id
    limit ${limit}`;
}

export interface LibrarySize {
  readonly epoch: string;
  readonly version: number;
  /** Active episodes. */
  readonly total: number;
}

/** Read together, so that the total belongs to the version. */
export async function librarySize(sql: ISql): Promise<LibrarySize> {
  const [row] = await sql<LibrarySize[]>`
    select epoch, coalesce((select max(version) from library_versions), 0) as version,
      (select count(*) from episodes where not archived) as total
    from library_state`;
  assert(row !== undefined, "library_state has its row");
  return row;
}

/** The newest version that was there at a time; 0 when none was. */
export async function versionAt(sql: ISql, at: Date): Promise<number> {
  const [row] = await sql<{ version: number }[]>`
    select version from library_versions where committed_at <= ${at} order by committed_at desc, version desc limit 1`;
  return row?.version ?? 0;
}

export interface SpoolBatch {
  readonly rig_id: string;
  readonly count: number;
  /** The episodes' JSON texts with commas between them. */
  readonly bodies: string;
  /** Of the whole batch, all rigs together. */
  readonly last_id: string;
}

/**
 * Every active episode, `limit` at a time in the order of ids, which none leaves while others change; a row a rig. The
 * database puts the texts together: a row an episode made three times the garbage here.
 */
export async function episodeBatch(sql: ISql, afterId: string, limit: number): Promise<SpoolBatch[]> {
  return sql<SpoolBatch[]>`
    with batch as materialized (
      select id, rig_id, body from episodes where id > ${afterId} and not archived order by id limit ${limit}
    )
    select rig_id, count(*) as count, string_agg(body, ',') as bodies, max(max(id)) over () as last_id
    from batch group by rig_id`;
}
