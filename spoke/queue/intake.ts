import { Fault } from "../../src/base/fault.ts";
import { columnsOf, place, readCandidate, type Candidate } from "./admission.ts";
import { attachAcknowledgment } from "./outcomes.ts";
import { giveUpOne, makeRoom } from "./room.ts";
import { isDiskFull } from "./sqlite-errors.ts";
import { emptyLog, type Store } from "./store.ts";

export interface Enqueued {
  /** The event's own, or with `-{n}` when another event of that second came first. */
  readonly id: string;
  readonly status: "queued" | "already_queued";
}

export interface Refused {
  readonly status: "refused";
  readonly fault: Fault;
}

/** Events given up at most for one newcomer on a full disk. */
export const DISK_FULL_EVICTIONS_MAX = 64;

/**
 * On disk when it returns. An event that finds no room leaves a receipt: who hands it in may not keep it.
 * Faults: `invalid_json`, `schema`, `risk_too_low`, `rig_mismatch`, `too_large`, `conflict`, `queue_full`.
 */
export function enqueue(store: Store, json: Uint8Array): Enqueued {
  const candidate = readCandidate(json, store.rigId);
  try {
    return takeWithRoom(store, candidate);
  } catch (error) {
    if (error instanceof Fault && error.code === "queue_full") leaveReceipt(store, candidate);
    throw error;
  }
}

/** One commit for all, and a result for each. What is refused stays with the caller and leaves no receipt. */
export function enqueueMany(store: Store, bodies: readonly Uint8Array[]): (Enqueued | Refused)[] {
  const candidates = bodies.map((json) => orRefused(() => readCandidate(json, store.rigId)));
  const each = (enter: (candidate: Candidate) => Enqueued): (Enqueued | Refused)[] =>
    candidates.map((candidate) => ("status" in candidate ? candidate : orRefused(() => enter(candidate))));
  try {
    return store.attempt(() => each((candidate) => inSavepoint(store, () => take(store, candidate, 0))));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    return each((candidate) => takeWithRoom(store, candidate));
  }
}

function takeWithRoom(store: Store, candidate: Candidate): Enqueued {
  try {
    return store.attempt(() => take(store, candidate, 0));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
  store.ballast.release();
  try {
    return takeOnFullDisk(store, candidate);
  } finally {
    emptyLog(store.db, "restart");
    store.ballast.restore();
  }
}

/** Twice as many are given up with each try, in the commit that takes the newcomer or not at all. */
function takeOnFullDisk(store: Store, candidate: Candidate): Enqueued {
  for (let evictions = 1; evictions <= DISK_FULL_EVICTIONS_MAX; evictions *= 2) {
    emptyLog(store.db, "restart");
    try {
      return store.attempt(() => take(store, candidate, evictions));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }
  throw new Fault("queue_full", "the disk is full", "make room on it");
}

function take(store: Store, candidate: Candidate, evictions: number): Enqueued {
  const placing = place(store, candidate);
  if (placing.kind === "known") return { id: placing.id, status: "already_queued" };
  const columns = columnsOf(placing.candidate, store.clock.now());
  for (let given = 0; given < evictions; given++) giveUpOne(store, columns, store.events.tally(), "disk_full");
  makeRoom(store, columns);
  if (placing.kind === "again") store.events.replace(columns);
  else store.events.insert(columns);
  store.receipts.withdraw(columns.id);
  attachAcknowledgment(store, columns);
  return { id: columns.id, status: "queued" };
}

/** Where not even a receipt fits on the disk, the log has it. */
function leaveReceipt(store: Store, { event }: Candidate): void {
  const risk = event.advisory.risk_level;
  const receipt = { event_id: event.id, risk, reason: "queue_full", at: store.clock.now() } as const;
  try {
    store.write(() => store.receipts.record(receipt));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    store.log.error("queue.event_dropped", receipt);
  }
}

function inSavepoint<T>(store: Store, change: () => T): T {
  try {
    return store.db.transaction(change)();
  } catch (error) {
    store.events.forgetTally();
    throw error;
  }
}

function orRefused<T>(action: () => T): T | Refused {
  try {
    return action();
  } catch (error) {
    if (error instanceof Fault) return { status: "refused", fault: error };
    throw error;
  }
}
