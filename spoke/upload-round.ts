import type { HubClient } from "./client.ts";
import type { Queue, QueuedEvent } from "./queue/queue.ts";
import type { Reoffer } from "./reoffer.ts";
import type { Refusal } from "./verdicts.ts";

/** What one round through the queue did. */
export interface UploadSummary {
  readonly sent: number;
  /** Had reached the hub before, though its reply was lost. */
  readonly already_there: number;
  readonly refused: number;
  readonly outcomes_sent: number;
  readonly outcomes_refused: number;
  /** Of events that the hub does not have. */
  readonly outcomes_early: number;
  /** Why the round ended before the queue was empty; undefined when it was emptied. */
  readonly blocked: Exclude<Refusal, { kind: "refused" }> | undefined;
}

export interface UploadRound {
  run(): Promise<UploadSummary>;
}

/** After so many rounds that ended at the same event it lets the others go first. */
export const STRIKES_MAX = 3;
/** Replies that speak of the hub and not of the event. */
const HUB_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

type Counts = { -readonly [K in keyof Omit<UploadSummary, "blocked">]: number };
type Blocked = UploadSummary["blocked"];

interface Way {
  readonly queue: Queue;
  readonly client: HubClient;
  /** For a hub that was restored; absent where nothing can be offered. */
  readonly reoffer: Reoffer | undefined;
  /** How many rounds each event has ended. */
  readonly strikes: Map<string, number>;
}

/**
 * Events first, worth most first, then the outcomes of those the hub has. Refused ones step aside; only a hub that
 * cannot be reached, is overloaded or does not know the key ends a round.
 */
export function createUploadRound(queue: Queue, client: HubClient, reoffer?: Reoffer): UploadRound {
  const way: Way = { queue, client, reoffer, strikes: new Map() };
  return {
    async run() {
      const counts: Counts = {
        sent: 0,
        already_there: 0,
        refused: 0,
        outcomes_sent: 0,
        outcomes_refused: 0,
        outcomes_early: 0,
      };
      const blocked = (await sendAll(way, counts)) ?? (await offerAgain(way, counts));
      return { ...counts, blocked };
    },
  };
}

async function sendAll(way: Way, counts: Counts): Promise<Blocked> {
  return (await sendEvents(way, counts)) ?? sendOutcomes(way, counts);
}

/** Behind everything else, and each page only once the one before it has left the queue. */
async function offerAgain(way: Way, counts: Counts): Promise<Blocked> {
  for (;;) {
    const step = (await way.reoffer?.step()) ?? "done";
    if (step === "done") return undefined;
    if (step !== "again") return step;
    const blocked = await sendAll(way, counts);
    if (blocked !== undefined) return blocked;
  }
}

async function sendEvents(way: Way, counts: Counts): Promise<Blocked> {
  const stuck = new Set([...way.strikes].filter(([, times]) => times >= STRIKES_MAX).map(([id]) => id));
  const blocked = await sendAllBut(stuck, way, counts);
  return blocked ?? sendStuck(stuck, way, counts);
}

async function sendAllBut(stuck: ReadonlySet<string>, way: Way, counts: Counts): Promise<Blocked> {
  const { queue, strikes } = way;
  for (let event = queue.next(stuck); event !== undefined; event = queue.next(stuck)) {
    const blocked = await sendEvent(way, event, counts);
    if (blocked === undefined) strikes.delete(event.id);
    else if (isAboutEvent(blocked)) strikes.set(event.id, (strikes.get(event.id) ?? 0) + 1);
    if (blocked !== undefined) return blocked;
  }
  return undefined;
}

/** What ended rounds before gets its try when nothing waits behind it, and ends none any more. */
async function sendStuck(stuck: ReadonlySet<string>, way: Way, counts: Counts): Promise<Blocked> {
  const tried = new Set<string>();
  for (let event = way.queue.next(tried); event !== undefined; event = way.queue.next(tried)) {
    tried.add(event.id);
    const blocked = await sendEvent(way, event, counts);
    if (blocked === undefined) way.strikes.delete(event.id);
    else if (!isAboutEvent(blocked)) return blocked;
  }
  for (const id of stuck) if (!tried.has(id)) way.strikes.delete(id);
  return undefined;
}

async function sendEvent({ queue, client }: Way, event: QueuedEvent, counts: Counts): Promise<Blocked> {
  const dropped = queue.receipts.untold();
  const told = { droppedEvents: dropped.count, queuedAt: event.queuedAt, queue: queue.waiting(event.id) };
  const verdict = await client.uploadEvent(event.frame, event.id, told);
  if (verdict.kind === "wait" || verdict.kind === "key_problem") return verdict;
  if (verdict.kind === "refused") {
    queue.setAside(event.id, verdict.code, verdict.reason);
    counts.refused++;
    return undefined;
  }
  queue.markSent(event.id);
  if (dropped.count > 0) queue.receipts.markTold(dropped.upTo);
  if (verdict.kind === "accepted") counts.sent++;
  else counts.already_there++;
  return undefined;
}

async function sendOutcomes({ queue, client }: Way, counts: Counts): Promise<Blocked> {
  const passedOver = new Set<string>();
  for (let next = queue.nextOutcome(passedOver); next !== undefined; next = queue.nextOutcome(passedOver)) {
    const verdict = await client.sendOutcome(next.eventId, next.patch);
    if (verdict.kind === "wait" || verdict.kind === "key_problem") return verdict;
    if (verdict.kind === "no_event") {
      passedOver.add(next.eventId);
      counts.outcomes_early++;
    } else if (verdict.kind === "refused") {
      queue.setOutcomeAside(next, verdict.code, verdict.reason);
      counts.outcomes_refused++;
    } else {
      queue.markOutcomeSent(next);
      counts.outcomes_sent++;
    }
  }
  return undefined;
}

function isAboutEvent(blocked: NonNullable<Blocked>): boolean {
  return blocked.kind === "wait" && blocked.status !== undefined && !HUB_STATUSES.has(blocked.status);
}
