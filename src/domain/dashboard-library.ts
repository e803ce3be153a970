import {
  episodeDetailRow,
  episodeLines,
  mergedEvents,
  type EpisodeDetailRow,
  type EpisodeFilters,
  type EpisodeLineRow,
  type MergedEventRow,
} from "../db/dashboard-library.ts";
import { BEST_START, type BestPosition } from "../db/library.ts";
import type { FleetEpisode } from "../wire/episode.ts";
import type { HubContext } from "./context.ts";
import { listMark, listPage, readListMark } from "./dashboard-mark.ts";
import { isoTimes, type IsoTimes } from "./iso-times.ts";
import { libraryStats, type LibraryStats } from "./stats.ts";

export const EPISODES_PAGE_MAX = 200;

export type EpisodeLine = IsoTimes<EpisodeLineRow>;

export interface LibraryPageQuery {
  readonly filters?: EpisodeFilters;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface LibraryPageData {
  readonly stats: LibraryStats;
  readonly episodes: readonly EpisodeLine[];
  readonly next: string | null;
}

/** Best first. Faults: `invalid_request`. */
export async function libraryPage(context: HubContext, query: LibraryPageQuery): Promise<LibraryPageData> {
  const { filters = {}, after, limit } = query;
  const shown = Math.min(Math.max(1, limit), EPISODES_PAGE_MAX);
  const [stats, rows] = await Promise.all([
    libraryStats(context),
    episodeLines(context.sql, { filters, after: position(after), limit: shown + 1 }),
  ]);
  const { rows: page, next } = listPage(rows, shown, ({ score, id }) => listMark(score, id));
  return { stats, episodes: page.map(isoTimes), next };
}

function position(after: string | undefined): BestPosition {
  if (after === undefined) return BEST_START;
  const { at, id } = readListMark(after);
  return { score: at, id };
}

export interface EpisodeDetail {
  readonly columns: IsoTimes<Omit<EpisodeDetailRow, "body">>;
  /** As rigs get it. */
  readonly episode: FleetEpisode;
  /** Events that were taken into it beside its first. */
  readonly merged: readonly IsoTimes<MergedEventRow>[];
}

/** Undefined when there is no such episode; an archived one is shown. */
export async function episodeDetail({ sql }: HubContext, id: string): Promise<EpisodeDetail | undefined> {
  const [row, merged] = await Promise.all([episodeDetailRow(sql, id), mergedEvents(sql, id)]);
  if (row === undefined) return undefined;
  const { body, ...columns } = row;
  return { columns: isoTimes(columns), episode: JSON.parse(body) as FleetEpisode, merged: merged.map(isoTimes) };
}
