import type { ISql } from "postgres";
import { alikeDetails } from "../../db/dashboard/episode.ts";
import { agedCount, agedEpisodes, lowestKept, type Pruned } from "../../db/pruning.ts";
import type { OutcomeName } from "../../wire/vocabulary.ts";
import { pruneLimits } from "../curation/prune-rules.ts";
import type { HubSettings } from "../settings.ts";

/** Episodes of a dry run that are named. */
export const PREVIEW_SHOWN = 50;

export interface PreviewRow extends Pruned {
  readonly timestamp: string;
  readonly outcome: OutcomeName;
  readonly score: number;
}

export interface PrunePreview {
  /** By the rules of age, then by the cap. */
  readonly aged: number;
  readonly excess: number;
  readonly first: readonly PreviewRow[];
  readonly rules: {
    readonly max_age_days: number;
    readonly false_positive_days: number;
    readonly grace_days: number;
    readonly max_episodes: number;
  };
}

export interface PreviewInput {
  readonly settings: HubSettings;
  readonly at: Date;
  /** Episodes in the library. */
  readonly active: number;
}

/** What pruning would archive now, by the readers that it uses itself. Writes nothing. */
export async function prunePreview(sql: ISql, { settings, at, active }: PreviewInput): Promise<PrunePreview> {
  const limits = pruneLimits(settings, at);
  const aged = await agedCount(sql, limits);
  const excess = Math.max(0, active - aged - settings.library_max_episodes);
  const byAge = aged === 0 ? [] : await agedEpisodes(sql, limits, PREVIEW_SHOWN);
  const room = Math.min(excess, PREVIEW_SHOWN - byAge.length);
  const byCap = room === 0 ? [] : await lowestKept(sql, limits, room);
  return { aged, excess, first: await described(sql, [...byAge, ...byCap]), rules: rulesOf(settings) };
}

async function described(sql: ISql, pruned: readonly Pruned[]): Promise<PreviewRow[]> {
  const ids = pruned.map(({ id }) => id);
  const details = new Map((await alikeDetails(sql, ids)).map((row) => [row.id, row]));
  return pruned.flatMap((row) => {
    const found = details.get(row.id);
    if (found === undefined) return [];
    const { timestamp, outcome, published_score: score } = found;
    return [{ ...row, timestamp: timestamp.toISOString(), outcome, score }];
  });
}

function rulesOf(settings: HubSettings): PrunePreview["rules"] {
  return {
    max_age_days: settings.prune_max_age_days,
    false_positive_days: settings.prune_false_positive_days,
    grace_days: settings.prune_grace_days,
    max_episodes: settings.library_max_episodes,
  };
}
