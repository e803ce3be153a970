import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from "node:crypto";
import { readerOf, type ByteReader } from "./byte-reader.ts";
import { Fault } from "./fault.ts";
import { KIB } from "./limits.ts";
import type { Random } from "./random.ts";

/**
 * Streams that only the holder of a secret key can read: the construction of age v1 (X25519, HKDF-SHA256, chunks that
 * know whether they are the last), with AES-256-GCM for the cipher, as the runtime has no ChaCha20-Poly1305.
 */
const MAGIC = Buffer.from("fleet-hub sealed 1\n");
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const WRAPPED_BYTES = KEY_BYTES + TAG_BYTES;
const NONCE_BYTES = 12;
const CHUNK_BYTES = 64 * KIB;
const CIPHER = "aes-256-gcm";
export const RECIPIENTS_MAX = 20;

const PUBLIC_WORD = "fleet-public-";
const SECRET_WORD = "fleet-secret-";
const KEY_TEXT = /^[\w-]{43}$/;

/** A new pair as people keep it: the public one seals, the secret one opens. */
export function newSealKeys(): { readonly publicKey: string; readonly secretKey: string } {
  const { d, x } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  return { publicKey: `${PUBLIC_WORD}${x}`, secretKey: `${SECRET_WORD}${d}.${x}` };
}

/** The public keys of a file's text: one a line, empty lines and those with # passed over. Faults: `config`. */
export function readPublicKeys(text: string, name: string): Uint8Array[] {
  const words = keyWords(text);
  const keys = words.map((word) => publicBytes(word, name));
  if (keys.length > 0 && keys.length <= RECIPIENTS_MAX) return keys;
  throw new Fault("config", `${name} holds ${keys.length} public keys`, `give 1 to ${RECIPIENTS_MAX}, one a line`);
}

/** Faults: `config`. */
export function readSecretKey(text: string, name: string): KeyObject {
  const [d = "", x = ""] = (keyWords(text)[0] ?? "").replace(SECRET_WORD, "").split(".");
  if (!KEY_TEXT.test(d) || !KEY_TEXT.test(x)) {
    throw new Fault("config", `${name} holds no secret key`, `the line begins with ${SECRET_WORD}`);
  }
  return createPrivateKey({ key: { kty: "OKP", crv: "X25519", d, x }, format: "jwk" });
}

