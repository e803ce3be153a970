import { expect, test } from "bun:test";
import { DROP_RECEIPTS_MAX } from "../../src/db/drop-receipts.ts";
import { isoTimes } from "../../src/domain/iso-times.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { rotateRigKey } from "../../src/domain/rig-keys.ts";
import { authenticateRig } from "../../src/domain/rigs.ts";
import { publish, rigKey } from "../support/episode-rows.ts";
import { ADMIN, domainHub, uploadOf } from "../support/domain-hub.ts";
import { hubLibrary } from "../support/hub-library.ts";
import { ask } from "../support/library-client.ts";
import { forEachEngine } from "../support/postgres.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OLDEST_S = 1_794_187_658;

forEachEngine("what an upload tells of its rig", (engine) => {
  const hub = domainHub(engine);
  const now = (): string => new Date(hub.context.clock.now()).toISOString();

  async function rigOf(rigId: string): Promise<object | undefined> {
    const [row] = await hub.sql<object[]>`
      select key_used_at, previous_key_used_at, queue_events, queue_oldest_at, queue_worst, queue_told_at, dropped_events
      from rigs where rig_id = ${rigId}`;
    return row && isoTimes(row);
  }

  async function days(rigId: string): Promise<readonly object[]> {
    const rows = await hub.sql<object[]>`
      select day::text, first_at, last_at, uploads, upload_bytes, syncs, sync_bytes
      from rig_days where rig_id = ${rigId} order by day`;
    return rows.map(isoTimes);
  }

  test("its day counts what was sent, replays too, from the first contact to the last", async () => {
    const rig = await hub.enrol();
    const first = now();
    const event = rig.event();
    await hub.upload(rig, event, { wireBytes: 700 });
    hub.context.clock.advance(MINUTE_MS);
    await hub.upload(rig, event, { wireBytes: 700 });
    await hub.upload(rig, rig.event(), { wireBytes: 600 });
    const day = first.slice(0, 10);
    const counted = { uploads: 3, upload_bytes: 2000, syncs: 0, sync_bytes: 0 };
    expect(await days(rig.identity.rigId)).toEqual([{ day, first_at: first, last_at: now(), ...counted }]);
    hub.context.clock.advance(DAY_MS);
    await authenticateRig(hub.context, rig.key);
    expect(await days(rig.identity.rigId)).toMatchObject([{ day }, { first_at: now(), last_at: now(), uploads: 0 }]);
  });

  test("an answer is contact, and each key has its own time of use", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    const old = now();
    const { api_key } = await rotateRigKey(hub.context, rig.identity.rigId, ADMIN);
    hub.context.clock.advance(MINUTE_MS / 2);
    await recordOutcome(hub.context, { rig: rig.identity, eventId: event.id, patch: { outcome: "FalsePositive" } });
    const byOld = now();
    expect(byOld > old).toBe(true);
    expect(await rigOf(rig.identity.rigId)).toMatchObject({ previous_key_used_at: byOld });
    hub.context.clock.advance(MINUTE_MS);
    await authenticateRig(hub.context, api_key);
    expect(await rigOf(rig.identity.rigId)).toMatchObject({ key_used_at: now(), previous_key_used_at: byOld });
    hub.context.clock.advance(MINUTE_MS - 1);
    await authenticateRig(hub.context, api_key);
    expect(await rigOf(rig.identity.rigId)).not.toMatchObject({ key_used_at: now() });
  });

  test("the event keeps when the rig queued and sent it, and the rig what waits behind it", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    const sent = hub.context.clock.now() - 2000;
    const queue = { events: 3, oldest: OLDEST_S, worst: "High" } as const;
    await hub.upload(rig, event, { rigTimeMs: sent, queuedAtMs: sent - DAY_MS, queue });
    const [kept] = await hub.sql`select queued_at, sent_at from events where id = ${event.id}`;
    expect(kept).toEqual({ queued_at: new Date(sent - DAY_MS), sent_at: new Date(sent) });
    const told = { queue_events: 3, queue_oldest_at: new Date(OLDEST_S * 1000).toISOString(), queue_worst: "High" };
    expect(await rigOf(rig.identity.rigId)).toMatchObject({ ...told, queue_told_at: now() });
    await hub.upload(rig, rig.event());
    expect(await rigOf(rig.identity.rigId)).toMatchObject(told);
    await hub.upload(rig, rig.event(), { queue: { events: 0, oldest: null, worst: null } });
    expect(await rigOf(rig.identity.rigId)).toMatchObject({
      queue_events: 0,
      queue_oldest_at: null,
      queue_worst: null,
    });
  });

  test("a time that makes no sense costs no event and is not kept", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event, { rigTimeMs: 999_999_999_999_999, queuedAtMs: 1 });
    const [kept] = await hub.sql`select queued_at, sent_at, clock_offset_s from events where id = ${event.id}`;
    expect(kept).toEqual({ queued_at: null, sent_at: null, clock_offset_s: null });
  });

  test("what it dropped is summed, with a receipt each, and the newest are kept", async () => {
    const rig = await hub.enrol();
    const { rigId } = rig.identity;
    for (let at = 1; at <= DROP_RECEIPTS_MAX + 5; at++) await hub.upload(rig, rig.event(), { droppedEvents: at });
    await hub.upload(rig, rig.event(), { droppedEvents: 0 });
    const receipts = await hub.sql`select events from drop_receipts where rig_id = ${rigId} order by id desc`;
    expect(receipts).toHaveLength(DROP_RECEIPTS_MAX);
    expect(receipts[0]).toMatchObject({ events: DROP_RECEIPTS_MAX + 5 });
    const sum = ((DROP_RECEIPTS_MAX + 5) * (DROP_RECEIPTS_MAX + 6)) / 2;
    expect(await rigOf(rigId)).toMatchObject({ dropped_events: sum });
  });

  test("two hubs that hear of the same rigs at once count every upload", async () => {
    const hubs = [createIngest(hub.context), createIngest(hub.context)];
    const rigs = [await hub.enrol(), await hub.enrol(), await hub.enrol()];
    const uploads = Array.from({ length: 60 }, (_, at) => {
      const rig = rigs[at % 3];
      if (rig === undefined) throw new Error("three rigs are enrolled");
      return uploadOf(hub.context, rig, rig.event(), { wireBytes: 10 });
    });
    await Promise.all(uploads.map(async (upload, at) => hubs[at % 2]?.accept(upload)));
    for (const { identity } of rigs) {
      expect(await days(identity.rigId)).toMatchObject([{ uploads: 20, upload_bytes: 200 }]);
    }
  });
});

