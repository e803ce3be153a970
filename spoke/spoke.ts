import { mkdirSync } from "node:fs";
import { HEADERS } from "../src/wire/protocol.ts";
import { formatQueueReport } from "../src/wire/queue-report.ts";
import { createClient, type HubClient } from "./client.ts";
import type { SpokeContext } from "./context.ts";
import { lockDataDir } from "./data-lock.ts";
import { openSpokeLibrary, openSpokeQueueAlone } from "./files.ts";
import { openMirror } from "./library/mirror.ts";
import type { LibraryStore } from "./library/store.ts";
import { createLibrarySync } from "./library/sync.ts";
import { watchLink, type Link } from "./link.ts";
import { createMetrics } from "./metrics.ts";
import type { Queue } from "./queue/queue.ts";
import { createLoops } from "./loops.ts";
import { createReoffer } from "./reoffer.ts";
import { createSpokeApi, type SpokeParts } from "./spoke-api.ts";
import { createUploader, type Uploader } from "./uploader.ts";

/** All of a rig's end in one: nothing of it is global, so that a simulation can run hundreds. */
export interface Spoke {
  /** Starts whatever runs by itself: uploader, library, folder, acknowledgments. */
  start(): void;
  /** A request to the rig's own address. Never rejects. */
  handle(request: Request): Promise<Response>;
  /** Rejects when a part died of something that no retry mends; never resolves. */
  readonly crashed: Promise<never>;
  /** Lets running work finish, within a deadline, then closes what is on disk. Can be called more than once. */
  stop(): Promise<void>;
}

/**
 * Opens what is on disk and is ready to answer, link or not.
 * Faults: `conflict`, when another spoke works there; `config`, when its files are of a newer release.
 */
export async function createSpoke(outer: SpokeContext): Promise<Spoke> {
  const { data_dir: dataDir, hub_url: hubUrl } = outer.settings;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const link = watchLink(outer.net, outer.clock, hubUrl);
  const context = { ...outer, net: link.net };
  const files = openFiles(context);
  const parts = createParts(context, files, link);
  const loops = createLoops(context, parts);
  let stopped: Promise<void> | undefined;
  return {
    start: () => loops.start(),
    handle: createSpokeApi(context, parts),
    crashed: loops.crashed,
    stop: () => (stopped ??= loops.stop().then(() => files.close())),
  };
}

interface Files {
  readonly queue: Queue;
  readonly store: LibraryStore;
  close(): void;
}

/** What was opened is closed again when a later one fails, so that another attempt finds nothing locked. */
function openFiles(context: SpokeContext): Files {
  const closers: (() => void)[] = [];
  const close = (): void => {
    for (const each of closers.splice(0).toReversed()) each();
  };
  try {
    const lock = lockDataDir(context.settings.data_dir);
    closers.push(() => lock.release());
    const queue = openSpokeQueueAlone(context);
    closers.push(() => queue.close());
    const store = openSpokeLibrary(context);
    closers.push(() => store.close());
    if (store.cursorLost) context.log.error("library.cursor_damaged");
    if (store.setAside) context.log.error("library.damaged", { kept_as: "library.sqlite.damaged" });
    return { queue, store, close };
  } catch (error) {
    close();
    throw error;
  }
}

function createParts(context: SpokeContext, { queue, store }: Files, link: Link): SpokeParts {
  const client = createClient(context, () => isFirstHub(store));
  const mirror = openMirror(store, () => {
    context.log.error("library.row_damaged");
    sync.wake();
  });
  const sync = createLibrarySync(context, { source: telling(client, queue), store, follower: mirror });
  const uploader = createUploader(context, queue, client, createReoffer(context, queue, client, store));
  return { queue: waking(queue, uploader), store, link, mirror, sync, uploader, metrics: createMetrics() };
}

/** A whole library without an epoch: every hub of ours has one. */
function isFirstHub(store: LibraryStore): boolean {
  const { epoch, syncedAt, run } = store.cursor();
  return syncedAt !== undefined && epoch === undefined && run === undefined;
}

/** The same hub, which hears with every pull what waits here. */
function telling(client: HubClient, queue: Queue): HubClient {
  return {
    ...client,
    get: (path, options) =>
      client.get(path, {
        ...options,
        headers: { ...options.headers, [HEADERS.queue]: formatQueueReport(queue.waiting()) },
      }),
  };
}

/** The same queue; whatever way something comes in, it does not wait for the uploader's interval. */
function waking(queue: Queue, uploader: Uploader): Queue {
  const wakeFor = (done: readonly { readonly status: string }[]): void => {
    if (done.some(({ status }) => status === "queued" || status === "recorded")) uploader.wake();
  };
  return {
    ...queue,
    enqueue(json) {
      const done = queue.enqueue(json);
      wakeFor([done]);
      return done;
    },
    enqueueMany(bodies) {
      const done = queue.enqueueMany(bodies);
      wakeFor(done);
      return done;
    },
    recordOutcome(verdict) {
      const done = queue.recordOutcome(verdict);
      wakeFor([done]);
      return done;
    },
  };
}
