import type { Sql, TransactionSql } from "postgres";
import { deleteFailuresBefore } from "../../db/curation-failures.ts";
import { expireChanges } from "../../db/library-changes.ts";
import { versionAt } from "../../db/library.ts";
import { agedEpisodes, archiveEpisodes, excessEpisodes, expireTombstones, type Pruned } from "../../db/pruning.ts";
import { lockLibrary, takeVersion } from "../../db/versions.ts";
import { pruneLimits } from "./prune-rules.ts";
import { DAY_MS } from "./score.ts";
import type { Step } from "./step.ts";

/** Episodes a transaction archives, and tombstones one forgets. */
export const PRUNE_CHUNK = 400;
/** Rows that are only forgotten: nobody waits for them, so a transaction takes more. */
const EXPIRE_CHUNK = 2000;
/** An arrival run leaves the library this much over its cap: each event would archive another episode otherwise. */
export const CAP_SLACK = 1.01;

/** Archives what is older than the rules allow. */
export async function pruneAged(step: Step): Promise<void> {
  const limits = pruneLimits(step.writer.settings, step.writer.at);
  await archiveWhile(step, (tx) => agedEpisodes(tx, limits, PRUNE_CHUNK));
}

/** Archives the lowest scores above the cap. */
export async function pruneExcess(step: Step): Promise<void> {
  const cap = step.writer.settings.library_max_episodes;
  await archiveWhile(step, (tx) => excessEpisodes(tx, cap, PRUNE_CHUNK));
}

/** Forgets tombstones that every rig had the time to read; one that did not gets the whole library. */
export async function expireTombstonesInChunks({ sql, writer, signal }: Step): Promise<void> {
  const before = new Date(writer.at.getTime() - writer.settings.tombstone_days * DAY_MS);
  let gone = PRUNE_CHUNK;
  while (gone === PRUNE_CHUNK && !signal.aborted) {
    gone = await inLibrary(sql, (tx) => expireTombstones(tx, before, PRUNE_CHUNK));
  }
}

/** Forgets what versions changed along with their tombstones; nobody reads either beyond that. */
export async function expireChangesInChunks({ sql, writer, signal }: Step): Promise<void> {
  const upTo = await versionAt(sql, new Date(writer.at.getTime() - writer.settings.tombstone_days * DAY_MS));
  let gone = EXPIRE_CHUNK;
  while (gone === EXPIRE_CHUNK && !signal.aborted) gone = await expireChanges(sql, upTo, EXPIRE_CHUNK);
}

/** As long as the runs that they belong to. */
export async function forgetFailuresInChunks({ sql, signal }: Step, before: Date): Promise<void> {
  let gone = EXPIRE_CHUNK;
  while (gone === EXPIRE_CHUNK && !signal.aborted) gone = await deleteFailuresBefore(sql, before, EXPIRE_CHUNK);
}

async function archiveWhile(step: Step, find: Find): Promise<void> {
  let found = PRUNE_CHUNK;
  while (found === PRUNE_CHUNK && !step.signal.aborted) {
    const done = await inLibrary(step.sql, (tx) => archiveSome(tx, step, find));
    step.tally.add({ episodes_archived: done.found, version: done.version });
    found = done.found;
  }
}

type Find = (tx: TransactionSql) => Promise<Pruned[]>;

async function archiveSome(tx: TransactionSql, { writer: { at, runId } }: Step, find: Find) {
  const pruned = await find(tx);
  if (pruned.length === 0) return { found: 0, version: null };
  const version = await takeVersion(tx, { at, runId, changed: 0, removed: pruned.length });
  await archiveEpisodes(tx, pruned, { version, at });
  return { found: pruned.length, version };
}

async function inLibrary<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  const results = await sql.begin(async (tx) => {
    await lockLibrary(tx);
    return { value: await work(tx) };
  });
  return results.value;
}
