import { Cells, type Collector } from "./cells.ts";
import type { Columns } from "./columns.ts";
import { tabledDistance } from "./distance.ts";
import { FEATURE_COUNT } from "./features.ts";

/** Rows outside the tree before it is built anew: a scan of them takes some µs. */
const LOOSE_MAX = 256;
/** The same as a share of the tree, so that many single changes do not build it each time. */
const LOOSE_SHARE = 16;

/** Episodes of one category, campaign and outcome: what is known of one of these is known of all. */
export class Group {
  #cells: Cells | undefined;
  #byTime: Int32Array | undefined;
  #loose: number[] = [];
  /** Newest timestamp there ever was; may lie ahead of the truth when rows are gone. Unix s. */
  newest = Number.NEGATIVE_INFINITY;

  constructor(private readonly columns: Columns) {}

  get empty(): boolean {
    return this.#cells === undefined && this.#loose.length === 0;
  }

  add(row: number): void {
    this.#loose.push(row);
    this.newest = Math.max(this.newest, this.columns.timestamp[row] ?? 0);
  }

  /** Takes the loose rows into the tree when there are many; the next query would pay for them otherwise. */
  settle(): void {
    const settled = this.#cells?.rows.length ?? 0;
    if (this.#loose.length <= LOOSE_MAX + settled / LOOSE_SHARE) return;
    const { alive } = this.columns;
    const rows = [...(this.#cells?.rows ?? []), ...this.#loose].filter((row) => alive[row] === 1);
    this.#cells = new Cells(Int32Array.from(rows), this.columns);
    this.#loose = [];
    this.#byTime = undefined;
  }

  /** Offers every row that may lie within the collector's limit. Dead ones too: the collector knows. */
  search(tables: Int32Array, context: number, collector: Collector): void {
    for (const row of this.#loose) {
      const room = collector.limit - context;
      const distance = tabledDistance(tables, this.columns.situation, row * FEATURE_COUNT, room);
      if (distance <= room) collector.offer(row, distance + context);
    }
    this.#cells?.search(tables, context, collector);
  }

  /** For when all rows are as far away: newest first, until the collector wants no older ones. */
  walk(context: number, collector: Collector & { wants(timestamp: number, distance: number): boolean }): void {
    for (const row of this.#loose) collector.offer(row, context);
    for (const row of this.#newestFirst()) {
      if (!collector.wants(this.columns.timestamp[row] ?? 0, context)) return;
      collector.offer(row, context);
    }
  }

  /** Made when first asked for: most questions come with a situation. */
  #newestFirst(): Int32Array {
    const { timestamp } = this.columns;
    this.#byTime ??= (this.#cells?.rows ?? new Int32Array(0)).toSorted(
      (left, right) => (timestamp[right] ?? 0) - (timestamp[left] ?? 0),
    );
    return this.#byTime;
  }
}
