import { isRecord } from "../../src/base/json.ts";
import { KIB } from "../../src/base/limits.ts";
import { fleetEpisodeSchema, type FleetEpisode } from "../../src/wire/episode.ts";
import { libraryReplySchema } from "../../src/wire/library.ts";
import { outcomeColumns } from "../../src/wire/outcome.ts";
import type { OutcomeName } from "../../src/wire/vocabulary.ts";

/** A row of a page that is no episode: shown to people, and no reason to refuse the others. */
export interface RefusedRow {
  /** The row's own id when it has one. */
  readonly id: string;
  readonly problem: string;
}

/** What one reply of the hub brings. */
export interface LibraryPage {
  readonly version: number;
  /** Undefined from a hub that knows no epochs: it answers with the whole library, always. */
  readonly epoch: string | undefined;
  /** Undefined or null on the last page. */
  readonly next: string | null | undefined;
  readonly full: boolean;
  readonly episodes: readonly FleetEpisode[];
  readonly refused: readonly RefusedRow[];
  readonly prunedIds: readonly string[];
}

/** A hundred times the usual; five of them still make a quick answer. */
export const EPISODE_JSON_MAX = 64 * KIB;
const ID_MAX = 200;

/** Checks each row by itself and leaves the rig's own out. Faults: `schema`, when the envelope is not a reply. */
export function decodePage(json: unknown, rigId: string): LibraryPage {
  const reply = libraryReplySchema.parse(json);
  const episodes: FleetEpisode[] = [];
  const refused: RefusedRow[] = [];
  for (const [at, row] of reply.episodes.entries()) {
    const size = JSON.stringify(row).length;
    if (size > EPISODE_JSON_MAX) refused.push({ id: idOf(row, at), problem: `/ has ${size} characters of JSON` });
    else if (!fleetEpisodeSchema.is(row)) refused.push(refusal(row, at));
    else if (row.rig_id !== rigId) episodes.push(row);
  }
  return {
    version: reply.version,
    epoch: reply.epoch,
    next: reply.next,
    full: reply.full === true || reply.epoch === undefined,
    episodes,
    refused,
    prunedIds: reply.pruned_ids,
  };
}

function refusal(row: unknown, at: number): RefusedRow {
  const problem = fleetEpisodeSchema.issues(row).map((issue) => `${issue.path} ${issue.problem}`);
  return { id: idOf(row, at), problem: problem.join("; ") };
}

function idOf(row: unknown, at: number): string {
  return isRecord(row) && typeof row["id"] === "string" ? row["id"].slice(0, ID_MAX) : `row ${at}`;
}

/** The outcome's share of the hub's score, for episodes of a hub that sends none. */
const OUTCOME_SCORE: Readonly<Record<OutcomeName, number>> = {
  Resolved: 0.5,
  Escalated: 0.35,
  Pending: 0.1,
  FalsePositive: 0.05,
};

/** What the rig's cap goes by. */
export function episodeScore(episode: FleetEpisode): number {
  return episode.score ?? OUTCOME_SCORE[outcomeColumns(episode.outcome).outcome];
}
