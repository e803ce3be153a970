import { DISTANCE_ONE, featureDistance } from "./distance.ts";
import { FEATURE_SCALE, FEATURES, MISSING, type Feature } from "./features.ts";
import { differenceText, sensorOf, sharedText } from "./wording.ts";

const REASONS_SHOWN = 3;
/** With fewer, likeness is that of any two quiet wells. */
const REASONS_MIN = 2;
/** Nearer to neutral than this says nothing. */
const UNUSUAL_MIN = 0.15;
const LIKENESS_RANGE = 0.5;
const DISAGREEMENT_MIN = 0.1 * DISTANCE_ONE;
/** Features whose absence would only repeat that of another. */
const DERIVED = new Set(["gas_rel", "resist", "on_bottom", "rotating"]);

/** Why two situations are alike, what most sets them apart, and what could not be compared; from the distance's numbers. */
export function reasons(query: Int8Array, episode: Int8Array): string[] {
  const both = pairs(query, episode);
  const alike = strongest(both);
  return [
    ...(alike.length < REASONS_MIN ? ["nothing unusual in common"] : alike),
    ...disagreement(both),
    ...notMeasured(query, episode),
  ];
}

/** The three strongest things that both wells show on the same side of neutral. */
export function featureReasons(query: Int8Array, episode: Int8Array): string[] {
  return strongest(pairs(query, episode));
}

function strongest(both: readonly Pair[]): string[] {
  return both
    .map((pair) => ({ pair, strength: strength(pair) }))
    .filter((scoredPair) => scoredPair.strength > 0)
    .toSorted((left, right) => right.strength - left.strength)
    .slice(0, REASONS_SHOWN)
    .map(({ pair }) => sharedText(pair.feature, pair.asked, pair.there));
}

/** A feature that both sides measured; values over -1 … 1. */
interface Pair {
  readonly feature: Feature;
  readonly asked: number;
  readonly there: number;
  readonly distance: number;
}

function pairs(query: Int8Array, episode: Int8Array): Pair[] {
  return FEATURES.flatMap((feature, at) => {
    const asked = query[at] ?? MISSING;
    const there = episode[at] ?? MISSING;
    if (asked === MISSING || there === MISSING) return [];
    const distance = featureDistance(at, asked, there);
    return [{ feature, asked: asked / FEATURE_SCALE, there: there / FEATURE_SCALE, distance }];
  });
}

/** Weight × how far the less unusual one is from neutral × how alike they are; 0 when it is no reason. */
function strength({ feature, asked, there }: Pair): number {
  const here = asked - feature.neutral;
  const other = there - feature.neutral;
  if (here * other <= 0) return 0;
  const unusual = Math.min(Math.abs(here), Math.abs(other));
  if (unusual < UNUSUAL_MIN) return 0;
  const likeness = 1 - Math.min(Math.abs(asked - there), LIKENESS_RANGE) / LIKENESS_RANGE;
  return feature.weight * unusual * likeness;
}

function disagreement(both: readonly Pair[]): string[] {
  const largest = both.reduce<Pair | undefined>(
    (worst, pair) => (pair.distance > (worst?.distance ?? 0) ? pair : worst),
    undefined,
  );
  if (largest === undefined || largest.distance < DISAGREEMENT_MIN) return [];
  return [`but ${differenceText(largest.feature, largest.asked, largest.there)}`];
}

function notMeasured(query: Int8Array, episode: Int8Array): string[] {
  const named = FEATURES.map((feature, at) => ({
    feature,
    here: query[at] === MISSING,
    there: episode[at] === MISSING,
  }));
  const basic = named.filter(({ feature }) => !DERIVED.has(feature.name));
  const list = (where: string, missing: typeof basic): string[] =>
    missing.length === 0 ? [] : [`not measured${where}: ${missing.map(({ feature }) => sensorOf(feature)).join(", ")}`];
  return [
    ...list(
      "",
      basic.filter(({ here, there }) => here && there),
    ),
    ...list(
      " here",
      basic.filter(({ here, there }) => here && !there),
    ),
    ...list(
      " there",
      basic.filter(({ here, there }) => !here && there),
    ),
  ];
}
