import { expect, test } from "bun:test";
import fc from "fast-check";
import { seededRandom } from "../../../src/base/random.ts";
import type { IndexEntry } from "../../../src/recall/entry.ts";
import { RecallIndex } from "../../../src/recall/index.ts";
import { anEntry, aQuery } from "../../support/arbitraries.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { naiveRecall } from "../../support/naive-recall.ts";
import { plainScan } from "../../support/plain-scan.ts";
import { entryOfEvent, syntheticEntries, SYNTHETIC_NOW_S, syntheticQuery } from "../../support/synthetic-library.ts";

const NOW_S = 300_000_000;
const SEEDS = fixtureEvents().map(entryOfEvent);

function indexOf(entries: Iterable<IndexEntry>): RecallIndex {
  const index = new RecallIndex();
  index.upsertMany(entries);
  return index;
}

/** The last word on each id. */
function unique(entries: readonly IndexEntry[]): IndexEntry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

test("the index answers as the definition does, over any small library and question", () => {
  fc.assert(
    fc.property(fc.array(anEntry(), { maxLength: 90 }), aQuery(), (entries, query) => {
      const index = indexOf(entries);
      expect(index.query(query, NOW_S, 5)).toEqual(naiveRecall(unique(entries), query, NOW_S, 5));
    }),
    { numRuns: 200 },
  );
});

test("trees, loose rows, replaced and removed ones answer as a scan of what is left", () => {
  const random = seededRandom(11);
  const first = syntheticEntries(SEEDS, 12_000, random);
  const index = indexOf(first);
  index.settle();
  const replaced = syntheticEntries(SEEDS, 3_000, random);
  index.upsertMany(replaced);
  const left = new Map([...first, ...replaced].map((entry) => [entry.id, entry]));
  for (const { id } of first.filter((_, at) => at % 7 === 0)) {
    index.remove(id);
    left.delete(id);
  }
  const scan = plainScan(left.values());
  expect(index.size).toBe(left.size);
  for (let asked = 0; asked < 150; asked++) {
    const query = syntheticQuery(SEEDS, random);
    expect(index.query(query, SYNTHETIC_NOW_S, 5)).toEqual(scan.query(query, SYNTHETIC_NOW_S, 5));
  }
});

test("questions without a situation are answered as a scan answers them", () => {
  const random = seededRandom(12);
  const entries = syntheticEntries(SEEDS, 8_000, random);
  const [index, scan] = [indexOf(entries), plainScan(entries)];
  const questions = [
    { text: "torque" },
    { text: "dinner" },
    { category: "WellControl", campaign: "Production", depth_ft: 9_000 },
    { category: "Hydraulics", key_metrics: { ecd_margin: 0.2, mse_efficiency: 60 } },
    {},
  ] as const;
  for (const query of questions) {
    expect(index.query(query, SYNTHETIC_NOW_S, 5)).toEqual(scan.query(query, SYNTHETIC_NOW_S, 5));
  }
});

test("a fleet of old hubs, whose episodes have no situation, is answered as by a scan", () => {
  const random = seededRandom(13);
  const bare = syntheticEntries(SEEDS, 3_000, random);
  for (const { situation } of bare) situation.fill(-128);
  const [index, scan] = [indexOf(bare), plainScan(bare)];
  const query = syntheticQuery(SEEDS, random);
  expect(index.query(query, SYNTHETIC_NOW_S, 5)).toEqual(scan.query(query, SYNTHETIC_NOW_S, 5));
  expect(index.query(query, SYNTHETIC_NOW_S, 5).verdict).toBe("none");
});

test("an upsert replaces what is known, and a removed episode is never found", () => {
  const [entry] = SEEDS as [IndexEntry];
  const index = indexOf([entry, entry]);
  index.upsert({ ...entry, outcome: "Resolved" });
  expect(index.size).toBe(1);
  const query = { situation: entry.situation, category: entry.category };
  expect(index.query(query, entry.timestamp, 5).hits[0]?.rank).toBe(1);
  expect(index.remove(entry.id)).toBe(true);
  expect(index.remove(entry.id)).toBe(false);
  expect(index.query(query, entry.timestamp, 5)).toMatchObject({ verdict: "none", hits: [] });
});

test("ten thousand changes of one episode leave one row and no garbage", () => {
  const [entry] = SEEDS as [IndexEntry];
  const index = indexOf(SEEDS);
  for (let change = 0; change < 10_000; change++) index.upsert({ ...entry, timestamp: entry.timestamp + change });
  expect(index.size).toBe(SEEDS.length);
  expect(index.toSnapshot().length).toBeLessThan(SEEDS.length * 150);
});

test("the asking rig's own episodes are left out, those of a rig whose name begins alike are not", () => {
  const [entry] = SEEDS as [IndexEntry];
  const index = indexOf([
    { ...entry, id: "own", rig_id: "RIG-1" },
    { ...entry, id: "other", rig_id: "RIG-1-2" },
  ]);
  const { hits } = index.query({ situation: entry.situation, exclude_rig: "RIG-1" }, NOW_S, 5);
  expect(hits.map(({ id }) => id)).toEqual(["other"]);
});

test("no more hits come than were asked for, and never a negative number", () => {
  const index = indexOf(SEEDS);
  expect(index.query({ text: "kick" }, NOW_S, 3).hits.map(({ position }) => position)).toEqual([1, 2, 3]);
  expect(index.query({ text: "kick" }, NOW_S, 1_000).hits).toHaveLength(40);
  expect(index.query({ text: "kick" }, NOW_S, -1).hits).toEqual([]);
});
