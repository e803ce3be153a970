import type { EpisodeMetrics } from "../wire/episode.ts";
import { measured, type FleetEvent, type PhysicsReport } from "../wire/event.ts";
import { FEATURE_COUNT, FEATURES, MISSING, quantise, squash, type FeatureName } from "./features.ts";
import { base, channel, last, logRatio, oscillation, type ChannelName } from "./window.ts";

const FLOW_IN_MIN_GPM = 50;
const RESIST_LEVEL_MIN = 50;
/** Turbulent pressure loss grows with flow to about this power. */
const FLOW_EXPONENT = 1.8;
/** What the rig software writes when ECD or fracture gradient is unknown, ppg. */
const ECD_UNKNOWN = 1.5;
const ROP_ON_BOTTOM = 0.5;
const RPM_ROTATING = 5;
const SITUATION_TEXT = /^[A-Za-z0-9+/]{16}$/;

type Values = Readonly<Record<FeatureName, number | undefined>>;
type Read = (name: ChannelName) => readonly number[];

/** The situation of an event: 12 × int8 in the order of FEATURES, `MISSING` where it had no reading. */
export function fingerprint(event: FleetEvent): Int8Array {
  const report = event.advisory.physics_report ?? {};
  const cache = new Map<ChannelName, readonly number[]>();
  const read: Read = (name) => {
    const readings = cache.get(name) ?? channel(event.history_window, name);
    cache.set(name, readings);
    return readings;
  };
  return quantised({ ...levels(read, report), ...states(read), ...changes(read) });
}

/** A fingerprint of what a rig tells without a window; everything else stays missing. */
export function situationOfMetrics(metrics: Partial<EpisodeMetrics>): Int8Array {
  const efficiency = measured(metrics.mse_efficiency);
  const margin = measured(metrics.ecd_margin);
  return quantised({
    ...UNKNOWN,
    mse_eff: efficiency === undefined ? undefined : efficiencyValue(efficiency),
    ecd: margin === undefined || margin === 0 ? undefined : marginValue(margin),
  });
}

export function missingSituation(): Int8Array {
  return new Int8Array(FEATURE_COUNT).fill(MISSING);
}

/** Base64, 16 characters. */
export function encodeSituation(situation: Int8Array): string {
  return Buffer.from(situation.buffer, situation.byteOffset, situation.byteLength).toString("base64");
}

/** All missing when there is no text or it is no situation: an old hub sends none. */
export function decodeSituation(text: string | null | undefined): Int8Array {
  if (typeof text !== "string" || !SITUATION_TEXT.test(text)) return missingSituation();
  return new Int8Array(Buffer.from(text, "base64"));
}

type Levels = "gap" | "pit" | "gas" | "mse_eff" | "ecd";
type States = "torque_osc" | "rpm_osc" | "on_bottom" | "rotating";
type Changes = "gas_rel" | "spp_rel" | "resist";

function levels(read: Read, report: PhysicsReport): Pick<Values, Levels> {
  const mse = last(read("mse"));
  const efficiency = last(read("mse_efficiency"));
  const margin = last(read("ecd_margin"));
  const gas = reported(report.current_gas, read("gas_units"));
  return {
    gap: gap(last(read("flow_in")), last(read("flow_out"))),
    pit: squashed(reported(report.avg_pit_rate, read("pit_rate")), 10),
    gas: squashed(gas === undefined ? undefined : Math.max(gas, 0), 50),
    mse_eff: efficiency === undefined || mse === undefined || mse <= 0 ? undefined : efficiencyValue(efficiency),
    ecd: margin === undefined ? undefined : marginValue(margin),
  };
}

function states(read: Read): Pick<Values, States> {
  const rop = last(read("rop"));
  const mse = last(read("mse"));
  const rpm = last(read("rpm"));
  const drilling = (rop ?? 0) > ROP_ON_BOTTOM && (mse ?? 0) > 0;
  return {
    torque_osc: squashed(oscillation(read("torque")), 0.03),
    rpm_osc: squashed(oscillation(read("rpm")), 0.03),
    on_bottom: rop === undefined && mse === undefined ? undefined : sign(drilling),
    rotating: rpm === undefined ? undefined : sign(rpm > RPM_ROTATING),
  };
}

function changes(read: Read): Pick<Values, Changes> {
  return {
    gas_rel: squashed(logRatio(read("gas_units")), 0.3),
    spp_rel: squashed(logRatio(read("spp")), 0.1),
    resist: squashed(resistance(read), 0.05),
  };
}

function gap(flowIn: number | undefined, flowOut: number | undefined): number | undefined {
  if (flowIn === undefined || flowOut === undefined) return undefined;
  return squash((flowOut - flowIn) / Math.max(flowIn, FLOW_IN_MIN_GPM), 0.05);
}

/** Pressure change that the flow does not explain; needs real circulation, and a flow-out sensor to trust it. */
function resistance(read: Read): number | undefined {
  const sides = [read("spp"), read("flow_in")].flatMap((readings) => [last(readings) ?? 0, base(readings) ?? 0]);
  if (sides.some((side) => side <= RESIST_LEVEL_MIN) || read("flow_out").length === 0) return undefined;
  const pressure = logRatio(read("spp"));
  const flow = logRatio(read("flow_in"));
  return pressure === undefined || flow === undefined ? undefined : pressure - FLOW_EXPONENT * flow;
}

/** A number of the report; 0 means "no reading" when the channel behind it has none either. */
function reported(value: number | null | undefined, readings: readonly number[]): number | undefined {
  const known = measured(value);
  return known === 0 && readings.length === 0 ? undefined : known;
}

function efficiencyValue(percent: number): number {
  return Math.max(0, Math.min(100, percent)) / 50 - 1;
}

function marginValue(ppg: number): number | undefined {
  return ppg === ECD_UNKNOWN ? undefined : squash(ppg, 0.3);
}

function squashed(value: number | undefined, half: number): number | undefined {
  return value === undefined ? undefined : squash(value, half);
}

function sign(yes: boolean): number {
  return yes ? 1 : -1;
}

const UNKNOWN = Object.fromEntries(FEATURES.map(({ name }) => [name, undefined])) as Values;

function quantised(values: Values): Int8Array {
  return Int8Array.from(FEATURES, ({ name }) => quantise(values[name]));
}
