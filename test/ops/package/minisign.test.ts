import { expect, test } from "bun:test";
import { scryptSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSecretKey, signFile } from "../../../deploy/parts/signing.ts";
import { digestFile, readPublicKeys, verifySignature } from "../../../src/base/minisign.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { OTHER_KEY, TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

const COMMENT = "product:fleet-spoke\tversion:0.2.0\tarch:arm64";

function signedFile(content: string): { path: string; signature: string } {
  const path = join(temporaryDirectory(), "file");
  writeFileSync(path, content);
  return { path, signature: signFile(path, COMMENT, readSecretKey(TEST_KEY)) };
}

/** What minisign 0.11 itself signed with the same key: `hello`, comment `version:1`. */
const BY_MINISIGN = `untrusted comment: signature from minisign secret key
RUSY0s0bvjuZjPYiQAs6pzalOkxXlEAk19z0FPc//wYofp6KfrjgVGggiw8oF0nQlKSdbuj1SD7/PEj5Kr9wCh3ZxwokeSwyBA4=
trusted comment: version:1
ZGF4cEM+VjjZzWX9oK5AITKOVzQdTyrY48P0V/aEyC9mua4g+9QfzRUmRzi1luaWva063S2zXpbNxN7ZWiZEAA==
`;

const keys = readPublicKeys(TEST_PUBLIC_KEY);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return "accepted";
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

test("a signature of ours verifies and gives its comment back", () => {
  const { path, signature } = signedFile("an executable");
  expect(verifySignature(digestFile(path).blake2b, signature, keys)).toBe(COMMENT);
});

test("a signature by minisign itself verifies, and ours is the very same bytes", () => {
  const { path } = signedFile("hello\n");
  expect(verifySignature(digestFile(path).blake2b, BY_MINISIGN, keys)).toBe("version:1");
  const ours = signFile(path, "version:1", readSecretKey(TEST_KEY));
  expect(ours.split("\n").slice(1)).toEqual(BY_MINISIGN.split("\n").slice(1));
});

test("one changed byte of the file is refused", () => {
  const { path, signature } = signedFile("an executable");
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at++) {
    writeFileSync(
      path,
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)),
    );
    expect(codeOf(() => verifySignature(digestFile(path).blake2b, signature, keys))).toBe("forbidden");
  }
});

test("a changed version in the comment is refused", () => {
  const { path, signature } = signedFile("an executable");
  const forged = signature.replace("version:0.2.0", "version:9.2.0");
  expect(forged).not.toBe(signature);
  expect(codeOf(() => verifySignature(digestFile(path).blake2b, forged, keys))).toBe("forbidden");
});

test("a signature by a key that is not trusted is refused with that key's id", () => {
  const { path } = signedFile("an executable");
  const foreign = signFile(path, COMMENT, readSecretKey(OTHER_KEY));
  expect(() => verifySignature(digestFile(path).blake2b, foreign, keys)).toThrow(/^key [0-9A-F]{16} signed this/);
  const both = readPublicKeys(TEST_PUBLIC_KEY + readSecretKey(OTHER_KEY).publicText);
  expect(verifySignature(digestFile(path).blake2b, foreign, both)).toBe(COMMENT);
});

test.each(["", "untrusted comment: x\nRW\ntrusted comment: y\nAA\n", BY_MINISIGN.replace("RUSY", "RWSY")])(
  "what is no signature over a digest is refused: %#",
  (text) => {
    const { path } = signedFile("hello\n");
    expect(codeOf(() => verifySignature(digestFile(path).blake2b, text, keys))).toBe("invalid_encoding");
  },
);

test("what is no public key is refused, and so is a secret key with a password", () => {
  expect(codeOf(() => readPublicKeys("untrusted comment: x\nnonsense\n"))).toBe("config");
  const bytes = Buffer.from(TEST_KEY.trim().split("\n").at(-1) ?? "", "base64");
  bytes.write("Sc", 2);
  expect(() => readSecretKey(`x\n${bytes.toString("base64")}\n`)).toThrow("has a password");
});

/** The test's key under a password, with as little work as the format allows; minisign itself takes a second and 1 GB. */
function withPassword(password: string): string {
  const bytes = Buffer.from(TEST_KEY.trim().split("\n").at(-1) ?? "", "base64");
  bytes.write("Sc", 2);
  bytes.fill(7, 6, 38);
  bytes.writeBigUInt64LE(32_768n, 38);
  bytes.writeBigUInt64LE(16_777_216n, 46);
  const stream = scryptSync(password, bytes.subarray(6, 38), 104, { N: 1024, r: 8, p: 1 });
  for (const [at, byte] of stream.entries()) bytes.writeUInt8(bytes.readUInt8(54 + at) ^ byte, 54 + at);
  return `untrusted comment: with a password\n${bytes.toString("base64")}\n`;
}

test("a key with a password signs once it is given, and a wrong one is refused", () => {
  const { path, signature } = signedFile("an executable");
  const locked = withPassword("some words");
  expect(signFile(path, COMMENT, readSecretKey(locked, "some words"))).toBe(signature);
  expect(() => readSecretKey(locked, "other words")).toThrow("not this key's");
  expect(() => readSecretKey(locked)).toThrow("has a password");
});
