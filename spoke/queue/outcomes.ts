import { outcomePatchSchema, PRECEDENTS_MAX, type OutcomePatch } from "../../src/wire/outcome.ts";
import { soundAcknowledgment, soundOutcome } from "./damage.ts";
import type { EventColumns } from "./event-rows.ts";
import { patchJson, saysTheSame, type OutcomeColumns, type OutcomeState } from "./outcome-rows.ts";
import type { Store } from "./store.ts";

/** An acknowledgment, as far as it says something about its advisory. */
export interface Verdict {
  readonly ticketTimestamp: number;
  /** Unix s, of whoever took the acknowledgment. */
  readonly acknowledgedAt: number;
  /** It was said just now: whatever the clock showed when the one before was said, this one is newer. */
  readonly saidNow?: boolean;
  readonly patch: OutcomePatch;
}

export interface RecordedOutcome {
  /** `unchanged`: known as it is; `superseded`: a newer or a stronger one is known. */
  readonly status: "recorded" | "unchanged" | "superseded";
  /** Events of that advisory; none when it has not come yet. */
  readonly eventIds: readonly string[];
}

export interface QueuedOutcome {
  readonly eventId: string;
  readonly patch: OutcomePatch;
}

/** The newest acknowledgment of an advisory wins, and waits for its event where it comes first. */
export function recordOutcome(store: Store, told: Verdict): RecordedOutcome {
  return store.write(() => {
    const eventIds = store.events.idsAt(told.ticketTimestamp);
    const known = soundAcknowledgment(store, told.ticketTimestamp);
    const verdict = known === undefined ? told : inOrder(told, known.acknowledged_at);
    const patch = patchJson(verdict.patch);
    if (known !== undefined && saysTheSame(patchOf(known), verdict.patch)) return { status: "unchanged", eventIds };
    if (known !== undefined && !isNewer(verdict, known)) return { status: "superseded", eventIds };
    store.acknowledgments.put({
      ticket_timestamp: verdict.ticketTimestamp,
      acknowledged_at: verdict.acknowledgedAt,
      patch,
      recorded_at: store.clock.now(),
    });
    for (const id of eventIds) queueOutcome(store, id, patch);
    return { status: "recorded", eventIds };
  });
}

/** Called as an event enters: its driller may have been quicker than the queue. */
export function attachAcknowledgment(store: Store, { id, advisory_timestamp: at }: EventColumns): void {
  const known = soundAcknowledgment(store, at);
  if (known !== undefined) queueOutcome(store, id, known.patch);
}

/** The oldest whose event the hub has. */
export function nextOutcome(store: Store, passedOver: ReadonlySet<string>): QueuedOutcome | undefined {
  for (const eventId of store.outcomes.sendable(passedOver.size + 1)) {
    if (passedOver.has(eventId)) continue;
    const row = soundOutcome(store, eventId);
    if (row === undefined) return nextOutcome(store, passedOver);
    return { eventId, patch: patchOf(row) };
  }
  return undefined;
}

export interface Settled {
  readonly state: OutcomeState;
  /** Of the hub's refusal. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** Nothing happens when another outcome has taken its place while it was under way. */
export function settleOutcome(store: Store, { eventId, patch }: QueuedOutcome, settled: Settled): void {
  store.write(() => {
    const row = soundOutcome(store, eventId);
    if (row?.patch === patchJson(patch)) store.outcomes.put({ ...withoutSeal(row), ...settled });
  });
}

export function retryOutcome(store: Store, eventId: string): void {
  const row = soundOutcome(store, eventId);
  if (row !== undefined) store.outcomes.put({ ...withoutSeal(row), state: "pending", code: null, reason: null });
}

function withoutSeal({ seal: _seal, ...columns }: OutcomeColumns & { readonly seal: Uint8Array }): OutcomeColumns {
  return columns;
}

/** A clock that was set back must not make the last word an old one, neither here nor on the hub. */
function inOrder(told: Verdict, knownAt: number): Verdict {
  if (told.saidNow !== true || told.acknowledgedAt > knownAt) return told;
  const at = knownAt + 1;
  const patch = told.patch.given_at === undefined ? told.patch : { ...told.patch, given_at: at };
  return { ...told, acknowledgedAt: at, patch };
}

function isNewer(verdict: Verdict, known: { acknowledged_at: number; patch: string }): boolean {
  if (verdict.patch.outcome === "Pending" && patchOf(known).outcome !== "Pending") return false;
  return verdict.acknowledgedAt >= known.acknowledged_at;
}

function patchOf({ patch }: { readonly patch: string }): OutcomePatch {
  return outcomePatchSchema.parse(JSON.parse(patch));
}

function queueOutcome(store: Store, eventId: string, patch: string): void {
  const known = soundOutcome(store, eventId);
  if (known !== undefined && saysTheSame(patchOf(known), patchOf({ patch }))) return;
  store.outcomes.put({
    event_id: eventId,
    patch: withShown(store, eventId, patch),
    state: "pending",
    code: null,
    reason: null,
    recorded_at: store.clock.now(),
  });
}

function withShown(store: Store, eventId: string, patch: string): string {
  const precedents = store.shown.of(eventId).slice(0, PRECEDENTS_MAX);
  return precedents.length === 0 ? patch : patchJson({ ...patchOf({ patch }), precedents });
}
