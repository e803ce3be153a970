import { beginSync, continueSync, logSyncs, trimSyncLog, type SyncEntry } from "../../db/sync-log.ts";
import type { HubContext } from "../context.ts";
import { createGroup } from "./group.ts";

/** One sync in so many trims its rig's rows, on average: their number stays bounded, and few pay for it. */
const TRIM_EVERY = 32;

/** The log of syncs: replies that carry data, one row a sync. */
export interface SyncLog {
  /** A sync that one reply completes. */
  whole(entry: SyncEntry): Promise<void>;
  /** The first of several pages; returns the id to go on with. */
  begin(entry: SyncEntry): Promise<number>;
  next(id: number, entry: SyncEntry & { readonly complete: boolean }): Promise<void>;
}

export function createSyncLog({ sql, clock, random }: HubContext): SyncLog {
  const now = (): Date => new Date(clock.now());
  const logTogether = createGroup<SyncEntry, void>(async (entries) => {
    await logSyncs(sql, entries, now());
    return entries.map(() => undefined);
  });

  async function sometimesTrim({ rigId }: SyncEntry): Promise<void> {
    if (random.u32() % TRIM_EVERY === 0) await trimSyncLog(sql, rigId);
  }

  return {
    async whole(entry) {
      await sometimesTrim(entry);
      await logTogether(entry);
    },
    async begin(entry) {
      await sometimesTrim(entry);
      return beginSync(sql, entry, now());
    },
    next: (id, entry) => continueSync(sql, id, entry, now()),
  };
}
