import { afterEach, expect, test } from "bun:test";
import { Fault } from "../../src/base/fault.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { NetReply, NetRequest } from "../../src/base/net.ts";
import { createClient } from "../../spoke/client.ts";
import type { Queue } from "../../spoke/queue/queue.ts";
import { openQueue } from "../../spoke/queue/queue.ts";
import { STRIKES_MAX } from "../../spoke/upload-round.ts";
import { BACKOFF_MAX_MS, createUploader, type Uploader } from "../../spoke/uploader.ts";
import type { TestClock } from "../support/clock.ts";
import { recordingLog, type RecordingLog } from "../support/recording-log.ts";
import { rigContext, type RigOverrides } from "../support/rig.ts";
import { eventBytes, faultOf, someEvents } from "../support/rig-queue.ts";
import { htmlReply, jsonReply, scriptedNet, type Answer, type ScriptedNet } from "../support/scripted-net.ts";

interface Rig {
  readonly queue: Queue;
  readonly net: ScriptedNet;
  readonly clock: TestClock;
  readonly log: RecordingLog;
  readonly uploader: Uploader;
}

const stopping: AbortController[] = [];
const loops: Promise<void>[] = [];

afterEach(async () => {
  for (const each of stopping.splice(0)) each.abort();
  await Promise.all(loops.splice(0));
});

function rig(answer: Answer, maxEvents = 1000, overrides: Pick<RigOverrides, "random"> = {}): Rig {
  const net = scriptedNet(answer);
  const log = recordingLog();
  const context = rigContext({ net, log, ...overrides });
  const limits = { maxEvents, maxBytes: 1e7 };
  const queue = openQueue(`${context.settings.data_dir}/queue.sqlite`, { ...context, rigId: "RIG-1", limits });
  return { queue, net, clock: context.clock, log, uploader: createUploader(context, queue, createClient(context)) };
}

function running({ uploader }: Rig): void {
  const stop = new AbortController();
  stopping.push(stop);
  loops.push(uploader.run(stop.signal));
}

async function asleep({ clock }: Rig): Promise<void> {
  for (let turn = 0; turn < 1000 && clock.sleepers === 0; turn++) await Promise.resolve();
  expect(clock.sleepers).toBe(1);
}

/** An upload carries no id of its own outside its body; the scripted hub takes them in the order of the queue. */
function idOf(request: NetRequest): string {
  const json: unknown = JSON.parse(new TextDecoder().decode(Bun.zstdDecompressSync(request.body ?? new Uint8Array())));
  return (json as { id: string }).id;
}

const takesAll: Answer = (request) =>
  request.method === "POST"
    ? jsonReply(201, { id: idOf(request), status: "accepted" })
    : jsonReply(200, { id: eventOf(request), status: "recorded" });

function eventOf({ url }: NetRequest): string {
  return decodeURIComponent(url.split("/").at(-2) ?? "");
}

function idsAsked({ net }: Rig): string[] {
  return net.requests.map((request) => (request.method === "POST" ? idOf(request) : `outcome of ${eventOf(request)}`));
}

test("one round empties the queue, and the outcomes follow their events", async () => {
  const one = rig(takesAll);
  one.queue.enqueueMany(someEvents(2, 100));
  one.queue.recordOutcome({ ticketTimestamp: 101, acknowledgedAt: 1, patch: { outcome: "FalsePositive" } });
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 2, outcomes_sent: 1, blocked: undefined });
  expect(idsAsked(one)).toEqual(["RIG-1-100", "RIG-1-101", "outcome of RIG-1-101"]);
  expect(one.queue.status()).toMatchObject({ pending: 0, outcomes_pending: 0 });
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 0, outcomes_sent: 0 });
  expect(one.net.requests).toHaveLength(3);
});

test("defect 18: refused events step aside and all others go in the same round", async () => {
  const refuses = (request: NetRequest): NetReply | Error =>
    request.method === "POST" && idOf(request) === "RIG-1-101"
      ? jsonReply(422, { error: "/timestamp is too old", code: "schema" })
      : takesAll(request);
  const one = rig(refuses);
  one.queue.enqueueMany(someEvents(3, 100));
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 2, refused: 1, blocked: undefined });
  expect(one.queue.refused(5)).toMatchObject([{ id: "RIG-1-101", code: "schema", reason: "/timestamp is too old" }]);
});

test("defect 20: a conflict is kept and reported, a replay is taken for sent", async () => {
  const one = rig((request) =>
    idOf(request) === "RIG-1-100"
      ? jsonReply(409, { id: "RIG-1-100", status: "conflict", error: "another body", code: "conflict" })
      : jsonReply(409, { id: idOf(request), status: "already_exists" }),
  );
  one.queue.enqueueMany(someEvents(2, 100));
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 0, already_there: 1, refused: 1 });
  expect(one.queue.stateOf("RIG-1-100")).toBe("refused");
  expect(one.queue.stateOf("RIG-1-101")).toBe("sent");
});

