/** SQLite's log as it lies on the disk (https://sqlite.org/fileformat2.html, section 4). */
export interface Log {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  /** Of this generation: frames of an older one behind it have others. */
  readonly salts: Buffer;
  readonly bigEndian: boolean;
  /** Room for whole ones. */
  readonly frames: number;
}

export const HEADER_BYTES = 32;
/** What stands before each page. */
export const FRAME_BYTES = 24;
const MAGIC = 0x377f0682;
const BIG_ENDIAN = 1;
const FORMAT = 3_007_000;
const USUAL_PAGE_BYTES = 4096;
const HEADER_SUM_AT = 24;
const SALTS_AT = 16;
const SIZE_AFTER_AT = 4;
const FRAME_SALTS_AT = 8;
const FRAME_SUM_AT = 16;
const SALTS_BYTES = 8;

type Sum = readonly [number, number];

/** Undefined for a file that holds no frame. */
export function readLog(bytes: Buffer): Log | undefined {
  if (bytes.byteLength < HEADER_BYTES + FRAME_BYTES + 1) return undefined;
  const stated = bytes.readUInt32BE(8);
  const possible = stated >= 512 && stated <= 65_536 && (stated & (stated - 1)) === 0;
  const pageBytes = possible ? stated : USUAL_PAGE_BYTES;
  const frames = Math.floor((bytes.byteLength - HEADER_BYTES) / (FRAME_BYTES + pageBytes));
  if (frames === 0) return undefined;
  const bigEndian = bytes.readUInt32BE(0) === (MAGIC | BIG_ENDIAN);
  const log = { bytes, pageBytes, bigEndian, frames, salts: bytes.subarray(SALTS_AT, SALTS_AT + SALTS_BYTES) };
  if (isHeaderSound(log)) return log;
  const first = HEADER_BYTES + FRAME_SALTS_AT;
  return { ...log, salts: bytes.subarray(first, first + SALTS_BYTES) };
}

export function isHeaderSound({ bytes, bigEndian }: Pick<Log, "bytes" | "bigEndian">): boolean {
  const known = bytes.readUInt32BE(0) === (bigEndian ? MAGIC | BIG_ENDIAN : MAGIC) && bytes.readUInt32BE(4) === FORMAT;
  return known && same(sum(bytes.subarray(0, HEADER_SUM_AT), [0, 0], bigEndian), sumAt(bytes, HEADER_SUM_AT));
}

export function isOwn(log: Log, at: number): boolean {
  const from = frameAt(log, at) + FRAME_SALTS_AT;
  return log.bytes.subarray(from, from + SALTS_BYTES).equals(log.salts);
}

/** The last frame of a commit says how large the file is after it. */
export function isCommit(log: Log, at: number): boolean {
  return isOwn(log, at) && log.bytes.readUInt32BE(frameAt(log, at) + SIZE_AFTER_AT) > 0;
}

/** Whether its sum follows from that of the frame before it, as it is written or as it should be. */
export function isSoundFrame(log: Log, at: number): boolean {
  if (!isOwn(log, at)) return false;
  const stored = storedSum(log, at);
  if (same(sumOfFrame(log, at, storedSum(log, at - 1)), stored)) return true;
  const before = at === 0 ? headerSum(log) : sumOfFrame(log, at - 1, storedSum(log, at - 2));
  return same(sumOfFrame(log, at, before), stored);
}

/** Header and frames up to `end`, as SQLite wants to find them. */
export function resum(log: Log, end: number): void {
  const { bytes, salts, bigEndian, pageBytes } = log;
  const own = Buffer.from(salts);
  bytes.writeUInt32BE(bigEndian ? MAGIC | BIG_ENDIAN : MAGIC, 0);
  bytes.writeUInt32BE(FORMAT, 4);
  bytes.writeUInt32BE(pageBytes, 8);
  own.copy(bytes, SALTS_AT);
  let before = headerSum(log);
  writeSum(bytes, HEADER_SUM_AT, before);
  for (let at = 0; at < end; at++) {
    const start = frameAt(log, at);
    own.copy(bytes, start + FRAME_SALTS_AT);
    before = sumOfFrame(log, at, before);
    writeSum(bytes, start + FRAME_SUM_AT, before);
  }
}

function frameAt({ pageBytes }: Log, at: number): number {
  return HEADER_BYTES + at * (FRAME_BYTES + pageBytes);
}

function headerSum({ bytes, bigEndian }: Log): Sum {
  return sum(bytes.subarray(0, HEADER_SUM_AT), [0, 0], bigEndian);
}

/** Of the header for what stands before the first frame. */
function storedSum(log: Log, at: number): Sum {
  return sumAt(log.bytes, at < 0 ? HEADER_SUM_AT : frameAt(log, at) + FRAME_SUM_AT);
}

function sumOfFrame(log: Log, at: number, before: Sum): Sum {
  const start = frameAt(log, at);
  const { bytes, bigEndian, pageBytes } = log;
  const named = sum(bytes.subarray(start, start + FRAME_SALTS_AT), before, bigEndian);
  return sum(bytes.subarray(start + FRAME_BYTES, start + FRAME_BYTES + pageBytes), named, bigEndian);
}

/** Fibonacci-weighted, over pairs of 32-bit words. */
function sum(bytes: Buffer, before: Sum, bigEndian: boolean): Sum {
  let [one, two] = before;
  for (let at = 0; at < bytes.byteLength; at += 8) {
    const left = bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const right = bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    one = (one + left + two) >>> 0;
    two = (two + right + one) >>> 0;
  }
  return [one, two];
}

function sumAt(bytes: Buffer, at: number): Sum {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
}

function writeSum(bytes: Buffer, at: number, [one, two]: Sum): void {
  bytes.writeUInt32BE(one, at);
  bytes.writeUInt32BE(two, at + 4);
}

function same(left: Sum, right: Sum): boolean {
  return left[0] === right[0] && left[1] === right[1];
}
