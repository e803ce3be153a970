import { describe, expect, test } from "bun:test";
import { wilsonInterval } from "../../../src/domain/dashboard/interval.ts";
import { outcomesView, type OutcomesWish } from "../../../src/domain/dashboard/outcomes.ts";
import { recordOutcome } from "../../../src/domain/outcomes.ts";
import type { OutcomePatch } from "../../../src/wire/outcome.ts";
import { domainHub, type EnrolledRig } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";

const NOON_S = Date.parse("2026-11-10T12:00:00Z") / 1000;

forEachEngine("outcomes", (engine) => {
  const hub = domainHub(engine);
  let rig: EnrolledRig;
  let seconds = 0;

  async function answered(depth: number, ...patches: OutcomePatch[]): Promise<void> {
    seconds += 60;
    const event = rig.event({
      timestamp: NOON_S - 86_400 + seconds,
      depth,
      campaign: "PlugAbandonment",
      advisory: { category: "Mechanical" },
    });
    await hub.upload(rig, event);
    for (const patch of patches) await recordOutcome(hub.context, { rig: rig.identity, eventId: event.id, patch });
  }

  const view = (wish: OutcomesWish = {}) => outcomesView(hub.context, wish);

  test("without events there are no rates, not rates of 0", async () => {
    const empty = await view();
    expect(empty).toMatchObject({ total: 0, resolution_rate: null, actions: [], by_category: [] });
    expect(empty.times).toMatchObject({ answered: 0, median_s: null, worst_s: null });
  });

  test("an action worked where the event stands as resolved by it, and was tried wherever it was given", async () => {
    rig = await hub.enrol("RIG-PACKED");
    for (const text of ["worked_pipe", "Worked pipe.", " worked,  pipe "]) {
      await answered(10_000, { outcome: "Resolved", action_taken: text });
    }
    await answered(
      10_500,
      { outcome: "Resolved", action_taken: "worked pipe" },
      { outcome: "Escalated", action_taken: null, notes: "still stuck" },
    );
    await answered(10_600, { outcome: "Resolved", action_taken: "pumped a pill" });
    await answered(10_700);
    const { actions, total, pending, answered_resolution_rate: rate } = await view();
    expect({ total, pending, rate }).toEqual({ total: 6, pending: 1, rate: 1 });
    expect(actions).toMatchObject([
      { tried: 4, resolved: 3 },
      { action_taken: "pumped a pill", tried: 1, resolved: 1, interval: null },
    ]);
    expect(actions[0]?.interval?.[0]).toBeCloseTo(0.3006, 3);
  });

  test("a filter by depth, campaign and rig counts those events alone", async () => {
    await answered(20_000, { outcome: "Resolved", action_taken: "worked pipe" });
    const shallow = await view({ depthFromFt: 9000, depthToFt: 11_000, campaign: "PlugAbandonment" });
    expect(shallow).toMatchObject({ total: 6, capped: false });
    expect(shallow.actions[0]).toMatchObject({ tried: 4 });
    expect(await view({ campaign: "Production" })).toMatchObject({ total: 0, actions: [] });
    expect(await view({ rig: "RIG-PACKED" })).toMatchObject({ total: 7 });
    expect(await view({ rig: "RIG-OTHER" })).toMatchObject({ total: 0 });
  });

  test("the fleet is broken down, by rig only over a month at most", async () => {
    const quarter = await view();
    expect(quarter.by_category).toMatchObject([{ name: "Mechanical", total: 7, pending: 1 }]);
    expect(quarter.by_rig).toBeNull();
    const day = await view({ days: { from: "2026-11-09", to: "2026-11-09" } });
    expect(day.by_rig).toMatchObject([{ name: "RIG-PACKED", total: 7 }]);
    expect(await view({ days: { from: "2026-11-10", to: "2026-11-10" } })).toMatchObject({ total: 0 });
  });

  test("times go from the event to its answer, and the longest is told", async () => {
    const { times } = await view();
    expect(times.answered).toBe(6);
    expect(times.worst_s ?? 0).toBeGreaterThanOrEqual(times.p90_s ?? Infinity);
    expect(times.p90_s ?? 0).toBeGreaterThanOrEqual(times.median_s ?? Infinity);
  });
});

describe("the interval of a share", () => {
  test("is Wilson's: wide for few cases, inside 0 to 1", () => {
    // 7 of 9, checked against the closed form by hand.
    expect(wilsonInterval(7, 9)?.map((value) => value.toFixed(3))).toEqual(["0.453", "0.937"]);
    expect(wilsonInterval(3, 3)?.[1]).toBe(1);
    expect(wilsonInterval(0, 5)?.[0]).toBeCloseTo(0, 9);
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});
