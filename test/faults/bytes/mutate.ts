import fc from "fast-check";
import { constants, zstdCompressSync } from "node:zlib";
import { isRecord } from "../../../src/base/json.ts";
import { MIB } from "../../../src/base/limits.ts";
import type { Random } from "../../../src/base/random.ts";

/** Any of them; the list must not be empty. */
export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random.u32() % items.length] as Item;
}

const MUTATIONS_MAX = 6;
const SPAN_MAX = 40;

/** What lines, discs and broken programs do to bytes; `others` are bodies to take pieces from. */
export function mutateBytes(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let mutated = Buffer.from(bytes);
  const times = 1 + (random.u32() % MUTATIONS_MAX);
  for (let nth = 0; nth < times; nth++) mutated = Buffer.from(once(mutated, random, others));
  return mutated;
}

function once(bytes: Buffer, random: Random, others: readonly Uint8Array[]): Uint8Array {
  if (bytes.byteLength === 0) return random.bytes(1 + (random.u32() % SPAN_MAX));
  const at = random.u32() % bytes.byteLength;
  const span = 1 + (random.u32() % SPAN_MAX);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const kind = random.u32() % 8;
  if (kind === 0) return head;
  if (kind === 1) return Buffer.concat([head, tail.subarray(span)]);
  if (kind === 2) return Buffer.concat([head, random.bytes(span), tail]);
  if (kind === 3) return Buffer.concat([head, tail.subarray(0, span), tail]);
  if (kind === 4) return Buffer.concat([head, pick(others, random).subarray(at)]);
  if (kind === 5)
    return Buffer.concat([head, Buffer.alloc(span, pick([0, 0xff, 0x22, 0x5b, 0x7b, 0x5c], random)), tail]);
  const flipped = Buffer.from(bytes);
  for (let bit = 0; bit < (kind === 6 ? 1 : span); bit++) {
    const where = (at + bit) % flipped.byteLength;
    flipped.writeUInt8(flipped.readUInt8(where) ^ (1 << (random.u32() % 8)), where);
  }
  return flipped;
}

const anything = fc.sample(fc.jsonValue({ maxDepth: 3 }), { numRuns: 200, seed: 1 });
const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
/** Each has broken some program: limits of integers and floats, names that are not plain, texts that no store takes. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  "",
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  1e-320,
  "\u0000",
  "\ud800",
  "ÿ".repeat(3000),
  "x".repeat(70_000),
  "__proto__",
  "constructor",
  "'; drop table events; --",
  "../../etc/passwd",
  "<script>alert(1)</script>",
  "2026-11-25T00:00:00Z",
  [],
  {},
  [[[[]]]],
  deep(40),
  { toString: 1, constructor: null },
  Array.from({ length: 3000 }, (_, at) => at),
];

const NAMES = HOSTILE.filter((value) => typeof value === "string");

type Place = { readonly of: Record<string, unknown> | unknown[]; readonly key: string | number };

/** One to three places of a JSON value hold something else, or nothing, or are there twice. */
export function mutateJson(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  for (let nth = 0; nth <= random.u32() % 3; nth++) {
    const places = placesIn(copy);
    if (places.length === 0) return pick(HOSTILE, random);
    change(pick(places, random), random);
  }
  return copy;
}

function change({ of, key }: Place, random: Random): void {
  const kind = random.u32() % 6;
  if (Array.isArray(of)) {
    if (kind === 0) of.splice(Number(key), 1);
    else if (kind === 1) of.push(...of.slice(Number(key)));
    else
      of[Number(key)] = kind === 2 ? structuredClone(pick(anything, random)) : structuredClone(pick(HOSTILE, random));
    return;
  }
  if (kind === 0) delete of[key];
  else if (kind === 1) of[pick(NAMES, random)] = structuredClone(pick(anything, random));
  else of[key] = structuredClone(pick(kind === 2 ? anything : HOSTILE, random));
}

function placesIn(value: unknown): Place[] {
  if (Array.isArray(value)) {
    return value.slice(0, 30).flatMap((part, key): Place[] => [{ of: value as unknown[], key }, ...placesIn(part)]);
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]): Place[] => [{ of: value, key }, ...placesIn(part)]);
}

/** A number that JavaScript writes as no JSON, a key twice, comments: what only bytes can say. */
export function oddJson(text: string, random: Random): string {
  return pick(
    [
      () => text.replace(/:(\d+)/, ":1e999"),
      () => text.replace(/:(\d+)/, ":-0"),
      () => text.replace(/:(\d+)/, ":0123"),
      () => text.replace(/:(\d+)/, ":NaN"),
      () => text.replace("{", '{"id":"RIG-1-1","id":"RIG-2-2",'),
      () => `\ufeff${text}`,
      () => `${text}\n${text}`,
      () => `/* */${text}`,
      () => text.replaceAll('"', "'"),
      () => text.replaceAll(",", ",,"),
      () => text.slice(0, -1),
      () => `${"[".repeat(200_000)}${text}`,
      () => `{"a":`.repeat(20_000),
      () => text.replace(/"reasoning":"/, String.raw`"reasoning":"\u0000\ud83d`),
    ],
    random,
  )();
}

let bombs: readonly Uint8Array[] | undefined;

/** Few bytes that would become many, and frames that lie about themselves. */
export function zstdBomb(random: Random): Uint8Array {
  bombs ??= makeBombs();
  return pick(bombs, random);
}

function makeBombs(): Uint8Array[] {
  const zeros = (mib: number): Buffer =>
    zstdCompressSync(Buffer.alloc(mib * MIB, 0x20), {
      params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
    });
  const lying = zeros(12);
  lying.writeUInt8(lying.readUInt8(5) ^ 0xff, 5);
  return [
    zeros(9),
    zeros(300),
    lying,
    zeros(12).subarray(0, 9),
    // No declared length, and blocks for 256 MiB.
    Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88]), rleBlocks(2000)]),
    // A window of petabytes.
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0x01, 0x00, 0x00]),
    // A frame to skip that is longer than everything.
    Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0x7f]), zeros(1)]),
    Buffer.concat(Array.from({ length: 300 }, () => zstdCompressSync(Buffer.alloc(64 * 1024)))),
  ];
}

/** Blocks of one repeated byte: four bytes for 128 KiB each. */
function rleBlocks(count: number): Buffer {
  const blocks = Buffer.alloc(count * 4);
  for (let at = 0; at < count; at++) {
    blocks.writeUIntLE((at === count - 1 ? 1 : 0) | (1 << 1) | ((128 * 1024) << 3), at * 4, 3);
    blocks.writeUInt8(0x20, at * 4 + 3);
  }
  return blocks;
}
