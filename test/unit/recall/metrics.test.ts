import { expect, test } from "bun:test";
import { episodeMetrics } from "../../../src/recall/metrics.ts";
import type { FleetEvent, HistorySnapshot } from "../../../src/wire/event.ts";
import { anEvent, aWindow } from "../../support/builders.ts";
import { fixtureEvents } from "../../support/fixtures.ts";

function withWindow(change: (at: number) => HistorySnapshot): FleetEvent {
  return anEvent({ history_window: aWindow().map((snapshot, at) => Object.assign(snapshot, change(at))) });
}

test("flow balance and d-exponent are the report's trends", () => {
  const metrics = episodeMetrics(anEvent({ advisory: { physics_report: { flow_balance_trend: 9.5, dxc_trend: 12 } } }));
  expect(metrics).toMatchObject({ flow_balance: 9.5, d_exponent: 12, mse_efficiency: 90, rop: 60 });
});

test("defect 24: torque change and ECD margin come from the history window, not from nowhere", () => {
  const metrics = episodeMetrics(withWindow((at) => ({ torque: at < 30 ? 10 : 12, ecd_margin: at / 100 })));
  expect(metrics.torque_delta_percent).toBeCloseTo(20, 9);
  expect(metrics.ecd_margin).toBe(0.59);
  const zeros = fixtureEvents()
    .map(episodeMetrics)
    .filter((known) => known.torque_delta_percent === 0);
  expect(zeros.length).toBeLessThan(338 / 2);
});

test("what was not measured is 0, and nothing is ever not a number", () => {
  const silent = anEvent({ history_window: [{}] });
  const { physics_report: _none, ...advisory } = silent.advisory;
  const bare: FleetEvent = { ...silent, advisory };
  expect(Object.values(episodeMetrics(bare))).toEqual([0, 0, 0, 0, 0, 0]);
  for (const event of fixtureEvents()) expect(Object.values(episodeMetrics(event)).every(Number.isFinite)).toBe(true);
});

test("torque that starts from rest has no percentage", () => {
  expect(episodeMetrics(withWindow((at) => ({ torque: at < 40 ? 0 : 12 }))).torque_delta_percent).toBe(0);
});
