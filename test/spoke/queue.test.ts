import { expect, test } from "bun:test";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import { fleetEventSchema, type FleetEvent } from "../../src/wire/event.ts";
import { openQueue, type Queue } from "../../spoke/queue/queue.ts";
import { SENT_IDENTITY_KEEP_DAYS } from "../../spoke/queue/tidy.ts";
import { anEvent } from "../support/builders.ts";
import { fixtureEvents, lowRiskEvents } from "../support/fixtures.ts";
import { drained, eventBytes, faultOf, rigQueue, someEvents } from "../support/rig-queue.ts";

const DAY_MS = 86_400_000;
const ONE_OF_EACH_RIG = new Map(fixtureEvents().map((event) => [event.rig_id, event]));

function bodyOf(queue: Queue): FleetEvent {
  const frame = queue.next()?.frame ?? new Uint8Array();
  return fleetEventSchema.parse(JSON.parse(new TextDecoder().decode(runtimeZstd.decompress(frame, EVENT_JSON_MAX))));
}

test("an event comes out of the queue as it went in, whatever the rig wrote", () => {
  for (const event of ONE_OF_EACH_RIG.values()) {
    const { queue } = rigQueue({}, event.rig_id);
    expect(queue.enqueue(encodeEvent(event))).toEqual({ id: event.id, status: "queued" });
    expect(bodyOf(queue)).toEqual(event);
  }
});

test("the worst goes first, and of its kind the oldest", () => {
  const { queue } = rigQueue();
  const at = (timestamp: number, risk_level: FleetEvent["advisory"]["risk_level"]): void =>
    void queue.enqueue(eventBytes({ timestamp, advisory: { risk_level } }));
  at(100, "Elevated");
  at(300, "Critical");
  at(200, "High");
  at(250, "Critical");
  at(150, "High");
  expect(drained(queue)).toEqual(["RIG-1-250", "RIG-1-300", "RIG-1-150", "RIG-1-200", "RIG-1-100"]);
});

test("what waits is told in short, the one that is under way left out", () => {
  const { queue, clock } = rigQueue();
  const startS = clock.now() / 1000;
  expect(queue.waiting()).toEqual({ events: 0, oldest: null, worst: null });
  queue.enqueue(eventBytes({ timestamp: 100, advisory: { risk_level: "Critical" } }));
  clock.advance(2500);
  queue.enqueue(eventBytes({ timestamp: 90, advisory: { risk_level: "High" } }));
  queue.enqueue(eventBytes({ timestamp: 110, advisory: { risk_level: "Elevated" } }));
  expect(queue.waiting()).toEqual({ events: 3, oldest: startS, worst: "Critical" });
  expect(queue.waiting("RIG-1-100")).toEqual({ events: 2, oldest: startS + 2, worst: "High" });
  queue.markSent("RIG-1-100");
  expect(queue.next()?.queuedAt).toBe(clock.now());
  queue.markSent("RIG-1-90");
  expect(queue.waiting("RIG-1-110")).toEqual({ events: 0, oldest: null, worst: null });
});

test("the same event again is known, waiting or sent, and in other spacing or key order too", () => {
  const { queue } = rigQueue();
  const event = anEvent();
  const other = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries(Object.entries(event).toReversed()), null, 2),
  );
  expect(queue.enqueue(encodeEvent(event)).status).toBe("queued");
  expect(queue.enqueue(encodeEvent(event)).status).toBe("already_queued");
  expect(queue.enqueue(other).status).toBe("already_queued");
  expect(drained(queue)).toEqual([event.id]);
  expect(queue.enqueue(other)).toEqual({ id: event.id, status: "already_queued" });
  expect(queue.next()).toBeUndefined();
});

test("defect 19: two events of one second are both kept, and each of them again is known", () => {
  const { queue } = rigQueue();
  const first = eventBytes({ timestamp: 100 });
  const second = eventBytes({ timestamp: 100, advisory: { recommendation: "another one" } });
  const third = eventBytes({ timestamp: 100, advisory: { recommendation: "a third" } });
  expect(queue.enqueue(first).id).toBe("RIG-1-100");
  expect(queue.enqueue(second)).toEqual({ id: "RIG-1-100-2", status: "queued" });
  expect(queue.enqueue(third)).toEqual({ id: "RIG-1-100-3", status: "queued" });
  expect(queue.enqueue(second)).toEqual({ id: "RIG-1-100-2", status: "already_queued" });
  queue.markSent("RIG-1-100");
  expect(bodyOf(queue)).toMatchObject({ id: "RIG-1-100-2", advisory: { recommendation: "another one" } });
  expect(drained(queue)).toEqual(["RIG-1-100-2", "RIG-1-100-3"]);
});

test("defect 19: another rig's event is refused, also when its name begins with ours", () => {
  const { queue } = rigQueue();
  expect(faultOf(() => queue.enqueue(eventBytes({ rig_id: "RIG-1-2" })))).toBe("rig_mismatch");
  expect(faultOf(() => queue.enqueue(eventBytes({ id: "RIG-1-2-1794187658" })))).toBe("schema");
  expect(queue.next()).toBeUndefined();
});

