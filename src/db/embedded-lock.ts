import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import { Fault } from "../base/fault.ts";

/** SQLite frees a lock whose handle is collected, and whoever opened the database need not keep what closes it. */
const held = new Set<Sqlite>();

/**
 * Takes the directory for this process, or faults with `unavailable`; returns what gives it back. PGlite itself opens
 * a directory twice without a word and loses rows. SQLite's lock is the system's own, so a killed hub leaves none behind.
 */
export function lockDirectory(dataDir: string): () => void {
  const lock = new Sqlite(join(dataDir, "hub.lock"), { create: true });
  try {
    lock.run("pragma busy_timeout = 0");
    lock.run("pragma locking_mode = exclusive");
    lock.run("pragma journal_mode = delete");
    lock.run("begin exclusive");
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== "SQLITE_BUSY") throw error;
    throw new Fault(
      "unavailable",
      `another hub has this directory open: ${dataDir}`,
      "stop it, or give this one its own data directory",
    );
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}
