import { describe, expect, test } from "bun:test";
import type { HistorySnapshot } from "../../../../src/wire/event.ts";
import { CATEGORIES } from "../../../../src/wire/vocabulary.ts";
import type { TracksInput, TracksPlan } from "../../../../views/tracks/model.ts";
import { islandOf, planTracks } from "../../../../views/tracks/plan.ts";
import { aWindow } from "../../../support/builders.ts";
import { fixtureEvents } from "../../../support/fixtures.ts";

const AT = 1_794_187_658;
const DEPTH_FT = 9000;
const drilled = aWindow(AT, DEPTH_FT, 20).map((snapshot, at) => Object.assign(snapshot, { depth: DEPTH_FT + at }));

function plan(overrides: Partial<TracksInput> = {}, wish: Partial<TracksInput["wish"]> = {}): TracksPlan {
  return planTracks({
    window: drilled,
    event: { timestamp: AT, depth: DEPTH_FT + 19, category: "WellControl" },
    wish: { by: "time", tracks: [], scale: "fixed", ...wish },
    zone: "UTC",
    ...overrides,
  });
}

function channels({ tracks }: TracksPlan): string[] {
  return tracks.map(({ curves }) => curves.map(({ channel }) => channel).join("+"));
}

function only(window: readonly HistorySnapshot[], track: string, scale: "fixed" | "auto" = "fixed") {
  const [first] = plan({ window }, { tracks: [track], scale }).tracks;
  if (first === undefined) throw new Error("no track");
  return first.curves;
}

function changed(change: (at: number) => HistorySnapshot): HistorySnapshot[] {
  return drilled.map((snapshot, at) => ({ ...snapshot, ...change(at) }));
}

describe("what is drawn", () => {
  test.each([
    ["WellControl", ["flow_in+flow_out", "flow_balance+pit_rate", "spp", "gas_units+ecd_margin", "wob+rop"]],
    ["Mechanical", ["torque+rpm", "wob+rop", "spp", "mse"]],
    ["Hydraulics", ["spp", "flow_in+flow_out", "ecd_margin", "pit_rate", "wob+rop"]],
    ["DrillingEfficiency", ["mse+mse_efficiency", "wob+rop", "torque+rpm", "d_exponent"]],
    ["Formation", ["d_exponent", "wob+rop", "gas_units", "mse", "ecd_margin"]],
    ["None", ["wob+rop", "torque+rpm", "spp", "flow_in+flow_out", "mse", "gas_units+ecd_margin"]],
  ] as const)("%s has its own order of tracks", (category, expected) => {
    expect(channels(plan({ event: { timestamp: AT, depth: null, category } }))).toEqual([...expected]);
  });

  test("tracks that were asked for come in that order, each once and six at most", () => {
    const tracks = ["spp", "flow", "spp", "gas", "ecd", "pit", "mse", "depth"];
    expect(plan({}, { tracks }).tracks.map(({ name }) => name)).toEqual(["spp", "flow", "gas", "ecd", "pit", "mse"]);
  });

  test("a name that is none is passed over, and none at all gives the category's", () => {
    expect(plan({}, { tracks: ["constructor", "spp"] }).tracks).toHaveLength(1);
    expect(channels(plan({}, { tracks: ["constructor", ""] }))).toEqual(channels(plan()));
  });

  test("no category draws more than fourteen curves or six plots, whatever the fixtures hold", () => {
    for (const { history_window: window, timestamp, depth } of fixtureEvents().slice(0, 40)) {
      for (const category of CATEGORIES) {
        const { tracks, x, labels } = plan({ window, event: { timestamp, depth, category } });
        expect(tracks.length).toBeLessThanOrEqual(6);
        const curves = tracks.flatMap((track) => track.curves);
        expect(curves.length).toBeLessThanOrEqual(14);
        for (const { values } of curves) expect(values).toHaveLength(x.length);
        expect(labels).toHaveLength(x.length);
      }
    }
  });
});

