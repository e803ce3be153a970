import { join } from "node:path";
import type { SpokeContext } from "./context.ts";
import { openLibraryStore, type LibraryStore } from "./library/store.ts";
import { openQueue, type Queue } from "./queue/queue.ts";

export function openSpokeQueue({ clock, log, settings }: SpokeContext): Queue {
  return openQueue(join(settings.data_dir, "queue.sqlite"), {
    clock,
    log,
    rigId: settings.rig_id,
    limits: { maxEvents: settings.queue_max_events, maxBytes: settings.queue_max_bytes },
  });
}

export function openSpokeLibrary({ settings }: SpokeContext): LibraryStore {
  return openLibraryStore(join(settings.data_dir, "library.sqlite"), settings.library_max_episodes);
}