function keyWords(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function publicBytes(word: string, name: string): Uint8Array {
  const text = word.startsWith(PUBLIC_WORD) ? word.slice(PUBLIC_WORD.length) : "";
  if (KEY_TEXT.test(text)) return Buffer.from(text, "base64url");
  throw new Fault("config", `${name} has a line that is no public key`, `each begins with ${PUBLIC_WORD}`);
}

export function isSealedStream(start: Uint8Array): boolean {
  return Buffer.compare(start.subarray(0, MAGIC.byteLength), MAGIC) === 0;
}

export async function* seal(
  plain: AsyncIterable<Uint8Array>,
  recipients: readonly Uint8Array[],
  random: Random,
): AsyncGenerator<Uint8Array> {
  const fileKey = random.bytes(KEY_BYTES);
  const header = headerOf(fileKey, recipients);
  yield header;
  const key = derived(fileKey, header, "payload");
  let waiting: Uint8Array = new Uint8Array(0);
  let chunk = 0;
  for await (const bytes of plain) {
    waiting = Buffer.concat([waiting, bytes]);
    // One byte more than a chunk has to wait: only then this one is not the last.
    let at = 0;
    for (; waiting.byteLength - at > CHUNK_BYTES; at += CHUNK_BYTES) {
      yield closed(key, waiting.subarray(at, at + CHUNK_BYTES), nonce(chunk++, false));
    }
    waiting = waiting.subarray(at);
  }
  yield closed(key, waiting, nonce(chunk, true));
}

/** Faults: `forbidden` when it was sealed for others; `corrupt` when it is cut or damaged. */
export async function* unseal(stream: AsyncIterable<Uint8Array>, secret: KeyObject): AsyncGenerator<Uint8Array> {
  const reader = readerOf(stream, "the sealed file");
  const key = await payloadKey(reader, secret);
  for (let chunk = 0; ; chunk++) {
    const bytes = await reader.upTo(CHUNK_BYTES + TAG_BYTES);
    const last = await reader.ended();
    if (bytes.byteLength < TAG_BYTES) throw damaged();
    yield opened(key, bytes, nonce(chunk, last)) ?? raise(damaged());
    if (last) return;
  }
}

function headerOf(fileKey: Uint8Array, recipients: readonly Uint8Array[]): Uint8Array {
  const own = generateKeyPairSync("x25519");
  const share = Buffer.from(own.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const wrapped = recipients.map((recipient) => closed(wrapKey(own.privateKey, recipient, share, recipient), fileKey));
  const body = Buffer.concat([MAGIC, Uint8Array.of(recipients.length), share, ...wrapped]);
  return Buffer.concat([body, mac(fileKey, body)]);
}

async function payloadKey(reader: ByteReader, secret: KeyObject): Promise<Uint8Array> {
  const start = await reader.exactly(MAGIC.byteLength + 1 + KEY_BYTES);
  const count = start[MAGIC.byteLength] ?? 0;
  if (!isSealedStream(start) || count === 0 || count > RECIPIENTS_MAX) throw damaged();
  const wrapped = await reader.exactly(count * WRAPPED_BYTES);
  const stated = await reader.exactly(KEY_BYTES);
  const share = start.subarray(MAGIC.byteLength + 1);
  const own = Buffer.from(createPublicKey(secret).export({ format: "jwk" }).x ?? "", "base64url");
  const wrapping = wrapKey(secret, share, share, own);
  const body = Buffer.concat([start, wrapped]);
  for (let at = 0; at < wrapped.byteLength; at += WRAPPED_BYTES) {
    const fileKey = opened(wrapping, wrapped.subarray(at, at + WRAPPED_BYTES));
    if (fileKey === undefined) continue;
    if (!timingSafeEqual(mac(fileKey, body), stated)) throw damaged();
    return derived(fileKey, Buffer.concat([body, stated]), "payload");
  }
  throw new Fault(
    "forbidden",
    "the file is sealed for another key, or its head is damaged",
    "name the right secret key",
  );
}

/** Both ends come to the same: one by its own secret and the other's public key, the other the other way round. */
function wrapKey(secret: KeyObject, publicKey: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  const x = Buffer.from(publicKey).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
  const shared = diffieHellman({ privateKey: secret, publicKey: key });
  return derived(shared, Buffer.concat([share, recipient]), "wrap");
}

function derived(secret: Uint8Array, salt: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, `fleet-hub sealed 1 ${use}`, KEY_BYTES));
}

function mac(fileKey: Uint8Array, body: Uint8Array): Uint8Array {
  return createHmac("sha256", derived(fileKey, new Uint8Array(0), "header"))
    .update(body)
    .digest();
}

const ONCE = new Uint8Array(NONCE_BYTES);

/** Every file has a key of its own, so a counter is enough; its last byte says that nothing follows. */
function nonce(chunk: number, last: boolean): Uint8Array {
  const bytes = Buffer.alloc(NONCE_BYTES);
  bytes.writeUIntBE(chunk, NONCE_BYTES - 1 - 6, 6);
  bytes[NONCE_BYTES - 1] = Number(last);
  return bytes;
}

function closed(key: Uint8Array, bytes: Uint8Array, iv: Uint8Array = ONCE): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, iv);
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function opened(key: Uint8Array, bytes: Uint8Array, iv: Uint8Array = ONCE): Uint8Array | undefined {
  const decipher = createDecipheriv(CIPHER, key, iv);
  decipher.setAuthTag(bytes.subarray(bytes.byteLength - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, bytes.byteLength - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function damaged(): Fault {
  return new Fault("corrupt", "the sealed file is cut or damaged", "take another backup");
}

function raise(fault: Fault): never {
  throw fault;
}
