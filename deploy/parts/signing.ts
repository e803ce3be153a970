import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { digestFile } from "../../src/base/minisign.ts";

/** A minisign secret key without a password: it belongs on an encrypted disk, or comes by standard input. */
export interface SecretKey {
  /** Algorithm and id, as a signature begins. */
  readonly id: Uint8Array;
  readonly key: KeyObject;
  /** The file that others verify with. */
  readonly publicText: string;
}

const SECRET_BYTES = 158;
const KDF_AT = 2;
const ID_AT = 54;
const SEED_AT = 62;
const PUBLIC_AT = 94;
const PUBLIC_BYTES = 32;

export function readSecretKey(text: string): SecretKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  if (bytes.length !== SECRET_BYTES || bytes.toString("latin1", 0, KDF_AT) !== "Ed") {
    throw new Error("this is no minisign secret key: make one with minisign -G -W -p release.pub -s release.key");
  }
  if (bytes.readUInt16BE(KDF_AT) !== 0) {
    throw new Error("this key has a password: take it off with minisign -C -W, or sign with minisign itself");
  }
  const d = bytes.subarray(SEED_AT, PUBLIC_AT).toString("base64url");
  const publicBytes = bytes.subarray(PUBLIC_AT, PUBLIC_AT + PUBLIC_BYTES);
  const jwk = { kty: "OKP", crv: "Ed25519", d, x: publicBytes.toString("base64url") };
  const id = bytes.subarray(ID_AT, SEED_AT);
  return { id, key: createPrivateKey({ key: jwk, format: "jwk" }), publicText: publicText(id, publicBytes) };
}

function publicText(id: Uint8Array, publicBytes: Uint8Array): string {
  const name = Buffer.from(Uint8Array.from(id).toReversed()).toString("hex").toUpperCase();
  const line = Buffer.concat([Buffer.from("Ed"), id, publicBytes]).toString("base64");
  return `untrusted comment: minisign public key ${name}\n${line}\n`;
}

/** `-` is standard input, so that a key need not lie on this disk. */
export function readSecretKeyFile(path: string): SecretKey {
  return readSecretKey(readFileSync(path === "-" ? 0 : path, "utf8"));
}

/** The text of `FILE.minisig`, which minisign itself verifies too. */
export function signFile(path: string, trustedComment: string, { id, key }: SecretKey): string {
  const signature = sign(null, digestFile(path).blake2b, key);
  const comment = sign(null, Buffer.concat([signature, Buffer.from(trustedComment, "utf8")]), key);
  return [
    "untrusted comment: signature of a Fleet Hub release",
    Buffer.concat([Buffer.from("ED"), id, signature]).toString("base64"),
    `trusted comment: ${trustedComment}`,
    comment.toString("base64"),
    "",
  ].join("\n");
}
