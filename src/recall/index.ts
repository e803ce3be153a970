import { answer, finderOf } from "./answer.ts";
import { Columns, GROUP_COUNT } from "./columns.ts";
import type { IndexEntry, RecallAnswer, RecallQuery } from "./entry.ts";
import { Group } from "./group.ts";
import { questionOf } from "./question.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";

/** Dead rows that are let lie before everything is laid out anew. */
const DEAD_MAX = 1024;

/** The library in memory, for answers in microseconds. Ids only: the episodes stay in the rig's database. */
export class RecallIndex {
  #columns: Columns;
  #groups: Group[];

  constructor() {
    this.#columns = new Columns();
    this.#groups = emptyGroups(this.#columns);
  }

  /** Refuses bytes that are damaged or of another release with a `corrupt` fault: build it from the rows then. */
  static fromSnapshot(bytes: Uint8Array): RecallIndex {
    const index = new RecallIndex();
    index.#adopt(readSnapshot(bytes));
    return index;
  }

  /** Episodes that can be found. */
  get size(): number {
    return this.#columns.live;
  }

  has(id: string): boolean {
    return this.#columns.rowOf(id) !== undefined;
  }

  /** Adds, or replaces what is known under the id. */
  upsert(entry: IndexEntry): void {
    const known = this.#columns.rowOf(entry.id);
    if (known !== undefined && this.#columns.holds(known, entry)) return;
    this.#columns.kill(entry.id);
    this.#group(this.#columns.append(entry));
    this.#sweep();
  }

  upsertMany(entries: Iterable<IndexEntry>): void {
    for (const entry of entries) this.upsert(entry);
  }

  /** Whether it was there. */
  remove(id: string): boolean {
    const removed = this.#columns.kill(id) !== undefined;
    this.#sweep();
    return removed;
  }

  /** At most `limit` hits (and 40), best first after thinning. */
  query(query: RecallQuery, nowS: number, limit: number): RecallAnswer {
    this.settle();
    const question = questionOf(query, this.#columns);
    const library = { columns: this.#columns, groups: this.#groups };
    return answer(finderOf(library, question, nowS), question, this.#columns, limit);
  }

  /** Builds now what the next query would build: some tens of ms after a large load. */
  settle(): void {
    for (const group of this.#groups) group.settle();
  }

  toSnapshot(): Uint8Array {
    return writeSnapshot(this.#columns);
  }

  #group(row: number): void {
    this.#groups[this.#columns.group[row] ?? 0]?.add(row);
  }

  #sweep(): void {
    const dead = this.#columns.length - this.#columns.live;
    if (dead > DEAD_MAX && dead > this.#columns.live / 2) this.#adopt(this.#columns.compacted());
  }

  #adopt(columns: Columns): void {
    this.#columns = columns;
    this.#groups = emptyGroups(columns);
    for (const row of columns.liveRows()) this.#group(row);
  }
}

function emptyGroups(columns: Columns): Group[] {
  return Array.from({ length: GROUP_COUNT }, () => new Group(columns));
}
