import { expect, test } from "bun:test";
import { Fault } from "../../../src/base/fault.ts";
import { seededRandom } from "../../../src/base/random.ts";
import { RecallIndex } from "../../../src/recall/index.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { entryOfEvent, syntheticEntries, SYNTHETIC_NOW_S, syntheticQuery } from "../../support/synthetic-library.ts";

const SEEDS = fixtureEvents().map(entryOfEvent);
const random = seededRandom(5);
const index = new RecallIndex();
index.upsertMany(syntheticEntries(SEEDS, 800, random));
index.upsert({ ...(SEEDS[0] as (typeof SEEDS)[0]), id: "Größe-Ölfeld-7-1-episode", rig_id: "Ölfeld 𝟟" });
const bytes = index.toSnapshot();

function refused(damaged: Uint8Array): boolean {
  try {
    RecallIndex.fromSnapshot(damaged);
    return false;
  } catch (error) {
    return error instanceof Fault && error.code === "corrupt";
  }
}

test("an index from a snapshot answers as the one it was taken from", () => {
  const opened = RecallIndex.fromSnapshot(bytes);
  expect(opened.size).toBe(index.size);
  expect(opened.has("Größe-Ölfeld-7-1-episode")).toBe(true);
  for (let asked = 0; asked < 50; asked++) {
    const query = syntheticQuery(SEEDS, random);
    expect(opened.query(query, SYNTHETIC_NOW_S, 5)).toEqual(index.query(query, SYNTHETIC_NOW_S, 5));
  }
  expect(opened.toSnapshot()).toEqual(bytes);
});

test("an empty index has a snapshot too", () => {
  expect(RecallIndex.fromSnapshot(new RecallIndex().toSnapshot()).size).toBe(0);
});

test("a removed episode is not in the snapshot", () => {
  const smaller = RecallIndex.fromSnapshot(bytes);
  smaller.remove("Größe-Ölfeld-7-1-episode");
  expect(RecallIndex.fromSnapshot(smaller.toSnapshot()).has("Größe-Ölfeld-7-1-episode")).toBe(false);
});

test("a flipped bit anywhere is refused as corrupt", () => {
  for (let flip = 0; flip < 300; flip++) {
    const damaged = Uint8Array.from(bytes);
    const at = flip < 60 ? flip : random.u32() % damaged.length;
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (flip % 8));
    expect(refused(damaged)).toBe(true);
  }
});

test("a cut, lengthened, empty or foreign snapshot is refused, and the whole one is not", () => {
  for (const length of [0, 7, 12, 44, 59, 60, bytes.length - 1]) expect(refused(bytes.subarray(0, length))).toBe(true);
  expect(refused(new Uint8Array([...bytes, 0]))).toBe(true);
  expect(refused(new TextEncoder().encode("SQLite format 3".padEnd(200)))).toBe(true);
  expect(refused(bytes)).toBe(false);
});

test("a snapshot may lie at any offset of a larger buffer", () => {
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(RecallIndex.fromSnapshot(shifted.subarray(3)).size).toBe(index.size);
});
