import { sameBytes } from "../../src/base/digest.ts";

export type SealedValue = string | number | null;

/**
 * SHA-256 over the columns that matter and the body. SQLite notices damage to its own structure only: nine in ten
 * flipped bits pass its integrity check, and one of them in a row would be uploaded as if the rig had written it.
 */
export function sealOf(values: readonly SealedValue[], body: Uint8Array | null = null): Uint8Array {
  const hasher = new Bun.CryptoHasher("sha256").update(JSON.stringify(values));
  if (body !== null) hasher.update(body);
  return new Uint8Array(hasher.digest());
}

export function isSealed(
  seal: Uint8Array | null,
  values: readonly SealedValue[],
  body: Uint8Array | null = null,
): boolean {
  return seal instanceof Uint8Array && sameBytes(seal, sealOf(values, body));
}
