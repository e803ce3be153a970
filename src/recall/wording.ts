import { FEATURE_SCALE, unsquash, type Feature, type FeatureName } from "./features.ts";

interface Words {
  /** What is measured. */
  readonly sensor: string;
  /** What is said above and below neutral; `#` is where the amount goes, and a state has none. */
  readonly above: string;
  readonly below: string;
  readonly unit: string;
  /** Of the feature's value in its own measure to the number shown. */
  readonly shown: (x: number) => number;
}

const percent = (x: number): number => 100 * x;
/** Of a logarithm of a ratio, how many percent it is up or down. */
const percentChange = (x: number): number => 100 * (Math.exp(x) - 1);
const asIs = (x: number): number => x;

const WORDS: Readonly<Record<FeatureName, Words>> = {
  gap: {
    sensor: "flow out over in",
    above: "flow out # above in",
    below: "flow out # below in",
    unit: "%",
    shown: percent,
  },
  pit: { sensor: "pit rate", above: "pits rising #", below: "pits falling #", unit: "bbl/h", shown: asIs },
  gas: { sensor: "gas", above: "gas high, #", below: "gas low, #", unit: "units", shown: asIs },
  torque_osc: {
    sensor: "torque swing",
    above: "torque swinging #",
    below: "torque smooth, #",
    unit: "%",
    shown: percent,
  },
  rpm_osc: {
    sensor: "rotation swing",
    above: "rotation swinging #",
    below: "rotation smooth, #",
    unit: "%",
    shown: percent,
  },
  mse_eff: {
    sensor: "MSE efficiency",
    above: "MSE efficiency #",
    below: "MSE efficiency only #",
    unit: "%",
    shown: (v) => 50 * (v + 1),
  },
  ecd: { sensor: "ECD margin", above: "ECD margin wide, #", below: "ECD margin narrow, #", unit: "ppg", shown: asIs },
  on_bottom: { sensor: "on bottom", above: "on bottom", below: "off bottom", unit: "", shown: asIs },
  rotating: { sensor: "rotating", above: "rotating", below: "not rotating", unit: "", shown: asIs },
  gas_rel: { sensor: "gas change", above: "gas up #", below: "gas down #", unit: "%", shown: percentChange },
  spp_rel: {
    sensor: "standpipe pressure change",
    above: "pressure up #",
    below: "pressure down #",
    unit: "%",
    shown: percentChange,
  },
  resist: {
    sensor: "pressure beyond flow",
    above: "pressure # above what the flow explains",
    below: "pressure # below what the flow explains",
    unit: "%",
    shown: percentChange,
  },
};

export function sensorOf({ name }: Feature): string {
  return WORDS[name].sensor;
}

/** `flow out 6 % above in (there 7 %)`: a feature that both sides show on the same side of neutral. */
export function sharedText(feature: Feature, asked: number, there: number): string {
  const { above, below } = WORDS[feature.name];
  const side = asked >= feature.neutral ? above : below;
  return isState(feature) ? side : `${side.replace("#", amount(feature, asked))} (there ${amount(feature, there)})`;
}

/** `flow out over in +2 %, there -9 %`: a feature that sets two cases apart. */
export function differenceText(feature: Feature, asked: number, there: number): string {
  return `${sensorOf(feature)} ${reading(feature, asked)}, there ${reading(feature, there)}`;
}

function reading(feature: Feature, value: number): string {
  if (isState(feature)) return value > 0 ? "yes" : "no";
  const above = hasSides(feature) && value > 0;
  const below = hasSides(feature) && value < 0;
  return `${above ? "+" : below ? "-" : ""}${amount(feature, value)}`;
}

/** In the driller's unit; without a sign where the words already tell the side. */
function amount(feature: Feature, value: number): string {
  const size = shown(feature, value);
  const beyond = isSaturated(feature, value) ? "over " : "";
  return `${beyond}${rounded(hasSides(feature) ? Math.abs(size) : size)} ${WORDS[feature.name].unit}`;
}

function isState({ name }: Feature): boolean {
  return WORDS[name].unit === "";
}

/** Whether above and below neutral are opposites, not more and less of one thing. */
function hasSides({ neutral }: Feature): boolean {
  return neutral === 0;
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

/** About as many digits as an int8 carries. */
function rounded(size: number): string {
  const decimals = Math.abs(size) >= 3 ? 0 : Math.abs(size) >= 1 ? 1 : 2;
  return String(Number(size.toFixed(decimals)));
}
