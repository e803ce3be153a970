import type { TransactionSql } from "postgres";
import { Fault } from "../base/fault.ts";
import { recount } from "../db/daily-counts.ts";
import { activeEpisodes, buryEpisodes, clearRig, deleteEvents, eventBatch } from "../db/purge.ts";
import { lockRigs } from "../db/rigs.ts";
import { lockLibrary, takeVersion } from "../db/versions.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";
import { noSuchRig } from "./rig-access.ts";

/** Rows a transaction removes: the library's lock must not be held for long. */
export const PURGE_BATCH = 500;

export interface Purged {
  readonly rig_id: string;
  /** Removed by this call. */
  readonly events: number;
  /** Those that rigs are told to forget. */
  readonly episodes: number;
}

/**
 * Removes all that a revoked rig ever sent, in short transactions; one that was cut off is finished by the next call.
 * Rigs forget its episodes with their next sync. Faults: `not_found`, `conflict` while the rig is not revoked.
 */
export async function purgeRig(context: HubContext, rigId: string, actor: Actor): Promise<Purged> {
  const inBatch = <T>(work: (tx: TransactionSql) => Promise<T>) =>
    context.sql.begin(async (tx) => {
      await enterRevoked(tx, rigId);
      return work(tx);
    });
  await inBatch((tx) => audit({ ...context, sql: tx }, actor, "rig.purge", rigId));
  let [events, episodes] = [0, 0];
  for (;;) {
    const buried = await inBatch((tx) => bury(context, tx, rigId));
    episodes += buried;
    if (buried < PURGE_BATCH) break;
  }
  for (;;) {
    const removed = await inBatch((tx) => removeEvents(context, tx, rigId));
    events += removed.events;
    episodes += removed.episodes;
    if (removed.events < PURGE_BATCH) break;
  }
  await inBatch(async (tx) => {
    await clearRig(tx, rigId);
    await audit({ ...context, sql: tx }, actor, "rig.purged", rigId, { detail: { events, episodes } });
  });
  return { rig_id: rigId, events, episodes };
}

/** In every transaction again: somebody may enrol the rig anew meanwhile, and then its new events must stay. */
async function enterRevoked(tx: TransactionSql, rigId: string): Promise<void> {
  const [rig] = await lockRigs(tx, [rigId]);
  if (rig === undefined) throw noSuchRig(rigId);
  if (rig.status === "revoked") return;
  throw new Fault("conflict", `rig ${rigId} is ${rig.status}`, "only a revoked rig can be purged, revoke it first");
}

async function bury(
  { clock }: HubContext,
  tx: TransactionSql,
  rigId: string,
  eventIds?: readonly string[],
): Promise<number> {
  await lockLibrary(tx);
  const ids = await activeEpisodes(tx, rigId, { limit: PURGE_BATCH, ...(eventIds === undefined ? {} : { eventIds }) });
  if (ids.length === 0) return 0;
  const at = new Date(clock.now());
  const version = await takeVersion(tx, { at, runId: null, changed: 0, removed: ids.length });
  await buryEpisodes(tx, ids, { version, at });
  return ids.length;
}

/** A curation run between two batches may have made an episode of what is left: it is buried with its event. */
async function removeEvents(
  context: HubContext,
  tx: TransactionSql,
  rigId: string,
): Promise<{ events: number; episodes: number }> {
  const rows = await eventBatch(tx, rigId, PURGE_BATCH);
  if (rows.length === 0) return { events: 0, episodes: 0 };
  const ids = rows.map(({ id }) => id);
  const episodes = await bury(context, tx, rigId, ids);
  await deleteEvents(tx, ids);
  await recount(tx, context.shard, { from: rows });
  return { events: ids.length, episodes };
}
