import { assert } from "../base/assert.ts";
import { chooseCut, partition } from "./cell-cut.ts";
import type { Columns } from "./columns.ts";
import { tabledDistance, TABLE_ROW } from "./distance.ts";
import { FEATURE_COUNT, MISSING } from "./features.ts";

/** Rows that are looked at one by one: measured, 12 and 96 are no better. */
const LEAF_ROWS = 48;
const LEAF = -1;
const PRESENCE = (1 << FEATURE_COUNT) - 1;
const MISSING_BYTE = MISSING & 255;

/** Whoever collects: a node or row further than `limit` cannot matter to it any more. */
export interface Collector {
  readonly limit: number;
  /** Whether a row with some of these features, and no others, can matter at all. */
  admits(presence: number): boolean;
  offer(row: number, distance: number): void;
}

/**
 * A tree of boxes over the situations of fixed rows. A box knows the least and the greatest value of each feature
 * within it and who misses what, so the least distance that any of its rows could have is a sum over the tables.
 */
export class Cells {
  readonly #rows: Int32Array;
  /** Situations in the order of the leaves: neighbours in likeness are neighbours in memory. */
  readonly #packed: Uint8Array;
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  /** The second child; the first follows its parent. LEAF when there are none. */
  readonly #second: number[] = [];
  /** For each node and feature: low and high, signed. */
  #boxes = new Int8Array(1024);
  /** Features that some row of the node has, low 12 bits, and that some row misses, next 12 bits. */
  readonly #masks: number[] = [];

  constructor(rows: Int32Array, columns: Columns) {
    this.#rows = rows;
    this.#packed = gather(rows, columns.situation);
    if (rows.length > 0) this.#build(0, rows.length);
  }

  get rows(): Int32Array {
    return this.#rows;
  }

  /** Offers every row that may lie within the collector's limit; `context` is what all rows here cost beforehand. */
  search(tables: Int32Array, context: number, collector: Collector): void {
    if (this.#start.length > 0) this.#visit(0, 0, tables, context, collector);
  }

  #visit(node: number, bound: number, tables: Int32Array, context: number, collector: Collector): void {
    const room = collector.limit - context;
    if (bound > room || !collector.admits((this.#masks[node] ?? 0) & PRESENCE)) return;
    const second = this.#second[node] ?? LEAF;
    if (second === LEAF) {
      this.#scan(node, tables, context, collector);
      return;
    }
    const firstBound = this.#bound(node + 1, tables, room);
    const secondBound = this.#bound(second, tables, room);
    if (firstBound <= secondBound) {
      this.#visit(node + 1, firstBound, tables, context, collector);
      this.#visit(second, secondBound, tables, context, collector);
    } else {
      this.#visit(second, secondBound, tables, context, collector);
      this.#visit(node + 1, firstBound, tables, context, collector);
    }
  }

  #scan(node: number, tables: Int32Array, context: number, collector: Collector): void {
    const end = this.#end[node] ?? 0;
    for (let at = this.#start[node] ?? 0; at < end; at++) {
      const room = collector.limit - context;
      const distance = tabledDistance(tables, this.#packed, at * FEATURE_COUNT, room);
      if (distance <= room) collector.offer(this.#rows[at] ?? 0, distance + context);
    }
  }

  /** The least distance of any row in the box; anything above `room` once it is known to be past it. */
  #bound(node: number, tables: Int32Array, room: number): number {
    const masks = this.#masks[node] ?? 0;
    let sum = 0;
    for (let feature = 0; feature < FEATURE_COUNT && sum <= room; feature++) {
      const table = feature * TABLE_ROW;
      const missed = (masks >> (feature + FEATURE_COUNT)) & 1;
      const whenMissing = missed === 1 ? (tables[table + MISSING_BYTE] ?? 0) : Number.MAX_SAFE_INTEGER;
      sum += (masks >> feature) & 1 ? Math.min(whenMissing, this.#nearest(node, feature, tables)) : whenMissing;
    }
    return sum;
  }

  /** Costs rise with the difference: the cheapest value of a box is the asked one, or the edge nearer to it. */
  #nearest(node: number, feature: number, tables: Int32Array): number {
    const at = (node * FEATURE_COUNT + feature) * 2;
    const asked = tables[FEATURE_COUNT * TABLE_ROW + feature] ?? 0;
    const value = Math.min(Math.max(asked, this.#boxes[at] ?? 0), this.#boxes[at + 1] ?? 0);
    return tables[feature * TABLE_ROW + (value & 255)] ?? 0;
  }

  #build(start: number, end: number): void {
    const node = this.#addNode(start, end);
    if (end - start <= LEAF_ROWS) return;
    const cut = chooseCut(this.#packed, start, end);
    if (cut === undefined) return;
    const middle = partition(this.#packed, this.#rows, start, end, cut);
    assert(middle > start && middle < end, "a cut leaves rows on both sides");
    this.#build(start, middle);
    this.#second[node] = this.#start.length;
    this.#build(middle, end);
  }

  #addNode(start: number, end: number): number {
    const node = this.#start.length;
    this.#start.push(start);
    this.#end.push(end);
    this.#second.push(LEAF);
    this.#masks.push(this.#measure(node, start, end));
    return node;
  }

  #measure(node: number, start: number, end: number): number {
    const at = node * FEATURE_COUNT * 2;
    if (at + FEATURE_COUNT * 2 > this.#boxes.length) {
      const larger = new Int8Array(this.#boxes.length * 2);
      larger.set(this.#boxes);
      this.#boxes = larger;
    }
    let masks = 0;
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      masks |= this.#measureFeature(at + feature * 2, feature, start, end);
    }
    return masks;
  }

  #measureFeature(at: number, feature: number, start: number, end: number): number {
    let low = 127;
    let high = -127;
    let mask = 0;
    for (let row = start; row < end; row++) {
      const value = ((this.#packed[row * FEATURE_COUNT + feature] ?? 0) << 24) >> 24;
      if (value === MISSING) {
        mask |= 1 << (feature + FEATURE_COUNT);
        continue;
      }
      mask |= 1 << feature;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.#boxes[at] = low;
    this.#boxes[at + 1] = high;
    return mask;
  }
}

function gather(rows: Int32Array, situations: Uint8Array): Uint8Array {
  const packed = new Uint8Array(rows.length * FEATURE_COUNT);
  for (const [at, row] of rows.entries()) {
    packed.set(situations.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT);
  }
  return packed;
}
