import { describe, expect, test } from "bun:test";
import { episodeId } from "../../../src/wire/identity.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, SEVERITIES, UPLOADED_RISKS } from "../../../src/wire/vocabulary.ts";
import { anEvent, aWindow } from "../../support/builders.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { rowOf, storeRows } from "../../support/event-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";

const T = 1_794_187_000;

forEachEngine("episodes", (engine) => {
  const hub = curationHub(engine);
  const id = (second: number): string => episodeId(`RIG-1-${second}`);

  async function moveEvent(second: number, to: { second?: number; category?: string }): Promise<void> {
    await hub.sql`
      update events set timestamp = ${new Date((to.second ?? second) * 1000)}, category = ${to.category ?? "WellControl"},
        needs_curation = true
      where id = ${`RIG-1-${second}`}`;
  }

  describe("made of several events", () => {
    test("take the anchor's place, metrics and risk, and the depths of all", async () => {
      const metrics = {
        mse_efficiency: 1,
        flow_balance: 2,
        d_exponent: 3,
        torque_delta_percent: 4,
        ecd_margin: 5,
        rop: 6,
      };
      await hub.store({ second: T, depth: 9010, risk_level: "Elevated", severity: "Low" });
      const anchor = {
        second: T + 60,
        depth: 9000,
        risk_level: "Critical",
        severity: "High",
        key_metrics: metrics,
      } as const;
      const made = await hub.store({ ...anchor, situation: "AAECAwQFBgcICQoL", well_id: "W-9", field: "F-9" });
      await hub.store({ second: T + 120, depth: 9030, risk_level: "Critical", severity: "Medium" });
      await hub.run();
      expect(await hub.library()).toEqual([made]);
      expect(await hub.episode(made)).toMatchObject({
        id: id(T + 60),
        depth_range: [9000, 9030],
        risk_level: "Critical",
        severity: "High",
        key_metrics: metrics,
        situation: "AAECAwQFBgcICQoL",
        well_id: "W-9",
        field: "F-9",
        timestamp: T + 60,
        event_count: 3,
      });
    });

    test("take the best outcome, what was done from those that have it, and the notes of all", async () => {
      const said = new Date(T * 1000);
      await hub.store({ second: T, risk_level: "Critical", notes: "gas up" });
      await hub.store({
        second: T + 1,
        outcome: "Resolved",
        action_taken: "shut in",
        notes: "gas up",
        outcome_at: said,
      });
      await hub.store({ second: T + 2, outcome: "Escalated", action_taken: "called town", notes: "waiting" });
      await hub.store({ second: T + 3, outcome: "Resolved", action_taken: "circulated", notes: null });
      await hub.run();
      expect(await hub.episode(id(T))).toMatchObject({
        outcome: { Resolved: { action_taken: "shut in; circulated" } },
        resolution_summary: "shut in; circulated",
        notes: "gas up\nwaiting",
      });
    });

    test("leave one audit row for each event but the anchor, however often they are rebuilt", async () => {
      await hub.store({ second: T, depth: 9000, risk_level: "Critical" });
      await hub.store({ second: T + 60, depth: 9025 });
      await hub.store({ second: T + 90, depth: 9015 });
      expect((await hub.run()).events_merged).toBe(2);
      await hub.answer(id(T), "Resolved", "shut in");
      expect((await hub.run()).events_merged).toBe(0);
      const rows = await hub.sql`
        select episode_id, event_id, delta_depth_ft, delta_s, outcome from merge_audit order by event_id`;
      const merged = { episode_id: id(T), outcome: "Pending" };
      expect([...rows]).toEqual([
        { ...merged, event_id: `RIG-1-${T + 60}`, delta_depth_ft: 25, delta_s: 60 },
        { ...merged, event_id: `RIG-1-${T + 90}`, delta_depth_ft: -10, delta_s: 30 },
      ]);
    });

    test("never mix rigs or categories", async () => {
      await hub.store({ second: T });
      await hub.store({ second: T, rig_id: "RIG-2" });
      await hub.store({ second: T + 1, category: "Mechanical" });
      await hub.run();
      expect(await hub.library()).toHaveLength(3);
    });
  });

  describe("when events come late", () => {
    test("join two sessions: one id stays, the other becomes a tombstone", async () => {
      await hub.store({ second: T });
      await hub.store({ second: T + 1000 });
      await hub.run();
      await hub.store({ second: T + 500 });
      await hub.run();
      expect(await hub.library()).toEqual([id(T)]);
      expect(await hub.tombstones()).toEqual([
        { episode_id: id(T + 1000), reason: "merged", version: await hub.version() },
      ]);
    });

    test("come between two by their depth, and split what was one", async () => {
      await hub.store({ second: T, depth: 9000 });
      await hub.store({ second: T + 400, depth: 9000 });
      await hub.run();
      expect(await hub.library()).toEqual([id(T)]);
      await hub.store({ second: T + 200, depth: 9500 });
      await hub.run();
      expect(await hub.library()).toEqual([id(T), id(T + 200), id(T + 400)]);
    });

    test("move the id to a worse event, and back when that one changes: then the tombstone goes", async () => {
      await hub.store({ second: T });
      await hub.run();
      await hub.store({ second: T + 60, risk_level: "Critical" });
      await hub.run();
      expect(await hub.library()).toEqual([id(T + 60)]);
      expect((await hub.tombstones()).map((grave) => grave.episode_id)).toEqual([id(T)]);
      await hub.sql`update events set risk_level = 'Elevated', needs_curation = true where id = ${`RIG-1-${T + 60}`}`;
      await hub.run();
      expect(await hub.library()).toEqual([id(T)]);
      expect((await hub.tombstones()).map((grave) => grave.episode_id)).toEqual([id(T + 60)]);
    });
  });

  describe("when an event leaves its place", () => {
    test("by another category: both sides are rebuilt", async () => {
      await hub.store({ second: T, risk_level: "Critical" });
      await hub.store({ second: T + 500 });
      await hub.store({ second: T + 1000 });
      await hub.run();
      await moveEvent(T + 500, { category: "Mechanical" });
      await hub.run();
      expect(await hub.library()).toEqual([id(T), id(T + 1000), id(T + 500)].toSorted());
      expect((await hub.episode(id(T)))?.event_count).toBe(1);
    });

    test("and stood there alone between two: they join over the hole", async () => {
      await hub.store({ second: T, depth: 9000 });
      await hub.store({ second: T + 200, depth: 9500 });
      await hub.store({ second: T + 400, depth: 9000 });
      await hub.run();
      await moveEvent(T + 200, { second: T + 90_000 });
      await hub.run();
      expect(await hub.library()).toEqual([id(T), id(T + 200)]);
      expect((await hub.episode(id(T)))?.event_count).toBe(2);
    });

    test("because it is held it counts for nothing until it is released", async () => {
      await hub.store({ second: T, held: true });
      expect((await hub.run()).events_read).toBe(0);
      expect(await hub.library()).toEqual([]);
      await hub.sql`update events set held = false`;
      await hub.run();
      expect(await hub.library()).toEqual([id(T)]);
    });
  });

  describe("as rigs get them", () => {
    test("defect 14: every severity, risk, category, campaign and outcome comes out as it went in", async () => {
      let second = T;
      const stored = new Map<string, Record<string, unknown>>();
      for (const field of [
        ...SEVERITIES.map((severity) => ({ severity })),
        ...UPLOADED_RISKS.map((risk_level) => ({ risk_level })),
        ...CATEGORIES.map((category) => ({ category })),
        ...CAMPAIGNS.map((campaign) => ({ campaign })),
      ]) {
        second += 10_000;
        stored.set(await hub.store({ second, ...field }), field);
      }
      const told = { FalsePositive: "FalsePositive", Pending: "Pending" } as const;
      const said = { Resolved: { Resolved: { action_taken: "x" } }, Escalated: { Escalated: { reason: "x" } } };
      for (const outcome of OUTCOME_NAMES) {
        second += 10_000;
        const action_taken = outcome in said ? "x" : null;
        stored.set(await hub.store({ second, outcome, action_taken }), { outcome: { ...told, ...said }[outcome] });
      }
      await hub.run();
      for (const [episode, field] of stored) expect(await hub.episode(episode)).toMatchObject(field);
    });

    test("have a summary that is never null: the rig software refuses one", async () => {
      const pending = await hub.store({ second: T });
      const wrong = await hub.store({ second: T + 10_000, outcome: "FalsePositive" });
      const handed = await hub.store({ second: T + 20_000, outcome: "Escalated", action_taken: "float not holding" });
      const silent = await hub.store({ second: T + 30_000, outcome: "Resolved", action_taken: "" });
      await hub.run();
      const summary = async (episode: string) => (await hub.episode(episode))?.resolution_summary;
      expect(await summary(pending)).toBe("No outcome yet");
      expect(await summary(wrong)).toBe("False alarm");
      expect(await summary(handed)).toBe("Escalated: float not holding");
      expect(await summary(silent)).toBe("Resolved");
    });

    test("defect 24: carry the category that the rig wrote, Mechanical too, and metrics read from the window", async () => {
      const message = "Created: OPTIMIZATION | Mechanical | Trigger: 30.00 vs threshold 20.00";
      const trace_log = [{ timestamp_ms: T * 1000, stage: "TacticalCreation", status: "Info" as const, message }];
      const history_window = aWindow(T).map((snapshot, at) => Object.assign(snapshot, { torque: at < 30 ? 10 : 15 }));
      await storeRows(hub.sql, [rowOf(anEvent({ timestamp: T, advisory: { trace_log }, history_window }))]);
      await hub.run();
      const episode = await hub.episode(id(T));
      expect(episode).toMatchObject({ category: "Mechanical", category_inferred: false });
      expect(episode?.key_metrics).toMatchObject({ torque_delta_percent: 50, ecd_margin: 0.6 });
    });

    test("say when the category is our own guess", async () => {
      await hub.store({ second: T, category_inferred: true });
      await hub.run();
      expect(await hub.episode(id(T))).toMatchObject({ category_inferred: true });
    });
  });
});
