import { Database } from "bun:sqlite";
import { join } from "node:path";
import { Fault } from "../src/base/fault.ts";

export interface DataLock {
  release(): void;
}

/**
 * One spoke a data directory. SQLite's own file lock goes with the process however it ends, so nothing is ever left
 * locked by a kill. Faults: `conflict`.
 */
export function lockDataDir(dataDir: string): DataLock {
  const db = new Database(join(dataDir, "spoke.lock"), { create: true, readwrite: true });
  try {
    db.run("pragma locking_mode = exclusive");
    db.run("pragma journal_mode = delete");
    db.run("begin exclusive");
  } catch (error) {
    db.close();
    if ((error as { code?: unknown }).code !== "SQLITE_BUSY") throw error;
    throw new Fault(
      "conflict",
      `another fleet-spoke works on ${dataDir}`,
      "stop it, or give this one its own data_dir",
    );
  }
  return { release: () => db.close() };
}
