import { appendFileSync, existsSync, statSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import { openBelow } from "../kernel/sqlite.ts";
import type { Dice } from "../kernel/random.ts";
import type { Tally } from "./fleet.ts";

const FULL = 2;
const TORN_MAX_BYTES = 5000;

/**
 * What a disk may make of a power cut. A database that syncs each commit keeps them all, and at its log's end may stand
 * half of what was being written; one that does not may have lost any end of its log.
 */
export function loseUnsynced(from: string, to: string, dice: Dice, tally: Tally): void {
  for (const db of openBelow(from)) {
    const log = join(to, `${basename(db.filename)}-wal`);
    if (!existsSync(log)) continue;
    const row = db.query("pragma synchronous") as unknown as { get(): { synchronous: number } | null };
    const synced = row.get()?.synchronous ?? 0;
    if (synced < FULL) {
      tally.count("unsynced commits lost");
      truncateSync(log, dice.int(0, statSync(log).size));
    } else if (dice.chance(0.5)) {
      tally.count("log's end torn");
      appendFileSync(log, dice.bytes(dice.int(1, TORN_MAX_BYTES)));
    }
  }
}
