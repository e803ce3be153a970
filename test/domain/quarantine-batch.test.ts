import { describe, expect, test } from "bun:test";
import { quarantineDetail, quarantinePage } from "../../src/domain/dashboard/quarantine.ts";
import { DECISIONS_MAX, DISCARD_DAYS } from "../../src/domain/quarantine.ts";
import { decideTogether, forgetDiscardedTwins, type QuarantineDeed } from "../../src/domain/quarantine-batch.ts";
import { ADMIN, domainHub, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const DAY_MS = 86_400_000;

forEachEngine("decisions for many", (engine) => {
  const hub = domainHub(engine);

  async function twinsOf(rig: EnrolledRig, count: number): Promise<number[]> {
    const ids: number[] = [];
    for (let nth = 0; nth < count; nth++) {
      const event = rig.event();
      await hub.upload(rig, event);
      await hub.upload(rig, { ...event, depth: 5000 });
      const [row] = await hub.sql<{ id: number }[]>`select id from quarantine where event_id = ${event.id}`;
      ids.push(row?.id ?? 0);
    }
    return ids;
  }

  async function fromTheFuture(rig: EnrolledRig): Promise<number> {
    const event = rig.event({ timestamp: hub.context.clock.now() / 1000 + 2 * 86_400 });
    await hub.upload(rig, event);
    const [row] = await hub.sql<{ id: number }[]>`select id from quarantine where event_id = ${event.id}`;
    return row?.id ?? 0;
  }

  function press(deed: QuarantineDeed, entries: Parameters<typeof decideTogether>[1]["entries"], note = "") {
    return decideTogether(hub.context, { deed, entries, note }, ADMIN);
  }

  async function open(rig: EnrolledRig): Promise<number[]> {
    const filters = { state: "open", rig: rig.identity.rigId } as const;
    return (await quarantinePage(hub.context, { filters, limit: 100 })).entries.map(({ id }) => id);
  }

  test("the list is newest first, in pages, counted by reason, without bodies", async () => {
    const rig = await hub.enrol();
    const ids = await twinsOf(rig, 3);
    const filters = { state: "open", rig: rig.identity.rigId } as const;
    const first = await quarantinePage(hub.context, { filters, limit: 2 });
    expect(first.entries.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 2));
    expect(first.reasons).toMatchObject([{ reason: "conflict", entries: 3 }]);
    expect(first.entries[0]).not.toHaveProperty("frame");
    const rest = await quarantinePage(hub.context, { filters, limit: 2, after: first.next ?? "" });
    expect(rest).toMatchObject({ entries: [{ id: ids[0] }], next: null });
    expect(await rejection(quarantinePage(hub.context, { filters, limit: 2, after: "x" }))).toMatchObject({
      code: "invalid_request",
    });
  });

  test("what differs between an event and its twin is told field by field", async () => {
    const rig = await hub.enrol();
    const [id = 0] = await twinsOf(rig, 1);
    const { differences } = await quarantineDetail(hub.context, id);
    expect(differences).toEqual([{ path: "/depth", stored: expect.any(String), refused: "5000" }]);
    expect(await rejection(quarantineDetail(hub.context, 1e9))).toMatchObject({ code: "not_found" });
  });

  test("decided entries leave the list, and a second press says that it was so already", async () => {
    const rig = await hub.enrol();
    const ids = await twinsOf(rig, 3);
    const reports = await press("discard", ids.slice(0, 2), "double upload");
    expect(reports.map(({ result }) => result)).toEqual(["discarded", "discarded"]);
    expect(await open(rig)).toEqual([ids[2] ?? 0]);
    expect((await press("discard", ids.slice(0, 1)))[0]?.sentence).toBe("it was so already");
  });

  test("one that cannot be decided is reported and does not hold up the next", async () => {
    const rig = await hub.enrol();
    const [id = 0] = await twinsOf(rig, 1);
    const reports = await press("accept", [1e9, id]);
    expect(reports.map(({ result }) => result)).toEqual(["failed", "accepted"]);
    expect(reports[0]?.sentence).toContain("there is no quarantine entry");
  });

  test("all that a filter matches are decided together, and nothing beside them", async () => {
    const rig = await hub.enrol();
    const other = await hub.enrol();
    await twinsOf(rig, 2);
    const [kept = 0] = await twinsOf(other, 1);
    expect(await press("accept", { reason: "conflict", rig: rig.identity.rigId })).toHaveLength(2);
    expect(await open(rig)).toEqual([]);
    expect(await open(other)).toEqual([kept]);
  });

  test("nothing selected, and more than a press takes, are refused", async () => {
    expect(await rejection(press("accept", []))).toMatchObject({ code: "invalid_request" });
    const many = Array.from({ length: DECISIONS_MAX + 1 }, (_, at) => at);
    expect(await rejection(press("accept", many))).toMatchObject({ code: "invalid_request" });
  });

  describe("asking the rule again", () => {
    test("lets an event go whose time has come, and keeps one that is still ahead", async () => {
      const rig = await hub.enrol();
      const id = await fromTheFuture(rig);
      expect((await press("recheck", [id]))[0]).toMatchObject({ result: "stays" });
      hub.context.clock.advance(3 * DAY_MS);
      expect((await press("recheck", [id]))[0]).toMatchObject({ result: "accepted" });
      expect(await open(rig)).toEqual([]);
    });

    test("keeps a twin that still differs", async () => {
      const rig = await hub.enrol();
      const [id = 0] = await twinsOf(rig, 1);
      expect((await press("recheck", [id]))[0]).toMatchObject({ result: "stays" });
      expect(await open(rig)).toEqual([id]);
    });
  });

  test("what was discarded can be taken back for 30 days, and then is gone", async () => {
    const rig = await hub.enrol();
    const [id = 0] = await twinsOf(rig, 1);
    await press("discard", [id]);
    expect((await quarantineDetail(hub.context, id)).kept_until).not.toBeNull();
    expect((await press("reopen", [id]))[0]).toMatchObject({ result: "reopened" });
    expect(await open(rig)).toEqual([id]);
    expect((await press("reopen", [id]))[0]).toMatchObject({ result: "failed" });
    await press("discard", [id]);
    const forget = () => forgetDiscardedTwins(hub.sql, new Date(hub.context.clock.now()));
    await forget();
    expect((await quarantineDetail(hub.context, id)).entry.id).toBe(id);
    hub.context.clock.advance(DISCARD_DAYS * DAY_MS + 1);
    expect(await forget()).toBeGreaterThan(0);
    expect(await rejection(quarantineDetail(hub.context, id))).toMatchObject({ code: "not_found" });
  });

  test("an acknowledged event that is held is never forgotten", async () => {
    const rig = await hub.enrol();
    const id = await fromTheFuture(rig);
    await press("discard", [id]);
    hub.context.clock.advance((DISCARD_DAYS + 1) * DAY_MS);
    await forgetDiscardedTwins(hub.sql, new Date(hub.context.clock.now()));
    expect((await quarantineDetail(hub.context, id)).entry.decision).toBe("discarded");
  });
});