describe("scales", () => {
  test("both flows lie on one scale, fixed or fitted, and other pairs on two", () => {
    for (const scale of ["fixed", "auto"] as const) {
      const [flowIn, flowOut] = only(drilled, "flow", scale);
      expect([flowOut?.scale, flowOut?.min, flowOut?.max]).toEqual([flowIn?.scale, flowIn?.min, flowIn?.max]);
      const [wob, rop] = only(drilled, "wob_rop", scale);
      expect(wob?.scale).not.toBe(rop?.scale);
    }
  });

  test("a fixed scale does not follow its values, and says how many lie beyond it", () => {
    const [spp] = only(
      changed((at) => ({ spp: at < 3 ? 7000 : 2500 })),
      "spp",
    );
    expect(spp).toMatchObject({ min: 0, max: 6000, notes: ["▸ 3 above 6,000 psi"] });
    const [balance] = only(
      changed((at) => ({ flow_balance: at < 2 ? -120 : 0 })),
      "balance",
    );
    expect(balance?.notes).toEqual(["◂ 2 below -100 gpm"]);
  });

  test("a fitted scale has round ends around its values, and room around a steady one", () => {
    const [spp] = only(
      changed((at) => ({ spp: at < 3 ? 7000 : 2500 })),
      "spp",
      "auto",
    );
    expect(spp).toMatchObject({ min: 2000, max: 8000, notes: [] });
    const [steady] = only(
      changed(() => ({ spp: 2500 })),
      "spp",
      "auto",
    );
    expect(steady?.min).toBeLessThan(2500);
    expect(steady?.max).toBeGreaterThan(2500);
  });
});

describe("what the rig does not know", () => {
  test.each([
    ["a missing channel", "gas", () => ({ gas_units: null }), "not measured"],
    ["zero from end to end", "gas", () => ({ gas_units: 0 }), "0 throughout: no reading or zero"],
    ["a pit rate at its limit", "pit", () => ({ pit_rate: -50 }), "20 at the rig's limit of ±50 bbl/h"],
    [
      "a channel that is sometimes there",
      "gas",
      (at: number) => (at < 4 ? { gas_units: null } : {}),
      "not measured at 4 of 20",
    ],
  ])("%s is said", (_, track, change: (at: number) => HistorySnapshot, note) => {
    expect(only(changed(change), track)[0]?.notes).toEqual([note]);
  });

  test.each([
    ["a margin of 1.5", "ecd", (at: number) => (at < 4 ? { ecd_margin: 1.5 } : {}), "1.50 stands for unknown"],
    ["no MSE off bottom", "mse", (at: number) => (at < 4 ? { mse: 0 } : {}), "0 stands for off bottom"],
    [
      "no d-exponent off bottom",
      "d_exponent",
      (at: number) => (at < 4 ? { d_exponent: 0 } : {}),
      "0 stands for off bottom",
    ],
  ])("%s is a gap, with the reason", (_, track, change: (at: number) => HistorySnapshot, words) => {
    const [curve] = only(changed(change), track);
    expect(curve?.values.slice(0, 5).map((value) => value === null)).toEqual([true, true, true, true, false]);
    expect(curve?.notes).toEqual([`not drawn at 4 of 20: ${words}`]);
  });

  test("an efficiency of 100 is a gap only where there is no MSE", () => {
    const [, efficiency] = only(
      changed((at) => ({ mse: at === 0 ? 0 : 800, mse_efficiency: 100 })),
      "mse_efficiency",
    );
    expect(efficiency?.values.slice(0, 2)).toEqual([null, 100]);
  });
});

