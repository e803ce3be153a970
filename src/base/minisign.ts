import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { Fault } from "./fault.ts";

/** The key's id and the key, as the second line of a minisign public key file has them. */
export interface PublicKey {
  /** As minisign prints it: 16 capital hex digits. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What a detached signature states; worth nothing before `verifySignature` took it. */
export interface Signature {
  readonly keyId: string;
  readonly bytes: Uint8Array;
  readonly trustedComment: string;
  readonly commentBytes: Uint8Array;
}

const ALGORITHM_BYTES = 2;
const KEY_ID_BYTES = 8;
const HEAD_BYTES = ALGORITHM_BYTES + KEY_ID_BYTES;
const PUBLIC_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Of a signature file; a comment has no reason to be longer. */
const TEXT_MAX = 4096;
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Every key of a minisign public key file; several may follow each other, so that keys can change. Faults: `config`. */
export function readPublicKeys(text: string): PublicKey[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !/^(?:untrusted comment:|#)/.test(line)).map(publicKey);
}

function publicKey(line: string): PublicKey {
  const bytes = Buffer.from(line, "base64");
  if (bytes.length !== HEAD_BYTES + PUBLIC_BYTES || bytes.toString("latin1", 0, ALGORITHM_BYTES) !== "Ed") {
    throw new Fault("config", "the release key is no minisign public key", "take the line that starts with RW");
  }
  const jwk = { kty: "OKP", crv: "Ed25519", x: bytes.subarray(HEAD_BYTES).toString("base64url") };
  return { id: keyId(bytes), key: createPublicKey({ key: jwk, format: "jwk" }) };
}

/** minisign prints the id as a number, and stores it with its lowest byte first. */
export function keyId(bytes: Uint8Array): string {
  return Buffer.from(bytes.slice(ALGORITHM_BYTES, HEAD_BYTES).toReversed()).toString("hex").toUpperCase();
}

/** Faults: `invalid_encoding`, when the text is no signature over a BLAKE2b digest. */
export function readSignature(text: string): Signature {
  const lines = text.slice(0, TEXT_MAX).split("\n");
  const signed = Buffer.from(lines[1] ?? "", "base64");
  const trusted = /^trusted comment: (.*)$/.exec(lines[2]?.replace(/\r$/, "") ?? "")?.[1];
  const commentBytes = Buffer.from(lines[3] ?? "", "base64");
  const whole = signed.length === HEAD_BYTES + SIGNATURE_BYTES && commentBytes.length === SIGNATURE_BYTES;
  // "Ed" signs the file itself, which would have to be held whole; nobody makes such signatures any more.
  if (!whole || trusted === undefined || signed.toString("latin1", 0, ALGORITHM_BYTES) !== "ED") {
    throw new Fault("invalid_encoding", "the signature is no minisign signature", "fetch the .minisig file again");
  }
  return { keyId: keyId(signed), bytes: signed.subarray(HEAD_BYTES), trustedComment: trusted, commentBytes };
}

/**
 * Returns the trusted comment once it and the file proved to be signed by one of the keys.
 * Faults: `forbidden`, for another key, another file or another comment; `invalid_encoding`.
 */
export function verifySignature(digest: Uint8Array, signatureText: string, keys: readonly PublicKey[]): string {
  const signature = readSignature(signatureText);
  const key = keys.find(({ id }) => id === signature.keyId)?.key;
  if (key === undefined) {
    throw new Fault("forbidden", `key ${signature.keyId} signed this, which is not trusted here`, "check whose it is");
  }
  if (!verify(null, digest, key, signature.bytes)) {
    throw new Fault("forbidden", "the file is not what was signed", "fetch it again, from whoever made the release");
  }
  if (!verify(null, signedComment(signature), key, signature.commentBytes)) {
    throw new Fault("forbidden", "the signature's comment is not what was signed", "fetch the .minisig file again");
  }
  return signature.trustedComment;
}

function signedComment({ bytes, trustedComment }: Signature): Uint8Array {
  return Buffer.concat([bytes, Buffer.from(trustedComment, "utf8")]);
}

export interface FileDigests {
  /** BLAKE2b-512, which signatures are over. */
  readonly blake2b: Uint8Array;
  /** SHA-256 in hex, which lists state. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Both in one reading, in pieces: a release is larger than a rig's memory should be asked for. */
export function digestFile(path: string): FileDigests {
  const blake2b = createHash("blake2b512");
  const sha256 = createHash("sha256");
  const file = openSync(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    let bytes = 0;
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      bytes += read;
      blake2b.update(chunk.subarray(0, read));
      sha256.update(chunk.subarray(0, read));
    }
    return { blake2b: blake2b.digest(), sha256: sha256.digest("hex"), bytes };
  } finally {
    closeSync(file);
  }
}
