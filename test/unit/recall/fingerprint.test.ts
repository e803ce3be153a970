import { expect, test } from "bun:test";
import { FEATURES, MISSING, featureIndex, type FeatureName } from "../../../src/recall/features.ts";
import {
  decodeSituation,
  encodeSituation,
  fingerprint,
  missingSituation,
  situationOfMetrics,
} from "../../../src/recall/fingerprint.ts";
import type { FleetEvent, HistorySnapshot } from "../../../src/wire/event.ts";
import { anEvent, aWindow } from "../../support/builders.ts";
import { fixtureEvents } from "../../support/fixtures.ts";

/** Six snapshots, so that the first third is two and the newest five all but the first. */
function steps(of: (at: number) => HistorySnapshot): HistorySnapshot[] {
  return Array.from({ length: 6 }, (_, at) => of(at));
}

/** Flow out 5 % over in, pits gaining 10 bbl/h, gas 50, torque and rpm alternating, margin .3, pressure doubled. */
const HAND_MADE: FleetEvent = anEvent({
  history_window: steps((at) => ({
    rop: 60,
    mse: 800,
    mse_efficiency: 75,
    rpm: at % 2 === 0 ? 98.5 : 101.5,
    torque: 10,
    spp: at < 2 ? 1000 : 2000,
    flow_in: 400,
    flow_out: 420,
    pit_rate: 10,
    ecd_margin: 0.3,
    gas_units: at < 2 ? 50 : 100,
  })),
  advisory: { physics_report: { avg_pit_rate: 10, current_gas: 50 } },
});

function feature(event: FleetEvent, name: FeatureName): number | undefined {
  return fingerprint(event)[featureIndex(name)];
}

function withWindow(change: (snapshot: HistorySnapshot) => HistorySnapshot): FleetEvent {
  return anEvent({ history_window: aWindow().map(change) });
}

test("a situation has the twelve numbers that were reckoned by hand", () => {
  const halfWay = 64; // x at its half is 1/2; 63.5 rounds up
  expect([...fingerprint(HAND_MADE)]).toEqual([
    halfWay, // gap (420 - 400)/400 = .05
    halfWay, // pit 10/(10 + 10)
    halfWay, // gas 50/(50 + 50)
    0, // torque steady
    64, // rpm: mean bend 6 over 2 × 100 = .03
    64, // efficiency 75/50 - 1 = .5
    halfWay, // margin .3/(.3 + .3)
    127,
    127,
    89, // ln 2/(ln 2 + .3) = .698
    111, // ln 2/(ln 2 + .1) = .874
    118, // ln 2/(ln 2 + .05) = .933
  ]);
});

test("the weights come to twelve and the order is that of the wire", () => {
  expect(FEATURES.reduce((sum, { weight }) => sum + weight, 0)).toBe(12);
  expect(FEATURES.map(({ name }) => name).join(" ")).toBe(
    "gap pit gas torque_osc rpm_osc mse_eff ecd on_bottom rotating gas_rel spp_rel resist",
  );
});

test("without flow out there is no gap and no resistance, but the rest stays", () => {
  const event = withWindow((snapshot) => ({ ...snapshot, flow_out: 0 }));
  expect(feature(event, "gap")).toBe(MISSING);
  expect(feature(event, "resist")).toBe(MISSING);
  expect(feature(event, "spp_rel")).not.toBe(MISSING);
});

test("a pit rate of zero is a reading when the channel has any, and none otherwise", () => {
  const report = { physics_report: { avg_pit_rate: 0 } };
  expect(feature(anEvent({ advisory: report }), "pit")).toBe(0);
  const { history_window } = withWindow((snapshot) => ({ ...snapshot, pit_rate: 0 }));
  expect(feature(anEvent({ advisory: report, history_window }), "pit")).toBe(MISSING);
});

test("an ECD margin of 1.5 or of zeros is unknown, any other is known", () => {
  const margin = (ppg: number): FleetEvent => withWindow((snapshot) => ({ ...snapshot, ecd_margin: ppg }));
  expect(feature(margin(1.5), "ecd")).toBe(MISSING);
  expect(feature(margin(0), "ecd")).toBe(MISSING);
  expect(feature(margin(1.49), "ecd")).toBe(Math.round((127 * 1.49) / 1.79));
});

test("off bottom the efficiency is missing and the bit is known to be off", () => {
  const event = withWindow((snapshot) => ({ ...snapshot, mse: 0, rop: 0.2 }));
  expect(feature(event, "mse_eff")).toBe(MISSING);
  expect(feature(event, "on_bottom")).toBe(-127);
  expect(
    feature(
      withWindow((snapshot) => ({ ...snapshot, mse: 0, rop: 0 })),
      "on_bottom",
    ),
  ).toBe(MISSING);
});

test("one snapshot gives levels and no changes", () => {
  const event = anEvent({ history_window: aWindow(1_794_187_658, 9_898, 1) });
  expect(feature(event, "gap")).not.toBe(MISSING);
  for (const name of ["torque_osc", "rpm_osc", "gas_rel", "spp_rel", "resist"] as const) {
    expect(feature(event, name)).toBe(MISSING);
  }
});

test("nulls and a report that is not there are missing readings, not errors", () => {
  const event = withWindow(() => ({ rpm: null }));
  const { physics_report: _none, ...advisory } = event.advisory;
  const bare: FleetEvent = { ...event, advisory };
  expect(fingerprint(bare)).toEqual(missingSituation());
});

test("levels do not matter: the same well with thrice the depth, speed and weight has the same situation", () => {
  const scaled = withWindow((snapshot) => ({
    ...snapshot,
    depth: (snapshot.depth ?? 0) * 3,
    rop: (snapshot.rop ?? 0) * 3,
    wob: (snapshot.wob ?? 0) * 3,
    torque: (snapshot.torque ?? 0) * 3,
  }));
  expect(fingerprint(scaled)).toEqual(fingerprint(anEvent()));
  const looser = withWindow((snapshot) => ({ ...snapshot, flow_out: (snapshot.flow_out ?? 0) * 1.1 }));
  expect(fingerprint(looser)).not.toEqual(fingerprint(anEvent()));
});

test("every fixture has a situation of sixteen characters that decodes to itself", () => {
  const events = fixtureEvents();
  expect(events).toHaveLength(338);
  for (const event of events) {
    const situation = fingerprint(event);
    const text = encodeSituation(situation);
    expect(text).toHaveLength(16);
    expect(decodeSituation(text)).toEqual(situation);
  }
});

test("a text that is no situation decodes to all missing", () => {
  for (const text of [undefined, null, "", "short", "A".repeat(17), "!".repeat(16)]) {
    expect(decodeSituation(text)).toEqual(missingSituation());
  }
  expect(decodeSituation("A".repeat(16))).toEqual(new Int8Array(12));
});

test("key metrics fill the two features they map onto, and sentinels fill none", () => {
  const situation = situationOfMetrics({ mse_efficiency: 75, ecd_margin: 0.3, rop: 50, flow_balance: 20 });
  expect([...situation].filter((value) => value !== MISSING)).toEqual([64, 64]);
  expect(situationOfMetrics({ ecd_margin: 0 })).toEqual(missingSituation());
  expect(situationOfMetrics({ ecd_margin: 1.5 })).toEqual(missingSituation());
});
