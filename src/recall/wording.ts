import { FEATURE_SCALE, unsquash, type Feature, type FeatureName } from "./features.ts";

interface Words {
  /** What is measured. */
  readonly sensor: string;
  /** What it is called above and below neutral, before the amount. */
  readonly above: string;
  readonly below: string;
  readonly unit: string;
  /** Of the feature's value in its own measure to the number shown. */
  readonly shown: (x: number) => number;
  /** The side is all there is to say. */
  readonly noAmount?: boolean;
}

const percent = (x: number): number => 100 * x;
/** Of a logarithm of a ratio, how many percent it is up or down. */
const percentChange = (x: number): number => 100 * (Math.exp(x) - 1);
const asIs = (x: number): number => x;

const WORDS: Readonly<Record<FeatureName, Words>> = {
  gap: {
    sensor: "flow out over in",
    above: "flow out above in by",
    below: "flow out below in by",
    unit: "%",
    shown: percent,
  },
  pit: { sensor: "pit rate", above: "pits rising", below: "pits falling", unit: "bbl/h", shown: asIs },
  gas: { sensor: "gas", above: "gas high,", below: "gas low,", unit: "units", shown: asIs },
  torque_osc: { sensor: "torque swing", above: "torque swinging", below: "torque smooth,", unit: "%", shown: percent },
  rpm_osc: {
    sensor: "rotation swing",
    above: "rotation swinging",
    below: "rotation smooth,",
    unit: "%",
    shown: percent,
  },
  mse_eff: {
    sensor: "MSE efficiency",
    above: "MSE efficiency",
    below: "MSE efficiency only",
    unit: "%",
    shown: (v) => 50 * (v + 1),
  },
  ecd: { sensor: "ECD margin", above: "ECD margin wide,", below: "ECD margin narrow,", unit: "ppg", shown: asIs },
  on_bottom: { sensor: "on bottom", above: "on bottom", below: "off bottom", unit: "", shown: asIs, noAmount: true },
  rotating: { sensor: "rotating", above: "rotating", below: "not rotating", unit: "", shown: asIs, noAmount: true },
  gas_rel: { sensor: "gas change", above: "gas up", below: "gas down", unit: "%", shown: percentChange },
  spp_rel: {
    sensor: "standpipe pressure change",
    above: "pressure up",
    below: "pressure down",
    unit: "%",
    shown: percentChange,
  },
  resist: {
    sensor: "pressure beyond flow",
    above: "pressure above what the flow explains by",
    below: "pressure below what the flow explains by",
    unit: "%",
    shown: percentChange,
  },
};

export function sensorOf({ name }: Feature): string {
  return WORDS[name].sensor;
}

/** What the feature says on its side of neutral. */
export function sideName({ name, neutral }: Feature, value: number): string {
  return value >= neutral ? WORDS[name].above : WORDS[name].below;
}

/** ` 6 % (there 7 %)`, or nothing when the side is all there is. */
export function amountIn(feature: Feature, asked: number, there: number): string {
  if (WORDS[feature.name].noAmount === true) return "";
  return ` ${amount(feature, asked)} (there ${amount(feature, there)})`;
}

/** The size in the driller's unit; `yes` or `no` for a state. */
export function amount(feature: Feature, value: number): string {
  const { unit, noAmount } = WORDS[feature.name];
  if (noAmount === true) return value > 0 ? "yes" : "no";
  const size = Math.abs(shown(feature, value));
  return `${isSaturated(feature, value) ? "over " : ""}${rounded(size)} ${unit}`;
}

/** For features where above and below are opposites. */
export function sign(feature: Feature, value: number): string {
  if (WORDS[feature.name].noAmount === true || feature.half === undefined) return "";
  const size = shown(feature, value);
  return rounded(Math.abs(size)) === "0" ? "" : size > 0 ? "+" : "-";
}

function shown(feature: Feature, value: number): number {
  const { shown: show } = WORDS[feature.name];
  if (feature.half === undefined) return show(value);
  const least = Math.min(Math.abs(value), SATURATED);
  return show(unsquash(Math.sign(value) * least, feature.half));
}

/** The last value that has an x: at full scale it would be without end. */
const SATURATED = (FEATURE_SCALE - 1) / FEATURE_SCALE;

function isSaturated({ half }: Feature, value: number): boolean {
  return half !== undefined && Math.abs(value) > SATURATED;
}

/** Two digits are as many as an int8 carries. */
function rounded(size: number): string {
  if (size >= 10) return String(Math.round(size));
  return String(Number(size.toFixed(size >= 1 ? 1 : 2)));
}
