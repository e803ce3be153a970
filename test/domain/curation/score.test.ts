import { describe, expect, test } from "bun:test";
import { detailOf, diversityOf, scoreOf, sharesOf } from "../../../src/domain/curation/score.ts";
import { isSpecificAction } from "../../../src/domain/curation/specific-action.ts";
import { fixtureOutcomes } from "../../support/fixtures.ts";

const NOW = new Date("2026-11-23T00:00:00Z");
const PENDING_DAYS = 30;
const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);
const full = { detail: 1, diversity: 1, timestamp: NOW };

describe("score", () => {
  test("is 1 for a fresh, resolved, detailed and rare episode, and follows the outcome by half", () => {
    const of = (outcome: "Resolved" | "Escalated" | "Pending" | "FalsePositive") =>
      scoreOf({ ...full, outcome }, NOW, PENDING_DAYS);
    expect(of("Resolved")).toBeCloseTo(1, 12);
    expect(of("Escalated")).toBeCloseTo(0.85, 12);
    expect(of("Pending")).toBeCloseTo(0.6, 12);
    expect(of("FalsePositive")).toBeCloseTo(0.55, 12);
  });

  test("loses a quarter with age, by a factor e in 180 days", () => {
    const aged = scoreOf({ ...full, outcome: "Resolved", timestamp: daysAgo(180) }, NOW, PENDING_DAYS);
    expect(aged).toBeCloseTo(0.75 + 0.25 / Math.E, 12);
  });

  test("takes an episode of the future for one of now: no age is negative", () => {
    const ahead = scoreOf({ ...full, outcome: "Resolved", timestamp: daysAgo(-30) }, NOW, PENDING_DAYS);
    expect(ahead).toBeCloseTo(1, 12);
  });

  test("sinks to 0.05 when nobody answered for longer than the setting, and not a day before", () => {
    const pending = { ...full, outcome: "Pending" } as const;
    expect(scoreOf({ ...pending, timestamp: daysAgo(31) }, NOW, PENDING_DAYS)).toBe(0.05);
    expect(scoreOf({ ...pending, timestamp: daysAgo(30) }, NOW, PENDING_DAYS)).toBeGreaterThan(0.5);
    expect(scoreOf({ ...pending, outcome: "Escalated", timestamp: daysAgo(31) }, NOW, PENDING_DAYS)).toBeGreaterThan(
      0.8,
    );
  });
});

describe("detail", () => {
  const nothing = { action: null, notes: null, snapshots: 59 };

  test("is nothing for an event without words and with part of a window", () => {
    expect(detailOf(nothing)).toBe(0);
    expect(detailOf({ ...nothing, notes: "  ", action: "ok" })).toBe(0);
  });

  test("adds 0.3 for notes, 0.4 for an action and 0.3 for a full window", () => {
    expect(detailOf({ ...nothing, notes: "gas down" })).toBe(0.3);
    expect(detailOf({ ...nothing, action: "shut_in" })).toBe(0.4);
    expect(detailOf({ ...nothing, snapshots: 60 })).toBe(0.3);
    expect(detailOf({ notes: "gas down", action: "shut_in", snapshots: 60 })).toBe(1);
  });
});

describe("a specific action", () => {
  test.each(["ok", "OK.", "Acknowledged", "acknowledged!", "  ", "", "-", "N/A", "no action taken", "noted"])(
    "is not %p",
    (text) => expect(isSpecificAction(text)).toBe(false),
  );

  test("is every action that drillers wrote in the fixtures, a single word like shut_in too", () => {
    const actions = fixtureOutcomes().flatMap(({ outcome }) =>
      typeof outcome === "object" && "Resolved" in outcome ? [outcome.Resolved.action_taken] : [],
    );
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => !isSpecificAction(action))).toEqual([]);
  });
});

describe("diversity", () => {
  const shares = sharesOf([
    { category: "WellControl", rig_id: "RIG-1", episodes: 6 },
    { category: "Mechanical", rig_id: "RIG-1", episodes: 1 },
    { category: "WellControl", rig_id: "RIG-2", episodes: 3 },
  ]);

  test("is the mean of what category and rig leave to others", () => {
    expect(diversityOf({ category: "WellControl", rig_id: "RIG-1" }, shares)).toBeCloseTo((0.1 + 0.3) / 2, 12);
    expect(diversityOf({ category: "Mechanical", rig_id: "RIG-2" }, shares)).toBeCloseTo((0.9 + 0.7) / 2, 12);
  });

  test("is whole for what the library does not have, whatever its name", () => {
    expect(diversityOf({ category: "Formation", rig_id: "constructor" }, shares)).toBe(1);
    expect(diversityOf({ category: "None", rig_id: "RIG-1" }, sharesOf([]))).toBe(1);
  });
});
