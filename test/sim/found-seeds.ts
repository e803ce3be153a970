/** A seed that broke a promise once, and what was wrong. A change of the generators gives it another run. */
export interface FoundSeed {
  readonly seed: number;
  readonly wrong: string;
}

export const FOUND_SEEDS: readonly FoundSeed[] = [
  { seed: 56, wrong: "an answer was dropped as an old one after the rig's clock had been set back" },
];
