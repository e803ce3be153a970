import type { CurationEvent, EventPlace } from "../../db/curation.ts";
import type { EpisodeContent, EpisodeRow, KnownEpisode, MergeRow } from "../../db/episodes.ts";
import { episodeBody } from "./episode.ts";
import { diversityOf, publishedScore, scoreOf, type Shares } from "./score.ts";

/** An episode as it should be, and the events it is made of. */
export interface RebuiltEpisode {
  readonly content: EpisodeContent;
  readonly members: readonly CurationEvent[];
}

export interface SettleInput {
  readonly rebuilt: readonly RebuiltEpisode[];
  /** What the library holds of these episodes, and of those that their events stood in before. */
  readonly known: ReadonlyMap<string, KnownEpisode>;
  readonly shares: Shares;
  readonly at: Date;
  readonly pendingDays: number;
  /** Why pruning would take the episode again; null when it would not. */
  readonly prunable: (episode: EpisodeContent, score: number, createdAt: Date) => KnownEpisode["archived_reason"];
}

/** `version` of rows is still to be set. */
export interface Settlement {
  /** What rigs will see: new, changed and returned. */
  readonly shown: EpisodeRow[];
  readonly created: number;
  /** Changed, but out of the library, where they stay. */
  readonly hidden: EpisodeRow[];
}

/** What of the rebuilt episodes has to be written: nothing of those that are as they were. */
export function settle(input: SettleInput): Settlement {
  const rows = input.rebuilt.map((episode) => settleOne(episode, input)).filter((row) => row !== undefined);
  return {
    shown: rows.filter((row) => !row.archived),
    created: rows.filter((row) => !input.known.has(row.id)).length,
    hidden: rows.filter((row) => row.archived),
  };
}

function settleOne({ content, members }: RebuiltEpisode, input: SettleInput): EpisodeRow | undefined {
  const { at, known } = input;
  const own = known.get(content.id);
  if (own !== undefined && isUnchanged(content, own)) return undefined;
  const diversity = diversityOf(content, input.shares);
  const score = scoreOf({ ...content, diversity }, at, input.pendingDays);
  const before = own === undefined ? predecessors(members, known) : [own];
  const createdAt = earliest(at, before);
  const published_score = publishedScore(score);
  const stays = before.length > 0 && before.every(({ archived }) => archived);
  const archived_reason = stays ? input.prunable(content, score, createdAt) : null;
  return {
    ...content,
    diversity,
    score,
    scored_at: at,
    published_score,
    archived: archived_reason !== null,
    archived_reason,
    archived_at: archived_reason === null ? null : (before[0]?.archived_at ?? at),
    version: own?.version ?? 0,
    body: episodeBody(content, published_score),
    created_at: createdAt,
    curated_at: at,
  };
}

/** Age and shares move its score too, but that is for re-scoring: here it would make a version of nothing new. */
function isUnchanged(content: EpisodeContent, own: KnownEpisode): boolean {
  return content.detail === own.detail && episodeBody(content, own.published_score) === own.body;
}

/** The episodes that the events stood in before: a new id goes on with their life. */
function predecessors(members: readonly CurationEvent[], known: ReadonlyMap<string, KnownEpisode>): KnownEpisode[] {
  const ids = new Set(members.map(({ episode_id: id }) => id).filter((id) => id !== null));
  return [...ids].map((id) => known.get(id)).filter((episode) => episode !== undefined);
}

function earliest(at: Date, before: readonly KnownEpisode[]): Date {
  return new Date(Math.min(at.getTime(), ...before.map((episode) => episode.created_at.getTime())));
}

/** One row for each member but the anchor. The first event has none before it, and so no distance. */
export function mergesOf(
  { content, members }: RebuiltEpisode,
  { at, runId }: { readonly at: Date; readonly runId: number | null },
): MergeRow[] {
  const rows = members.map((event, index) => {
    const before = members[index - 1] ?? event;
    return {
      episode_id: content.id,
      event_id: event.id,
      delta_depth_ft: event.depth - before.depth,
      delta_s: (event.timestamp.getTime() - before.timestamp.getTime()) / 1000,
      outcome: event.outcome,
      merged_at: at,
      run_id: runId,
    };
  });
  return rows.filter(({ event_id: id }) => id !== content.source_event_id);
}

export function placesOf(rebuilt: readonly RebuiltEpisode[]): EventPlace[] {
  return rebuilt.flatMap(({ content, members }) => members.map(({ id }) => ({ id, episode_id: content.id })));
}
