import { createHmac } from "node:crypto";
import { Fault } from "../base/fault.ts";
import { sameBytes, sha256 } from "../base/digest.ts";

/** What a rig without a way to the hub asks for, as one line that people may read aloud or carry. */
export interface EnrolRequest {
  readonly rig_id: string;
  /** Empty for a rig that comes without the tunnel. */
  readonly public_key: string;
  /** The rig made its API key itself: it is never on the way. */
  readonly api_key_hash: Uint8Array;
  /** By whoever has the code, over all of the above: the line opens nothing else. */
  readonly proof: Uint8Array;
}

const HEAD = "fleet1";
export const REQUEST_LINE_MAX = 600;
const DIGEST_BYTES = 32;

/** Its proof is keyed with what the hub keeps of the code. */
export function enrolRequest(
  code: string,
  asked: { readonly rig_id: string; readonly public_key: string; readonly api_key: string },
): EnrolRequest {
  const { rig_id, public_key, api_key } = asked;
  const bare = { rig_id, public_key, api_key_hash: sha256(api_key) };
  return { ...bare, proof: proofOf(sha256(code), bare) };
}

export function isProven(request: EnrolRequest, codeHash: Uint8Array): boolean {
  return sameBytes(request.proof, proofOf(codeHash, request));
}

export function requestLine({ rig_id, public_key, api_key_hash, proof }: EnrolRequest): string {
  const parts = [Buffer.from(rig_id), Buffer.from(public_key, "base64"), api_key_hash, proof];
  return [HEAD, ...parts.map((part) => Buffer.from(part).toString("base64url"))].join(".");
}

/** Faults: `schema`. */
export function readRequestLine(text: string): EnrolRequest {
  const [head, ...parts] = text.trim().slice(0, REQUEST_LINE_MAX).split(".");
  const [rig, key, hash, proof] = parts.map((part) => Buffer.from(part, "base64url"));
  const complete = rig !== undefined && key !== undefined && hash?.length === DIGEST_BYTES;
  if (head !== HEAD || !complete || proof?.length !== DIGEST_BYTES || parts.length !== 4) {
    throw new Fault("schema", "that is no request of a rig", "give the whole line of fleet-spoke enroll --offline");
  }
  return { rig_id: rig.toString(), public_key: key.toString("base64"), api_key_hash: hash, proof };
}

function proofOf(codeHash: Uint8Array, { rig_id, public_key, api_key_hash }: Omit<EnrolRequest, "proof">): Uint8Array {
  const said = JSON.stringify([HEAD, rig_id, public_key, Buffer.from(api_key_hash).toString("hex")]);
  return createHmac("sha256", codeHash).update(said).digest();
}
