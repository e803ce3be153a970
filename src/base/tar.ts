import { assert } from "./assert.ts";
import { readerOf } from "./byte-reader.ts";
import { sameBytes } from "./digest.ts";
import { Fault } from "./fault.ts";
import { MIB } from "./limits.ts";

export interface TarMember {
  readonly name: string;
  readonly body: Uint8Array;
}

const BLOCK = 512;
const NAME_MAX = 100;
/** A member is read whole. */
export const TAR_MEMBER_MAX = 64 * MIB;
/** The last member: SHA-256 of every byte before its header. */
export const SEAL_NAME = "sha256";
const END = new Uint8Array(2 * BLOCK);

/**
 * An archive that `tar` reads, and that knows whether it is whole: its last member is the digest of all before it.
 * Nothing in it is larger than a member, so it is written and read as a stream.
 */
export async function* tar(members: AsyncIterable<TarMember>, unixS: number): AsyncGenerator<Uint8Array> {
  const all = new Bun.CryptoHasher("sha256");
  for await (const member of members) {
    assert(member.body.byteLength <= TAR_MEMBER_MAX, "a member of the archive keeps to its limit");
    const bytes = memberBytes(member, unixS);
    all.update(bytes);
    yield bytes;
  }
  yield memberBytes({ name: SEAL_NAME, body: Buffer.from(`${all.digest("hex")}\n`) }, unixS);
  yield END;
}

/**
 * The members without the last. A caller that does not read to the end has not seen whether the archive is whole.
 * Faults: `corrupt` for a cut one and for one in which a single bit differs from what was written.
 */
export async function* untar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const reader = readerOf(stream, "the archive");
  const all = new Bun.CryptoHasher("sha256");
  for (;;) {
    const header = await reader.exactly(BLOCK);
    const { name, size } = readHeader(header);
    const padded = await reader.exactly(Math.ceil(size / BLOCK) * BLOCK);
    const body = padded.subarray(0, size);
    if (padded.subarray(size).some((byte) => byte !== 0)) throw damaged();
    if (name === SEAL_NAME) {
      if (Buffer.from(body).toString() !== `${all.digest("hex")}\n`) throw damaged();
      break;
    }
    all.update(header);
    all.update(padded);
    yield { name, body };
  }
  if (!sameBytes(await reader.exactly(END.byteLength), END) || !(await reader.ended())) throw damaged();
}

/** Looks for a member near the end of an archive, from the bytes that came last; undefined when it is not among them. */
export function memberInTail(tail: Uint8Array, name: string): Uint8Array | undefined {
  const start = Buffer.from(`${name}\0`);
  for (let at = tail.byteLength - BLOCK; at >= 0; at -= BLOCK) {
    if (!sameBytes(tail.subarray(at, at + start.byteLength), start)) continue;
    const { size } = readHeader(tail.subarray(at, at + BLOCK));
    return tail.subarray(at + BLOCK, at + BLOCK + size);
  }
  return undefined;
}

function memberBytes({ name, body }: TarMember, unixS: number): Uint8Array {
  const bytes = Buffer.alloc(BLOCK + Math.ceil(body.byteLength / BLOCK) * BLOCK);
  bytes.set(headerOf(name, body.byteLength, unixS));
  bytes.set(body, BLOCK);
  return bytes;
}

/** ustar: fields of octal digits, and a sum over the header with the sum's own place blank. */
function headerOf(name: string, size: number, unixS: number): Uint8Array {
  assert(Buffer.byteLength(name) < NAME_MAX, "a member's name fits its field");
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${octal(size, 11)}\0`, 124);
  header.write(`${octal(unixS, 11)}\0`, 136);
  header.write(" ".repeat(8), 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return header;
}

/** The header must be the one that we would write: whatever else stands in it was changed. */
function readHeader(header: Uint8Array): { name: string; size: number } {
  const text = Buffer.from(header).toString("latin1");
  const name = text.slice(0, NAME_MAX).split("\0")[0] ?? "";
  const size = Number.parseInt(text.slice(124, 135), 8);
  const unixS = Number.parseInt(text.slice(136, 147), 8);
  const sound = name !== "" && /^[\w./-]+$/.test(name) && size >= 0 && size <= TAR_MEMBER_MAX && unixS >= 0;
  if (!sound || !sameBytes(headerOf(name, size, unixS), header)) throw damaged();
  return { name, size };
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function damaged(): Fault {
  return new Fault("corrupt", "the archive is damaged", "take another one");
}
