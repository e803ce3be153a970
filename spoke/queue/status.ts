import type { QueueReport } from "../../src/wire/queue-report.ts";
import type { RiskLevel } from "../../src/wire/vocabulary.ts";
import { riskOf } from "./event-rows.ts";
import type { DropReason } from "./receipts.ts";
import type { Store } from "./store.ts";

export interface QueueStatus {
  readonly pending: number;
  readonly refused: number;
  readonly outcomes_pending: number;
  readonly outcomes_refused: number;
  /** Of the bodies that wait or are set aside. */
  readonly bytes: number;
  /** Of the sent ones that are kept in case the hub needs them again. */
  readonly sent_bytes: number;
  /** Since the one that waits longest was queued; null when none waits. */
  readonly oldest_s: number | null;
  /** Of those that wait. */
  readonly by_risk: Readonly<Record<Exclude<RiskLevel, "Low">, number>>;
  /** Events dropped, by why, and how many of them the hub has not heard of. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  readonly dropped_untold: number;
  /** Rows that did not fit their seal and were set apart. */
  readonly corrupt: number;
}

export function queueStatus(store: Store): QueueStatus {
  const counts = store.events.counts();
  const pending = counts.filter((count) => count.state === "pending");
  const refused = counts.filter((count) => count.state === "refused");
  const events = (rows: typeof counts): number => rows.reduce((sum, row) => sum + row.events, 0);
  const bytes = (rows: typeof counts): number => rows.reduce((sum, row) => sum + row.bytes, 0);
  const atRisk = (risk: RiskLevel): number => events(pending.filter((row) => riskOf(row) === risk));
  const outcomes = store.outcomes.counts();
  return {
    pending: events(pending),
    refused: events(refused),
    outcomes_pending: outcomes.pending,
    outcomes_refused: outcomes.refused,
    bytes: bytes(pending) + bytes(refused),
    sent_bytes: bytes(counts.filter((count) => count.state === "sent")),
    oldest_s: ageSeconds(
      store.clock.now(),
      pending.map((row) => row.oldest),
    ),
    by_risk: { Critical: atRisk("Critical"), High: atRisk("High"), Elevated: atRisk("Elevated") },
    dropped: store.receipts.byReason(),
    dropped_untold: store.receipts.untold().count,
    corrupt: store.corrupt.count(),
  };
}

/** Read with every event that is sent, so it looks at the index alone, and at one row. */
export function waitingReport(store: Store, besides = ""): QueueReport {
  const { events, risk, queued_at: queuedAt } = store.events.waiting(besides);
  if (events === 0 || risk === null || queuedAt === null) return { events: 0, oldest: null, worst: null };
  return { events, oldest: Math.max(0, Math.floor(queuedAt / 1000)), worst: riskOf({ risk }) };
}

function ageSeconds(now: number, times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(0, Math.floor((now - Math.min(...times)) / 1000));
}
