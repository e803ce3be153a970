import { episodeDetailRow, mergedEvents, type EpisodeDetailRow, type MergedEventRow } from "../db/dashboard-library.ts";
import type { FleetEpisode } from "../wire/episode.ts";
import type { HubContext } from "./context.ts";
import { isoTimes, type IsoTimes } from "./iso-times.ts";

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
