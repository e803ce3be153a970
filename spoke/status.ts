import type { LibraryStore } from "./library/store.ts";
import type { SyncState } from "./library/sync.ts";
import type { LinkState } from "./link.ts";
import type { Queue } from "./queue/queue.ts";
import type { QueueStatus } from "./queue/status.ts";
import type { SpokeSettings } from "./settings.ts";
import type { UploaderState } from "./uploader.ts";
import { SPOKE_VERSION } from "./version.ts";

/** What GET /api/v1/status answers: the contract's fields, and what helps who looks for a fault. */
export interface SpokeStatus {
  readonly rig_id: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly queue: QueueStatus;
  readonly library: {
    readonly version: number;
    readonly episodes: number;
    /** Unix s of the last pull that came to its end; null before the first. */
    readonly last_sync: number | null;
    /** Whether pages of a pull are still to come. */
    readonly pulling: boolean;
    /** Rows of the hub that were no episodes. */
    readonly refused_rows: number;
    /** Why the newest pull failed; null when it went well. */
    readonly last_problem: string | null;
  };
  readonly hub: {
    readonly url: string;
    /** Null before the first request. */
    readonly reachable: boolean | null;
    /** Unix s. */
    readonly last_contact: number | null;
    /** What the uploader does; null when no spoke runs. */
    readonly upload: UploaderState["phase"] | null;
    /** Why it waits; null when all is well. */
    readonly problem: string | null;
  };
}

export interface StatusParts {
  readonly settings: SpokeSettings;
  readonly queue: Queue;
  readonly store: LibraryStore;
  /** Absent when no spoke runs. */
  readonly sync?: SyncState;
  readonly link?: LinkState;
  readonly upload?: UploaderState;
}

export function spokeStatus({ settings, queue, store, sync, link, upload }: StatusParts): SpokeStatus {
  const cursor = store.cursor();
  return {
    rig_id: settings.rig_id,
    version: SPOKE_VERSION,
    enabled: settings.enabled,
    queue: queue.status(),
    library: {
      version: cursor.version,
      episodes: store.count(),
      last_sync: cursor.syncedAt ?? null,
      pulling: cursor.run !== undefined,
      refused_rows: store.refusedRows().length,
      last_problem: sync?.lastProblem ?? null,
    },
    hub: {
      url: settings.hub_url,
      reachable: link?.reachable ?? null,
      last_contact: link?.lastContactS ?? null,
      upload: upload?.phase ?? null,
      problem: upload?.problem ?? null,
    },
  };
}
