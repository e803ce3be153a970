import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { assert } from "../../base/assert.ts";
import { hex } from "../../base/digest.ts";
import { KIB, MIB } from "../../base/limits.ts";
import { episodeBatch, type LibrarySize, type SpoolBatch } from "../../db/library.ts";
import type { HubContext } from "../context.ts";

/** JSON of one frame: large enough to compress well, small enough to inflate one at a time. */
const FRAME_JSON_BYTES = 128 * KIB;
/** Texts that wait for their frames, all rigs together. */
const WAITING_BYTES_MAX = 4 * MIB;
const BATCH_ROWS = 200;

/** Consecutive episodes of one rig, separated by commas, as one zstd frame. */
export interface SpoolFrame {
  readonly rigId: string;
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
  readonly jsonBytes: number;
}

/** A whole library in a file: frames with a separator between each two, so that any run of them is a part of a reply. */
export interface Spool {
  readonly epoch: string;
  readonly version: number;
  readonly total: number;
  readonly frames: readonly SpoolFrame[];
  /** A comma as a frame of its own. */
  readonly separator: Uint8Array;
  /** From the page cache, as a rule: it is faster than to wait for another thread. */
  read(offset: number, bytes: number): Uint8Array;
  close(): void;
}

/**
 * Writes the library as it is now; `size` labels it. What changes while it is written may be in it or not, and has a
 * later version than the label, so the next delta brings it; what does not change is in it once. The file has no name
 * by then: it is gone when it is closed, and also when the hub is killed.
 */
export async function writeSpool(context: HubContext, cacheDir: string, size: LibrarySize): Promise<Spool> {
  const file = openNameless(cacheDir, hex(context.random.bytes(8)));
  try {
    const writer = frameWriter(context, file);
    await eachBatch(context, (batch) => writer.add(batch));
    const frames = writer.end();
    return {
      epoch: size.epoch,
      version: size.version,
      total: frames.reduce((sum, { count }) => sum + count, 0),
      frames,
      separator: writer.separator,
      read: (offset, bytes) => readExactly(file, offset, bytes),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openNameless(cacheDir: string, name: string): number {
  mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  const path = join(cacheDir, `library-${name}`);
  const file = openSync(path, "wx+", 0o600);
  rmSync(path);
  return file;
}

async function eachBatch({ sql }: HubContext, take: (batch: SpoolBatch) => void): Promise<void> {
  let after = "";
  for (;;) {
    const batches = await episodeBatch(sql, after, BATCH_ROWS);
    for (const batch of batches) take(batch);
    const last = batches.at(-1)?.last_id;
    if (last === undefined) return;
    after = last;
  }
}

interface Waiting {
  readonly texts: string[];
  count: number;
  /** About the bytes of their JSON. */
  length: number;
}

/** Ids begin with the rig, but where the database sorts by a language, those of several rigs may be mixed: each has its own heap. */
function frameWriter({ zstd }: HubContext, file: number) {
  const separator = zstd.compress(new TextEncoder().encode(","));
  const waiting = new Map<string, Waiting>();
  const frames: SpoolFrame[] = [];
  let waitingLength = 0;
  let end = 0;

  function append(bytes: Uint8Array): number {
    const offset = end;
    end += bytes.byteLength;
    writeAll(file, bytes, offset);
    return offset;
  }

  function flush(rigId: string, heap: Waiting): void {
    waiting.delete(rigId);
    waitingLength -= heap.length;
    if (frames.length > 0) append(separator);
    const json = new TextEncoder().encode(heap.texts.join(","));
    const frame = zstd.compress(json);
    const offset = append(frame);
    frames.push({ rigId, count: heap.count, offset, bytes: frame.byteLength, jsonBytes: json.byteLength });
  }

  return {
    separator,
    add({ rig_id: rigId, bodies, count }: SpoolBatch): void {
      const heap = waiting.get(rigId) ?? { texts: [], count: 0, length: 0 };
      waiting.set(rigId, heap);
      heap.texts.push(bodies);
      heap.count += count;
      heap.length += bodies.length;
      waitingLength += bodies.length;
      if (heap.length >= FRAME_JSON_BYTES) flush(rigId, heap);
      else if (waitingLength >= WAITING_BYTES_MAX) flush(...largest(waiting));
    },
    end(): readonly SpoolFrame[] {
      for (const [rigId, heap] of waiting) flush(rigId, heap);
      return frames;
    },
  };
}

function largest(waiting: ReadonlyMap<string, Waiting>): [string, Waiting] {
  const [first] = [...waiting].toSorted(([, left], [, right]) => right.length - left.length);
  assert(first !== undefined, "something waits when the heaps are full");
  return first;
}

function writeAll(file: number, bytes: Uint8Array, offset: number): void {
  let written = 0;
  while (written < bytes.byteLength) {
    written += writeSync(file, bytes, written, bytes.byteLength - written, offset + written);
  }
}

function readExactly(file: number, offset: number, bytes: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  let filled = 0;
  while (filled < bytes) {
    const read = readSync(file, buffer, filled, bytes - filled, offset + filled);
    assert(read > 0, "a spool holds what its index says");
    filled += read;
  }
  return buffer;
}
