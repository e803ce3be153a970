import { describe, expect, test } from "bun:test";
import { zstdCompressSync } from "node:zlib";
import { Fault } from "../../../src/base/fault.ts";
import { seededRandom } from "../../../src/base/random.ts";
import { openZstd } from "../../../src/base/zstd-native.ts";
import { runtimeZstd, type Zstd } from "../../../src/base/zstd.ts";
import { inspectFrames } from "../../../src/base/zstd-frames.ts";

const LIMIT = 1_000_000;
const text = Buffer.from("the bit is off bottom and the pits are rising ".repeat(600));

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return "nothing was refused";
}

const codecs: readonly Zstd[] = [runtimeZstd, await openZstd()];

for (const codec of codecs) {
  describe(`zstd by ${codec.name}`, () => {
    test("gives back what it compressed, with a checksum and a declared size", () => {
      const frame = codec.compress(text);
      expect(Buffer.from(codec.decompress(frame, LIMIT))).toEqual(text);
      expect(inspectFrames(frame)).toMatchObject({ frames: 1, declaredBytes: text.byteLength, checksummed: true });
    });

    test("reads several frames as one body", () => {
      const body = Buffer.concat([codec.compress(text), codec.compress(text)]);
      expect(codec.decompress(body, LIMIT).byteLength).toBe(2 * text.byteLength);
    });

    test("refuses a body that is cut anywhere", () => {
      const frame = codec.compress(text);
      for (let length = 0; length < frame.byteLength; length++) {
        expect(refusal(() => codec.decompress(frame.subarray(0, length), LIMIT))).toBe("invalid_encoding");
      }
    });

    test("refuses bytes after the last frame", () => {
      expect(refusal(() => codec.decompress(Buffer.concat([codec.compress(text), Buffer.from("more")]), LIMIT))).toBe(
        "invalid_encoding",
      );
    });

    test("refuses every flipped bit, or gives the same bytes", () => {
      const frame = codec.compress(text);
      const random = seededRandom(7);
      for (let round = 0; round < 300; round++) {
        const flipped = Uint8Array.from(frame);
        const at = random.u32() % flipped.length;
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (random.u32() % 8));
        try {
          expect(Buffer.from(codec.decompress(flipped, LIMIT))).toEqual(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }
    });

    test("defect 17: a bomb is refused before its memory is spent", () => {
      const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
      const before = process.memoryUsage().rss;
      for (let round = 0; round < 500; round++) expect(refusal(() => codec.decompress(bomb, LIMIT))).toBe("too_large");
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    });
  });
}
