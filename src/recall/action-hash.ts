const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * 32 bits of what was done, blind to case, spacing and punctuation (FNV-1a over code points); 0 means that nothing
 * is recorded. Only used to show varied advice: a collision costs a place, never a wrong word.
 */
export function actionHash(text: string | null): number {
  const words = (text ?? "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return 0;
  let hash = FNV_OFFSET;
  for (const unit of words.join(" ")) {
    hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), FNV_PRIME) >>> 0;
  }
  return hash === 0 ? 1 : hash;
}
