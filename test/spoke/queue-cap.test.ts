import { expect, test } from "bun:test";
import { KIB } from "../../src/base/limits.ts";
import type { RiskLevel } from "../../src/wire/vocabulary.ts";
import type { Queue } from "../../spoke/queue/queue.ts";
import { drained, eventBytes, faultOf, rigQueue, someEvents } from "../support/rig-queue.ts";

function put(queue: Queue, timestamp: number, risk_level: RiskLevel): void {
  queue.enqueue(eventBytes({ timestamp, advisory: { risk_level } }));
}

test("defect 21: a full queue gives up the least risk, and of it the newest, never the oldest Critical", () => {
  const { queue } = rigQueue({ maxEvents: 4 });
  put(queue, 100, "Critical");
  put(queue, 101, "Elevated");
  put(queue, 102, "Elevated");
  put(queue, 103, "High");
  put(queue, 104, "Critical");
  put(queue, 105, "High");
  expect(queue.receipts.list(10)).toMatchObject([
    { event_id: "RIG-1-101", risk: "Elevated", reason: "evicted", told: false },
    { event_id: "RIG-1-102", risk: "Elevated", reason: "evicted", told: false },
  ]);
  expect(drained(queue)).toEqual(["RIG-1-100", "RIG-1-104", "RIG-1-103", "RIG-1-105"]);
});

test("a newcomer worth no more than what is held is refused, with a receipt, and nothing else goes", () => {
  const { queue } = rigQueue({ maxEvents: 2 });
  put(queue, 100, "High");
  put(queue, 101, "High");
  expect(faultOf(() => put(queue, 102, "High"))).toBe("queue_full");
  expect(faultOf(() => put(queue, 50, "Elevated"))).toBe("queue_full");
  expect(queue.receipts.untold().count).toBe(2);
  put(queue, 99, "High");
  expect(queue.status().dropped).toEqual({ queue_full: 2, evicted: 1 });
  expect(drained(queue)).toEqual(["RIG-1-99", "RIG-1-100"]);
});

test("a batch that finds no room leaves no receipt: who offers it still has it", () => {
  const { queue } = rigQueue({ maxEvents: 1 });
  const results = queue.enqueueMany(someEvents(3, 100));
  expect(results.map(({ status }) => status)).toEqual(["queued", "refused", "refused"]);
  expect(queue.receipts.untold().count).toBe(0);
});

test("an event that comes back after it was dropped takes its receipt back", () => {
  const { queue } = rigQueue({ maxEvents: 1 });
  put(queue, 100, "High");
  expect(faultOf(() => put(queue, 101, "High"))).toBe("queue_full");
  drained(queue);
  put(queue, 101, "High");
  expect(queue.receipts.list(10)).toEqual([]);
});

test("what the hub has heard of is not told twice, what came since is", () => {
  const { queue } = rigQueue({ maxEvents: 1 });
  put(queue, 100, "High");
  expect(faultOf(() => put(queue, 101, "High"))).toBe("queue_full");
  const { count, upTo } = queue.receipts.untold();
  expect(faultOf(() => put(queue, 102, "High"))).toBe("queue_full");
  queue.receipts.markTold(upTo);
  expect(count).toBe(1);
  expect(queue.receipts.untold().count).toBe(1);
  expect(queue.receipts.list(10).map(({ told }) => told)).toEqual([false, true]);
});

test("the cap in bytes gives up bodies the hub has before it drops anything", () => {
  const { queue } = rigQueue({ maxBytes: 8 * KIB });
  for (const body of someEvents(4, 100)) queue.enqueue(body);
  drained(queue);
  const { sent_bytes: before } = queue.status();
  for (const body of someEvents(6, 200)) queue.enqueue(body);
  expect(queue.status().sent_bytes).toBeLessThan(before);
  expect(queue.status()).toMatchObject({ pending: 6, dropped: {} });
  expect(queue.stateOf("RIG-1-100")).toBe("sent");
});

test("the cap in bytes drops by worth once nothing sent is left, and takes no partial loss for a refusal", () => {
  const { queue } = rigQueue({ maxBytes: 8 * KIB });
  for (let timestamp = 100; queue.status().dropped.queue_full === undefined; timestamp++) {
    try {
      put(queue, timestamp, "High");
    } catch {
      expect(queue.status().bytes).toBeLessThanOrEqual(8 * KIB);
    }
  }
  const { pending } = queue.status();
  put(queue, 900, "Critical");
  expect(queue.status().bytes).toBeLessThanOrEqual(8 * KIB);
  expect(queue.status().pending).toBe(pending);
  expect(queue.next()?.id).toBe("RIG-1-900");
});

test("a set-aside event goes before one that waits, at equal risk", () => {
  const { queue } = rigQueue({ maxEvents: 2 });
  put(queue, 100, "High");
  put(queue, 101, "High");
  queue.setAside("RIG-1-100", "schema", "no depth");
  put(queue, 102, "High");
  expect(queue.receipts.list(10).map(({ event_id }) => event_id)).toEqual(["RIG-1-100"]);
  expect(drained(queue)).toEqual(["RIG-1-101", "RIG-1-102"]);
});

test("an event that is dropped while the hub takes it is no loss", () => {
  const { queue } = rigQueue({ maxEvents: 1 });
  put(queue, 100, "High");
  const underWay = queue.next()?.id ?? "";
  put(queue, 101, "Critical");
  expect(queue.receipts.untold().count).toBe(1);
  queue.markSent(underWay);
  expect(queue.receipts.untold().count).toBe(0);
});
