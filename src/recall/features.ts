import { assert } from "../base/assert.ts";

/** Stands for a feature that could not be measured; no value of a feature reaches it. */
export const MISSING = -128;
/** A feature runs over -1 … 1 and is kept as a whole number of these. */
export const FEATURE_SCALE = 127;

export interface Feature {
  readonly name: FeatureName;
  /** How much a difference counts; all together 12. */
  readonly weight: number;
  /** Its x that gives half of full scale, in `unit`; undefined when the feature is not squashed. */
  readonly half?: number;
  /** The value that says nothing: a steady, healthy well. Below or above it the reasons begin. */
  readonly neutral: number;
}

export type FeatureName =
  | "gap"
  | "pit"
  | "gas"
  | "torque_osc"
  | "rpm_osc"
  | "mse_eff"
  | "ecd"
  | "on_bottom"
  | "rotating"
  | "gas_rel"
  | "spp_rel"
  | "resist";

/**
 * The order is that of the bytes in a situation, fixed on the wire. Only what is relative to the well itself is
 * here: levels such as flow, ROP or depth tell the rigs apart, not the situations.
 */
export const FEATURES: readonly Feature[] = [
  /** Flow out over flow in, as a share of flow in. */
  { name: "gap", weight: 3, half: 0.05, neutral: 0 },
  /** bbl/h */
  { name: "pit", weight: 1, half: 10, neutral: 0 },
  /** units */
  { name: "gas", weight: 1, half: 50, neutral: 0.3 },
  /** Swing from sample to sample, as a share of the mean. */
  { name: "torque_osc", weight: 1, half: 0.03, neutral: 0.4 },
  { name: "rpm_osc", weight: 1, half: 0.03, neutral: 0.25 },
  /** 0 … 100 percent laid over -1 … 1. */
  { name: "mse_eff", weight: 1, neutral: 1 },
  /** ppg left to the fracture gradient. */
  { name: "ecd", weight: 0.5, half: 0.3, neutral: 0.85 },
  { name: "on_bottom", weight: 1, neutral: 1 },
  { name: "rotating", weight: 1, neutral: 1 },
  /** Natural logarithm of now over the window's first third; the same for the next. */
  { name: "gas_rel", weight: 0.5, half: 0.3, neutral: 0 },
  { name: "spp_rel", weight: 0.5, half: 0.1, neutral: 0 },
  /** Pressure beyond what the flow explains, as a logarithm. */
  { name: "resist", weight: 0.5, half: 0.05, neutral: 0 },
];

export const FEATURE_COUNT = FEATURES.length;

export function featureIndex(name: FeatureName): number {
  const at = FEATURES.findIndex((feature) => feature.name === name);
  assert(at >= 0, `a feature is called ${name}`);
  return at;
}

/** Maps any x onto -1 … 1, half way at `half`: steep where decisions are made, flat for the absurd. */
export function squash(x: number, half: number): number {
  return x / (Math.abs(x) + half);
}

/** The x that a squashed value came from. */
export function unsquash(value: number, half: number): number {
  return (half * value) / (1 - Math.abs(value));
}

/** -1 … 1 → int8; what is absent or not finite is missing. */
export function quantise(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  return Math.round(FEATURE_SCALE * Math.max(-1, Math.min(1, value)));
}
