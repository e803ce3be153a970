import { createPrivateKey, createPublicKey, scryptSync, sign, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { digestFile } from "../../src/base/minisign.ts";

/** A minisign secret key: with a password, or from an encrypted disk or standard input. */
export interface SecretKey {
  /** Algorithm and id, as a signature begins. */
  readonly id: Uint8Array;
  readonly key: KeyObject;
  /** The file that others verify with. */
  readonly publicText: string;
}

const SECRET_BYTES = 158;
const KDF_AT = 2;
const SALT_AT = 6;
const OPS_AT = 38;
const MEMORY_AT = 46;
const ID_AT = 54;
const SEED_AT = 62;
const PUBLIC_AT = 94;
const PUBLIC_BYTES = 32;

/** `password`: for a key that has one. */
export function readSecretKey(text: string, password?: string): SecretKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  if (bytes.length !== SECRET_BYTES || bytes.toString("latin1", 0, KDF_AT) !== "Ed") {
    throw new Error("this is no minisign secret key: make one with minisign -G -W -p release.pub -s release.key");
  }
  if (bytes.readUInt16BE(KDF_AT) !== 0) unlock(bytes, password);
  const d = bytes.subarray(SEED_AT, PUBLIC_AT).toString("base64url");
  const publicBytes = bytes.subarray(PUBLIC_AT, PUBLIC_AT + PUBLIC_BYTES);
  const jwk = { kty: "OKP", crv: "Ed25519", d, x: publicBytes.toString("base64url") };
  const id = bytes.subarray(ID_AT, SEED_AT);
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  if (createPublicKey(key).export({ format: "jwk" }).x !== jwk.x) {
    throw new Error("the password is not this key's, or the key is damaged");
  }
  return { id, key, publicText: publicText(id, publicBytes) };
}

/** Takes the password off, in place: id, key and checksum are under a stream that scrypt makes of it. */
function unlock(bytes: Buffer, password: string | undefined): void {
  if (bytes.toString("latin1", KDF_AT, SALT_AT - 2) !== "Sc" || password === undefined) {
    throw new Error("this key has a password: give it as FLEET_RELEASE_PASSWORD or by --password-file");
  }
  const locked = bytes.subarray(ID_AT);
  const { cost, parallelization } = costOf(bytes.readBigUInt64LE(OPS_AT), bytes.readBigUInt64LE(MEMORY_AT));
  const options = { N: cost, r: BLOCK_SIZE, p: parallelization, maxmem: MEMORY_MAX };
  const stream = scryptSync(password, bytes.subarray(SALT_AT, OPS_AT), locked.length, options);
  for (const [at, byte] of stream.entries()) locked[at] = (locked[at] ?? 0) ^ byte;
}

const BLOCK_SIZE = 8;
const MEMORY_MAX = 1_200_000_000;

/** As libsodium chooses them for limits of operations and memory. */
function costOf(operations: bigint, memory: bigint): { cost: number; parallelization: number } {
  const few = operations < memory / 32n;
  const most = Number(few ? operations / 32n : memory / 1024n);
  const cost = 2 ** Math.max(1, Math.floor(Math.log2(most)));
  if (few) return { cost, parallelization: 1 };
  return { cost, parallelization: Math.max(1, Math.floor(Number(operations) / 4 / cost / BLOCK_SIZE)) };
}

function publicText(id: Uint8Array, publicBytes: Uint8Array): string {
  const name = Buffer.from(Uint8Array.from(id).toReversed()).toString("hex").toUpperCase();
  const line = Buffer.concat([Buffer.from("Ed"), id, publicBytes]).toString("base64");
  return `untrusted comment: minisign public key ${name}\n${line}\n`;
}

/** `-` is standard input, so that a key need not lie on this disk. */
export function readSecretKeyFile(path: string, password?: string): SecretKey {
  return readSecretKey(readFileSync(path === "-" ? 0 : path, "utf8"), password);
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
