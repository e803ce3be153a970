import { expect, test } from "bun:test";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { readFileSync, writeFileSync } from "node:fs";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import { openMirror, type Mirror } from "../../spoke/library/mirror.ts";
import { openLibraryStore, type LibraryStore } from "../../spoke/library/store.ts";
import { createRecall, type Recall } from "../../spoke/recall.ts";
import { readAsked } from "../../spoke/recall-question.ts";
import { fixtureEpisodes } from "../support/episodes.ts";
import { fixtureEvents, fixtureLabels } from "../support/fixtures.ts";
import { rigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const EPISODES = fixtureEpisodes();
const EVENTS = fixtureEvents();
const LABELS = fixtureLabels();

interface Rig {
  readonly path: string;
  readonly store: LibraryStore;
  readonly mirror: Mirror;
  readonly recall: Recall;
  readonly damage: string[];
}

function open(path: string, rigId = "RIG-ALPHA-7"): Rig {
  const store = openLibraryStore(path, 10_000);
  const damage: string[] = [];
  const mirror = openMirror(store, () => damage.push("told"));
  const recall = createRecall(rigContext({ settings: { rig_id: rigId } }), mirror, () => {});
  return { path, store, mirror, recall, damage };
}

function fill({ store, mirror }: Rig, episodes: readonly FleetEpisode[]): void {
  const cursor = store.cursor();
  const page = { version: 7, epoch: "e", next: null, full: true, episodes, refused: [], prunedIds: [] };
  const changes = store.apply({ page, version: 7, full: true, startsSweep: true }, cursor, 1_795_000_000);
  if (changes !== undefined) mirror.follow(changes, cursor.revision + 1);
}

function filled(rigId?: string): Rig {
  const rig = open(join(temporaryDirectory(), "library.sqlite"), rigId);
  fill(rig, EPISODES);
  return rig;
}

test("an event finds cases of other rigs that were in the same situation, with reasons and a text", () => {
  const kick = LABELS.findIndex(({ phase, id }) => phase === "Kick" && id.startsWith("NORD-STAR-2"));
  const at = kick === -1 ? LABELS.findIndex(({ phase }) => phase === "Kick") : kick;
  const event = EVENTS[at];
  if (event === undefined) throw new Error("the fixtures have a kick");
  const { recall } = filled(event.rig_id);
  const reply = recall(readAsked(event));
  expect(reply).toMatchObject({ verdict: "close", library_version: 7 });
  expect(reply.precedents).toHaveLength(5);
  const [first] = reply.precedents;
  expect(first?.similarity).toBeGreaterThan(0.7);
  expect(first?.why.length).toBeGreaterThan(0);
  expect(first?.text).toStartWith(`PRECEDENT [${first?.episode.risk_level}] WellControl: `);
  const phases = reply.precedents.map(({ episode }) => LABELS.find(({ id }) => `${id}-episode` === episode.id)?.phase);
  expect(phases.filter((phase) => phase === "Kick" || phase === "Influx").length).toBeGreaterThanOrEqual(3);
});

test("the rig's own episodes never appear", () => {
  const { recall } = filled("NORD-STAR");
  for (const event of EVENTS.filter(({ rig_id }) => rig_id === "NORD-STAR")) {
    const { precedents } = recall(readAsked(event, 40));
    expect(precedents.length).toBeGreaterThan(0);
    expect(precedents.every(({ episode }) => episode.rig_id !== "NORD-STAR")).toBe(true);
  }
});

test("a question by category, campaign and depth finds them, and says that it went by category only", () => {
  const { recall } = filled();
  const question = { category: "Mechanical", campaign: "PlugAbandonment", depth: 7000, max_results: 3 };
  const reply = recall(readAsked(question));
  expect(reply.verdict).toBe("category_only");
  expect(reply.precedents).toHaveLength(3);
  expect(reply.precedents.every(({ episode }) => episode.category === "Mechanical")).toBe(true);
});

test.each([
  ["well control kick loss circulation flow imbalance", "WellControl"],
  ["MSE drilling efficiency ROP optimization", "DrillingEfficiency"],
  ["standpipe pressure ECD flow rate hydraulics", "Hydraulics"],
  ["torque pack-off stick-slip mechanical", "Mechanical"],
] as const)("the rig's fixed text %p finds episodes of its category", (text, category) => {
  const { recall } = filled();
  const reply = recall(readAsked({ text }));
  expect(reply.verdict).toBe("category_only");
  expect(new Set<string>(reply.precedents.map(({ episode }) => episode.category))).toEqual(new Set<string>([category]));
});

test("with nothing alike in the library the answer says so", () => {
  const rig = open(join(temporaryDirectory(), "library.sqlite"), "RIG-1");
  expect(rig.recall(readAsked(EVENTS[0]))).toMatchObject({ precedents: [], verdict: "none" });
  expect(rig.recall(readAsked(EVENTS[0])).headline).toContain("no close precedent");
});

test("a question that says nothing, or what no question has, is refused", () => {
  expect(() => readAsked({})).toThrow("the question says nothing");
  expect(() => readAsked({ category: "Weather" })).toThrow("/category");
  expect(() => readAsked({ max_results: 41, text: "kick" })).toThrow("/max_results");
  expect(() => readAsked({ advisory: {} })).toThrow("the event does not fit");
});

test("defect 11: after a restart recall answers at once, from the snapshot or from the rows", () => {
  const rig = filled();
  const before = rig.recall(readAsked(EVENTS[200])).precedents;
  expect(before.length).toBe(5);
  rig.store.close();
  const restarted = open(rig.path);
  expect(restarted.store.snapshot()).toBeDefined();
  expect(restarted.recall(readAsked(EVENTS[200])).precedents).toEqual(before);
  restarted.store.saveSnapshot(new Uint8Array([1, 2, 3]), restarted.store.cursor().revision);
  restarted.store.close();
  const rebuilt = open(rig.path);
  expect(rebuilt.recall(readAsked(EVENTS[200])).precedents).toEqual(before);
  expect(rebuilt.store.snapshot()?.byteLength).toBeGreaterThan(3);
});

test("a snapshot of other rows is not used", () => {
  const rig = filled();
  const snapshot = rig.store.snapshot();
  fill(rig, EPISODES.slice(0, 10));
  if (snapshot !== undefined) rig.store.saveSnapshot(snapshot, rig.store.cursor().revision - 1);
  expect(rig.store.snapshot()).toBeUndefined();
  rig.store.close();
  expect(open(rig.path).mirror.size).toBe(10);
});

test("a damaged row is left out, told and pulled again; the others answer", () => {
  const rig = filled();
  const id = rig.recall(readAsked(EVENTS[200])).precedents[0]?.episode.id ?? "";
  const db = new Database(rig.path);
  db.run("update episodes set json = replace(json, 'Resolved', 'Resolvec') where id = ?", [id]);
  db.run("update episodes set json = json || ' ' where id = ?", [id]);
  db.close();
  const after = rig.recall(readAsked(EVENTS[200])).precedents;
  expect(after.map(({ episode }) => episode.id)).not.toContain(id);
  expect(after).toHaveLength(4);
  expect(rig.damage).toEqual(["told"]);
  expect(rig.store.cursor()).toMatchObject({ epoch: undefined, version: 0 });
  expect(rig.recall(readAsked(EVENTS[200])).precedents).toHaveLength(5);
});

test("a damaged file is set aside and the library begins anew", () => {
  const rig = filled();
  rig.store.close();
  const bytes = readFileSync(rig.path);
  bytes.fill(0x55, 0, 4096);
  writeFileSync(rig.path, bytes);
  const again = open(rig.path);
  expect(again.store.setAside).toBe(true);
  expect(again.mirror.size).toBe(0);
  expect(readFileSync(`${rig.path}.damaged`)).toEqual(bytes);
  fill(again, EPISODES.slice(0, 1));
  expect(again.mirror.size).toBe(1);
});
