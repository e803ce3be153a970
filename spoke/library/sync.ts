import { unixSeconds } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import { KIB, LIBRARY_BODY_MAX } from "../../src/base/limits.ts";
import { unitInterval } from "../../src/base/random.ts";
import type { SpokeContext } from "../context.ts";
import { isCorrupt } from "../queue/sqlite-errors.ts";
import { pullPage, type LibraryFollower, type LibrarySource } from "./pull.ts";
import type { LibraryStore } from "./store.ts";

/** What a pull did, from the first page to the last. */
export interface SyncReport {
  readonly result: "updated" | "fresh";
  readonly pages: number;
  readonly taken: number;
  readonly removed: number;
  /** Rows that were no episodes. */
  readonly refused: number;
  readonly version: number;
  readonly took_ms: number;
}

export interface SyncState {
  /** Unix s. */
  readonly lastSuccessS: number | undefined;
  /** Of the newest attempt; undefined when it went well. */
  readonly lastProblem: string | undefined;
}

export interface LibrarySync {
  /** At boot, then every interval ± jitter; a failed pull is tried again, later each time. Ends with the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** One whole pull; who asks while one runs gets that one. */
  syncOnce(): Promise<SyncReport>;
  /** Pulls soon, not at the next interval. */
  wake(): void;
  readonly state: SyncState;
}

export interface SyncParts {
  readonly source: LibrarySource;
  readonly store: LibraryStore;
  readonly follower: LibraryFollower;
}

/** What a link must carry at least: 256 kbit/s. */
const LINK_BYTES_PER_S = 32_000;
/** What a page of ours may weigh as sent, and then some; a hub that pages not at all sends more. */
const PAGE_BYTES = 256 * KIB;
const BACKOFF_FIRST_MS = 5_000;
const BACKOFF_MAX_MS = 600_000;
/** Pages of one pull: a library of 50,000 has 250. */
const PAGES_MAX = 100_000;
/** Answers of one pull that led nowhere; a hub that goes on so is not sane. */
const AGAIN_MAX = 3;
/** Pulls that follow at once, because the library may have changed while several pages were pulled. */
const CHASE_MAX = 3;

export function createLibrarySync(context: SpokeContext, parts: SyncParts): LibrarySync {
  const puller = createPuller(context, parts);
  let running: Promise<SyncReport> | undefined;
  let waking = new AbortController();
  let lastProblem: string | undefined;
  const syncOnce = (): Promise<SyncReport> => {
    running ??= pullAll(context, parts, puller).finally(() => {
      running = undefined;
    });
    return running;
  };
  const attempt = async (): Promise<boolean> => {
    try {
      context.log.info("library.synced", { ...(await syncOnce()) });
      lastProblem = undefined;
      return true;
    } catch (error) {
      // A file that broke while it was open is put aside at the next start, which its service manager sees to.
      if (isCorrupt(error)) throw error;
      lastProblem = error instanceof Fault ? error.sentence : String(error);
      if (error instanceof Fault) context.log.warn("library.sync_failed", { problem: lastProblem });
      else context.log.error("library.sync_failed", { error });
      return false;
    }
  };
  return {
    syncOnce,
    wake: () => waking.abort(),
    get state() {
      return { lastSuccessS: parts.store.cursor().syncedAt, lastProblem };
    },
    async run(signal) {
      let failures = 0;
      while (!signal.aborted) {
        const pages = puller.pages;
        const good = await attempt();
        failures = good ? 0 : puller.pages > pages ? 1 : failures + 1;
        const waitMs = good ? intervalMs(context) : backoffMs(context, failures);
        await context.clock.sleep(waitMs, AbortSignal.any([signal, waking.signal]));
        if (waking.signal.aborted) waking = new AbortController();
      }
    },
  };
}

/** A jitter made for hours must not turn an interval of seconds into half an hour: half of it is the most. */
function intervalMs({ settings, random }: SpokeContext): number {
  const jitterMaxS = Math.min(settings.sync_jitter_secs, settings.sync_interval_secs / 2);
  return (settings.sync_interval_secs + (2 * unitInterval(random) - 1) * jitterMaxS) * 1000;
}

/** Half fixed, half random: rigs that lost the hub together do not come back together. */
function backoffMs({ random }: SpokeContext, failures: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return (ceiling * (1 + unitInterval(random))) / 2;
}

interface Puller {
  next(): ReturnType<typeof pullPage>;
  /** Pages taken since the start. */
  readonly pages: number;
}

/** Waits for a page as long as its size needs on the slowest link; after a timeout, for one four times as large. */
function createPuller({ clock, settings }: SpokeContext, parts: SyncParts): Puller {
  let expectedBytes = PAGE_BYTES;
  let pages = 0;
  return {
    get pages() {
      return pages;
    },
    async next() {
      const deadlineMs = settings.request_timeout_secs * 1000 + (expectedBytes / LINK_BYTES_PER_S) * 1000;
      const rest = { rigId: settings.rig_id, cap: settings.library_max_episodes, nowS: unixSeconds(clock) };
      try {
        const result = await pullPage({ ...parts, ...rest, deadlineMs });
        if (result.kind === "page") pages++;
        return result;
      } catch (error) {
        const late = error instanceof Fault && error.code === "timeout";
        if (late) expectedBytes = Math.min(LIBRARY_BODY_MAX, 4 * expectedBytes);
        throw error;
      }
    },
  };
}

/** What a disk has done to the rows is found before a pull, which then brings them back: nobody may ask for one for months. */
async function verifyRows({ clock, log }: SpokeContext, { store, follower }: SyncParts): Promise<void> {
  let damaged = 0;
  for (let after: number | undefined = 0; after !== undefined; await clock.sleep(0)) {
    const slice = store.verify(after);
    damaged += slice.damaged;
    after = slice.upTo;
  }
  if (damaged === 0) return;
  log.error("library.rows_damaged", { rows: damaged });
  follower.reload();
}

async function pullAll(context: SpokeContext, parts: SyncParts, puller: Puller): Promise<SyncReport> {
  const { clock, log } = context;
  await verifyRows(context, parts);
  const startedMs = clock.monotonic();
  const sum = { pages: 0, taken: 0, removed: 0, refused: 0 };
  let again = 0;
  let chases = 0;
  for (let turn = 0; turn < PAGES_MAX; turn++) {
    const result = await puller.next();
    if (result.kind === "again" && ++again > AGAIN_MAX) {
      throw new Fault("unavailable", "the hub's library does not follow from what it said before");
    }
    if (result.kind === "fresh") break;
    if (result.kind === "again") continue;
    const { page, version } = result.step;
    sum.pages++;
    sum.taken += result.changes.upserted.length;
    sum.removed += result.changes.removed.length;
    sum.refused += page.refused.length;
    if (page.refused.length > 0) log.warn("library.rows_refused", { rows: page.refused.slice(0, 5) });
    const mayLag = result.continued || page.version > version;
    if (result.changes.ended && (!mayLag || ++chases > CHASE_MAX)) break;
  }
  const version = parts.store.cursor().version;
  const took_ms = Math.round(clock.monotonic() - startedMs);
  const changed = sum.taken + sum.removed + sum.refused > 0;
  return { result: changed ? "updated" : "fresh", ...sum, version, took_ms };
}
