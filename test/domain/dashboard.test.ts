import { describe, expect, test } from "bun:test";
import { outcomes, summary, trends } from "../../src/domain/dashboard.ts";
import { eventsPage } from "../../src/domain/dashboard/events.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { rigsPage } from "../../src/domain/dashboard/rigs.ts";
import { outcomeShares } from "../../src/domain/outcome-shares.ts";
import { libraryStats } from "../../src/domain/stats.ts";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { domainHub, type EnrolledRig } from "../support/domain-hub.ts";
import { publish } from "../support/episode-rows.ts";
import { forEachEngine } from "../support/postgres.ts";

const DAY_S = 86_400;
const NOON_S = Date.parse("2026-11-10T12:00:00Z") / 1000;

forEachEngine("dashboard", (engine) => {
  const hub = domainHub(engine);
  let rig: EnrolledRig;

  test("without events there is no outcome data, which is not 0 %", async () => {
    const empty = await outcomes(hub.context);
    expect(empty).toMatchObject({ total: 0, resolution_rate: null, average_resolution_s: null, by_category: [] });
    expect(await summary(hub.context)).toMatchObject({ active_rigs: 0, events_today: 0, top_categories: [] });
    expect(await trends(hub.context, 30)).toEqual([]);
    expect(await eventsPage(hub.context, { filter: {}, limit: 10 })).toEqual({
      events: [],
      next: null,
      searched_to: null,
    });
  });

  test("summary and trends count by the event's own day, today included", async () => {
    rig = await hub.enrol("RIG-A");
    for (const [at, category] of [
      [NOON_S - 100, "Mechanical"],
      [NOON_S - 200, "Mechanical"],
      [NOON_S - DAY_S, "Hydraulics"],
      [NOON_S - 40 * DAY_S, "Formation"],
    ] as const) {
      const advisory = { category };
      await hub.upload(rig, rig.event({ timestamp: at, advisory }));
    }
    expect(await trends(hub.context, 30)).toEqual([
      { date: "2026-11-09", category: "Hydraulics", count: 1 },
      { date: "2026-11-10", category: "Mechanical", count: 2 },
    ]);
    expect(await trends(hub.context, 1)).toHaveLength(1);
    expect(await summary(hub.context)).toMatchObject({
      active_rigs: 1,
      events_today: 2,
      top_categories: [
        { category: "Mechanical", count: 2 },
        { category: "Hydraulics", count: 1 },
      ],
    });
  });

  test("outcomes give the plan's rate, the rate of the answered, the actions and the times", async () => {
    const { events } = await eventsPage(hub.context, { filter: {}, limit: 10 });
    const [first, second, third] = events.map(({ id }) => id);
    const answer = (eventId = "", patch: OutcomePatch) =>
      recordOutcome(hub.context, { rig: rig.identity, eventId, patch });
    await answer(first, { outcome: "Resolved", action_taken: "Shut in" });
    await answer(second, { outcome: "Resolved", action_taken: " shut IN " });
    await answer(third, { outcome: "FalsePositive" });
    const found = await outcomes(hub.context);
    expect(found).toMatchObject({ total: 4, pending: 1, resolution_rate: 0.5, resolution_count: 2 });
    expect(found.answered_resolution_rate).toBeCloseTo(2 / 3);
    expect(found.average_resolution_s).toBeCloseTo(150, 0);
    expect(found.common_actions).toEqual([{ action_taken: "Shut in", count: 2, tried: 2 }]);
    expect(found.by_category.find(({ category }) => category === "Hydraulics")).toMatchObject({ resolution_rate: 0 });
  });

  test("the library's figures are of active episodes", async () => {
    await publish(hub.sql, { put: [{ id: "first", rigId: "RIG-A" }] });
    await publish(hub.sql, {
      put: [
        { id: "best", rigId: "RIG-A", score: 0.9, category: "Mechanical" },
        { id: "worst", rigId: "RIG-A", score: 0.1, outcome: "Pending" },
        { id: "gone", rigId: "RIG-A" },
      ],
    });
    await publish(hub.sql, { archive: ["gone"] });
    expect(await libraryStats(hub.context)).toEqual({
      total: 3,
      archived: 1,
      version: 3,
      category_breakdown: [
        { category: "WellControl", count: 2 },
        { category: "Mechanical", count: 1 },
      ],
      outcome_breakdown: [
        { outcome: "Resolved", count: 2 },
        { outcome: "Pending", count: 1 },
      ],
      campaign_breakdown: [{ campaign: "Production", count: 3 }],
    });
  });

  test("the rigs' table says what each lacks, and null where there is nothing to share", async () => {
    await hub.enrol("RIG-B");
    const { library_version, rigs } = await rigsPage(hub.context, { limit: 10, sort: "rig" });
    expect(library_version).toBe(3);
    expect(rigs[0]).toMatchObject({ rig_id: "RIG-A", events_7d: 3, answered_7d: 1, lag: 3 });
    expect(rigs[1]).toMatchObject({ rig_id: "RIG-B", events_7d: 0, answered_7d: null, last_sync: null });
  });
});

describe("outcome shares", () => {
  test("nothing answered is a rate of 0, no events are no rate", () => {
    expect(outcomeShares([{ outcome: "Pending", count: 3 }])).toMatchObject({
      resolution_rate: 0,
      answered_resolution_rate: null,
    });
    expect(outcomeShares([]).resolution_rate).toBeNull();
  });
});
