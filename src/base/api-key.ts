import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { sha256 } from "./digest.ts";
import type { Random } from "./random.ts";

const RIG_PREFIX = "sk-fleet-";
const ADMIN_PREFIX = "sk-admin-";
const VIEWER_PREFIX = "sk-viewer-";
const SECRET_BYTES = 32;
/** Longer than any key of ours; a longer one is not hashed. */
export const KEY_LENGTH_MAX = 512;

/** 256 random bits: nothing to guess, so a plain SHA-256 is enough to store (no salt, no slow hash). */
export function newRigKey(random: Random): string {
  return RIG_PREFIX + encodeBase64urlNoPadding(random.bytes(SECRET_BYTES));
}

export function newAdminKey(random: Random): string {
  return ADMIN_PREFIX + encodeBase64urlNoPadding(random.bytes(SECRET_BYTES));
}

export function newViewerKey(random: Random): string {
  return VIEWER_PREFIX + encodeBase64urlNoPadding(random.bytes(SECRET_BYTES));
}

/** What the hub stores and looks up. By the runtime: one in JavaScript took half of a poll's time. */
export function keyHash(key: string): Uint8Array {
  return sha256(key);
}

/** The key of an Authorization header; undefined when it is no bearer key at all. */
export function bearerKey(header: string | null | undefined): string | undefined {
  const key = /^Bearer +(\S+) *$/i.exec(asSent(header ?? ""))?.[1];
  return key !== undefined && key.length <= KEY_LENGTH_MAX ? key : undefined;
}

/** Headers are read a character a byte; a key with other letters was typed into a terminal that speaks UTF-8. */
function asSent(header: string): string {
  if (!/[\u0080-\u00ff]/.test(header)) return header;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(header, "latin1"));
  } catch {
    return header;
  }
}
