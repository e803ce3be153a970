import { join } from "node:path";
import type { SpokeContext } from "./context.ts";
import { openLibraryStore, type LibraryStore } from "./library/store.ts";
import { logDamage, mendLog } from "./queue/log-mend.ts";
import { openQueue, type Queue } from "./queue/queue.ts";

export function openSpokeQueue({ clock, log, settings }: SpokeContext): Queue {
  return openQueue(queueFile(settings), {
    clock,
    log,
    rigId: settings.rig_id,
    limits: { maxEvents: settings.queue_max_events, maxBytes: settings.queue_max_bytes },
  });
}

/** For who holds the lock of the data directory, so that nobody else has the queue open: mends its log first. */
export function openSpokeQueueAlone(context: SpokeContext): Queue {
  const damage = queueLogDamage(context);
  if (damage !== undefined) {
    const { frames, cutFrames } = damage;
    if (frames === 0) context.log.warn("queue.log_cut", { cut_frames: cutFrames });
    else {
      mendLog(logFile(context));
      context.log.error("queue.log_damaged", { frames, cut_frames: cutFrames });
    }
  }
  return openSpokeQueue(context);
}

export function queueLogDamage(context: SpokeContext): ReturnType<typeof logDamage> {
  return logDamage(logFile(context));
}

export function openSpokeLibrary({ settings }: SpokeContext): LibraryStore {
  return openLibraryStore(join(settings.data_dir, "library.sqlite"), settings.library_max_episodes);
}

function queueFile({ data_dir }: SpokeContext["settings"]): string {
  return join(data_dir, "queue.sqlite");
}

function logFile({ settings }: SpokeContext): string {
  return `${queueFile(settings)}-wal`;
}
