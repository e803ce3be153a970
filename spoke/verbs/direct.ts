import { existsSync, mkdirSync } from "node:fs";
import { Fault } from "../../src/base/fault.ts";
import type { SpokeContext } from "../context.ts";
import { openSpokeQueue } from "../files.ts";
import type { Queue } from "../queue/queue.ts";

/**
 * The queue's file without its spoke. Safe beside a running one, which looks into the file at every turn: each change
 * is one transaction of SQLite, and both wait for the other's.
 */
export function withQueue<T>(context: SpokeContext, use: (queue: Queue) => T): T {
  mkdirSync(context.settings.data_dir, { recursive: true, mode: 0o700 });
  const queue = openSpokeQueue(context);
  try {
    return use(queue);
  } finally {
    queue.close();
  }
}

/** Faults: `not_found`, when no spoke has ever run here. */
export function requireDataDir({ settings }: SpokeContext): void {
  if (existsSync(settings.data_dir)) return;
  throw new Fault("not_found", `there is no ${settings.data_dir}`, "start the spoke once: fleet-spoke run");
}
