import { Fault } from "./fault.ts";

/** SHA-256 by the runtime: 40× the speed of a JavaScript one on bodies. */
export function sha256(bytes: Uint8Array | string): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256").update(bytes).digest());
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** The value of a Content-Digest header (RFC 9530) over the bytes as sent. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${Buffer.from(sha256(body)).toString("base64")}:`;
}

const SHA256_MEMBER = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/;

/** Refuses a body that is not what its Content-Digest says. Other algorithms are ignored, as RFC 9530 allows. */
export function checkContentDigest(header: string | null | undefined, body: Uint8Array): void {
  if (header === null || header === undefined) return;
  const stated = SHA256_MEMBER.exec(header)?.[1];
  if (stated === undefined) return;
  if (sameBytes(Buffer.from(stated, "base64"), sha256(body))) return;
  throw new Fault(
    "digest_mismatch",
    "the body differs from its Content-Digest",
    "it was damaged on the way, send it again",
  );
}
