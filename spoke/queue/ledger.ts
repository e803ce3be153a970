import type { Database } from "bun:sqlite";
import type { EventColumns } from "./event-rows.ts";

export interface Tally {
  /** Waiting and set aside. */
  readonly held: number;
  /** Of all bodies, sent ones too. */
  readonly bytes: number;
}

/** What the caps are held against: counted once, then kept up. */
export interface Ledger {
  read(): Tally;
  add(row: EventColumns): void;
  forget(): void;
}

/** Counting a thousand rows at each enqueue would cost more than the enqueue. */
export function createLedger(db: Database): Ledger {
  const count = db.query<Tally, []>(
    `select count(*) filter (where state <> 'sent') as held, coalesce(sum(frame_bytes), 0) as bytes from events`,
  );
  // SQLite raises this number in a connection when another one has written: a verb beside the running spoke.
  const version = db.query<{ data_version: number }, []>(`pragma data_version`);
  let known: { readonly tally: Tally; readonly version: number } | undefined;
  return {
    read() {
      const now = version.get()?.data_version ?? 0;
      if (known?.version !== now) known = { tally: count.get() ?? { held: 0, bytes: 0 }, version: now };
      return known.tally;
    },
    add(row) {
      if (known === undefined) return;
      const { held, bytes } = known.tally;
      const tally = { held: held + Number(row.state !== "sent"), bytes: bytes + (row.frame?.byteLength ?? 0) };
      known = { ...known, tally };
    },
    forget() {
      known = undefined;
    },
  };
}
