export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Of a scale that follows its values. */
const PARTS = 4;
const PAD = 0.05;

/** Round ends around the values; a steady value gets room on both sides. */
export function scaleAround(values: readonly number[]): Scale {
  if (values.length === 0) return { min: 0, max: 1 };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = high > low ? (high - low) * PAD : Math.max(Math.abs(high) * PAD, 1);
  const step = roundStep((high - low + 2 * pad) / PARTS);
  return { min: Math.floor((low - pad) / step) * step, max: Math.ceil((high + pad) / step) * step };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
export function roundStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}
