import { FEATURE_COUNT, FEATURES } from "./features.ts";

/** Rows whose value of the feature, shifted to 0 … 255 with missing as 0, is at most `last` go left. */
export interface Cut {
  readonly feature: number;
  readonly last: number;
}

/** The feature that tells most of these rows apart, cut as evenly as its values allow; undefined when all are equal. */
export function chooseCut(packed: Uint8Array, start: number, end: number): Cut | undefined {
  let feature = -1;
  let widest = 0;
  for (let candidate = 0; candidate < FEATURE_COUNT; candidate++) {
    const spread = variance(packed, start, end, candidate) * (FEATURES[candidate]?.weight ?? 0);
    if (spread > widest) [feature, widest] = [candidate, spread];
  }
  return feature < 0 ? undefined : { feature, last: middleValue(packed, start, end, feature) };
}

/** Moves the rows of the left side before those of the right; returns where the right begins. */
export function partition(packed: Uint8Array, rows: Int32Array, start: number, end: number, cut: Cut): number {
  let left = start;
  let right = end;
  while (left < right) {
    if (shifted(packed, left, cut.feature) <= cut.last) left++;
    else swap(packed, rows, left, --right);
  }
  return left;
}

function swap(packed: Uint8Array, rows: Int32Array, left: number, right: number): void {
  const row = rows[left] ?? 0;
  rows[left] = rows[right] ?? 0;
  rows[right] = row;
  for (let byte = 0; byte < FEATURE_COUNT; byte++) {
    const value = packed[left * FEATURE_COUNT + byte] ?? 0;
    packed[left * FEATURE_COUNT + byte] = packed[right * FEATURE_COUNT + byte] ?? 0;
    packed[right * FEATURE_COUNT + byte] = value;
  }
}

function variance(packed: Uint8Array, start: number, end: number, feature: number): number {
  let sum = 0;
  let squares = 0;
  for (let at = start; at < end; at++) {
    const value = shifted(packed, at, feature);
    sum += value;
    squares += value * value;
  }
  return squares * (end - start) - sum * sum;
}

/** The value after which the rows fall most evenly into two, never all on one side. */
function middleValue(packed: Uint8Array, start: number, end: number, feature: number): number {
  const counts = new Int32Array(256);
  for (let at = start; at < end; at++) {
    const value = shifted(packed, at, feature);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  const half = (end - start) / 2;
  let before = 0;
  let best = { last: 0, distance: Number.POSITIVE_INFINITY };
  for (let value = 0; value < 255; value++) {
    before += counts[value] ?? 0;
    const distance = Math.abs(before - half);
    if (before > 0 && before < end - start && distance < best.distance) best = { last: value, distance };
  }
  return best.last;
}

/** int8 order as 0 … 255. */
function shifted(packed: Uint8Array, at: number, feature: number): number {
  return (packed[at * FEATURE_COUNT + feature] ?? 0) ^ 0x80;
}
