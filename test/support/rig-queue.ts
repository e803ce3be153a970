import { Database } from "bun:sqlite";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { MIB } from "../../src/base/limits.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { openQueue, type Queue } from "../../spoke/queue/queue.ts";
import type { QueueLimits } from "../../spoke/queue/store.ts";
import { anEvent, type DeepPartial } from "./builders.ts";
import { testClock, type TestClock } from "./clock.ts";
import { recordingLog, type RecordingLog } from "./recording-log.ts";
import { temporaryDirectory } from "./temporary.ts";

export interface RigQueue {
  readonly path: string;
  readonly clock: TestClock;
  readonly log: RecordingLog;
  /** The one that is open now. */
  readonly queue: Queue;
  readonly close: () => void;
  /** As after a restart. */
  readonly reopen: () => Queue;
  /** Changes the file behind the queue's back. */
  readonly damage: (statement: string) => void;
}

/** A real queue file in a fresh folder, or one that holds these bytes. */
export function rigQueue(limits: Partial<QueueLimits> = {}, rigId = "RIG-1", bytes?: Uint8Array): RigQueue {
  const path = join(temporaryDirectory(), "queue.sqlite");
  if (bytes !== undefined) writeFileSync(path, bytes);
  const clock = testClock("2026-11-23T12:00:00Z");
  const log = recordingLog();
  const deps = { clock, log, rigId, limits: { maxEvents: 1000, maxBytes: 64 * MIB, ...limits } };
  let queue = openQueue(path, deps);
  return {
    path,
    clock,
    log,
    get queue() {
      return queue;
    },
    close: () => queue.close(),
    damage(statement) {
      const db = new Database(path);
      db.run(statement);
      db.close();
    },
    reopen() {
      queue.close();
      queue = openQueue(path, deps);
      return queue;
    },
  };
}

/** The bytes a rig hands in: a small event, unless the test says what matters. */
export function eventBytes(overrides: DeepPartial<FleetEvent> = {}): Uint8Array {
  const event = anEvent(overrides);
  const window = overrides.history_window ?? event.history_window.slice(-1);
  return encodeEvent({ ...event, history_window: window });
}

/** `count` High events of RIG-1, a second apart, `from` on. */
export function someEvents(count: number, from = 1_794_000_000): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => eventBytes({ timestamp: from + at }));
}

/** Ids in the order in which they would be uploaded; all of them are sent then. */
export function drained(queue: Queue): string[] {
  const ids: string[] = [];
  for (let event = queue.next(); event !== undefined; event = queue.next()) {
    ids.push(event.id);
    queue.markSent(event.id);
  }
  return ids;
}

/** The code of the fault that the action ends with. */
export function faultOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  throw new Error("a fault was expected");
}
