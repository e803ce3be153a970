import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import { KIB, MIB } from "../../src/base/limits.ts";
import { silentLog } from "../../src/base/log.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { RiskLevel } from "../../src/wire/vocabulary.ts";
import { openQueue, type Queue } from "../../spoke/queue/queue.ts";
import { eventBytes } from "./rig-queue.ts";

/** What became of a queue on a disk that was filled up; printed as one line of JSON. */
export interface FullDiskReport {
  readonly elevatedTaken: number;
  /** Codes with which the last Elevated one and the Critical ones were refused. */
  readonly refusals: readonly string[];
  readonly criticalTaken: readonly string[];
  readonly receipts: number;
  /** Of the ids that `enqueue` returned: those neither in the file after a restart nor in a receipt. */
  readonly missing: readonly string[];
  readonly sentAfterwards: number;
}

const CRITICALS = 30;
const random = seededRandom(507);
const path = join(process.argv[2] ?? "", "queue.sqlite");
const deps = {
  clock: systemClock,
  log: silentLog,
  rigId: "RIG-1",
  limits: { maxEvents: 100_000, maxBytes: 1024 * MIB },
};
const refusals: string[] = [];

/** About 16 KB that no compression makes smaller. */
function large(timestamp: number, risk_level: RiskLevel): Uint8Array {
  const reasoning = Buffer.from(random.bytes(12 * KIB)).toString("base64");
  return eventBytes({ timestamp, advisory: { risk_level, reasoning } });
}

function offer(queue: Queue, timestamp: number, risk: RiskLevel): string | undefined {
  try {
    return queue.enqueue(large(timestamp, risk)).id;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    refusals.push(error.code);
    return undefined;
  }
}

function run(): FullDiskReport {
  const queue = openQueue(path, deps);
  const elevated: string[] = [];
  for (let at = 1; refusals.length === 0; at++) {
    const id = offer(queue, at, "Elevated");
    if (id !== undefined) elevated.push(id);
  }
  const critical = Array.from({ length: CRITICALS }, (_, at) => offer(queue, 1_000_000 + at, "Critical"));
  queue.close();
  const again = openQueue(path, deps);
  const receipts = new Set(again.receipts.list(10_000).map(({ event_id }) => event_id));
  const taken = [...elevated, ...critical].filter((id) => id !== undefined);
  const missing = taken.filter((id) => again.stateOf(id) === undefined && !receipts.has(id));
  let sentAfterwards = 0;
  for (let next = again.next(); next !== undefined; next = again.next(), sentAfterwards++) again.markSent(next.id);
  again.tidy(0);
  return {
    elevatedTaken: elevated.length,
    refusals,
    criticalTaken: critical.filter((id) => id !== undefined),
    receipts: receipts.size,
    missing,
    sentAfterwards,
  };
}

process.stdout.write(`${JSON.stringify(run())}\n`);
