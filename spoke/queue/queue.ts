import { assert } from "../../src/base/assert.ts";
import type { QueueReport } from "../../src/wire/queue-report.ts";
import type { RiskLevel } from "../../src/wire/vocabulary.ts";
import { soundEvent, verifyAll } from "./damage.ts";
import { riskOf, type EventState } from "./event-rows.ts";
import type { FolderFiles } from "./folder-files.ts";
import { enqueue, enqueueMany, type Enqueued, type Refused } from "./intake.ts";
import { nextOutcome, recordOutcome, retryOutcome, settleOutcome } from "./outcomes.ts";
import type { QueuedOutcome, RecordedOutcome, Verdict } from "./outcomes.ts";
import { offerPage, sendAgain, type OfferPage } from "./offers.ts";
import type { Receipts } from "./receipts.ts";
import { queueStatus, waitingReport, type QueueStatus } from "./status.ts";
import { openStore, type QueueDeps, type Store } from "./store.ts";
import { tidy } from "./tidy.ts";

export interface QueuedEvent {
  readonly id: string;
  readonly risk: RiskLevel;
  /** One zstd frame, to be sent as it is. */
  readonly frame: Uint8Array;
  /** Unix ms. */
  readonly queuedAt: number;
}

export interface RefusedEvent {
  readonly id: string;
  readonly risk: RiskLevel;
  readonly code: string;
  readonly reason: string;
  /** Unix ms. */
  readonly refusedAt: number;
}

/**
 * What the rig has to tell the hub, in one SQLite file. Whatever returned is on disk; a process that dies at any
 * point loses none of it.
 */
export interface Queue {
  /** Faults: `invalid_json`, `schema`, `risk_too_low`, `rig_mismatch`, `too_large`, `conflict`, `queue_full`. */
  enqueue(json: Uint8Array): Enqueued;
  /** One commit for all of them, a result for each; what is refused stays with the caller. */
  enqueueMany(bodies: readonly Uint8Array[]): (Enqueued | Refused)[];
  /** Of those that wait, the one worth most: by risk, then the oldest. */
  next(passedOver?: ReadonlySet<string>): QueuedEvent | undefined;
  /** What waits, the one of `besides` left out: for the hub to know. */
  waiting(besides?: string): QueueReport;
  markSent(id: string): void;
  /** Refused by the hub: kept, shown, sent again only when asked. */
  setAside(id: string, code: string, reason: string): void;
  /** All, or the event and the outcome of one id. Returns how many wait again. */
  retryRefused(id?: string): number;
  /** The newest first. */
  refused(limit: number): RefusedEvent[];
  stateOf(id: string): EventState | undefined;

  recordOutcome(verdict: Verdict): RecordedOutcome;
  /** Which episodes recall named for an event: the driller's answer takes them along. */
  noteShown(eventId: string, episodeIds: readonly string[]): void;
  /** The oldest whose event the hub has. */
  nextOutcome(passedOver?: ReadonlySet<string>): QueuedOutcome | undefined;
  markOutcomeSent(outcome: QueuedOutcome): void;
  setOutcomeAside(outcome: QueuedOutcome, code: string, reason: string): void;

  /** Of what was sent and is still kept: for a hub that was restored from a backup. */
  offerPage(after: number, limit: number): OfferPage;
  /** What the hub lacks waits as if it were new. Returns how many events do. */
  sendAgain(ids: readonly string[], outcomeIds: readonly string[]): number;

  readonly receipts: Pick<Receipts, "list" | "untold" | "markTold" | "byReason">;
  readonly folderFiles: FolderFiles;
  status(): QueueStatus;
  /** Lets go of what has been kept long enough. A bounded amount of work; called now and then. */
  tidy(sentKeepDays: number): void;
  close(): void;
}

/** Faults: `config` for a file of a newer release. Throws when the folder cannot be written. */
export function openQueue(path: string, deps: QueueDeps): Queue {
  const store = openStore(path, deps);
  verifyAll(store);
  return {
    enqueue: (json) => enqueue(store, json),
    enqueueMany: (bodies) => enqueueMany(store, bodies),
    next: (passedOver = NONE) => nextEvent(store, passedOver),
    waiting: (besides) => waitingReport(store, besides),
    markSent: (id) => settle(store, id, "sent", null, null),
    setAside: (id, code, reason) => settle(store, id, "refused", code, reason),
    retryRefused: (id) => retryRefused(store, id),
    refused: (limit) => refusedEvents(store, limit),
    stateOf: (id) => store.events.byId(id)?.state,
    recordOutcome: (verdict) => recordOutcome(store, verdict),
    noteShown: (eventId, episodeIds) => store.shown.note(eventId, episodeIds),
    nextOutcome: (passedOver = NONE) => nextOutcome(store, passedOver),
    markOutcomeSent: (outcome) => settleOutcome(store, outcome, { state: "sent", code: null, reason: null }),
    setOutcomeAside: (outcome, code, reason) => settleOutcome(store, outcome, { state: "refused", code, reason }),
    offerPage: (after, limit) => offerPage(store, after, limit),
    sendAgain: (ids, outcomeIds) => sendAgain(store, ids, outcomeIds),
    receipts: store.receipts,
    folderFiles: store.folderFiles,
    status: () => queueStatus(store),
    tidy: (sentKeepDays) => tidy(store, sentKeepDays),
    close: () => store.db.close(),
  };
}

const NONE: ReadonlySet<string> = new Set();

function nextEvent(store: Store, passedOver: ReadonlySet<string>): QueuedEvent | undefined {
  const id = store.events.pendingIds(passedOver.size + 1).find((waiting) => !passedOver.has(waiting));
  if (id === undefined) return undefined;
  const row = soundEvent(store, id);
  if (row === undefined) return nextEvent(store, passedOver);
  assert(row.frame !== null, "what waits has its body");
  return { id, risk: riskOf(row), frame: row.frame, queuedAt: row.queued_at };
}

function settle(store: Store, id: string, state: EventState, code: string | null, reason: string | null): void {
  store.write(() => {
    const row = soundEvent(store, id);
    if (row !== undefined) store.events.replace({ ...row, state, code, reason, changed_at: store.clock.now() });
    // It may have been dropped while it was under way, and then it is no loss.
    if (state === "sent") store.receipts.withdraw(id);
  });
}

function retryRefused(store: Store, id: string | undefined): number {
  const limit = store.limits.maxEvents;
  return store.write(() => {
    const events = store.events.idsInState("refused", limit).filter((refused) => id === undefined || refused === id);
    for (const event of events) settle(store, event, "pending", null, null);
    const outcomes = store.outcomes.refusedIds(limit).filter((refused) => id === undefined || refused === id);
    for (const outcome of outcomes) retryOutcome(store, outcome);
    return events.length + outcomes.length;
  });
}

function refusedEvents(store: Store, limit: number): RefusedEvent[] {
  const rows = store.events.idsInState("refused", limit).map((id) => soundEvent(store, id));
  return rows.flatMap((row) =>
    row === undefined
      ? []
      : [{ id: row.id, risk: riskOf(row), code: row.code ?? "", reason: row.reason ?? "", refusedAt: row.changed_at }],
  );
}
