import { join } from "node:path";
import { Fault } from "../src/base/fault.ts";
import { recordAcknowledgment } from "./acknowledgments.ts";
import { createApi } from "./api/api.ts";
import type { SpokeContext } from "./context.ts";
import type { Mirror } from "./library/mirror.ts";
import type { LibraryStore } from "./library/store.ts";
import type { LibrarySync, SyncReport } from "./library/sync.ts";
import type { Link } from "./link.ts";
import type { Metrics } from "./metrics.ts";
import type { Queue } from "./queue/queue.ts";
import { createRecall } from "./recall.ts";
import { spokeStatus } from "./status.ts";
import { roomToday } from "./upgrade/fetch.ts";
import type { Uploader } from "./uploader.ts";

export interface SpokeParts {
  readonly queue: Queue;
  readonly store: LibraryStore;
  readonly link: Link;
  readonly mirror: Mirror;
  readonly sync: LibrarySync;
  readonly uploader: Uploader;
  readonly metrics: Metrics;
}

/** The parts of a spoke behind its own address. */
export function createSpokeApi(context: SpokeContext, parts: SpokeParts): (request: Request) => Promise<Response> {
  const { queue, store, link, mirror, sync, uploader, metrics } = parts;
  const { settings } = context;
  const status = (): ReturnType<typeof spokeStatus> =>
    spokeStatus({ settings, queue, store, sync: sync.state, link: link.state, upload: uploader.state });
  return createApi(context, {
    enqueue: (event) => queue.enqueue(event),
    acknowledge: (record) => void recordAcknowledgment(queue, settings, record, true),
    recall: createRecall(context, mirror, ({ tookS, eventId, episodeIds }) => {
      metrics.observeRecall(tookS);
      if (eventId !== undefined) queue.noteShown(eventId, episodeIds);
    }),
    sync: () => requireEnabled(settings.enabled, () => sync.syncOnce()),
    status,
    async metrics() {
      const { uploadedBytes } = link.state;
      const budgetBytes = roomToday(context, join(settings.data_dir, "upgrade"));
      return { text: await metrics.render(status(), { uploadedBytes, budgetBytes }), contentType: metrics.contentType };
    },
  });
}

async function requireEnabled(enabled: boolean, sync: () => Promise<SyncReport>): Promise<SyncReport> {
  if (enabled) return sync();
  throw new Fault("config", "enabled is false, so nothing is pulled", "set enabled = true and start the spoke again");
}
