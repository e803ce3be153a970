import type { Database } from "bun:sqlite";
import type { Clock } from "../../src/base/clock.ts";
import type { Log } from "../../src/base/log.ts";
import { createBallast, type Ballast } from "./ballast.ts";
import { createCorruptRows, type CorruptRows } from "./corrupt-rows.ts";
import { openDatabase } from "./database.ts";
import { createEventRows, type EventRows } from "./event-rows.ts";
import { createFolderFiles, type FolderFiles } from "./folder-files.ts";
import {
  createAcknowledgmentRows,
  createOutcomeRows,
  type AcknowledgmentRows,
  type OutcomeRows,
} from "./outcome-rows.ts";
import { createReceipts, type Receipts } from "./receipts.ts";
import { createShown, type Shown } from "./shown.ts";
import { isDiskFull } from "./sqlite-errors.ts";

export interface QueueLimits {
  /** Events that wait or are set aside. */
  readonly maxEvents: number;
  /** Of all bodies kept, compressed. */
  readonly maxBytes: number;
}

export interface QueueDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Only this rig's events are taken. */
  readonly rigId: string;
  readonly limits: QueueLimits;
}

/** The open file and its tables: what the parts of the queue stand on. */
export interface Store extends QueueDeps {
  readonly db: Database;
  readonly ballast: Ballast;
  readonly events: EventRows;
  readonly outcomes: OutcomeRows;
  readonly acknowledgments: AcknowledgmentRows;
  readonly receipts: Receipts;
  readonly corrupt: CorruptRows;
  readonly folderFiles: FolderFiles;
  readonly shown: Shown;
  /** All or nothing, on disk when the outermost returns. On a full disk the ballast is given up for one more try. */
  write<T>(change: () => T): T;
  /** The same, which leaves the ballast to who can make room himself. */
  attempt<T>(change: () => T): T;
}

export function openStore(path: string, deps: QueueDeps): Store {
  const ballast = createBallast(`${path}.ballast`);
  const db = openDatabase(path, { clock: deps.clock, log: deps.log, ballast });
  ballast.restore();
  const events = createEventRows(db);
  return {
    ...deps,
    clock: wholeMilliseconds(deps.clock),
    db,
    ballast,
    events,
    outcomes: createOutcomeRows(db),
    acknowledgments: createAcknowledgmentRows(db),
    receipts: createReceipts(db),
    corrupt: createCorruptRows(db),
    folderFiles: createFolderFiles(db),
    shown: createShown(),
    write: (change) => (db.inTransaction ? change() : writeWithRoom({ db, ballast, events }, change)),
    attempt: (change) => commit({ db, events }, change),
  };
}

/** The columns hold integers, and a clock need not. */
function wholeMilliseconds(clock: Clock): Clock {
  return {
    now: () => Math.floor(clock.now()),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

function writeWithRoom<T>(store: Pick<Store, "db" | "ballast" | "events">, change: () => T): T {
  try {
    return commit(store, change);
  } catch (error) {
    if (!isDiskFull(error) || !store.ballast.release()) throw error;
    emptyLog(store.db, "restart");
    return commit(store, change);
  }
}

function commit<T>({ db, events }: Pick<Store, "db" | "events">, change: () => T): T {
  try {
    return db.transaction(change).immediate();
  } catch (error) {
    events.forgetTally();
    throw error;
  }
}

/**
 * What stands in the log moves into the file, as far as the disk lets it. `restart` keeps the log's own blocks, which
 * are all there is to write to when the disk is full; `truncate` leaves no log behind.
 */
export function emptyLog(db: Database, mode: "restart" | "truncate"): void {
  try {
    db.run(`pragma wal_checkpoint(${mode})`);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}
