import type { TransactionSql } from "postgres";
import {
  buryEpisodes,
  deleteEpisodes,
  knownEpisodes,
  recordMerges,
  unburyEpisodes,
  writeEpisodes,
  type EpisodeRow,
  type KnownEpisode,
} from "../../db/episodes.ts";
import { recordLeaving } from "../../db/library-changes.ts";
import { libraryFloor } from "../../db/pruning.ts";
import { lockLibrary, takeVersion } from "../../db/versions.ts";
import type { HubSettings } from "../settings.ts";
import { pruneReason } from "./prune-rules.ts";
import type { Shares } from "./score.ts";
import { mergesOf, settle, type RebuiltEpisode, type Settlement } from "./settle.ts";

/** What all writes of one run share. */
export interface LibraryWriter {
  readonly settings: HubSettings;
  readonly at: Date;
  readonly runId: number | null;
  readonly shares: Shares;
}

export interface LibraryChange {
  readonly created: number;
  /** New, changed, returned and removed. */
  readonly changed: number;
  readonly merged: number;
  /** Null when rigs see no difference. */
  readonly version: number | null;
}

export interface Rebuild {
  readonly episodes: readonly RebuiltEpisode[];
  /** Ids of episodes that stood in these sessions before: those that are not built again go. */
  readonly former: ReadonlySet<string>;
}

/** Brings the library to what was rebuilt. Takes a version only when rigs see a difference. */
export async function writeLibrary(
  tx: TransactionSql,
  writer: LibraryWriter,
  { episodes, former }: Rebuild,
): Promise<LibraryChange> {
  await lockLibrary(tx);
  const ids = new Set(episodes.map(({ content }) => content.id));
  const known = await knownEpisodes(tx, [...ids.union(former)]);
  const settled = await settleAgainst(tx, writer, episodes, known);
  const gone = known.filter(({ id }) => !ids.has(id));
  const version = await writeShown(tx, writer, settled, gone);
  const written = new Set([...settled.shown, ...settled.hidden].map(({ id }) => id));
  const merges = episodes.filter(({ content }) => written.has(content.id)).flatMap((one) => mergesOf(one, writer));
  return {
    created: settled.created,
    changed: settled.shown.length + gone.length,
    merged: await recordMerges(tx, merges),
    version,
  };
}

async function settleAgainst(
  tx: TransactionSql,
  { settings, at, shares }: LibraryWriter,
  rebuilt: readonly RebuiltEpisode[],
  known: readonly KnownEpisode[],
): Promise<Settlement> {
  const someArchived = known.some(({ archived }) => archived);
  const floor = someArchived ? await libraryFloor(tx, settings.library_max_episodes) : null;
  return settle({
    rebuilt,
    known: new Map(known.map((episode) => [episode.id, episode])),
    shares,
    at,
    pendingDays: settings.prune_pending_days,
    prunable: (episode, score, createdAt) =>
      pruneReason({ ...episode, created_at: createdAt }, settings, at) ??
      (floor !== null && score <= floor ? "capacity" : null),
  });
}

async function writeShown(
  tx: TransactionSql,
  { at, runId }: LibraryWriter,
  { shown, hidden }: Settlement,
  gone: readonly KnownEpisode[],
): Promise<number | null> {
  const forgotten = gone.filter(({ archived }) => !archived);
  const goneIds = gone.map(({ id }) => id);
  if (shown.length + forgotten.length === 0) {
    await deleteEpisodes(tx, goneIds);
    await writeEpisodes(tx, hidden);
    return null;
  }
  const version = await takeVersion(tx, { at, runId, changed: shown.length, removed: forgotten.length });
  const leaving = forgotten.map(({ id }) => id);
  await recordLeaving(tx, leaving, { version, kind: "removed" });
  await deleteEpisodes(tx, goneIds);
  const stamped: EpisodeRow[] = shown.map((row) => ({ ...row, version }));
  await writeEpisodes(tx, [...hidden, ...stamped]);
  await unburyEpisodes(
    tx,
    shown.map(({ id }) => id),
  );
  const graves = forgotten.map(
    ({ id, rig_id }) => ({ episode_id: id, rig_id, version, reason: "merged", buried_at: at }) as const,
  );
  await buryEpisodes(tx, graves);
  return version;
}
