import type { Campaign, Category } from "../wire/vocabulary.ts";
import { FEATURE_COUNT, FEATURE_SCALE, FEATURES, MISSING } from "./features.ts";

/**
 * A distance of 1. Distances are whole numbers of its parts, chosen so that every term is one: sums are exact, and
 * a tree and a scan that add in different orders still agree to the last bit.
 */
export const DISTANCE_ONE = 8 * 5 * FEATURE_SCALE ** 2;

/** Beyond half of a feature's scale a difference counts no more: one wild sensor must not decide. */
const DIFFERENCE_MAX = 0.5;
/** One side measured it and the other did not, times the weight. */
const ONE_SIDED = 0.1;
const OTHER_CATEGORY = 0.75;
const NONE_CATEGORY = 0.25;
const OTHER_CAMPAIGN = 0.1;

/** Values a byte can have: a row of a feature's table. */
export const TABLE_ROW = 256;

const ONE_SIDED_COSTS = Int32Array.from(FEATURES, ({ weight }) => Math.round(weight * ONE_SIDED * DISTANCE_ONE));

/** By feature and absolute difference of two int8 that are both there, 0 … 254. */
const DIFFERENCE_COSTS = Int32Array.from(FEATURES.flatMap(({ weight }) => differenceCosts(weight)));

function differenceCosts(weight: number): number[] {
  return Array.from({ length: TABLE_ROW }, (_, difference) =>
    Math.round(weight * Math.min(difference / FEATURE_SCALE, DIFFERENCE_MAX) ** 2 * DISTANCE_ONE),
  );
}

/**
 * For a query, what each byte of each feature costs, at `feature × 256 + (byte as unsigned)`; then the 12 values of
 * the query, where each table is at its least. With `askedOnly`, what the query does not give is not asked about;
 * otherwise it is a sensor that the query's rig lacks.
 */
export function costTables(query: Int8Array, askedOnly = false): Int32Array {
  const tables = new Int32Array(FEATURE_COUNT * TABLE_ROW + FEATURE_COUNT);
  tables.set(query, FEATURE_COUNT * TABLE_ROW);
  for (let feature = 0; feature < FEATURE_COUNT; feature++) {
    const asked = query[feature] ?? MISSING;
    if (asked !== MISSING || !askedOnly) fillTable(tables, feature, asked);
  }
  return tables;
}

function fillTable(tables: Int32Array, feature: number, asked: number): void {
  const row = feature * TABLE_ROW;
  const oneSided = ONE_SIDED_COSTS[feature] ?? 0;
  tables[row + (MISSING & 255)] = asked === MISSING ? 0 : oneSided;
  for (let value = -FEATURE_SCALE; value <= FEATURE_SCALE; value++) {
    const cost = asked === MISSING ? oneSided : DIFFERENCE_COSTS[row + Math.abs(asked - value)];
    tables[row + (value & 255)] = cost ?? 0;
  }
}

/** Distance of two situations, in parts of `DISTANCE_ONE`. */
export function situationDistance(query: Int8Array, episode: Int8Array): number {
  let sum = 0;
  for (let feature = 0; feature < FEATURE_COUNT; feature++) {
    sum += featureDistance(feature, query[feature] ?? MISSING, episode[feature] ?? MISSING);
  }
  return sum;
}

/** One term of it: weight · min(|Δ|, ½)², Δ in full scales. */
export function featureDistance(feature: number, left: number, right: number): number {
  if (left === MISSING && right === MISSING) return 0;
  if (left === MISSING || right === MISSING) return ONE_SIDED_COSTS[feature] ?? 0;
  return DIFFERENCE_COSTS[feature * TABLE_ROW + Math.abs(left - right)] ?? 0;
}

/** A query that names no category is as near to one as to another. */
export function categoryDistance(query: Category | undefined, episode: Category): number {
  if (query === undefined || query === episode) return 0;
  const share = query === "None" || episode === "None" ? NONE_CATEGORY : OTHER_CATEGORY;
  return Math.round(share * DISTANCE_ONE);
}

export function campaignDistance(query: Campaign | undefined, episode: Campaign): number {
  return query === undefined || query === episode ? 0 : Math.round(OTHER_CAMPAIGN * DISTANCE_ONE);
}

/** Bit i is set when feature i was measured. */
export function presence(situation: Int8Array): number {
  return situation.reduce((mask, value, feature) => (value === MISSING ? mask : mask | (1 << feature)), 0);
}

/** Weight of the features in a presence mask; of all of them 12. */
export function weightOf(mask: number): number {
  return MASK_WEIGHTS[mask] ?? 0;
}

const MASK_WEIGHTS = Float32Array.from({ length: 1 << FEATURE_COUNT }, (_, mask) =>
  FEATURES.reduce((sum, { weight }, feature) => ((mask >> feature) & 1 ? sum + weight : sum), 0),
);

/** Sum of the tables over the 12 bytes at `offset`; anything above `limit` once it is known to be past it. */
export function tabledDistance(tables: Int32Array, bytes: Uint8Array, offset: number, limit: number): number {
  const first =
    (tables[bytes[offset] ?? 0] ?? 0) +
    (tables[256 + (bytes[offset + 1] ?? 0)] ?? 0) +
    (tables[512 + (bytes[offset + 2] ?? 0)] ?? 0) +
    (tables[768 + (bytes[offset + 3] ?? 0)] ?? 0);
  if (first > limit) return first;
  const more =
    first +
    (tables[1024 + (bytes[offset + 4] ?? 0)] ?? 0) +
    (tables[1280 + (bytes[offset + 5] ?? 0)] ?? 0) +
    (tables[1536 + (bytes[offset + 6] ?? 0)] ?? 0) +
    (tables[1792 + (bytes[offset + 7] ?? 0)] ?? 0);
  if (more > limit) return more;
  return (
    more +
    (tables[2048 + (bytes[offset + 8] ?? 0)] ?? 0) +
    (tables[2304 + (bytes[offset + 9] ?? 0)] ?? 0) +
    (tables[2560 + (bytes[offset + 10] ?? 0)] ?? 0) +
    (tables[2816 + (bytes[offset + 11] ?? 0)] ?? 0)
  );
}
