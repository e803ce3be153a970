/** A seed that broke a promise once, and what was wrong. A change of the generators gives it another run. */
export interface FoundSeed {
  readonly seed: number;
  readonly wrong: string;
}

export const FOUND_SEEDS: readonly FoundSeed[] = [
  { seed: 8, wrong: "an answer that was held up on its way took back what was said after it" },
  { seed: 8, wrong: "a byte damaged on the way to the hub made an answer one that its rig set aside for good" },
  { seed: 49, wrong: "a byte damaged in a refusal's code made a rig set a good event aside" },
];