test("defect 20: an outcome whose event the hub does not have stays in line, and the others go", async () => {
  const one = rig((request) =>
    request.method === "PATCH" && eventOf(request) === "RIG-1-100"
      ? jsonReply(404, { error: "no such event", code: "not_found" })
      : takesAll(request),
  );
  one.queue.enqueueMany(someEvents(2, 100));
  for (const ticketTimestamp of [100, 101]) {
    one.queue.recordOutcome({ ticketTimestamp, acknowledgedAt: 1, patch: { outcome: "FalsePositive" } });
  }
  expect(await one.uploader.uploadOnce()).toMatchObject({ outcomes_early: 1, outcomes_sent: 1, blocked: undefined });
  one.net.answer = takesAll;
  expect(await one.uploader.uploadOnce()).toMatchObject({ outcomes_early: 0, outcomes_sent: 1 });
});

test("an outcome that is refused is set aside, and goes again when asked", async () => {
  const one = rig((request) =>
    request.method === "PATCH" ? jsonReply(422, { error: "no such outcome", code: "schema" }) : takesAll(request),
  );
  one.queue.enqueueMany(someEvents(1, 100));
  one.queue.recordOutcome({ ticketTimestamp: 100, acknowledgedAt: 1, patch: { outcome: "FalsePositive" } });
  expect(await one.uploader.uploadOnce()).toMatchObject({ outcomes_refused: 1, blocked: undefined });
  expect(one.queue.status()).toMatchObject({ outcomes_pending: 0, outcomes_refused: 1 });
  one.net.answer = takesAll;
  expect(one.queue.retryRefused("RIG-1-100")).toBe(1);
  expect(await one.uploader.uploadOnce()).toMatchObject({ outcomes_sent: 1 });
});

test("an outcome that changes while it is under way is sent in its new form too", async () => {
  const one = rig((request) => {
    if (request.method === "PATCH" && one.net.requests.filter(({ method }) => method === "PATCH").length === 1) {
      one.queue.recordOutcome({
        ticketTimestamp: 100,
        acknowledgedAt: 2,
        patch: { outcome: "Resolved", action_taken: "x" },
      });
    }
    return takesAll(request);
  });
  one.queue.enqueueMany(someEvents(1, 100));
  one.queue.recordOutcome({ ticketTimestamp: 100, acknowledgedAt: 1, patch: { outcome: "FalsePositive" } });
  await one.uploader.uploadOnce();
  const sent = one.net.requests.slice(1).map(({ body }) => JSON.parse(new TextDecoder().decode(body)) as unknown);
  expect(sent).toMatchObject([{ outcome: "FalsePositive" }, { outcome: "Resolved" }]);
  expect(one.queue.status().outcomes_pending).toBe(0);
});

test("a captive portal that answers 200 to everything takes nothing out of the queue", async () => {
  const one = rig(() => htmlReply(200));
  one.queue.enqueueMany(someEvents(2, 100));
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 0, blocked: { kind: "wait" } });
  expect(one.queue.status().pending).toBe(2);
});

test("a key that the hub does not take sets nothing aside, and is said once", async () => {
  const one = rig(() => jsonReply(403, { error: "rig RIG-1 is revoked", code: "rig_revoked" }));
  one.queue.enqueueMany(someEvents(2, 100));
  running(one);
  await asleep(one);
  expect(one.uploader.state).toMatchObject({ phase: "key_problem", problem: "rig RIG-1 is revoked" });
  one.clock.advance(7 * 60_000);
  expect(one.net.requests).toHaveLength(1);
  one.clock.advance(9 * 60_000);
  await asleep(one);
  expect(one.net.requests).toHaveLength(2);
  expect(one.log.events.filter((event) => event === "upload.key_problem")).toHaveLength(1);
  expect(one.queue.status()).toMatchObject({ pending: 2, refused: 0 });
});

test("an unreachable hub is tried again after seconds, then less and less often, at most every 15 minutes", async () => {
  const one = rig(() => new Fault("unavailable", "no route"));
  one.queue.enqueueMany(someEvents(1, 100));
  running(one);
  await asleep(one);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 14; attempt++) {
    const wait = (one.uploader.state.nextTryAt ?? 0) - one.clock.now();
    waits.push(wait);
    one.uploader.wake();
    one.clock.advance(wait + 1);
    await asleep(one);
    expect(one.net.requests).toHaveLength(attempt + 2);
  }
  expect(waits[0]).toBeLessThanOrEqual(5_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(BACKOFF_MAX_MS);
  expect(Math.max(...waits.slice(-4))).toBeGreaterThan(60_000);
  one.net.answer = takesAll;
  one.clock.advance(BACKOFF_MAX_MS);
  await asleep(one);
  expect(one.uploader.state).toMatchObject({ phase: "idle", problem: undefined });
  expect(one.log.events).toEqual(["upload.wait", "upload.round", "upload.resumed"]);
});

