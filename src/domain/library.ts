import { keyHash } from "../base/api-key.ts";
import { hex } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { addDropped } from "../db/drop-receipts.ts";
import { pollLibrary, type Poll, type Polled, type PollTimes } from "../db/library-poll.ts";
import { isRigId } from "../wire/identity.ts";
import type { QueueReport } from "../wire/queue-report.ts";
import type { HubContext } from "./context.ts";
import { byModifiedSince } from "./library/by-date.ts";
import { byVersion } from "./library/by-version.ts";
import { createGroup } from "./library/group.ts";
import { createSyncLog } from "./library/log.ts";
import { createSharedDeltas } from "./library/shared-deltas.ts";
import { createShelf } from "./library/shelf.ts";
import { createTotals } from "./library/totals.ts";
import { unauthorised } from "./rig-access.ts";
import { believableDrops, clockOffsetS, toldQueue } from "./rig-reports.ts";
import { TOUCH_EVERY_MS } from "./rigs.ts";

/** GET /api/fleet/library, whatever it travelled by. Any of `since`, `epoch`, `page` and `limit` asks by version. */
export interface LibraryRequest {
  /** The bearer key. */
  readonly key: string | undefined;
  /** X-Rig-ID. */
  readonly claimedRigId?: string;
  /** The version that the rig has; 0 asks for the whole library. */
  readonly since?: number;
  readonly epoch?: string;
  /** `next` of the page before; `since` means nothing beside it. */
  readonly page?: string;
  readonly limit?: number;
  /** If-Modified-Since as Unix seconds: see `parseModifiedSince`. */
  readonly modifiedSinceS?: number;
  readonly acceptsZstd: boolean;
  readonly rigTimeMs?: number;
  readonly spokeVersion?: string;
  readonly droppedEvents?: number;
  /** What waits on the rig. */
  readonly queue?: QueueReport;
}

export type LibraryAnswer =
  | { readonly status: 304; readonly version: number }
  | {
      readonly status: 200;
      readonly version: number;
      /** Active episodes of the whole fleet. */
      readonly total: number;
      /** Episodes in this reply. */
      readonly count: number;
      readonly encoding: "zstd" | "identity";
      /** A stream holds a file open: read it to its end or cancel it. */
      readonly body: Uint8Array | ReadableStream<Uint8Array>;
      /** Absent when only reading the stream would tell. */
      readonly byteLength?: number;
    };

export interface Library {
  /** Faults: `unauthorised`, `rig_revoked`, `rig_mismatch`, `invalid_request`, `overloaded`. */
  answer(request: LibraryRequest): Promise<LibraryAnswer>;
  /** Gives the disk space back, and breaks off what is still being read: answer everybody first. */
  close(): Promise<void>;
}

/** `cacheDir` holds what can be rebuilt: whole libraries as they are sent. */
export function createLibrary(context: HubContext, cacheDir: string): Library {
  const { sql, clock } = context;
  const totals = createTotals(context);
  const deltas = createSharedDeltas(context, totals);
  const parts = { context, totals, deltas, shelf: createShelf(context, cacheDir), log: createSyncLog(context) };
  const poll = createGroup<Poll, Polled | undefined>((polls) => pollLibrary(sql, polls, pollTimes(clock.now())));
  return {
    async answer(request) {
      checkRequest(request);
      if (request.key === undefined) throw unauthorised();
      const polled = admitted(await poll(pollOf(request.key, request, clock.now())), request);
      const dropped = believableDrops(request.droppedEvents);
      if (dropped > 0) await addDropped(sql, polled.rig_id, dropped, new Date(clock.now()));
      return asksByVersion(request) ? byVersion(parts, polled, request) : byModifiedSince(parts, polled, request);
    },
    close: () => parts.shelf.close(),
  };
}

function asksByVersion({ since, epoch, page, limit }: LibraryRequest): boolean {
  return since !== undefined || epoch !== undefined || page !== undefined || limit !== undefined;
}

const EPOCH = /^[\w-]{1,64}$/;

function checkRequest({ since, epoch }: LibraryRequest): void {
  if (since !== undefined && (!Number.isSafeInteger(since) || since < 0)) {
    throw new Fault("invalid_request", "since is not a library version", "send the version of the last reply, or 0");
  }
  if (epoch !== undefined && !EPOCH.test(epoch)) {
    throw new Fault("invalid_request", "epoch is not one of this hub's", "send the epoch of the last reply, or none");
  }
}

const SPOKE_VERSION = /^[\w.+-]{1,32}$/;
const DAY_MS = 86_400_000;

/** Contact is noted once a minute, and on each day. */
function pollTimes(nowMs: number): PollTimes {
  const today = nowMs - (nowMs % DAY_MS);
  return { at: new Date(nowMs), contactBefore: new Date(Math.max(today, nowMs - TOUCH_EVERY_MS)) };
}

/** What a rig tells beside its question and makes no sense is passed over: it must not keep the library from a rig. */
function pollOf(key: string, request: LibraryRequest, nowMs: number): Poll {
  const { claimedRigId: claimed, page, since, epoch, rigTimeMs, spokeVersion } = request;
  return {
    key: hex(keyHash(key)),
    // No rig has the empty name, so a claim that cannot be a name fits none.
    claimed: claimed === undefined ? null : isRigId(claimed) ? claimed : "",
    since: page === undefined ? (since ?? null) : null,
    epoch: epoch ?? null,
    offset_s: clockOffsetS(rigTimeMs, nowMs),
    spoke: spokeVersion !== undefined && SPOKE_VERSION.test(spokeVersion) ? spokeVersion : null,
    queue: toldQueue(request.queue),
  };
}

function admitted(polled: Polled | undefined, { claimedRigId: claimed }: LibraryRequest): Polled {
  if (polled === undefined) throw unauthorised();
  if (polled.status === "revoked") {
    throw new Fault("rig_revoked", `rig ${polled.rig_id} is revoked`, "ask an admin to enrol it again");
  }
  if (claimed === undefined || claimed === polled.rig_id) return polled;
  throw new Fault("rig_mismatch", "X-Rig-ID is not the rig of this key", `send ${polled.rig_id}, or leave it out`);
}