describe("the axis", () => {
  test("depth is one when it rises by a foot or more", () => {
    const { by, x, labels, event } = plan({}, { by: "depth" });
    expect([by, x[0], event]).toEqual(["depth", DEPTH_FT, DEPTH_FT + 19]);
    expect(labels.at(-1)).toEqual(["9,019.0 ft", "01:27:38", "at the event"]);
  });

  test.each([
    ["it does not rise everywhere", drilled.toReversed(), "the depth does not only rise"],
    ["it spans less than a foot", drilled.slice(0, 1), "the window spans less than 1 ft"],
    ["one is missing", [...drilled, { rop: 60 }], "not every snapshot has a depth"],
  ])("depth is refused with the reason when %s", (_, window, reason) => {
    expect(plan({ window }, { by: "depth" })).toMatchObject({ by: "time", depthRefusal: reason });
  });

  test("points ascend, those without a time are left out, and a missing value is a gap", () => {
    const [first, second, third] = drilled;
    const window = [third, { ...second, spp: null }, { ...first, timestamp: null }].flatMap((point) => point ?? []);
    const { x, tracks } = plan({ window }, { tracks: ["spp"] });
    expect(x).toEqual([AT - 18, AT - 17]);
    expect(tracks[0]?.curves[0]?.values[0]).toBeNull();
  });

  test("no line is drawn over a stretch without packets, and the sentence says how long it was", () => {
    const window = drilled.map((snapshot, at) => (at < 10 ? { ...snapshot, timestamp: AT - 10_000 + at } : snapshot));
    const { x, labels, tracks, summary } = plan({ window }, { tracks: ["spp"] });
    expect(x).toHaveLength(21);
    expect([labels[10], tracks[0]?.curves[0]?.values[10]]).toEqual([null, null]);
    expect(summary).toStartWith("20 snapshots in 2 h 46 m, with a gap of 2 h 46 m without any.");
  });

  test("a long gap is cut to little room and named, and ticks on both sides keep their clock", () => {
    const window = drilled.map((snapshot, at) => (at < 10 ? { ...snapshot, timestamp: AT - 10_000 + at } : snapshot));
    const { x, axis, breaks, event, labels } = plan({ window });
    expect(breaks.map(({ label }) => label)).toEqual(["2 h 46 m without packets"]);
    expect(axis.max - axis.min).toBeLessThan(30);
    expect(x).toEqual(x.toSorted((left, right) => left - right));
    expect(event).toBe(x.at(-1));
    expect([labels[0]?.[0], labels.at(-1)?.[0]]).toEqual(["22:40:58", "01:27:38"]);
    const ticks = axis.ticks.map(({ label }) => label);
    expect(ticks.some((label) => label.startsWith("22:41"))).toBe(true);
    expect(ticks.some((label) => label.startsWith("01:27"))).toBe(true);
  });

  test("of a very long window the newest 200 are drawn", () => {
    const { x } = plan({ window: aWindow(AT, DEPTH_FT, 1000) });
    expect(x).toHaveLength(200);
    expect(x.at(-1)).toBe(AT);
  });

  test("an event that the window does not reach is not drawn, and the cursor starts at the newest", () => {
    const { event, cursor, axis } = plan({ event: { timestamp: AT + 86_400, depth: null, category: "None" } });
    expect([event, cursor]).toEqual([undefined, 19]);
    expect(axis.max).toBeLessThan(AT + 60);
  });

  test("a little after the window it is drawn, and the axis reaches it", () => {
    const { event, axis } = plan({ event: { timestamp: AT + 10, depth: null, category: "None" } });
    expect(event).toBe(AT + 10);
    expect(axis.max).toBeGreaterThan(AT + 10);
  });

  test.each([
    ["UTC", ["01:27:20", "01:27:25"]],
    ["America/Chicago", ["19:27:20", "19:27:25"]],
    ["Asia/Kolkata", ["06:57:20", "06:57:25"]],
  ])("ticks are of the 24 hour clock in %s", (zone, expected) => {
    const labels = plan({ zone }).axis.ticks.map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(expected);
  });

  test("midnight is called by its day", () => {
    const midnight = Date.parse("2026-11-10T00:00:00Z") / 1000;
    const { ticks } = plan({ window: aWindow(midnight + 5, DEPTH_FT, 20) }).axis;
    expect(ticks.find(({ at }) => at === midnight)?.label).toBe("11-10");
  });

  test.each([
    ["a single snapshot", drilled.slice(0, 1)],
    ["nothing but names", [{}]],
    ["times that no calendar has", [{ timestamp: 1e300 }, { timestamp: -1e300 }, { timestamp: Number.NaN }]],
  ])("%s makes a plan with few ticks and no exception", (_, window: HistorySnapshot[]) => {
    for (const by of ["time", "depth"] as const) {
      const made = plan({ window }, { by });
      expect(made.axis.ticks.length).toBeLessThanOrEqual(9);
      expect(JSON.parse(JSON.stringify(islandOf(made)))).toMatchObject({ cursor: expect.any(Number) });
    }
  });
});

describe("the sentence", () => {
  test("what moved comes first, and what stayed has its value and unit", () => {
    const window = changed((at) => ({ spp: 2500 - 60 * at }));
    expect(plan({ window }, { tracks: ["spp", "wob_rop"] }).summary).toMatch(
      /^20 snapshots in 19 s\. SPP fell from 2,380 to 1,480 psi\. Steady: WOB \d+\.\d klb; ROP \d+\.\d ft\/h\.$/,
    );
  });

  test("a channel that swings and comes back is not called steady", () => {
    const window = changed((at) => ({ torque: at === 9 ? 30 : 10 }));
    expect(plan({ window }, { tracks: ["torque_rpm"] }).summary).toContain("Varying: Torque 10.0 to 30.0 kft·lb.");
  });

  test("zero throughout and nothing at all are told apart", () => {
    const window = changed(() => ({ gas_units: 0, ecd_margin: null }));
    expect(plan({ window }, { tracks: ["gas_ecd"] }).summary).toEndWith(
      "No reading or zero throughout: Gas. Nothing to draw: ECD margin.",
    );
  });
});
