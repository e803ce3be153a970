import { existsSync, mkdirSync } from "node:fs";
import { Fault } from "../../src/base/fault.ts";
import type { SpokeContext } from "../context.ts";
import { lockDataDir, type DataLock } from "../data-lock.ts";
import { openSpokeQueue, openSpokeQueueAlone, queueLogDamage } from "../files.ts";
import type { Queue } from "../queue/queue.ts";

/**
 * The queue's file without its spoke. Safe beside a running one, which looks into the file at every turn: each change
 * is one transaction of SQLite, and both wait for the other's.
 */
export function withQueue<T>(context: SpokeContext, use: (queue: Queue) => T): T {
  mkdirSync(context.settings.data_dir, { recursive: true, mode: 0o700 });
  const queue = openBeside(context);
  try {
    return use(queue);
  } finally {
    queue.close();
  }
}

/** Opening it as it lies would throw away what stands behind the damage; a spoke that runs has mended it at its start. */
export function openBeside(context: SpokeContext): Queue {
  if (queueLogDamage(context) === undefined) return openSpokeQueue(context);
  const lock = lockUnlessRunning(context);
  if (lock === undefined) return openSpokeQueue(context);
  try {
    return openSpokeQueueAlone(context);
  } finally {
    lock.release();
  }
}

function lockUnlessRunning({ settings }: SpokeContext): DataLock | undefined {
  try {
    return lockDataDir(settings.data_dir);
  } catch (error) {
    if (error instanceof Fault && error.code === "conflict") return undefined;
    throw error;
  }
}

/** Faults: `not_found`, when no spoke has ever run here. */
export function requireDataDir({ settings }: SpokeContext): void {
  if (existsSync(settings.data_dir)) return;
  throw new Fault("not_found", `there is no ${settings.data_dir}`, "start the spoke once: fleet-spoke run");
}
