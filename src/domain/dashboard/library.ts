import { Fault } from "../../base/fault.ts";
import {
  episodeList,
  episodeListCount,
  type EpisodeFilter,
  type EpisodeListRow,
  type EpisodeOrder,
  type EpisodePlace,
} from "../../db/dashboard/library.ts";
import type { HubContext } from "../context.ts";
import { listMark, listPage, readListMark, type ListPage } from "../dashboard-mark.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";

export { ARCHIVE_SORTS, EPISODE_SORTS } from "../../db/dashboard/library.ts";

/** A filter's episodes are counted up to here; more are "10,000+". */
export const EPISODES_COUNT_MAX = 10_000;
/** Rows of one file. */
export const EPISODES_FILE_MAX = 100_000;
const FILE_PAGE = 1000;
/** Of a JavaScript date, ms. */
const TIME_MAX = 8.64e15;

export type ListedEpisode = IsoTimes<EpisodeListRow>;

export interface EpisodesQuery {
  readonly filter: EpisodeFilter;
  readonly order: EpisodeOrder;
}

/** Faults: `invalid_request` when `after` is no mark of this order. */
export async function episodesPage(
  { sql }: HubContext,
  { filter, order }: EpisodesQuery,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<ListPage<ListedEpisode>> {
  const place = after === undefined ? undefined : placeOf(after, order);
  const rows = await episodeList(sql, { filter, order, after: place, limit: limit + 1 });
  const page = listPage(rows, limit, (row) => listMark(valueOf(row, order), row.id));
  return { rows: page.rows.map(isoTimes), next: page.next };
}

/** Counted up to `EPISODES_COUNT_MAX`. */
export async function countEpisodes({ sql }: HubContext, filter: EpisodeFilter): Promise<number> {
  return episodeListCount(sql, filter, EPISODES_COUNT_MAX);
}

/** The whole list, page by page, up to `EPISODES_FILE_MAX`. */
export async function* allEpisodes(
  context: HubContext,
  query: EpisodesQuery,
): AsyncGenerator<readonly ListedEpisode[]> {
  let after: string | undefined;
  for (let read = 0; read < EPISODES_FILE_MAX; read += FILE_PAGE) {
    const place = after === undefined ? {} : { after };
    const page: ListPage<ListedEpisode> = await episodesPage(context, query, { limit: FILE_PAGE, ...place });
    yield page.rows;
    if (page.next === null) return;
    after = page.next;
  }
}

function valueOf(row: EpisodeListRow, { by }: EpisodeOrder): number {
  if (by === "score") return row.score;
  if (by === "version") return row.version;
  return (by === "time" ? row.timestamp : (row.archived_at ?? row.timestamp)).getTime();
}

function placeOf(after: string, { by }: EpisodeOrder): EpisodePlace {
  const { at, id } = readListMark(after);
  const isPlace = by === "score" || (Number.isInteger(at) && Math.abs(at) <= TIME_MAX);
  if (isPlace) return { at, id };
  throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
}
