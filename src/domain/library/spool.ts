import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../base/assert.ts";
import { hex } from "../../base/digest.ts";
import { KIB, MIB } from "../../base/limits.ts";
import { episodesAfter, type LibrarySize, type SpoolRow } from "../../db/library.ts";
import type { HubContext } from "../context.ts";

/** JSON of one frame: large enough to compress well, small enough to inflate one at a time. */
export const FRAME_JSON_BYTES = 256 * KIB;
/** Texts that wait for their frames, all rigs together. */
const WAITING_BYTES_MAX = 4 * MIB;
const BATCH_ROWS = 500;

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
  read(offset: number, bytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Writes the library as it is now; `size` labels it. What changes while it is written may be in it or not, and has a
 * later version than the label, so the next delta brings it; what does not change is in it once. The file has no name
 * by then: it is gone when it is closed, and also when the hub is killed.
 */
export async function writeSpool(context: HubContext, cacheDir: string, size: LibrarySize): Promise<Spool> {
  const file = await openNameless(cacheDir, hex(context.random.bytes(8)));
  try {
    const writer = frameWriter(context, file);
    await eachEpisode(context, (row) => writer.add(row));
    const frames = await writer.end();
    return {
      epoch: size.epoch,
      version: size.version,
      total: frames.reduce((sum, { count }) => sum + count, 0),
      frames,
      separator: writer.separator,
      read: (offset, bytes) => readExactly(file, offset, bytes),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openNameless(cacheDir: string, name: string): Promise<FileHandle> {
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const path = join(cacheDir, `library-${name}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  return file;
}

async function eachEpisode({ sql }: HubContext, take: (row: SpoolRow) => Promise<void>): Promise<void> {
  let after = "";
  for (;;) {
    const rows = await episodesAfter(sql, after, BATCH_ROWS);
    for (const row of rows) await take(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH_ROWS) return;
    after = last.id;
  }
}

interface Waiting {
  readonly bodies: string[];
  bytes: number;
}

/** Ids begin with the rig, but where the database sorts by a language, those of several rigs may be mixed: each has its own heap. */
function frameWriter({ zstd }: HubContext, file: FileHandle) {
  const separator = zstd.compress(new TextEncoder().encode(","));
  const waiting = new Map<string, Waiting>();
  const frames: SpoolFrame[] = [];
  let waitingBytes = 0;
  let end = 0;

  async function append(bytes: Uint8Array): Promise<number> {
    const offset = end;
    end += bytes.byteLength;
    await writeAll(file, bytes, offset);
    return offset;
  }

  async function flush(rigId: string, heap: Waiting): Promise<void> {
    waiting.delete(rigId);
    waitingBytes -= heap.bytes;
    if (frames.length > 0) await append(separator);
    const json = new TextEncoder().encode(heap.bodies.join(","));
    const frame = zstd.compress(json);
    const offset = await append(frame);
    const count = heap.bodies.length;
    frames.push({ rigId, count, offset, bytes: frame.byteLength, jsonBytes: json.byteLength });
  }

  return {
    separator,
    async add({ rig_id: rigId, body }: SpoolRow): Promise<void> {
      const heap = waiting.get(rigId) ?? { bodies: [], bytes: 0 };
      waiting.set(rigId, heap);
      heap.bodies.push(body);
      const bytes = Buffer.byteLength(body) + 1;
      heap.bytes += bytes;
      waitingBytes += bytes;
      if (heap.bytes >= FRAME_JSON_BYTES) await flush(rigId, heap);
      else if (waitingBytes >= WAITING_BYTES_MAX) await flush(...largest(waiting));
    },
    async end(): Promise<readonly SpoolFrame[]> {
      for (const [rigId, heap] of waiting) await flush(rigId, heap);
      return frames;
    },
  };
}

function largest(waiting: ReadonlyMap<string, Waiting>): [string, Waiting] {
  const [first] = [...waiting].toSorted(([, left], [, right]) => right.bytes - left.bytes);
  assert(first !== undefined, "something waits when the heaps are full");
  return first;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const rest = bytes.byteLength - written;
    written += (await file.write(bytes, written, rest, offset + written)).bytesWritten;
  }
}

async function readExactly(file: FileHandle, offset: number, bytes: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, offset + filled);
    assert(bytesRead > 0, "a spool holds what its index says");
    filled += bytesRead;
  }
  return buffer;
}
