import { describe, expect, test } from "bun:test";
import { Fault } from "../../src/base/fault.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { createIngest, QUEUE_MAX } from "../../src/domain/ingest.ts";
import { domainHub, uploadOf, type EnrolledRig } from "../support/domain-hub.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import { forEachEngine, openTestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const DAY_S = 86_400;

forEachEngine("ingest", (engine) => {
  const hub = domainHub(engine);

  async function row(id: string): Promise<Record<string, unknown>> {
    const [found] = await hub.sql`select * from events where id = ${id}`;
    return found ?? {};
  }

  async function eventCount(rig: EnrolledRig): Promise<number> {
    const [found] = await hub.sql`select event_count from rigs where rig_id = ${rig.identity.rigId}`;
    return Number(found?.["event_count"]);
  }

  async function counted(rig: EnrolledRig): Promise<Record<string, unknown>[]> {
    return hub.sql`
      select day::text, category, outcome, risk_level, campaign, events from daily_counts
      where rig_id = ${rig.identity.rigId} and events <> 0 order by day, outcome`;
  }

  describe("a new event", () => {
    test("is accepted, counted and left to curation", async () => {
      const rig = await hub.enrol();
      const event = rig.event({ timestamp: 1_794_187_658 });
      expect(await hub.upload(rig, event)).toEqual({ status: "accepted", id: event.id });
      expect(await row(event.id)).toMatchObject({
        rig_id: rig.identity.rigId,
        risk_level: "High",
        severity: "Medium",
        category: "WellControl",
        category_inferred: false,
        depth: 9898,
        timestamp: new Date(1_794_187_658_000),
        outcome: "Pending",
        snapshots: 60,
        late: false,
        held: false,
        needs_curation: true,
        clock_offset_s: null,
      });
      expect(await eventCount(rig)).toBe(1);
      const day = { day: "2026-11-09", category: "WellControl", outcome: "Pending" };
      expect(await counted(rig)).toEqual([{ ...day, risk_level: "High", campaign: "Production", events: 1 }]);
    });

    test("keeps fields that nobody knows, in the payload and in the stored frame, and the window in the frame only", async () => {
      const rig = await hub.enrol();
      const event = { ...rig.event(), mud_logger: { company: "north", shift: 2 } };
      await hub.upload(rig, event);
      const stored = await row(event.id);
      expect(stored["payload"]).toMatchObject({ mud_logger: { company: "north", shift: 2 } });
      expect(stored["payload"]).not.toHaveProperty("history_window");
      const json = hub.context.zstd.decompress(stored["frame"] as Uint8Array, 1_000_000);
      expect(json).toEqual(new Uint8Array(encodeEvent(event)));
    });

    test("that carries an outcome keeps it", async () => {
      const rig = await hub.enrol();
      const event = rig.event({ outcome: { Resolved: { action_taken: "raised mud weight" } }, notes: "gas down" });
      await hub.upload(rig, event);
      expect(await row(event.id)).toMatchObject({
        outcome: "Resolved",
        action_taken: "raised mud weight",
        notes: "gas down",
        outcome_at: new Date(hub.context.clock.now()),
      });
    });

    test("is late when it is older than a week, and accepted all the same", async () => {
      const rig = await hub.enrol();
      const nowS = hub.context.clock.now() / 1000;
      const late = rig.event({ timestamp: nowS - 7 * DAY_S - 1 });
      const fresh = rig.event({ timestamp: nowS - 7 * DAY_S });
      expect((await hub.upload(rig, late)).status).toBe("accepted");
      await hub.upload(rig, fresh);
      expect(await row(late.id)).toMatchObject({ late: true, held: false });
      expect(await row(fresh.id)).toMatchObject({ late: false });
    });

    test("makes an inactive rig active and measures its clock", async () => {
      const rig = await hub.enrol();
      await hub.sql`update rigs set status = 'inactive' where rig_id = ${rig.identity.rigId}`;
      await hub.upload(rig, rig.event(), { rigTimeMs: hub.context.clock.now() + 90_500 });
      const [found] = await hub.sql`
        select status, clock_offset_s, last_seen, last_event_at from rigs where rig_id = ${rig.identity.rigId}`;
      const now = new Date(hub.context.clock.now());
      expect(found).toEqual({ status: "active", clock_offset_s: 90.5, last_seen: now, last_event_at: now });
    });

    test("wakes the curator, and a replay does not", async () => {
      const rig = await hub.enrol();
      let woken = 0;
      const ingest = createIngest(hub.context, () => woken++);
      const upload = uploadOf(hub.context, rig, rig.event());
      await ingest.accept(upload);
      expect(woken).toBe(1);
      await ingest.accept(upload);
      expect(woken).toBe(1);
    });
  });

  test("every fixture event is taken in groups, and each is one row", async () => {
    const events = fixtureEvents().map((event, at) => rename(event, `FIX-${at % 3}`, at));
    const rigs = new Map<string, EnrolledRig>();
    for (const id of ["FIX-0", "FIX-1", "FIX-2"]) rigs.set(id, await hub.enrol(id));
    const results = await Promise.all(events.map((event) => hub.upload(rigs.get(event.rig_id) as EnrolledRig, event)));
    expect(results.filter(({ status }) => status === "accepted")).toHaveLength(events.length);
    const [found] = await hub.sql`
      select (select count(*) from events where rig_id like 'FIX-%') as stored,
        (select sum(event_count)::int from rigs where rig_id like 'FIX-%') as counted,
        (select sum(events)::int from daily_counts where rig_id like 'FIX-%') as rolled_up`;
    expect(found).toEqual({ stored: events.length, counted: events.length, rolled_up: events.length });
  });

  describe("an event from the future", () => {
    test("is stored, held back from curation and shown to a person with the clock's offset", async () => {
      const rig = await hub.enrol();
      const event = rig.event({ timestamp: hub.context.clock.now() / 1000 + DAY_S + 1 });
      expect(await hub.upload(rig, event)).toEqual({ status: "accepted", id: event.id, held: "future_timestamp" });
      expect(await row(event.id)).toMatchObject({ held: true, needs_curation: true, clock_offset_s: DAY_S + 1 });
      const [entry] = await hub.sql`select * from quarantine where event_id = ${event.id}`;
      expect(entry).toMatchObject({
        reason: "future_timestamp",
        frame: null,
        clock_offset_s: DAY_S + 1,
        decision: null,
      });
      expect(await hub.upload(rig, event)).toEqual({ status: "already_exists", id: event.id });
      expect(await hub.sql`select from quarantine where event_id = ${event.id}`).toHaveLength(1);
    });

    test("is measured by the rig's own clock when it tells its time", async () => {
      const rig = await hub.enrol();
      const nowMs = hub.context.clock.now();
      const event = rig.event({ timestamp: nowMs / 1000 + 3 * DAY_S });
      await hub.upload(rig, event, { rigTimeMs: nowMs + 1500 });
      expect(await row(event.id)).toMatchObject({ held: true, clock_offset_s: 1.5 });
    });

    test("within a day is an ordinary event", async () => {
      const rig = await hub.enrol();
      const event = rig.event({ timestamp: hub.context.clock.now() / 1000 + DAY_S });
      expect(await hub.upload(rig, event)).toEqual({ status: "accepted", id: event.id });
      expect(await row(event.id)).toMatchObject({ held: false });
    });
  });

  describe("a body that is not the key's rig", () => {
    test("is refused before anything is stored", async () => {
      const [own, other] = [await hub.enrol(), await hub.enrol()];
      const event = other.event();
      expect(await rejection(hub.upload(own, event))).toMatchObject({ code: "rig_mismatch" });
      expect(await row(event.id)).toEqual({});
    });

    test("defect 19: two events of one second are both kept, and no rig takes another's id", async () => {
      const [short, long] = [await hub.enrol("PAD-1"), await hub.enrol("PAD-1-1794187658")];
      const first = short.event({ timestamp: 1_794_187_658 });
      const second = { ...first, id: `${first.id}-2`, depth: 9_900 };
      expect((await hub.upload(short, first)).status).toBe("accepted");
      expect((await hub.upload(short, second)).status).toBe("accepted");
      const sameId = long.event({ timestamp: 2 });
      expect(sameId.id).toBe(second.id);
      expect(await rejection(hub.upload(long, sameId))).toMatchObject({ code: "schema" });
      expect(await row(second.id)).toMatchObject({ rig_id: "PAD-1", depth: 9_900 });
      expect(await eventCount(long)).toBe(0);
    });
  });

  // Of the embedded database there is no second connection that could be lost alone.
  const onServer = engine === "server" ? test : (): void => {};
  onServer("an outage refuses nothing: the upload fails, and is accepted when it comes again", async () => {
    const rig = await hub.enrol();
    const upload = uploadOf(hub.context, rig, rig.event());
    const away = await openTestDatabase(hub.database);
    const ingest = createIngest({ ...hub.context, sql: away.sql });
    expect(await ingest.accept(uploadOf(hub.context, rig, rig.event()))).toMatchObject({ status: "accepted" });
    await away.close();
    const errors = await Promise.all([rejection(ingest.accept(upload)), rejection(ingest.accept(upload))]);
    for (const error of errors) expect(error).not.toBeInstanceOf(Fault);
    expect(ingest.inFlight).toBe(0);
    expect(await hub.ingest.accept(upload)).toMatchObject({ status: "accepted" });
  });

  describe("a full queue", () => {
    test("asks the next rig to come back later and loses nothing that waits", async () => {
      const rig = await hub.enrol();
      const upload = uploadOf(hub.context, rig, rig.event());
      const ingest = createIngest(hub.context);
      const waiting = Array.from({ length: QUEUE_MAX + 1 }, () => ingest.accept(upload));
      expect(ingest.inFlight).toBe(QUEUE_MAX + 1);
      expect(await rejection(ingest.accept(upload))).toMatchObject({ code: "overloaded", retryAfterS: 5 });
      const statuses = (await Promise.all(waiting)).map(({ status }) => status);
      expect(statuses.filter((status) => status === "accepted")).toHaveLength(1);
      expect(ingest.inFlight).toBe(0);
    });

    test("drains when asked, and is idle afterwards", async () => {
      const rig = await hub.enrol();
      const ingest = createIngest(hub.context);
      const waiting = Array.from({ length: 40 }, () => ingest.accept(uploadOf(hub.context, rig, rig.event())));
      await ingest.drain();
      expect(ingest.inFlight).toBe(0);
      await Promise.all(waiting);
      expect(await eventCount(rig)).toBe(40);
    });
  });
});

function rename(event: FleetEvent, rigId: string, at: number): FleetEvent {
  return { ...event, rig_id: rigId, id: `${rigId}-${event.timestamp}-${at + 1}` };
}