test("defect 20: one advisory told in two ways is refused the second time, and the first stays", () => {
  const { queue } = rigQueue();
  queue.enqueue(eventBytes({ notes: null }));
  expect(faultOf(() => queue.enqueue(eventBytes({ notes: "changed" })))).toBe("conflict");
  expect(bodyOf(queue).notes).toBeNull();
  drained(queue);
  expect(faultOf(() => queue.enqueue(eventBytes({ notes: "changed" })))).toBe("conflict");
});

test("what must not leave the rig, or is no event, never enters", () => {
  const { queue } = rigQueue();
  const low = lowRiskEvents()[0] ?? anEvent();
  expect(faultOf(() => queue.enqueue(encodeEvent({ ...low, rig_id: "RIG-1", id: `RIG-1-${low.timestamp}` })))).toBe(
    "risk_too_low",
  );
  expect(faultOf(() => queue.enqueue(new TextEncoder().encode('{"id":')))).toBe("invalid_json");
  expect(faultOf(() => queue.enqueue(new TextEncoder().encode("{}")))).toBe("schema");
  expect(faultOf(() => queue.enqueue(new Uint8Array(EVENT_JSON_MAX + 1)))).toBe("too_large");
  expect(queue.status()).toMatchObject({ pending: 0, dropped: {} });
});

test("defect 18: a refused event steps aside with its reason, and goes again when asked", () => {
  const { queue, reopen } = rigQueue();
  for (const body of someEvents(3, 100)) queue.enqueue(body);
  queue.setAside("RIG-1-100", "schema", "depth must be a number");
  expect(queue.next()?.id).toBe("RIG-1-101");
  const again = reopen();
  expect(again.refused(10)).toMatchObject([{ id: "RIG-1-100", code: "schema", reason: "depth must be a number" }]);
  expect(again.status()).toMatchObject({ pending: 2, refused: 1 });
  expect(again.retryRefused("RIG-1-999")).toBe(0);
  expect(again.retryRefused()).toBe(1);
  expect(drained(again)).toEqual(["RIG-1-100", "RIG-1-101", "RIG-1-102"]);
});

test("a batch takes what it can and says of each why not", () => {
  const { queue } = rigQueue();
  const [first = new Uint8Array(), second = new Uint8Array()] = someEvents(2, 100);
  const results = queue.enqueueMany([first, eventBytes({ rig_id: "RIG-9" }), second, first]);
  expect(results.map((result) => (result.status === "refused" ? result.fault.code : result.status))).toEqual([
    "queued",
    "rig_mismatch",
    "queued",
    "already_queued",
  ]);
  expect(drained(queue)).toEqual(["RIG-1-100", "RIG-1-101"]);
});

test("a sent event keeps its body for its days, its identity longer, and then nothing", () => {
  const { queue, clock } = rigQueue();
  const [body = new Uint8Array()] = someEvents(1, 100);
  queue.enqueue(body);
  drained(queue);
  clock.advance(29 * DAY_MS);
  queue.tidy(30);
  expect(queue.status().sent_bytes).toBeGreaterThan(0);
  clock.advance(2 * DAY_MS);
  queue.tidy(30);
  expect(queue.status().sent_bytes).toBe(0);
  expect(queue.stateOf("RIG-1-100")).toBe("sent");
  clock.advance(SENT_IDENTITY_KEEP_DAYS * DAY_MS);
  queue.tidy(30);
  expect(queue.stateOf("RIG-1-100")).toBeUndefined();
});

test("a sent event whose body is given up is offered to the hub again, which can compare", () => {
  const { queue, clock } = rigQueue();
  queue.enqueue(eventBytes({ timestamp: 100 }));
  drained(queue);
  clock.advance(DAY_MS);
  queue.tidy(0);
  expect(queue.enqueue(eventBytes({ timestamp: 100, notes: "changed" })).status).toBe("queued");
  expect(drained(queue)).toEqual(["RIG-1-100"]);
});

test("the status says what waits, for how long, and of which risk", () => {
  const { queue, clock } = rigQueue();
  expect(queue.status()).toMatchObject({ pending: 0, oldest_s: null, by_risk: { Critical: 0, High: 0, Elevated: 0 } });
  queue.enqueue(eventBytes({ timestamp: 100, advisory: { risk_level: "Critical" } }));
  clock.advance(5000);
  queue.enqueue(eventBytes({ timestamp: 101 }));
  expect(queue.status()).toMatchObject({ pending: 2, oldest_s: 5, by_risk: { Critical: 1, High: 1, Elevated: 0 } });
  expect(queue.status().bytes).toBeGreaterThan(500);
});

test("two processes on one file count together", () => {
  const { queue, path, clock, log } = rigQueue({ maxEvents: 3 });
  const other = openQueue(path, { clock, log, rigId: "RIG-1", limits: { maxEvents: 3, maxBytes: 1e6 } });
  const [first, second, third, fourth] = someEvents(4, 100);
  queue.enqueue(first ?? new Uint8Array());
  other.enqueue(second ?? new Uint8Array());
  queue.enqueue(third ?? new Uint8Array());
  expect(faultOf(() => other.enqueue(fourth ?? new Uint8Array()))).toBe("queue_full");
  other.close();
});
