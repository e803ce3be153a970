import { assert } from "../../../src/base/assert.ts";
import { unitInterval, type Random } from "../../../src/base/random.ts";

/** Uniform over [from, to). */
export function between(random: Random, from: number, to: number): number {
  return from + unitInterval(random) * (to - from);
}

/** A whole number, both ends included. */
export function whole(random: Random, from: number, to: number): number {
  return Math.floor(between(random, from, to + 1));
}

export function happens(random: Random, share: number): boolean {
  return unitInterval(random) < share;
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const picked = from[Math.floor(unitInterval(random) * from.length)];
  assert(picked !== undefined, "there is something to pick from");
  return picked;
}

/** One of the keys, each as often as its weight says. */
export function weighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries<number>(weights) as [K, number][];
  let left = unitInterval(random) * entries.reduce((sum, [, weight]) => sum + weight, 0);
  const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0];
  assert(found !== undefined, "there is something to choose from");
  return found[0];
}