forEachEngine("what a poll tells of its rig", (engine) => {
  const hub = hubLibrary(engine, ["RIG-1", "RIG-2"]);
  const now = (): string => new Date(hub.context.clock.now()).toISOString();

  async function rigOf(rigId: string): Promise<object | undefined> {
    const [row] = await hub.sql<object[]>`
      select confirmed_version, confirmed_at, key_used_at, queue_events, queue_worst from rigs where rig_id = ${rigId}`;
    return row && isoTimes(row);
  }

  async function day(rigId: string): Promise<object | undefined> {
    const [row] = await hub.sql<object[]>`
      select first_at, last_at, syncs, sync_bytes from rig_days where rig_id = ${rigId} order by day desc limit 1`;
    return row && isoTimes(row);
  }

  test("the version that it says it has is confirmed, since it said so first", async () => {
    expect(await rigOf("RIG-2")).toMatchObject({ confirmed_version: null, confirmed_at: null });
    const version = await publish(hub.sql, { put: [{ id: "a" }] });
    await ask(hub.library, "RIG-2", { since: 0 });
    await ask(hub.library, "RIG-2", { since: version });
    const first = now();
    hub.context.clock.advance(MINUTE_MS);
    await ask(hub.library, "RIG-2", { since: version });
    expect(await rigOf("RIG-2")).toMatchObject({ confirmed_version: version, confirmed_at: first, key_used_at: now() });
    await ask(hub.library, "RIG-2", { since: version + 5 });
    expect(await rigOf("RIG-2")).toMatchObject({ confirmed_version: version, confirmed_at: first });
  });

  test("its day has the contact, once a minute, and each sync with its bytes", async () => {
    hub.context.clock.set("2026-11-12T23:59:50Z");
    await ask(hub.library, "RIG-2", { since: 1 });
    hub.context.clock.set("2026-11-13T00:00:10Z");
    const first = now();
    await ask(hub.library, "RIG-2", { since: 1 });
    expect(await day("RIG-2")).toEqual({ first_at: first, last_at: first, syncs: 0, sync_bytes: 0 });
    hub.context.clock.advance(MINUTE_MS / 2);
    await ask(hub.library, "RIG-2", { since: 1 });
    expect(await day("RIG-2")).toMatchObject({ last_at: first });
    hub.context.clock.advance(MINUTE_MS / 2);
    const answer = await hub.library.answer({
      key: rigKey("RIG-2"),
      since: 0,
      acceptsZstd: true,
      rigTimeMs: hub.context.clock.now() + 3000,
    });
    const bytes = answer.status === 200 ? answer.byteLength : undefined;
    expect(bytes).toBeGreaterThan(0);
    expect(await day("RIG-2")).toEqual({ first_at: first, last_at: now(), syncs: 1, sync_bytes: Number(bytes) });
    const [log] = await hub.sql`select bytes, clock_offset_s from sync_log order by id desc limit 1`;
    expect(log).toEqual({ bytes: Number(bytes), clock_offset_s: 3 });
  });

  test("a sync of several pages is one, and weighs what all of them did", async () => {
    await publish(hub.sql, { put: Array.from({ length: 5 }, (_, at) => ({ id: `page-${at}` })) });
    const before = await day("RIG-1");
    expect(before).toBeUndefined();
    let page: string | null | undefined;
    let bytes = 0;
    do {
      const where = page === undefined || page === null ? { since: 0 } : { page };
      const answer = await hub.library.answer({ key: rigKey("RIG-1"), acceptsZstd: false, limit: 2, ...where });
      if (answer.status !== 200 || !(answer.body instanceof Uint8Array)) throw new Error("a page comes at once");
      bytes += answer.body.byteLength;
      page = (JSON.parse(new TextDecoder().decode(answer.body)) as { next: string | null }).next;
    } while (page !== null);
    const [log] = await hub.sql`select bytes from sync_log where rig_id = 'RIG-1'`;
    expect(log).toEqual({ bytes });
    expect(await day("RIG-1")).toMatchObject({ syncs: 1, sync_bytes: bytes });
  });

  test("its queue is kept until it tells another", async () => {
    await ask(hub.library, "RIG-1", { since: 1, queue: { events: 2, oldest: OLDEST_S, worst: "Critical" } });
    await ask(hub.library, "RIG-1", { since: 1 });
    expect(await rigOf("RIG-1")).toMatchObject({ queue_events: 2, queue_worst: "Critical" });
  });
});
