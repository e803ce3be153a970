import { expect, test } from "bun:test";
import { readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { seededRandom } from "../../src/base/random.ts";
import type { Queue } from "../../spoke/queue/queue.ts";
import { SCHEMA_VERSION } from "../../spoke/queue/schema.ts";
import { drained, faultOf, rigQueue, someEvents, type RigQueue } from "../support/rig-queue.ts";

const FLIPS = 150;
const TIMEOUT_MS = 120_000;

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
  return copy;
}

/** A closed queue with `count` events, its log emptied into the file. */
function closedQueue(count: number): RigQueue {
  const rig = rigQueue();
  rig.queue.enqueueMany(someEvents(count, 100));
  rig.queue.tidy(30);
  rig.close();
  return rig;
}

/** Every event is delivered, or a receipt names it, or the file it may be in is kept and reported. */
function accountedFor(queue: Queue): { delivered: string[]; reported: string[] } {
  const delivered = drained(queue);
  return { delivered, reported: queue.receipts.list(1000).map(({ event_id }) => event_id) };
}

test("a row whose body was changed is set apart and reported, and all others go", () => {
  const rig = closedQueue(3);
  rig.damage("update events set frame = zeroblob(length(frame)) where id = 'RIG-1-101'");
  const queue = rig.reopen();
  expect(drained(queue)).toEqual(["RIG-1-100", "RIG-1-102"]);
  expect(rig.log.entries).toMatchObject([{ level: "error", event: "queue.row_corrupt", fields: { id: "RIG-1-101" } }]);
  expect(queue.status()).toMatchObject({ corrupt: 1, dropped: { corrupt: 1 } });
});

test.each(["risk = 1", "state = 'sent2'", "advisory_timestamp = 7", "code = 'x'", "queued_at = 1"])(
  "a row with a damaged column is set apart: %s",
  (change) => {
    const rig = closedQueue(2);
    rig.damage(`update events set ${change} where id = 'RIG-1-100'`);
    const queue = rig.reopen();
    expect(drained(queue)).toEqual(["RIG-1-101"]);
    expect(queue.receipts.list(10)).toMatchObject([{ event_id: "RIG-1-100", reason: "corrupt" }]);
  },
);

test("a row that is damaged while the queue is open blocks nothing either", () => {
  const rig = rigQueue();
  rig.queue.enqueueMany(someEvents(2, 100));
  rig.damage("update events set frame = x'00' where id = 'RIG-1-100'");
  expect(rig.queue.next()?.id).toBe("RIG-1-101");
  expect(rig.log.events).toContain("queue.row_corrupt");
});

test(
  "a single flipped bit anywhere in the file loses nothing silently",
  () => {
    const random = seededRandom(91);
    const bytes = readFileSync(closedQueue(12).path);
    let whole = 0;
    for (let flip = 0; flip < FLIPS; flip++) {
      // Every second flip goes to where SQLite keeps its header and schema.
      const at = random.u32() % (flip % 2 === 0 ? bytes.length : 4096);
      const rig = rigQueue({}, "RIG-1", flipped(bytes, at, random.u32() % 8));
      const { delivered, reported } = accountedFor(rig.queue);
      if (new Set([...delivered, ...reported]).size < 12) expect(rig.log.events).toContain("queue.damaged");
      if (delivered.length === 12) whole++;
      else expect(rig.log.entries.filter(({ level }) => level === "error")).not.toEqual([]);
      for (const id of delivered) expect(id).toMatch(/^RIG-1-1\d\d$/);
      rig.close();
    }
    expect(whole).toBeGreaterThan(FLIPS / 2);
  },
  TIMEOUT_MS,
);

test("a file that is no database is put aside, told of, and queueing goes on", () => {
  const rig = closedQueue(2);
  writeFileSync(
    rig.path,
    "not a database, and long enough to be taken for one by who looks at its size alone".repeat(99),
  );
  const queue = rig.reopen();
  expect(queue.enqueueMany(someEvents(1, 500)).map(({ status }) => status)).toEqual(["queued"]);
  expect(rig.log.entries).toMatchObject([{ level: "error", event: "queue.damaged" }]);
  expect(readdirSync(dirname(rig.path)).filter((name) => name.includes(".corrupt-"))).toHaveLength(1);
});

test("of a file that lost its end everything that is left is saved", () => {
  const rig = closedQueue(40);
  truncateSync(rig.path, Math.floor(readFileSync(rig.path).length / 4096 / 2) * 4096);
  const queue = rig.reopen();
  const { delivered, reported } = accountedFor(queue);
  expect(delivered.length).toBeGreaterThan(5);
  expect(new Set([...delivered, ...reported]).size).toBe(40);
});

test("a start that was cut off while a damaged file was replaced is finished by the next", () => {
  const rig = closedQueue(3);
  renameSync(rig.path, `${rig.path}.rebuilt`);
  expect(drained(rig.reopen())).toHaveLength(3);
  expect(rig.log.entries).toEqual([]);
});

test("a file of a newer release is refused, and stays as it is", () => {
  const rig = closedQueue(1);
  rig.damage("alter table events add column batch integer");
  rig.damage(`pragma user_version = ${SCHEMA_VERSION + 1}`);
  expect(faultOf(() => rig.reopen())).toBe("config");
  expect(readdirSync(dirname(rig.path)).filter((name) => name.includes(".corrupt-"))).toEqual([]);
});
