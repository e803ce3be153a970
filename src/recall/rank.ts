import type { OutcomeName } from "../wire/vocabulary.ts";
import { DISTANCE_ONE } from "./distance.ts";

/** How much an outcome teaches; a judgement, not a measurement. */
const OUTCOME_WEIGHTS: Readonly<Record<OutcomeName, number>> = {
  Resolved: 1,
  Escalated: 0.55,
  FalsePositive: 0.25,
  Pending: 0.15,
};

const HALF_LIFE_S = 365 * 86_400;
/** What the oldest case keeps. */
const AGELESS = 0.7;

/** 1 at no distance, e^-1 at `DISTANCE_ONE`. */
export function similarity(distance: number): number {
  return Math.exp(-distance / DISTANCE_ONE);
}

export function outcomeWeight(outcome: OutcomeName): number {
  return OUTCOME_WEIGHTS[outcome];
}

/** 1 for now (or a clock ahead of ours) down to 0.7; half of the difference is gone after a year. */
export function ageFactor(ageS: number): number {
  return AGELESS + (1 - AGELESS) * 2 ** (-Math.max(0, ageS) / HALF_LIFE_S);
}

/** 0 … 1: what an answer is sorted by. `worth` is outcome weight × age factor. */
export function rankOf(distance: number, worth: number): number {
  return similarity(distance) * worth;
}

/**
 * The largest distance at which a case of at most `worthMax` could still rank at `least`. Rounded up by more than
 * floating point can be wrong: a bound may let too many in, never too few.
 */
export function distanceLimit(least: number, worthMax: number): number {
  return least <= 0 ? Number.MAX_SAFE_INTEGER : Math.ceil(Math.log(worthMax / least) * DISTANCE_ONE + 1);
}
