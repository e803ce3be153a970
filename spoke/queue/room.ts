import { Fault } from "../../src/base/fault.ts";
import { riskOf, type EventColumns, type EventWorth } from "./event-rows.ts";
import type { Tally } from "./ledger.ts";
import type { DropReason } from "./receipts.ts";
import type { Store } from "./store.ts";

/**
 * Makes room for the newcomer under the cap. Run inside a write, which takes it all back on a fault.
 * Faults: `queue_full` when all that is held is worth as much.
 */
export function makeRoom(store: Store, newcomer: EventColumns): void {
  const bytes = newcomer.frame?.byteLength ?? 0;
  const { maxBytes, maxEvents } = store.limits;
  if (bytes > maxBytes) throw new Fault("too_large", `the event is over ${maxBytes} bytes`, "raise queue_max_bytes");
  let tally = store.events.tally();
  while (tally.bytes + bytes > maxBytes) tally = giveUpOne(store, newcomer, tally, "evicted");
  while (tally.held + 1 > maxEvents) tally = evictOne(store, newcomer, tally, "evicted");
}

/**
 * What the hub has already goes first and costs nothing but a later re-offer; then the least worth: least risk,
 * set aside before waiting, newest.
 */
export function giveUpOne(store: Store, newcomer: EventColumns, tally: Tally, reason: DropReason): Tally {
  const [oldest] = store.events.sentWithBody(Number.MAX_SAFE_INTEGER, 1);
  if (oldest === undefined) return evictOne(store, newcomer, tally, reason);
  return { ...tally, bytes: tally.bytes - forgetBody(store, oldest) };
}

function evictOne(store: Store, newcomer: EventColumns, tally: Tally, reason: DropReason): Tally {
  const victim = store.events.leastHeld();
  if (victim === undefined || !isWorthMore(newcomer, victim)) throw full(reason);
  store.events.remove(victim.id);
  store.outcomes.remove(victim.id);
  store.receipts.record({ event_id: victim.id, risk: riskOf(victim), reason, at: store.clock.now() });
  return { held: tally.held - 1, bytes: tally.bytes - victim.frame_bytes };
}

function full(reason: DropReason): Fault {
  return reason === "disk_full"
    ? new Fault("queue_full", "the disk is full, and all that is held is worth as much", "make room on it")
    : new Fault("queue_full", "the queue is full of events worth as much", "reach the hub, or raise queue_max_events");
}

/** Gives up the body of a sent event, never that it was sent. */
export function forgetBody(store: Store, id: string): number {
  const row = store.events.byId(id);
  if (row === undefined) return 0;
  store.events.replace({ ...row, frame: null });
  return row.frame?.byteLength ?? 0;
}

/** Upwards the worst goes first and the oldest of its kind; under eviction the other way round. */
function isWorthMore(newcomer: EventColumns, held: EventWorth): boolean {
  if (newcomer.risk !== held.risk) return newcomer.risk > held.risk;
  return held.state === "refused" || newcomer.advisory_timestamp < held.advisory_timestamp;
}
