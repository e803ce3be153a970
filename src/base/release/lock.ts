import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../fault.ts";

/** One upgrade at a time; SQLite's lock goes with its process, so a kill leaves nothing locked. Faults: `conflict`. */
export function lockReleases(root: string): () => void {
  mkdirSync(root, { recursive: true });
  const lock = new Database(join(root, "upgrade.lock"), { create: true });
  try {
    lock.run("pragma busy_timeout = 0");
    lock.run("pragma locking_mode = exclusive");
    lock.run("pragma journal_mode = delete");
    lock.run("begin exclusive");
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== "SQLITE_BUSY") throw error;
    throw new Fault("conflict", "another upgrade is running here", "wait for its end");
  }
  return () => lock.close();
}
