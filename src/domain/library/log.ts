import { addPage, beginSync, logSyncs, trimSyncLog, type SyncEntry } from "../../db/sync-log.ts";
import type { HubContext } from "../context.ts";
import { createGroup } from "./group.ts";

/** One sync in so many trims its rig's rows, on average: their number stays bounded, and few pay for it. */
const TRIM_EVERY = 32;

/** The log of syncs: replies that carry data, one row a sync. */
export interface SyncLog {
  /** A sync that one reply completes. */
  whole(entry: SyncEntry): Promise<void>;
  /** Before the first of several pages is made, which names the id that is returned. */
  begin(entry: Omit<SyncEntry, "bytes">): Promise<number>;
  /** Each of several pages, the first too. */
  page(id: number, entry: SyncEntry & { readonly complete: boolean }): Promise<void>;
}

export function createSyncLog({ sql, clock, random }: HubContext): SyncLog {
  const now = (): Date => new Date(clock.now());
  const logTogether = createGroup<SyncEntry, void>(async (entries) => {
    await logSyncs(sql, entries, now());
    return entries.map(() => undefined);
  });

  async function sometimesTrim({ rigId }: Pick<SyncEntry, "rigId">): Promise<void> {
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
    page: (id, entry) => addPage(sql, id, entry, now()),
  };
}
