/** Two-sided 95 %. */
const Z = 1.959964;

/**
 * Wilson score interval of a share, 0 to 1: it stays inside the range and tells the truth about few cases, which the
 * normal approximation does not. E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209–212. Null without cases.
 */
export function wilsonInterval(hits: number, cases: number): readonly [low: number, high: number] | null {
  if (cases === 0) return null;
  const share = hits / cases;
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * cases)) / (1 + z2 / cases);
  const half = (Z / (1 + z2 / cases)) * Math.sqrt((share * (1 - share)) / cases + z2 / (4 * cases * cases));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
