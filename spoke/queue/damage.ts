import { isSoundRow, riskOf, type EventRow } from "./event-rows.ts";
import { isSoundAcknowledgment, isSoundOutcome, type AcknowledgmentRows, type OutcomeRows } from "./outcome-rows.ts";
import type { CorruptRow } from "./corrupt-rows.ts";
import type { Store } from "./store.ts";

/** The event, if it is what was queued; a damaged one is set apart, with a receipt, and is no more in the queue. */
export function soundEvent(store: Store, id: string): EventRow | undefined {
  const row = store.events.byId(id);
  if (row === undefined || isSoundRow(row)) return row;
  const { frame, seal: _seal, ...columns } = row;
  const at = store.clock.now();
  store.write(() => {
    store.corrupt.put({ source: "events", key: id, columns: JSON.stringify(columns), frame, found_at: at });
    store.events.remove(id);
    store.receipts.record({ event_id: id, risk: riskOf(row), reason: "corrupt", at });
  });
  store.log.error("queue.row_corrupt", { table: "events", id });
  return undefined;
}

type OutcomeRow = NonNullable<ReturnType<OutcomeRows["byEvent"]>>;
type AcknowledgmentRow = NonNullable<ReturnType<AcknowledgmentRows["byTicket"]>>;

export function soundOutcome(store: Store, eventId: string): OutcomeRow | undefined {
  const row = store.outcomes.byEvent(eventId);
  if (row === undefined || isSoundOutcome(row)) return row;
  setApart(store, "outcomes", eventId, row, () => store.outcomes.remove(eventId));
  return undefined;
}

export function soundAcknowledgment(store: Store, ticket: number): AcknowledgmentRow | undefined {
  const row = store.acknowledgments.byTicket(ticket);
  if (row === undefined || isSoundAcknowledgment(row)) return row;
  setApart(store, "acknowledgments", String(ticket), row, () => store.acknowledgments.remove(ticket));
  return undefined;
}

/** Looks at every event that is not sent yet: a damaged state would hide one from all who ask by state. */
export function verifyAll(store: Store): void {
  for (const id of store.events.ofUnknownState()) soundEvent(store, id);
  for (const state of ["pending", "refused"] as const) {
    for (const id of store.events.idsInState(state, store.limits.maxEvents + 1)) soundEvent(store, id);
  }
}

function setApart(store: Store, source: CorruptRow["source"], key: string, row: object, remove: () => void): void {
  const { seal: _seal, ...columns } = row as { seal: Uint8Array };
  store.write(() => {
    store.corrupt.put({
      source,
      key,
      columns: JSON.stringify(columns),
      frame: null,
      found_at: store.clock.now(),
    });
    remove();
  });
  store.log.error("queue.row_corrupt", { table: source, key });
}
