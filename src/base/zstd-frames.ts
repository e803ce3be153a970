import { Fault } from "./fault.ts";

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const BLOCK_RESERVED = 3;
const BLOCK_RLE = 1;

export interface FrameSummary {
  readonly frames: number;
  /** Sum of the declared content sizes; undefined when a frame declares none. */
  readonly declaredBytes: number | undefined;
  /** The largest window that a decoder would have to keep. */
  readonly windowBytes: number;
  /** Whether every frame ends with a checksum of its content. */
  readonly checksummed: boolean;
}

/**
 * Walks the frames and block headers of a zstd body (RFC 8878, section 3.1) without inflating anything.
 * Decoders disagree about the end of a body: the runtime's returns nothing for a cut one and ignores what follows
 * a frame. This finds both, and the window size, before any memory is spent.
 */
export function inspectFrames(body: Uint8Array): FrameSummary {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let summary: FrameSummary = { frames: 0, declaredBytes: 0, windowBytes: 0, checksummed: true };
  let at = 0;
  while (at < body.byteLength) {
    need(view, at, 4);
    const magic = view.getUint32(at, true);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      need(view, at, 8);
      const length = view.getUint32(at + 4, true);
      need(view, at + 8, length);
      at += 8 + length;
      continue;
    }
    if (magic !== FRAME_MAGIC) throw notZstd(summary.frames);
    const header = readHeader(view, at);
    at = skipBlocks(view, header.end, header.checksum);
    summary = {
      frames: summary.frames + 1,
      declaredBytes: add(summary.declaredBytes, header.contentBytes),
      windowBytes: Math.max(summary.windowBytes, header.windowBytes),
      checksummed: summary.checksummed && header.checksum,
    };
  }
  if (summary.frames === 0) throw new Fault("invalid_encoding", "the zstd body is empty", "send one zstd frame");
  return summary;
}

interface FrameHeader {
  readonly end: number;
  readonly checksum: boolean;
  readonly contentBytes: number | undefined;
  readonly windowBytes: number;
}

function readHeader(view: DataView, start: number): FrameHeader {
  need(view, start, 5);
  const descriptor = view.getUint8(start + 4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  let at = start + 5;
  need(view, at, (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
  let windowBytes = 0;
  if (!singleSegment) windowBytes = windowSize(view.getUint8(at++));
  at += dictionaryBytes;
  const contentBytes = sizeBytes === 0 ? undefined : contentSize(view, at, sizeBytes);
  return {
    end: at + sizeBytes,
    checksum: (descriptor & 4) !== 0,
    contentBytes,
    windowBytes: singleSegment ? (contentBytes ?? 0) : windowBytes,
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

function skipBlocks(view: DataView, start: number, checksum: boolean): number {
  let at = start;
  for (;;) {
    need(view, at, 3);
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    const type = (header >> 1) & 3;
    if (type === BLOCK_RESERVED) throw new Fault("invalid_encoding", "the zstd body has a reserved block type");
    const length = type === BLOCK_RLE ? 1 : header >>> 3;
    need(view, at + 3, length);
    at += 3 + length;
    if ((header & 1) === 1) break;
  }
  if (!checksum) return at;
  need(view, at, 4);
  return at + 4;
}

function need(view: DataView, at: number, bytes: number): void {
  if (at + bytes <= view.byteLength) return;
  throw new Fault("invalid_encoding", `the zstd body is cut off after ${view.byteLength} bytes`, "send it again whole");
}

function notZstd(frames: number): Fault {
  return frames === 0
    ? new Fault("invalid_encoding", "the body is not zstd", "drop Content-Encoding, or compress the body")
    : new Fault(
        "invalid_encoding",
        "bytes follow the end of the zstd body",
        "send one event a request and nothing after it",
      );
}

function add(total: number | undefined, size: number | undefined): number | undefined {
  return total === undefined || size === undefined ? undefined : total + size;
}
