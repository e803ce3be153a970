import { KIB } from "../../base/limits.ts";
import type { Zstd } from "../../base/zstd.ts";
import { replyFrame } from "./reply.ts";
import type { Lease } from "./shelf.ts";
import type { SpoolFrame } from "./spool.ts";

/** What is read from the file at a time. */
const CHUNK_BYTES = 256 * KIB;

export interface WholeOptions {
  /** Its own episodes are left out. */
  readonly rigId: string;
  readonly prunedIds: readonly string[];
  readonly asZstd: boolean;
}

/** The whole library as a stream: frames of a file, never all of them in memory. The lease ends with the stream. */
export function wholeReply(zstd: Zstd, lease: Lease, { rigId, prunedIds, asZstd }: WholeOptions) {
  const frames = lease.frames.filter((frame) => frame.rigId !== rigId);
  const { version, total } = lease;
  const { head, tail } = replyFrame({ version, total, prunedIds });
  const encode = (text: string): Uint8Array => {
    const bytes = new TextEncoder().encode(text);
    return asZstd ? zstd.compress(bytes) : bytes;
  };
  const ends = { head: encode(head), tail: encode(tail) };
  const parts = asZstd ? compressedParts(lease, runsOf(lease, frames)) : plainParts(zstd, lease, frames);
  const body = streamOf(inFull(ends, parts), () => lease.giveBack());
  const count = frames.reduce((sum, frame) => sum + frame.count, 0);
  const middle = asZstd ? compressedBytes(lease, frames) : plainBytes(frames);
  const byteLength = ends.head.byteLength + middle + ends.tail.byteLength;
  return { version, total, count, encoding: asZstd ? "zstd" : "identity", body, byteLength } as const;
}

async function* inFull(
  { head, tail }: { head: Uint8Array; tail: Uint8Array },
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* parts;
  yield tail;
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Ranges of the file: a new one begins behind each gap of frames that are left out. */
function runsOf({ separator }: Lease, frames: readonly SpoolFrame[]): Run[] {
  const runs: Run[] = [];
  for (const { offset, bytes } of frames) {
    const last = runs.at(-1);
    const follows = last !== undefined && last.to + separator.byteLength === offset;
    if (follows) runs[runs.length - 1] = { from: last.from, to: offset + bytes };
    else runs.push({ from: offset, to: offset + bytes });
  }
  return runs;
}

async function* compressedParts(lease: Lease, runs: readonly Run[]): AsyncGenerator<Uint8Array, void> {
  for (const [at, { from, to }] of runs.entries()) {
    if (at > 0) yield lease.separator;
    for (let offset = from; offset < to; offset += CHUNK_BYTES) {
      yield lease.read(offset, Math.min(CHUNK_BYTES, to - offset));
    }
  }
}

const COMMA = new TextEncoder().encode(",");

async function* plainParts(zstd: Zstd, lease: Lease, frames: readonly SpoolFrame[]): AsyncGenerator<Uint8Array, void> {
  for (const [at, { offset, bytes, jsonBytes }] of frames.entries()) {
    if (at > 0) yield COMMA;
    yield zstd.decompress(await lease.read(offset, bytes), jsonBytes);
  }
}

function compressedBytes({ separator }: Lease, frames: readonly SpoolFrame[]): number {
  return frames.reduce((sum, { bytes }) => sum + bytes, separators(frames) * separator.byteLength);
}

function plainBytes(frames: readonly SpoolFrame[]): number {
  return frames.reduce((sum, { jsonBytes }) => sum + jsonBytes, separators(frames) * COMMA.byteLength);
}

function separators(frames: readonly SpoolFrame[]): number {
  return Math.max(0, frames.length - 1);
}

/** Reads on only when the reader has taken what came before. */
function streamOf(parts: AsyncGenerator<Uint8Array, void>, end: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await parts.next();
          if (!done) return controller.enqueue(value);
          controller.close();
          end();
        } catch (error) {
          end();
          throw error;
        }
      },
      async cancel() {
        await parts.return();
        end();
      },
    },
    { highWaterMark: 0 },
  );
}
