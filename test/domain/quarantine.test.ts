import { describe, expect, test } from "bun:test";
import { readEvent } from "../../src/domain/events.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { decideQuarantine } from "../../src/domain/quarantine.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { ADMIN, domainHub, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const DAY_S = 86_400;

forEachEngine("the quarantine", (engine) => {
  const hub = domainHub(engine);

  function decide(id: number, decision: "accepted" | "discarded", note = "") {
    return decideQuarantine(hub.context, { id, decision, note }, ADMIN);
  }

  async function entryOf(eventId: string, decision: string | null = null): Promise<number> {
    const [row] = await hub.sql`
      select id from quarantine where event_id = ${eventId} and decision is not distinct from ${decision}`;
    return Number(row?.["id"]);
  }

  async function depth(eventId: string): Promise<unknown> {
    const found = await readEvent(hub.context, eventId);
    return (JSON.parse(new TextDecoder().decode(found?.json)) as FleetEvent).depth;
  }

  async function columns(eventId: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await hub.sql`
      select depth, risk_level, outcome, action_taken, held, needs_curation from events where id = ${eventId}`;
    return row;
  }

  async function counted(rig: EnrolledRig): Promise<Record<string, unknown>[]> {
    return hub.sql`
      select risk_level, outcome, events from daily_counts
      where rig_id = ${rig.identity.rigId} and events <> 0`;
  }

  async function conflict(): Promise<{ rig: EnrolledRig; event: FleetEvent; twin: FleetEvent; entry: number }> {
    const rig = await hub.enrol();
    const event = rig.event();
    const twin: FleetEvent = { ...event, depth: 5_000, advisory: { ...event.advisory, risk_level: "Critical" } };
    await hub.upload(rig, event);
    await hub.upload(rig, twin);
    await hub.sql`update events set needs_curation = false where id = ${event.id}`;
    return { rig, event, twin, entry: await entryOf(event.id) };
  }

  describe("an event from the future", () => {
    async function fromTheFuture(): Promise<{ id: string; entry: number }> {
      const rig = await hub.enrol();
      const event = rig.event({ timestamp: hub.context.clock.now() / 1000 + 2 * DAY_S });
      await hub.upload(rig, event);
      return { id: event.id, entry: await entryOf(event.id) };
    }

    test("goes to curation when it is accepted, and the deed is audited", async () => {
      const { id, entry } = await fromTheFuture();
      expect(await columns(id)).toMatchObject({ held: true });
      expect(await decide(entry, "accepted", "clock was set")).toMatchObject({ changed: true });
      expect(await columns(id)).toMatchObject({ held: false, needs_curation: true });
      const [audited] = await hub.sql`select action, detail from admin_audit where target = ${id}`;
      expect(audited).toMatchObject({ action: "quarantine.accepted", detail: { id: entry, note: "clock was set" } });
    });

    test("stays held when it is discarded, and can be accepted later", async () => {
      const { id, entry } = await fromTheFuture();
      await decide(entry, "discarded");
      expect(await columns(id)).toMatchObject({ held: true });
      await decide(entry, "accepted");
      expect(await columns(id)).toMatchObject({ held: false });
    });

    test("whose twin is accepted is held no longer, with the twin's body", async () => {
      const rig = await hub.enrol();
      const event = rig.event({ timestamp: hub.context.clock.now() / 1000 + 2 * DAY_S });
      await hub.upload(rig, event);
      await hub.upload(rig, { ...event, depth: 1 });
      const [twin] = await hub.sql`select id from quarantine where event_id = ${event.id} and reason = 'conflict'`;
      await decide(Number(twin?.["id"]), "accepted");
      expect(await columns(event.id)).toMatchObject({ held: false, depth: 1 });
      await decide(await entryOf(event.id, "discarded"), "accepted");
      expect(await depth(event.id)).toBe(9898);
    });
  });

  describe("the twin of a stored event", () => {
    test("takes its place when it is accepted: body, columns and counts", async () => {
      const { rig, event, entry } = await conflict();
      await decide(entry, "accepted", "the first was a test");
      expect(await columns(event.id)).toMatchObject({ depth: 5_000, risk_level: "Critical", needs_curation: true });
      expect(await depth(event.id)).toBe(5_000);
      expect(await counted(rig)).toEqual([{ risk_level: "Critical", outcome: "Pending", events: 1 }]);
      const [found] = await hub.sql`select event_count from rigs where rig_id = ${rig.identity.rigId}`;
      expect(found).toEqual({ event_count: 1 });
    });

    test("leaves the replaced body here, and either can be put back any number of times", async () => {
      const { rig, event, twin, entry } = await conflict();
      await decide(entry, "accepted");
      for (const expected of [9_898, 5_000, 9_898]) {
        await decide(await entryOf(event.id, "discarded"), "accepted");
        expect(await depth(event.id)).toBe(expected);
      }
      expect(await hub.sql`select from quarantine where event_id = ${event.id}`).toHaveLength(2);
      expect((await hub.upload(rig, event)).status).toBe("already_exists");
      expect((await hub.upload(rig, twin)).status).toBe("conflict");
      expect(await counted(rig)).toEqual([{ risk_level: "High", outcome: "Pending", events: 1 }]);
    });

    test("does not undo what the driller answered", async () => {
      const { rig, event, entry } = await conflict();
      const patch = { outcome: "Resolved", action_taken: "sweep", notes: null } as const;
      await recordOutcome(hub.context, { rig: rig.identity, eventId: event.id, patch });
      await decide(entry, "accepted");
      expect(await columns(event.id)).toMatchObject({ outcome: "Resolved", action_taken: "sweep", depth: 5_000 });
      expect(await counted(rig)).toEqual([{ risk_level: "Critical", outcome: "Resolved", events: 1 }]);
    });

    test("changes nothing when it is discarded", async () => {
      const { event, entry } = await conflict();
      await decide(entry, "discarded", "wrong well");
      expect(await columns(event.id)).toMatchObject({ depth: 9_898, needs_curation: false });
      const [row] = await hub.sql`select decision, decided_by, decision_note from quarantine where id = ${entry}`;
      expect(row).toEqual({ decision: "discarded", decided_by: "admin", decision_note: "wrong well" });
    });
  });

  describe("a decision", () => {
    test("given twice changes nothing the second time, and an acceptance is not taken back", async () => {
      const { entry } = await conflict();
      await decide(entry, "accepted");
      expect(await decide(entry, "accepted")).toMatchObject({ changed: false });
      expect(await rejection(decide(entry, "discarded"))).toMatchObject({ code: "conflict" });
    });

    test("about nothing is refused, and so is a note that cannot be stored", async () => {
      const { entry } = await conflict();
      expect(await rejection(decide(999_999, "accepted"))).toMatchObject({ code: "not_found" });
      expect(await rejection(decide(entry, "discarded", "a NUL \0"))).toMatchObject({ code: "schema" });
    });

    test("by two people at once is taken once", async () => {
      const { entry } = await conflict();
      const both = await Promise.all([decide(entry, "accepted"), decide(entry, "accepted")]);
      expect(both.filter(({ changed }) => changed)).toHaveLength(1);
    });
  });
});