test("a hub that says when to come back is not asked before", async () => {
  const one = rig(() => jsonReply(503, { error: "busy", code: "overloaded" }, { "retry-after": "120" }));
  one.queue.enqueueMany(someEvents(1, 100));
  running(one);
  await asleep(one);
  one.clock.advance(119_000);
  await asleep(one);
  expect(one.net.requests).toHaveLength(1);
  one.clock.advance(61_000);
  await asleep(one);
  expect(one.net.requests).toHaveLength(2);
});

test("rigs that were told the same wait do not come back together", async () => {
  const waits = new Set<number>();
  for (let seed = 0; seed < 10; seed++) {
    const busy = jsonReply(503, { error: "busy", code: "overloaded" }, { "retry-after": "120" });
    const one = rig(() => busy, 1000, { random: seededRandom(seed) });
    one.queue.enqueueMany(someEvents(1, 100));
    running(one);
    await asleep(one);
    waits.add(Math.round((one.uploader.state.nextTryAt ?? 0) - one.clock.now()));
  }
  expect(waits.size).toBe(10);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(120_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(180_000);
});

test("what is new leaves at once, not at the next interval, and the interval looks too", async () => {
  const one = rig(takesAll);
  running(one);
  await asleep(one);
  one.queue.enqueueMany(someEvents(1, 100));
  one.uploader.wake();
  for (let turn = 0; turn < 1000 && one.net.requests.length === 0; turn++) await Promise.resolve();
  expect(one.net.requests).toHaveLength(1);
  await asleep(one);
  one.queue.enqueueMany(someEvents(1, 200));
  one.clock.advance(300_000);
  for (let turn = 0; turn < 1000 && one.net.requests.length === 1; turn++) await Promise.resolve();
  expect(idsAsked(one)).toEqual(["RIG-1-100", "RIG-1-200"]);
});

test("an event at which the hub always fails lets the others go first after a few tries", async () => {
  const failsAt = (request: NetRequest): NetReply | Error =>
    request.method === "POST" && idOf(request) === "RIG-1-100"
      ? jsonReply(500, { error: "failed" })
      : takesAll(request);
  const one = rig(failsAt);
  one.queue.enqueueMany(someEvents(3, 100));
  for (let strike = 0; strike < STRIKES_MAX; strike++) {
    expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 0, blocked: { kind: "wait", status: 500 } });
  }
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 2, blocked: undefined });
  expect(one.queue.status()).toMatchObject({ pending: 1, refused: 0 });
  one.net.answer = takesAll;
  expect(await one.uploader.uploadOnce()).toMatchObject({ sent: 1 });
});

test("an overloaded hub is no fault of the event that met it", async () => {
  const one = rig(() => jsonReply(503, { error: "busy" }));
  one.queue.enqueueMany(someEvents(2, 100));
  for (let round = 0; round <= STRIKES_MAX + 1; round++) await one.uploader.uploadOnce();
  expect(new Set(idsAsked(one))).toEqual(new Set(["RIG-1-100"]));
});

test("the hub hears how many events were dropped, once it has taken one", async () => {
  const one = rig(() => new Fault("unavailable", "no route"), 1);
  one.queue.enqueue(eventBytes({ timestamp: 100 }));
  expect(faultOf(() => one.queue.enqueue(eventBytes({ timestamp: 101 })))).toBe("queue_full");
  await one.uploader.uploadOnce();
  one.net.answer = takesAll;
  await one.uploader.uploadOnce();
  one.queue.enqueue(eventBytes({ timestamp: 102 }));
  await one.uploader.uploadOnce();
  expect(one.net.requests.map(({ headers }) => headers["X-Dropped-Events"])).toEqual(["1", "1", undefined]);
});

test("the hub hears with each event when it was queued and what waits behind it", async () => {
  const one = rig(takesAll);
  one.queue.enqueueMany(someEvents(3, 100));
  const queuedAt = one.clock.now();
  one.clock.advance(1000);
  await one.uploader.uploadOnce();
  const oldest = Math.floor(queuedAt / 1000);
  expect(one.net.requests.map(({ headers }) => [headers["X-Event-Queued"], headers["X-Queue"]])).toEqual([
    [`${queuedAt}`, `events=2; oldest=${oldest}; worst=High`],
    [`${queuedAt}`, `events=1; oldest=${oldest}; worst=High`],
    [`${queuedAt}`, "events=0"],
  ]);
});

test("who asks while a round runs gets that round", async () => {
  const one = rig(takesAll);
  one.queue.enqueueMany(someEvents(2, 100));
  const [first, second] = await Promise.all([one.uploader.uploadOnce(), one.uploader.uploadOnce()]);
  expect(first).toBe(second);
  expect(one.net.requests).toHaveLength(2);
});
