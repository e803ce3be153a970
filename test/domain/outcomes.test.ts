import { describe, expect, test } from "bun:test";
import { OUTCOME_TEXT_MAX } from "../../src/base/limits.ts";
import { OUTCOME_LOG_MAX } from "../../src/db/outcomes.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { revokeRig } from "../../src/domain/rigs.ts";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { ADMIN, domainHub, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const RESOLVED: OutcomePatch = { outcome: "Resolved", action_taken: "raised mud weight", notes: "gas down" };

forEachEngine("outcomes", (engine) => {
  const hub = domainHub(engine);

  function record(rig: EnrolledRig, eventId: string, patch: OutcomePatch) {
    return recordOutcome(hub.context, { rig: rig.identity, eventId, patch });
  }

  async function uploaded(): Promise<{ rig: EnrolledRig; id: string }> {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    await hub.sql`update events set needs_curation = false, curation_error = 'once' where id = ${event.id}`;
    return { rig, id: event.id };
  }

  async function columns(id: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await hub.sql`
      select outcome, action_taken, notes, needs_curation, curation_error from events where id = ${id}`;
    return row;
  }

  async function logged(id: string): Promise<unknown[]> {
    const rows = await hub.sql`select outcome from outcome_log where event_id = ${id} order by id`;
    return rows.map((row) => row["outcome"] as unknown);
  }

  describe("an answer", () => {
    test("stands in the columns, in the log and in the counts, and asks for curation", async () => {
      const { rig, id } = await uploaded();
      const outcome = { Resolved: { action_taken: "raised mud weight" } };
      expect(await record(rig, id, RESOLVED)).toEqual({ id, outcome, changed: true });
      expect(await columns(id)).toEqual({
        outcome: "Resolved",
        action_taken: "raised mud weight",
        notes: "gas down",
        needs_curation: true,
        curation_error: null,
      });
      expect(await logged(id)).toEqual(["Resolved"]);
      const counts = await hub.sql`
        select outcome, events from daily_counts where rig_id = ${rig.identity.rigId} order by outcome`;
      expect([...counts]).toEqual([
        { outcome: "Pending", events: 0 },
        { outcome: "Resolved", events: 1 },
      ]);
    });

    test("keeps who gave it and when, where the rig tells and it can be kept", async () => {
      const { rig, id } = await uploaded();
      const givenAtS = hub.context.clock.now() / 1000 - 60;
      await record(rig, id, { outcome: "FalsePositive", given_by: " K. Driller ", given_at: givenAtS });
      await record(rig, id, { outcome: "Pending", given_by: "half \ud800", given_at: 5 });
      await record(rig, id, { outcome: "Resolved", action_taken: "swept", notes: null });
      const rows = await hub.sql`select given_by, given_at from outcome_log where event_id = ${id} order by id`;
      expect([...rows]).toEqual([
        { given_by: "K. Driller", given_at: new Date(givenAtS * 1000) },
        { given_by: null, given_at: null },
        { given_by: null, given_at: null },
      ]);
    });

    test("keeps which episodes recall had named, the last answer's, whether or not it changes anything", async () => {
      const { rig, id } = await uploaded();
      const named = async () => {
        const rows = await hub.sql`select episode_id from shown_precedents where event_id = ${id} order by place`;
        return rows.map((row) => row["episode_id"] as unknown);
      };
      await record(rig, id, { ...RESOLVED, precedents: ["A-1-episode", "B-2-episode", "A-1-episode", "C \ud800"] });
      expect(await named()).toEqual(["A-1-episode", "B-2-episode"]);
      expect(await record(rig, id, { ...RESOLVED, precedents: ["C-3-episode"] })).toMatchObject({ changed: false });
      expect(await named()).toEqual(["C-3-episode"]);
      await record(rig, id, { outcome: "FalsePositive" });
      expect(await named()).toEqual(["C-3-episode"]);
      await hub.sql`delete from events where id = ${id}`;
      expect(await named()).toEqual([]);
    });

    test("given twice changes nothing the second time", async () => {
      const { rig, id } = await uploaded();
      await record(rig, id, RESOLVED);
      await hub.sql`update events set needs_curation = false where id = ${id}`;
      expect(await record(rig, id, RESOLVED)).toMatchObject({ changed: false });
      expect(await columns(id)).toMatchObject({ needs_curation: false });
      expect(await logged(id)).toEqual(["Resolved"]);
    });

    test("can be taken back: the last one wins, down as well as up", async () => {
      const { rig, id } = await uploaded();
      await record(rig, id, RESOLVED);
      expect(await record(rig, id, { outcome: "FalsePositive", action_taken: null, notes: null })).toEqual({
        id,
        outcome: "FalsePositive",
        changed: true,
      });
      expect(await columns(id)).toMatchObject({ outcome: "FalsePositive", action_taken: null, notes: "gas down" });
      expect(await logged(id)).toEqual(["Resolved", "FalsePositive"]);
    });

    test("that was held up on its way does not take back what was said after it", async () => {
      const { rig, id } = await uploaded();
      const givenAtS = hub.context.clock.now() / 1000 - 60;
      const early: OutcomePatch = { ...RESOLVED, given_at: givenAtS };
      await record(rig, id, early);
      await record(rig, id, { outcome: "FalsePositive", given_at: givenAtS + 1 });
      expect(await record(rig, id, early)).toEqual({ id, outcome: "FalsePositive", changed: false });
      expect(await columns(id)).toMatchObject({ outcome: "FalsePositive" });
      expect(await record(rig, id, { ...early, given_at: givenAtS + 2 })).toMatchObject({ changed: true });
      expect(await record(rig, id, { outcome: "FalsePositive" })).toMatchObject({ changed: true });
    });

    test("of an old rig has the reason of an escalation in its notes", async () => {
      const { rig, id } = await uploaded();
      await record(rig, id, { outcome: "Escalated", action_taken: null, notes: "called town" });
      expect(await columns(id)).toMatchObject({
        outcome: "Escalated",
        action_taken: "called town",
        notes: "called town",
      });
    });

    test("counts as being seen", async () => {
      const { rig, id } = await uploaded();
      await hub.sql`update rigs set status = 'inactive', last_seen = null where rig_id = ${rig.identity.rigId}`;
      await record(rig, id, RESOLVED);
      const [row] = await hub.sql`select status, last_seen from rigs where rig_id = ${rig.identity.rigId}`;
      expect(row).toEqual({ status: "active", last_seen: new Date(hub.context.clock.now()) });
    });

    test("that never rests keeps its newest changes only", async () => {
      const { rig, id } = await uploaded();
      for (let at = 0; at <= OUTCOME_LOG_MAX; at++) await record(rig, id, { ...RESOLVED, notes: `change ${at}` });
      expect(await logged(id)).toHaveLength(OUTCOME_LOG_MAX);
      expect(await columns(id)).toMatchObject({ notes: `change ${OUTCOME_LOG_MAX}` });
    });

    test("given by many at once leaves one event counted once", async () => {
      const { rig, id } = await uploaded();
      const outcomes = ["Resolved", "FalsePositive", "Pending", "Escalated"] as const;
      await Promise.all(outcomes.map((outcome) => record(rig, id, { outcome })));
      const counts = await hub.sql`
        select outcome, events from daily_counts where rig_id = ${rig.identity.rigId} and events <> 0`;
      expect([...counts]).toEqual([{ outcome: (await columns(id))?.["outcome"], events: 1 }]);
    });
  });

  describe("defect 20: an answer that cannot be taken is refused with its reason", () => {
    test("when the event is unknown", async () => {
      const { rig, id } = await uploaded();
      expect(await rejection(record(rig, `${id}-9`, RESOLVED))).toMatchObject({ code: "not_found" });
    });

    test("when a text is too long or cannot be stored", async () => {
      const { rig, id } = await uploaded();
      const long = "x".repeat(OUTCOME_TEXT_MAX);
      expect(await record(rig, id, { outcome: "Resolved", action_taken: long })).toMatchObject({ changed: true });
      for (const text of [`${long}x`, "a NUL \0", "half a pair \ud800"]) {
        const patch = { outcome: "Resolved", action_taken: "ok", notes: text } as const;
        expect(await rejection(record(rig, id, patch))).toMatchObject({ code: "schema" });
      }
      expect(await columns(id)).toMatchObject({ action_taken: long, notes: null });
    });
  });

  describe("defect 28: a rig answers for its own events only", () => {
    test("another rig's event is forbidden, and stays as it is", async () => {
      const { id } = await uploaded();
      const other = await hub.enrol();
      expect(await rejection(record(other, id, RESOLVED))).toMatchObject({ code: "forbidden" });
      expect(await columns(id)).toMatchObject({ outcome: "Pending", needs_curation: false });
    });

    test("a revoked rig answers for none", async () => {
      const { rig, id } = await uploaded();
      await revokeRig(hub.context, rig.identity.rigId, ADMIN);
      expect(await rejection(record(rig, id, RESOLVED))).toMatchObject({ code: "rig_revoked" });
    });
  });
});
