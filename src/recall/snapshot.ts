import { sameBytes, sha256 } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { Columns } from "./columns.ts";
import { FEATURE_COUNT } from "./features.ts";

const MAGIC = new TextEncoder().encode("FHRECALL");
/** Raised with every change of the layout, of the groups or of what a feature means. */
const VERSION = 1;
const DIGEST_BYTES = 32;
const HEADER_BYTES = MAGIC.length + 4 + DIGEST_BYTES;

/** Columns of a snapshot in their order, with the bytes that a row takes in each. */
const ROW_BYTES = { timestamp: 8, depth: 8, rig: 4, action: 4, idLength: 4, group: 1, situation: FEATURE_COUNT };
const COUNT_BYTES = 16;

/**
 * magic, version (u32), SHA-256 of the rest; rows, rigs, bytes of the text (u32 each) and a spare one; the columns,
 * widest first; lengths of rig names; then all ids and rig names as one UTF-8 text, which is read in one call.
 * Little-endian, as every machine of ours is.
 */
export function writeSnapshot(columns: Columns): Uint8Array {
  const rows = Uint32Array.from(columns.liveRows());
  const ids = Array.from(rows, (row) => columns.ids[row] ?? "");
  const text = new TextEncoder().encode(ids.join("") + columns.rigs.join(""));
  const picked = <Column extends Float64Array | Uint32Array | Uint8Array>(to: Column, from: Column): Column => {
    for (const [at, row] of rows.entries()) to[at] = from[row] ?? 0;
    return to;
  };
  return sealed([
    Uint32Array.of(rows.length, columns.rigs.length, text.length, 0),
    picked(new Float64Array(rows.length), columns.timestamp),
    picked(new Float64Array(rows.length), columns.depth),
    picked(new Uint32Array(rows.length), columns.rig),
    picked(new Uint32Array(rows.length), columns.action),
    Uint32Array.from(ids, (id) => id.length),
    Uint32Array.from(columns.rigs, (rig) => rig.length),
    picked(new Uint8Array(rows.length), columns.group),
    situationsOf(rows, columns),
    text,
  ]);
}

export function readSnapshot(bytes: Uint8Array): Columns {
  const body = opened(bytes);
  const reader = new Reader(body);
  const [rows = 0, rigs = 0, textBytes = 0] = reader.u32(4);
  const expected = COUNT_BYTES + rows * rowBytes() + rigs * 4 + textBytes;
  if (body.length !== expected) throw corrupt(`it holds ${body.length} of ${expected} bytes`);
  const timestamp = reader.f64(rows);
  const depth = reader.f64(rows);
  const rig = reader.u32(rows);
  const action = reader.u32(rows);
  const idLengths = reader.u32(rows);
  const rigLengths = reader.u32(rigs);
  const group = reader.u8(rows);
  const situation = new Int8Array(reader.u8(rows * FEATURE_COUNT).buffer);
  const texts = new TextDecoder().decode(reader.u8(textBytes));
  const ids = cut(texts, 0, idLengths);
  const names = cut(texts, ids.end, rigLengths).parts;
  const columns = new Columns();
  for (let row = 0; row < rows; row++) {
    const entry = {
      id: ids.parts[row] ?? "",
      rig_id: names[rig[row] ?? 0] ?? "",
      timestamp: timestamp[row] ?? 0,
      depth_ft: depth[row] ?? 0,
      situation: situation.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT),
    };
    columns.appendRow(entry, action[row] ?? 0, group[row] ?? 0);
  }
  return columns;
}

function situationsOf(rows: Uint32Array, columns: Columns): Uint8Array {
  const situations = new Uint8Array(rows.length * FEATURE_COUNT);
  for (const [at, row] of rows.entries()) {
    situations.set(columns.situation.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT);
  }
  return situations;
}

function sealed(parts: readonly (Float64Array | Uint32Array | Uint8Array)[]): Uint8Array {
  const body = Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
  const version = new Uint8Array(Uint32Array.of(VERSION).buffer);
  return Buffer.concat([MAGIC, version, sha256(body), body]);
}

/** The body, checked and copied to where numbers of eight bytes may be read. */
function opened(bytes: Uint8Array): Uint8Array {
  if (bytes.length < HEADER_BYTES + COUNT_BYTES || !sameBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw corrupt("it is none, or cut short");
  }
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (version !== VERSION) throw corrupt(`it is of version ${version}, not ${VERSION}`);
  const body = bytes.slice(HEADER_BYTES);
  if (!sameBytes(bytes.subarray(HEADER_BYTES - DIGEST_BYTES, HEADER_BYTES), sha256(body)))
    throw corrupt("its digest differs");
  return new Uint8Array(body);
}

function corrupt(what: string): Fault {
  return new Fault("corrupt", `the recall snapshot cannot be read: ${what}`, "build it anew from the episodes");
}

function rowBytes(): number {
  return Object.values(ROW_BYTES).reduce((sum, bytes) => sum + bytes, 0);
}

function cut(text: string, from: number, lengths: Uint32Array): { parts: string[]; end: number } {
  let end = from;
  const parts = Array.from(lengths, (length) => text.slice(end, (end += length)));
  return { parts, end };
}

/** Takes copies: a column of its own buffer needs no alignment within the snapshot. */
class Reader {
  #at = 0;

  constructor(private readonly body: Uint8Array) {}

  u8(count: number): Uint8Array {
    return this.#take(count);
  }

  u32(count: number): Uint32Array {
    return new Uint32Array(this.#take(count * 4).buffer);
  }

  f64(count: number): Float64Array {
    return new Float64Array(this.#take(count * 8).buffer);
  }

  #take(bytes: number): Uint8Array {
    const taken = new Uint8Array(bytes);
    taken.set(this.body.subarray(this.#at, this.#at + bytes));
    this.#at += bytes;
    return taken;
  }
}
