import { describe, expect, test } from "bun:test";
import { createIngest } from "../../src/domain/ingest.ts";
import { OPEN_CONFLICTS_MAX } from "../../src/domain/ingest-known.ts";
import { domainHub, uploadOf, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";

forEachEngine("one id twice", (engine) => {
  const hub = domainHub(engine);

  async function stored(id: string): Promise<Record<string, unknown> | undefined> {
    const [found] = await hub.sql`
      select depth, (select event_count from rigs where rig_id = events.rig_id) as counted,
        (select sum(events)::int from daily_counts where rig_id = events.rig_id) as rolled_up
      from events where id = ${id}`;
    return found;
  }

  async function aside(id: string): Promise<Record<string, unknown>[]> {
    return hub.sql`select reason, detail, frame is null as empty, decision from quarantine where event_id = ${id}`;
  }

  test("defect 16: of 50 identical uploads at once one is accepted, 49 exist already, and one is counted", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    const results = await Promise.all(Array.from({ length: 50 }, () => hub.upload(rig, event)));
    expect(results.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(results.filter(({ status }) => status === "already_exists")).toHaveLength(49);
    expect(await stored(event.id)).toMatchObject({ counted: 1, rolled_up: 1 });
  });

  test("defect 16: of 30 identical uploads in one group one is accepted, and one is counted", async () => {
    const rig = await hub.enrol();
    const [lead, event] = [rig.event(), rig.event()];
    const uploads = [lead, ...Array.from({ length: 30 }, () => event)];
    // The group of the lead is being written while the others gather into the next one.
    const [, ...results] = await Promise.all(uploads.map((each) => hub.upload(rig, each)));
    expect(results.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(results.filter(({ status }) => status === "already_exists")).toHaveLength(29);
    expect(await stored(event.id)).toMatchObject({ counted: 2, rolled_up: 2 });
  });

  test("two hubs that take one event at once accept it once", async () => {
    const rig = await hub.enrol();
    const hubs = [createIngest(hub.context), createIngest(hub.context)];
    const events = Array.from({ length: 40 }, () => rig.event());
    const results = await Promise.all(
      events.flatMap((event) => hubs.map((ingest) => ingest.accept(uploadOf(hub.context, rig, event)))),
    );
    expect(results.filter(({ status }) => status === "accepted")).toHaveLength(40);
    expect(results.filter(({ status }) => status === "already_exists")).toHaveLength(40);
    expect(await stored(events[0]?.id ?? "")).toMatchObject({ counted: 40, rolled_up: 40 });
  });

  describe("with the same value", () => {
    test("in other spacing and key order is a replay", async () => {
      const rig = await hub.enrol();
      const event = rig.event();
      await hub.upload(rig, event);
      const reordered = Object.fromEntries(Object.entries(event).toReversed());
      const json = new TextEncoder().encode(JSON.stringify(reordered, undefined, 2));
      expect(await hub.upload(rig, event, { json })).toEqual({ status: "already_exists", id: event.id });
      expect(await aside(event.id)).toEqual([]);
    });
  });

  describe("defect 20: with another body", () => {
    test("is kept and reported, once however often it comes, and the first body stays", async () => {
      const rig = await hub.enrol();
      const event = rig.event();
      const twin = { ...event, depth: 1 };
      await hub.upload(rig, event);
      for (const _ of [1, 2, 3]) {
        expect(await hub.upload(rig, twin)).toMatchObject({ status: "conflict", id: event.id });
      }
      expect(await stored(event.id)).toEqual({ depth: 9898, counted: 1, rolled_up: 1 });
      expect(await aside(event.id)).toEqual([
        { reason: "conflict", detail: "it differs in /depth", empty: false, decision: null },
      ]);
      expect((await hub.upload(rig, event)).status).toBe("already_exists");
    });

    test("is not acknowledged when both bodies stand in one group", async () => {
      const rig = await hub.enrol();
      const lead = rig.event();
      const event = rig.event();
      const twins = Array.from({ length: 8 }, (_, at) => ({ ...event, depth: 100 + at }));
      const [, ...results] = await Promise.all([lead, ...twins, ...twins].map((each) => hub.upload(rig, each)));
      const statuses = results.map(({ status }) => status);
      const conflicts = Array.from({ length: 7 }, () => "conflict" as const);
      expect(statuses.slice(0, 8)).toEqual(["accepted", ...conflicts]);
      expect(statuses.slice(8)).toEqual(["already_exists", ...conflicts]);
      expect(await stored(event.id)).toEqual({ depth: 100, counted: 2, rolled_up: 2 });
      expect(await aside(event.id)).toHaveLength(7);
    });

    test("is not kept past the limit of what may wait for a person, but never holds up the rig's queue", async () => {
      const rig = await hub.enrol();
      const event = rig.event();
      await hub.upload(rig, event);
      const twin = (depth: number) => hub.upload(rig, { ...event, depth });
      for (let depth = 1; depth <= OPEN_CONFLICTS_MAX; depth++) await twin(depth);
      const told = (error: string) => ({ status: "conflict", error: expect.stringContaining(error) });
      expect(await twin(OPEN_CONFLICTS_MAX + 1)).toEqual(expect.objectContaining(told("is not kept")));
      expect(await twin(OPEN_CONFLICTS_MAX)).toEqual(expect.objectContaining(told("is kept aside")));
      expect(await aside(event.id)).toHaveLength(OPEN_CONFLICTS_MAX);
      expect(await hub.upload(rig, rig.event())).toMatchObject({ status: "accepted" });
      const other = await hub.enrol();
      expect(await conflictOf(other)).toMatchObject({ status: "conflict" });
    });

    test("is a conflict too when the stored body can no longer be read", async () => {
      const rig = await hub.enrol();
      const event = rig.event();
      await hub.upload(rig, event);
      await hub.sql`update events set frame = ${Buffer.from("damaged")} where id = ${event.id}`;
      expect(await hub.upload(rig, { ...event, depth: 1 })).toMatchObject({ status: "conflict" });
      expect(await aside(event.id)).toMatchObject([{ detail: "the stored body cannot be read" }]);
    });
  });

  test("a poison row fails only itself", async () => {
    const rig = await hub.enrol();
    const good = Array.from({ length: 20 }, () => rig.event());
    const poison = { ...rig.event(), notes: "a NUL \0 that no decoder let through" };
    const events = [...good.slice(0, 10), poison, ...good.slice(10)];
    const results = await Promise.allSettled(events.map((event) => hub.upload(rig, event)));
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.map(({ reason }) => reason as unknown)).toMatchObject([{ code: "schema" }]);
    expect(await stored(good[0]?.id ?? "")).toMatchObject({ counted: 20, rolled_up: 20 });
  });

  async function conflictOf(rig: EnrolledRig) {
    const event = rig.event();
    await hub.upload(rig, event);
    return hub.upload(rig, { ...event, depth: 1 });
  }
});
