import type { Database } from "bun:sqlite";
import type { RiskLevel } from "../../src/wire/vocabulary.ts";

/** Why an event is gone: the cap, a full disk, or damage to its row. */
export type DropReason = "queue_full" | "evicted" | "disk_full" | "corrupt";

/** Nothing is dropped silently: one a lost event. */
export interface Receipt {
  readonly event_id: string;
  readonly risk: RiskLevel;
  readonly reason: DropReason;
  /** Unix ms. */
  readonly at: number;
  /** Whether the hub has heard of it. */
  readonly told: boolean;
}

export interface Receipts {
  record(receipt: Omit<Receipt, "told">): void;
  /** An event that came back after all is no loss. */
  withdraw(eventId: string): void;
  /** Newest first. */
  list(limit: number): Receipt[];
  /** How many the hub has not heard of, and the mark to hand to `markTold` once it has. */
  untold(): { readonly count: number; readonly upTo: number };
  markTold(upTo: number): void;
  byReason(): Partial<Record<DropReason, number>>;
  prune(): void;
}

/** Receipts kept, the newest: 10 MB at most. */
export const RECEIPTS_MAX = 50_000;

interface ReceiptRow extends Omit<Receipt, "told"> {
  readonly told: number;
}

export function createReceipts(db: Database): Receipts {
  const record = db.query(
    `insert into receipts (event_id, risk, reason, at, told) values ($event_id, $risk, $reason, $at, 0)
     on conflict (event_id) do nothing`,
  );
  const withdraw = db.query(`delete from receipts where event_id = $id and told = 0`);
  const list = db.query<ReceiptRow, { limit: number }>(
    `select event_id, risk, reason, at, told from receipts order by seq desc limit $limit`,
  );
  const untold = db.query<{ count: number; upTo: number }, []>(
    `select count(*) as count, coalesce(max(seq), 0) as upTo from receipts where told = 0`,
  );
  const markTold = db.query(`update receipts set told = 1 where told = 0 and seq <= $upTo`);
  const byReason = db.query<{ reason: DropReason; events: number }, []>(
    `select reason, count(*) as events from receipts group by reason`,
  );
  const prune = db.query(`delete from receipts where seq <= (select max(seq) from receipts) - $keep`);
  return {
    record: (receipt) => void record.run({ ...receipt }),
    withdraw: (id) => void withdraw.run({ id }),
    list: (limit) => list.all({ limit }).map(({ told, ...row }) => Object.assign(row, { told: told === 1 })),
    untold: () => untold.get() ?? { count: 0, upTo: 0 },
    markTold: (upTo) => void markTold.run({ upTo }),
    byReason: () => Object.fromEntries(byReason.all().map(({ reason, events }) => [reason, events])),
    prune: () => void prune.run({ keep: RECEIPTS_MAX }),
  };
}
