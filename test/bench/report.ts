/** One figure of a benchmark beside its limit. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `≥ 0.5`: the goal that the value is held against; absent for what only explains. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Prints every figure and returns the exit code: 1 when a goal is missed. */
export function report(figures: readonly Figure[]): number {
  let missed = 0;
  for (const figure of figures) {
    const { name, value, unit, atLeast, atMost } = figure;
    const goal = atLeast !== undefined ? `(≥ ${atLeast})` : atMost !== undefined ? `(≤ ${atMost})` : "";
    const holds = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
    if (!holds) missed++;
    console.log(`${name.padEnd(52)} ${value.toPrecision(4).padStart(10)} ${unit} ${goal}${holds ? "" : "  MISSED"}`);
  }
  return missed === 0 ? 0 : 1;
}
