import type { Columns } from "./columns.ts";

/** The best rows so far, best first: by key, then nearest in depth, then by id. */
export class TopRows {
  readonly rows: number[] = [];
  readonly keys: number[] = [];
  readonly distances: number[] = [];

  constructor(
    readonly size: number,
    private readonly columns: Columns,
    /** ft; undefined when depth breaks no ties. */
    private readonly depthFt: number | undefined,
  ) {}

  get full(): boolean {
    return this.rows.length === this.size;
  }

  /** Key of the last place when all places are taken; a row with a smaller one need not be offered. */
  get least(): number {
    return this.full ? (this.keys[this.size - 1] ?? 0) : Number.NEGATIVE_INFINITY;
  }

  /** Whether the row was taken. */
  offer(row: number, key: number, distance: number): boolean {
    let at = this.rows.length;
    while (at > 0 && this.#before(row, key, at - 1)) at--;
    if (at >= this.size) return false;
    this.#insert(at, row, key, distance);
    return true;
  }

  #insert(at: number, row: number, key: number, distance: number): void {
    const last = Math.min(this.rows.length, this.size - 1);
    for (let place = last; place > at; place--) {
      this.rows[place] = this.rows[place - 1] ?? 0;
      this.keys[place] = this.keys[place - 1] ?? 0;
      this.distances[place] = this.distances[place - 1] ?? 0;
    }
    this.rows[at] = row;
    this.keys[at] = key;
    this.distances[at] = distance;
  }

  #before(row: number, key: number, place: number): boolean {
    const other = this.rows[place] ?? 0;
    const otherKey = this.keys[place] ?? 0;
    if (key !== otherKey) return key > otherKey;
    const nearer = this.#depthDifference(row) - this.#depthDifference(other);
    if (nearer !== 0) return nearer < 0;
    return (this.columns.ids[row] ?? "") < (this.columns.ids[other] ?? "");
  }

  #depthDifference(row: number): number {
    return this.depthFt === undefined ? 0 : Math.abs((this.columns.depth[row] ?? 0) - this.depthFt);
  }
}
