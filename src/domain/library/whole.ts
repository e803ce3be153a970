import { KIB } from "../../base/limits.ts";
import type { Zstd } from "../../base/zstd.ts";
import { replyFrame } from "./reply.ts";
import type { Lease } from "./shelf.ts";
import type { SpoolFrame } from "./spool.ts";

/** What is read from the file at a time. */
const CHUNK_BYTES = 256 * KIB;

/** Chunks that may leave before the sync is known to be logged: the head and one of the file. */
const CHUNKS_AHEAD = 2;

export interface WholeOptions {
  /** Its own episodes are left out. */
  readonly rigId: string;
  readonly prunedIds: readonly string[];
  readonly asZstd: boolean;
}

/**
 * The whole library as a stream: frames of a file, never all of them in memory. The lease ends with the stream. `log`
 * notes the sync; it runs beside the first chunks, and when it fails the stream breaks off.
 */
export function wholeReply(
  zstd: Zstd,
  lease: Lease,
  { rigId, prunedIds, asZstd }: WholeOptions,
  log: (count: number, bytes: number) => Promise<void>,
) {
  const frames = lease.frames.filter((frame) => frame.rigId !== rigId);
  const count = frames.reduce((sum, frame) => sum + frame.count, 0);
  const { version, total } = lease;
  const { head, tail } = replyFrame({ version, total, prunedIds });
  const encode = (text: string): Uint8Array => {
    const bytes = new TextEncoder().encode(text);
    return asZstd ? zstd.compress(bytes) : bytes;
  };
  const ends = { head: encode(head), tail: encode(tail) };
  const parts = asZstd ? compressedParts(lease, runsOf(lease, frames)) : plainParts(zstd, lease, frames);
  const middle = asZstd ? compressedBytes(lease, frames) : plainBytes(frames);
  const byteLength = ends.head.byteLength + middle + ends.tail.byteLength;
  const body = streamOf(inFull(ends, parts), log(count, byteLength), () => lease.giveBack());
  return { version, total, count, encoding: asZstd ? "zstd" : "identity", body, byteLength } as const;
}

function* inFull(
  { head, tail }: { head: Uint8Array; tail: Uint8Array },
  parts: Iterable<Uint8Array>,
): Generator<Uint8Array, void> {
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

function* compressedParts(lease: Lease, runs: readonly Run[]): Generator<Uint8Array, void> {
  for (const [at, { from, to }] of runs.entries()) {
    if (at > 0) yield lease.separator;
    for (let offset = from; offset < to; offset += CHUNK_BYTES) {
      yield lease.read(offset, Math.min(CHUNK_BYTES, to - offset));
    }
  }
}

const COMMA = new TextEncoder().encode(",");

function* plainParts(zstd: Zstd, lease: Lease, frames: readonly SpoolFrame[]): Generator<Uint8Array, void> {
  for (const [at, { offset, bytes, jsonBytes }] of frames.entries()) {
    if (at > 0) yield COMMA;
    yield zstd.decompress(lease.read(offset, bytes), jsonBytes);
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
function streamOf(
  parts: Generator<Uint8Array, void>,
  logged: Promise<void>,
  end: () => void,
): ReadableStream<Uint8Array> {
  let chunks = 0;
  // The reader gets the error; one that has cancelled is not told.
  logged.catch(end);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (chunks++ === CHUNKS_AHEAD) await logged;
          const { done, value } = parts.next();
          if (done !== true) return controller.enqueue(value);
          await logged;
          controller.close();
          end();
        } catch (error) {
          end();
          throw error;
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
