/** Randomness, passed in. A simulation gives a seeded one. */
export interface Random {
  /** Uniform over 0 … 2³² − 1. */
  u32(): number;
  /** Fit for keys when it is `systemRandom`. */
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  u32: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** Uniform over [0, 1). */
export function unitInterval(random: Random): number {
  return random.u32() / 2 ** 32;
}

/** A seeded generator (mulberry32) for tests, benchmarks and simulation; never for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const u32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { u32, bytes: (length) => Uint8Array.from({ length }, () => u32() & 255) };
}
