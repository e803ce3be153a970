import type { Random } from "../../../src/base/random.ts";
import type { FleetEvent, HistorySnapshot, PhysicsReport } from "../../../src/wire/event.ts";
import type { Campaign } from "../../../src/wire/vocabulary.ts";
import { between } from "./chance.ts";

export interface EventPlace {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  /** Unix s */
  readonly second: number;
  readonly depthFt: number;
}

/** What a reading of the same situation may differ by on another day. */
const JITTER = 0.015;
const FRACTION_DIGITS: Readonly<Record<string, number>> = {
  depth: 1,
  rop: 1,
  wob: 1,
  torque: 1,
  d_exponent: 2,
  flow_balance: 1,
  ecd_margin: 2,
  mse_efficiency: 1,
  pit_rate: 1,
  current_mud_weight: 2,
  current_ecd: 2,
  weight: 2,
};
const DIGITS_OTHERWISE = 1;

/** The same happening on another rig, at another time and depth: its id, its times and its depths move together. */
export function movedEvent(event: FleetEvent, place: EventPlace, random: Random): FleetEvent {
  const { rig_id, well_id, field, campaign, second, depthFt } = place;
  const shift = { s: second - event.timestamp, ft: depthFt - (event.depth ?? depthFt), gain: 1 + jitter(random) };
  const report = event.advisory.physics_report;
  return {
    ...event,
    id: `${rig_id}-${second}`,
    rig_id,
    well_id,
    field,
    campaign,
    advisory: {
      ...event.advisory,
      timestamp: second,
      ...toldAt(event.advisory.recommendation, depthFt),
      ...(report === undefined ? {} : { physics_report: movedReport(report, depthFt) }),
      ...(event.advisory.trace_log === undefined
        ? {}
        : { trace_log: event.advisory.trace_log.map((entry) => ({ ...entry, timestamp_ms: second * 1000 })) }),
    },
    history_window: event.history_window.map((snapshot) => movedSnapshot(snapshot, shift)),
    depth: rounded("depth", depthFt),
    timestamp: second,
  };
}

/** Some texts tell the depth. */
function toldAt(recommendation: string | null | undefined, depthFt: number): { recommendation?: string } {
  if (typeof recommendation !== "string") return {};
  return { recommendation: recommendation.replace(/\bat \d+ ft\b/, `at ${Math.round(depthFt)} ft`) };
}

interface Shift {
  readonly s: number;
  readonly ft: number;
  /** One for all readings, so that what they are to each other stays. */
  readonly gain: number;
}

function movedSnapshot(snapshot: HistorySnapshot, { s, ft, gain }: Shift): HistorySnapshot {
  const moved: Record<string, number> = {};
  for (const [name, value] of Object.entries(snapshot)) {
    if (typeof value !== "number") continue;
    if (name === "timestamp") moved[name] = value + s;
    else if (name === "depth") moved[name] = rounded(name, Math.max(0, value + ft));
    else moved[name] = rounded(name, isLevel(name) ? value * gain : value);
  }
  return moved;
}

/** Percentages and margins have limits of their own, and their sentinels must stay what they are. */
function isLevel(name: string): boolean {
  return name !== "mse_efficiency" && name !== "ecd_margin" && name !== "d_exponent";
}

function movedReport(report: PhysicsReport, depthFt: number): PhysicsReport {
  const moved = Object.entries(report).map(([name, value]): [string, unknown] => [
    name,
    typeof value === "number" ? rounded(name, value) : value,
  ]);
  const all: PhysicsReport = Object.fromEntries(moved);
  return report.current_depth === undefined ? all : { ...all, current_depth: rounded("depth", depthFt) };
}

function rounded(name: string, value: number): number {
  const scale = 10 ** (FRACTION_DIGITS[name] ?? DIGITS_OTHERWISE);
  return Math.round(value * scale) / scale;
}

function jitter(random: Random): number {
  return between(random, -JITTER, JITTER);
}
