import type { TransactionSql } from "postgres";
import type { EventMaking, MadeEvent } from "./event-rows.ts";
import { futureEvents, twinEntries } from "./kept-aside.ts";
import { storeEventRows, storeKept } from "./store.ts";

/** What waits for a person, and what a person has decided. */
export async function storeKeptAside(
  tx: TransactionSql,
  making: EventMaking,
  newest: readonly MadeEvent[],
): Promise<void> {
  const future = futureEvents(making, newest);
  await storeEventRows(
    tx,
    future.map(({ row }) => ({ row, episode_id: null })),
  );
  await storeKept(tx, [...twinEntries(making, newest), ...future.map(({ entry }) => entry)]);
}
