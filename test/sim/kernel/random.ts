import { seededRandom, unitInterval, type Random } from "../../../src/base/random.ts";

/** A generator of its own for each name: who draws more or less changes nothing for the others. */
export interface Dice extends Random {
  fork(name: string): Dice;
  /** Uniform over [0, 1). */
  unit(): number;
  chance(probability: number): boolean;
  /** Uniform over whole numbers, both ends included. */
  int(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
}

export function diceOf(seed: number, name = ""): Dice {
  const random = seededRandom(mixed(seed, name));
  const unit = (): number => unitInterval(random);
  const int = (least: number, most: number): number => least + Math.floor(unit() * (most - least + 1));
  return {
    ...random,
    fork: (child) => diceOf(seed, `${name}/${child}`),
    unit,
    chance: (probability) => unit() < probability,
    int,
    pick(from) {
      const one = from[int(0, from.length - 1)];
      if (one === undefined) throw new Error("nothing to pick from");
      return one;
    },
  };
}

/** FNV-1a over seed and name. */
function mixed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}:${name}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
